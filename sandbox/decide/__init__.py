"""What is concluded: pure folds over what was observed."""
