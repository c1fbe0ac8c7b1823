"""Commands run in this process, as their reader would see them: 80 columns, no colours, a language of one's choice."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen

from fanpin import cli, sample


@frozen
class Ran:
    """How a command ended, and what it wrote where."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, require: Callable[[str], object]) -> Run:
    """Runs `fanpin` with these words."""
    require("typer")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def with_words(*words: object) -> Ran:
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return with_words


@pytest.fixture(autouse=True)
def _folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands write into the current folder: each test has one."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, which is the current one, with the tables of the sample."""
    monkeypatch.chdir(tmp_path)
    sample.write(tmp_path)
    return tmp_path


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A new interpreter with our import path."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "80", **environment}
    env = {name: value for name, value in env.items() if value}
    return subprocess.run([sys.executable, *arguments], capture_output=True, check=False, env=env)
