"""The throw-away PostgreSQL is gone when what it was started for ends, however that ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "postgres.py"
WAITING = "import os, time; print(os.environ['FANPIN_POSTGRES'], flush=True); time.sleep(60)"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may enter, unlike pytest's: where root starts the server, another user runs it."""
    with TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM that can be handled")
def test_it_stops_on_sigterm_and_leaves_nothing(require: Callable[[str], object], folder: Path) -> None:
    require("postgres")
    command, environment = (
        [sys.executable, str(SCRIPT), sys.executable, "-c", WAITING],
        {**os.environ, "TMPDIR": str(folder)},
    )
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stdout is not None
        said = [running.stdout.readline() for _ in range(2)]
        assert re.fullmatch(r"== PostgreSQL: [0-9]+ s\n", said[0])
        port = int(re.search("port=([0-9]+)", said[1])[1])  # type: ignore[index]  # else the test fails as it should
        assert answers(port)
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)
    assert not answers(port)
    assert not [*folder.iterdir()]
