"""Run what the docs show: every block of every page, every doctest, every link."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    places = ["src", "tests/test_docs.py"]
    return subprocess.call([sys.executable, "-m", "pytest", *places, *arguments], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
