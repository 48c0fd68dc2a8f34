"""Speed and memory, measured in one run and told as ratios."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line has it
