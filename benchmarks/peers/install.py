"""Installs each peer into an environment of its own, outside the project. Some are AGPL: never a dependency of ours."""

import os
import subprocess
import sys
import venv
from pathlib import Path

# Each with the version that its script was written for, and the script.
PEERS = {
    "zen-engine": ("zen-engine==2.1.3", "zen_engine.py"),
    "OpenFisca-Core": ("OpenFisca-Core==46.0.1", "openfisca.py"),
    "transitions": ("transitions==0.9.3", "transitions_case.py"),
    "python-statemachine": ("python-statemachine==3.2.2", "statemachine_case.py"),
    "pm4py": ("pm4py==2.7.23.11", "pm4py_log.py"),
}
OF_ONE_HOUSEHOLD = ("zen-engine", "OpenFisca-Core")
OF_CASES = ("transitions", "python-statemachine")


def home() -> Path:
    """Where the environments stand: `FANPIN_PEERS`, else a folder of the user's cache."""
    if "FANPIN_PEERS" in os.environ:
        return Path(os.environ["FANPIN_PEERS"])
    cache = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "fanpin-peers"


def python_of(peer: str) -> str:
    """The Python that has the peer, installing it first where that version is not there yet."""
    requirement, _ = PEERS[peer]
    environment = home() / peer
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = environment / "installed"  # written last, so that an install that broke off is begun anew
    if not done.exists() or done.read_text(encoding="utf-8") != requirement:
        print(f"installing {requirement} into {environment}", file=sys.stderr)
        venv.create(environment, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", requirement], check=True)
        done.write_text(requirement, encoding="utf-8")
    return str(python)


if __name__ == "__main__":
    for name in PEERS:
        print(name, python_of(name))
