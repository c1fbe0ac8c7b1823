"""What can be judged without running anything: style, layout, types, and that imports only go down.

Every check runs, also after one has failed. With --fix, style and layout are put right first.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIXES = {
    "fix style": ("-m", "ruff", "check", "--fix"),
    "fix layout": ("-m", "ruff", "format"),
}
CHECKS = {
    "style": ("-m", "ruff", "check"),
    "layout": ("-m", "ruff", "format", "--check"),
    "types": ("-m", "mypy"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"),
}


def run(name: str, arguments: tuple[str, ...]) -> bool:
    """Run one tool of this very environment and say how long it took; whether it found nothing."""
    print(f"== {name}", flush=True)
    began = time.monotonic()
    ended = subprocess.call([sys.executable, *arguments], cwd=ROOT)
    print(f"== {name}: {'ok' if ended == 0 else 'FAILED'}, {time.monotonic() - began:.1f} s", flush=True)
    return ended == 0


def main(arguments: list[str]) -> int:
    """Run every check, after the fixes if asked; 1 if any found something."""
    if arguments not in ([], ["--fix"]):
        print("usage: check.py [--fix]", file=sys.stderr)
        return 2
    for name, fix in FIXES.items() if arguments else ():
        run(name, fix)
    passed = [run(name, check) for name, check in CHECKS.items()]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
