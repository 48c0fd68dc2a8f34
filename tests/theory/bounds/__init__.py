"""Other bounds of the literature that hold at all times: what those that decide were weighed against."""
