"""What an exercise comes to: clocks, diagnosis, skill, process, and the post-mortem that is drafted from them."""
