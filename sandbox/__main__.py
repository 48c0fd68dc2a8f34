"""`python -m sandbox` is `greenroom`."""

import sys

from sandbox.cli import main

if __name__ == "__main__":
    sys.exit(main())
