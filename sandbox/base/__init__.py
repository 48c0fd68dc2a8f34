"""The vocabulary that every room shares and nothing else."""
