"""What people do: the operations they may ask for, the runbook they follow, and who is on call."""
