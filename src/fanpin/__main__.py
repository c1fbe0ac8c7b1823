"""`python -m fanpin`: the command line without an installed script."""

import sys

from fanpin.cli import main

if __name__ == "__main__":
    sys.exit(main())
