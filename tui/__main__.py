"""`python -m tui` is the same as `greenroom`."""

import sys

from tui.main import main

if __name__ == "__main__":
    sys.exit(main())
