"""What the instruments show: sampled, windowed, late."""
