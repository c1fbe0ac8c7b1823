"""Installs each peer into an environment of its own, outside the project. Some are AGPL: never a dependency of ours."""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PEERS = {"zen-engine": "zen_engine.py", "OpenFisca-Core": "openfisca.py"}
_HOME = Path(os.environ.get("FANPIN_PEERS", Path(tempfile.gettempdir()) / "fanpin-peers"))


def python_of(peer: str) -> str:
    """The Python that has the peer, installing it first where it is not there yet."""
    home = _HOME / peer
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "installed").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", peer], check=True)
        (home / "installed").write_text(peer, encoding="utf-8")
    return str(python)


if __name__ == "__main__":
    for name in PEERS:
        print(name, python_of(name))
