"""Runs a command beside a throw-away PostgreSQL server, whose address it finds in FANPIN_POSTGRES.

    python scripts/postgres.py python -m pytest

The server has its data in a temporary folder, listens on a free port of this machine alone, trusts whoever comes, and
is stopped at the end, also where SIGTERM is that end. It refuses to run as root, so that root runs it as the user
`postgres`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VARIABLE = "FANPIN_POSTGRES"
USER = "fanpin"
HURRIED = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c jit=off"  # nothing here has to last


def programs() -> Path:
    """The folder of PostgreSQL's own programs: Debian keeps them, a folder a version, off the path."""
    found = shutil.which("pg_ctl")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if found is None and not versions:
        raise ConnectionError("no PostgreSQL server is installed here")
    return Path(found).parent if found is not None else versions[-1].parent


@contextmanager
def server() -> Iterator[str]:
    """A server from nothing; gives the string with which to connect."""
    folder = programs()
    home = tempfile.mkdtemp(prefix="fanpin-postgres-")
    data, port = str(Path(home, "data")), _free_port()
    listen = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {HURRIED}"
    with _terminated_like_interrupted():
        try:
            if _is_root():
                shutil.chown(home, "postgres", "postgres")
            _run(
                home, folder / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
            )
            _run(home, folder / "pg_ctl", "-D", data, "-w", "-l", str(Path(home, "log")), "-o", listen, "start")
            yield f"host=127.0.0.1 port={port} user={USER} dbname=postgres"
        finally:
            if Path(data, "postmaster.pid").exists():
                _run(home, folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM, of which Python would die on the spot, ends the block as Ctrl-C does, and what it opened is closed."""
    if threading.current_thread() is not threading.main_thread():  # others may handle no signals
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _run(home: str, *command: Any) -> None:
    user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if _is_root() else {}
    # into a file, since the server would hold a pipe open
    with Path(home, "said").open("w+", encoding="utf-8", errors="replace") as said:
        done = subprocess.run(
            command, cwd=home, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, **user
        )
        said.seek(0)
        if done.returncode != 0:
            raise ConnectionError(f"PostgreSQL's {Path(command[0]).name} failed: {said.read()}")


def main(command: list[str]) -> int:
    """Run a command beside a server, once it is said how long that took to start."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    began = time.monotonic()
    with server() as address:
        print(f"== PostgreSQL: {time.monotonic() - began:.0f} s", flush=True)
        return subprocess.call(command, env={**os.environ, VARIABLE: address})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
