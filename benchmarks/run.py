"""The benchmarks: `python benchmarks/run.py [one-household | import | load]`, all of them where none is named.

Run in an environment with fanpin installed. Peers are installed on first use, into environments of their own.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def one_household(with_peers: bool) -> None:
    """Household to assessment, findings and explanation, beside validation, plain if and else, and the peers."""
    from one_household import measure

    measure(with_peers)


def imports(_: bool) -> None:
    """Whole processes that import fanpin."""
    from importing import measure

    measure()


def load(_: bool) -> None:
    """Loading packs, warm and cold."""
    from loading import measure

    measure()


MEASURES = {"one-household": one_household, "import": imports, "load": load}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=[*MEASURES, "all"])
    parser.add_argument("--no-peers", action="store_true", help="leave out the peers, and install nothing")
    asked = parser.parse_args()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {platform.machine()}, {os.cpu_count()} cores")
    for name in MEASURES if asked.what == "all" else [asked.what]:
        print(f"\n== {name}", flush=True)
        MEASURES[name](not asked.no_peers)


if __name__ == "__main__":
    main()
