"""The card of a rehearsal: what stakeholders ask before a model is replaced, answered from one flight."""
