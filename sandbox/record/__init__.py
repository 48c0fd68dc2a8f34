"""The store: flights landed as immutable parts under a catalogue."""
