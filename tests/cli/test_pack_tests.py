"""`fanpin pack test` and the plugin for pytest: the same cases, run by either."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, python

WORKED = Path(__file__).parents[2] / "examples" / "worked_county"


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    """The worked county with three of its cases."""
    folder = tmp_path / "hegu"
    folder.mkdir()
    for file in WORKED.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        if file.name == "cases.yaml":
            text = text[: text.index("  # 第四条")]
        (folder / file.name).write_text(text, encoding="utf-8")
    return folder


def spoil(folder: Path) -> None:
    file = folder / "cases.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("results: {medical_aid: 6000}", "results: {medical_aid: 6001}", 1), encoding="utf-8")


def test_cases_that_come_out_as_written_end_with_0(run: Run, worked: Path) -> None:
    ran = run("pack", "test", worked)
    assert (ran.code, ran.err) == (0, "")
    assert "cases, all as written" in ran.out


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["medical_aid, amount: expected 6,001, found 6,000", "1 of them not as written"]),
        ("zh", ["medical_aid，数额：应为6,001，实为6,000", "1 例与所写不同"]),
    ],
)
def test_a_case_that_differs_is_shown_with_its_line_and_the_reason(
    language: str, lines: list[str], run: Run, worked: Path
) -> None:
    spoil(worked)
    ran = run("pack", "test", worked, "--lang", language)
    assert ran.code == 1
    assert "(hegu/cases.yaml:" in ran.out
    for line in (*lines, "10,000"):
        assert line in ran.out


def test_what_can_not_be_read_ends_with_2(run: Run, worked: Path) -> None:
    (worked / "cases.yaml").write_text("cases: [{name: one}]", encoding="utf-8")
    assert run("pack", "test", worked).code == 2
    (worked / "cases.yaml").unlink()
    ran = run("pack", "test", worked)
    assert (ran.code, "there is no file of cases" in ran.err) == (2, True)
    assert run("pack", "test", "no_such").code == 2


def test_what_has_no_case_is_listed_when_asked_for(run: Run, worked: Path) -> None:
    assert "boundary" not in run("pack", "test", worked).out
    ran = run("pack", "test", worked, "--coverage")
    assert ran.code == 0
    assert "Rules and boundaries of its own: cases for" in ran.out
    assert "boundary 'lives here without a break is at least 6' (public_post)" in ran.out
    assert (
        "结果“困难等级：轻度”（hardship_level: light）：从未成立"
        in run("pack", "test", worked, "--coverage", "--lang", "zh").out
    )


def test_cases_may_stand_elsewhere_and_what_is_inherited_is_listed_when_asked_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("day: 2024-05-20\ncases: [{name: one, facts: {water: not_met}, grade: red}]", encoding="utf-8")
    short = run("pack", "test", "example", "--cases", file, "--coverage")
    assert (short.code, "--inherited lists" in short.out, "unsafe water" in short.out) == (0, True, False)
    assert (
        "risk 'unsafe water' (unsafe_water): never fails"
        in run("pack", "test", "example", "--cases", file, "--inherited").out
    )


# pytest


def by_pytest(folder: Path, *more: str) -> tuple[int, str]:
    ran = python("-m", "pytest", "-q", "-p", "no:fanpin", "-p", "fanpin._pytest", "-p", "no:cacheprovider", *more,
                 str(folder), LC_ALL="en_US.UTF-8", PYTHONUTF8="1")  # fmt: skip
    return ran.returncode, ran.stdout.decode("utf-8")


def test_pytest_collects_each_case_beside_a_pack(worked: Path) -> None:
    spoil(worked)
    code, out = by_pytest(worked, "-W", "error")
    assert code == 1
    assert "medical_aid, amount: expected 6,001, found 6,000" in out
    assert "1 failed, 13 passed" in out


def test_pytest_leaves_other_files_of_that_name_alone(tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text("- anything\n", encoding="utf-8")
    code, out = by_pytest(tmp_path)
    assert (code, "no tests ran" in out) == (5, True)


def test_pytest_says_what_is_wrong_with_the_file_or_the_pack(worked: Path) -> None:
    (worked / "results.yaml").write_text("results: 3\n", encoding="utf-8")
    code, out = by_pytest(worked, "-x")
    assert (code, "hegu/results.yaml:1" in out) == (1, True)
    (worked / "cases.yaml").write_text("cases: [{name: one, day: 2024-05-20, grad: red}]", encoding="utf-8")
    code, out = by_pytest(worked)
    assert (code, "there is no key 'grad' here" in out) == (2, True)


def test_the_plugin_loads_nothing_where_there_are_no_cases() -> None:
    code = "import sys, pytest; before = {*sys.modules}; import fanpin._pytest; print({*sys.modules} - before)"
    assert set(eval(python("-c", code).stdout)) == {"fanpin", "fanpin._pytest"}  # noqa: S307  # our own words
