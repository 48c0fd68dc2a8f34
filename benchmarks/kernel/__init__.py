"""The compiled server against C of the same queue."""
