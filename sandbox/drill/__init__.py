"""Drills: hidden cases dealt from families, flown by people or programs, scored, debriefed, and pinned as tests."""
