"""Plugins as strangers get them: built as wheels, installed into a new environment, their own tests run there.

`python scripts/stranger.py [FOLDER...]`: a project that `fanpin new-pack` makes, and the projects in these folders.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "stranger_county"


def main(folders: list[str]) -> int:
    """Build, install and test; 1 if anything fails."""
    with tempfile.TemporaryDirectory() as work:
        here, wheels = Path(work), Path(work) / "wheels"
        _run(sys.executable, "-m", "fanpin", "new-pack", NAME, cwd=here)
        projects = [here / NAME, *(Path(folder).resolve() for folder in folders)]
        _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, ROOT, *projects, cwd=here)
        python = _environment(here / "environment")
        (fanpin,) = wheels.glob("fanpin-*.whl")
        plugins = sorted({*wheels.glob("*.whl")} - {fanpin})
        constraints = ("-c", ROOT / "constraints.txt")
        _run(python, "-m", "pip", "install", "-q", *constraints, f"{fanpin}[cli,frames,testing]", *plugins, cwd=here)
        _run(python, "check.py", cwd=projects[0])  # its form, its cases, its tests
        for project in projects[1:]:
            print(f"== {project.name}", flush=True)
            _run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=project)
    return 0


def _environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _run(*command: object, cwd: Path) -> None:
    environment = {**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment.pop("PYTHONPATH", None)  # what is installed is tested, and not the checkout
    subprocess.run([str(word) for word in command], check=True, cwd=cwd, env=environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"failed: {' '.join(failed.cmd[:4])} …")
