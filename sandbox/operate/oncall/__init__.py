"""Who is on call, and how they react."""
