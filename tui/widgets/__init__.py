"""What screens are made of: each draws a part of a frame."""
