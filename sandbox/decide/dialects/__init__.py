"""How the controllers that teams run today decide: one method a file, numbers in, conclusions out."""
