"""``python -m qec_leak``: the command line."""

import sys

from qec_leak.cli import main

if __name__ == "__main__":
    sys.exit(main())
