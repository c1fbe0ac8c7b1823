"""`fanpin demo`: the first screen that anybody sees."""

import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from fanpin import load_pack, sample
from tests.cli.conftest import Run, python


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                "虚构的小县：38 户、115 人",
                "上河村",
                "读不了的：11 行，7 格",
                "H007",
                "还需了解",
                "fanpin pack show example",
            ],
        ),
        ("en", ["An invented small county: 38 households, 115 members", "Not read: 11 rows, 7 cells", "Still to ask"]),
    ],
)
def test_it_grades_reports_and_explains(language: str, said: list[str], run: Run) -> None:
    ran = run("demo", "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    assert [text for text in said if text not in ran.out] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_it_keeps_within_the_screen(language: str, columns: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = run("demo", "--lang", language).out.splitlines()
    to_copy = [line for line in lines if line.startswith("  fanpin ")]  # these stay whole
    assert max(cell_len(line) for line in lines if line not in to_copy) <= int(columns)


def test_it_takes_less_than_ten_seconds() -> None:
    began = time.monotonic()
    ended = python("-m", "fanpin", "demo")
    assert ended.returncode == 0
    assert time.monotonic() - began < 10


def test_what_it_says_to_do_next_works(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = [line.split()[1:] for line in run("demo").out.splitlines() if line.startswith("  fanpin ")]
    assert [words[0] for words in said] == ["pack", "sample", "grade"]
    assert [run(*words).code for words in said] == [0, 0, 1]


def test_the_sample_is_written_and_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    assert run("sample", tmp_path / "new").code == 0
    assert (tmp_path / "new" / "households.csv").read_bytes() == sample.HOUSEHOLDS.read_bytes()
    (tmp_path / "new" / "members.csv").write_text("mine", encoding="utf-8")
    ran = run("sample", tmp_path / "new")
    assert ran.code == 2
    assert ran.err.count("the file is there already, and was left as it is") == 2
    assert (tmp_path / "new" / "members.csv").read_text(encoding="utf-8") == "mine"


def test_its_pack_says_that_it_is_invented(run: Run) -> None:
    note = load_pack(sample.PACK).note
    assert note is not None
    assert "invented" in run("demo").out
    assert "nobody's policy" in note.en
