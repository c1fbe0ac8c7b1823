"""Make .venv and install fanpin into it to work on it, as the README's second command does, on any system."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIP = ("install", "-q", "-c", "constraints.txt", "-e", ".[test]")


def main() -> int:
    folder = ROOT / ".venv"
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return subprocess.call([python, "-m", "pip", *PIP], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
