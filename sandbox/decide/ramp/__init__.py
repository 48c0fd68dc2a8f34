"""How far exposure has grown and what comes next."""
