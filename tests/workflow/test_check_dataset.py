"""Logs on disk: what is found is what `check_log` finds, in buckets of whole cases; what stopped goes on."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fanpin import log_datasets
from fanpin.conformance import check_dataset, check_log
from fanpin.errors import DataError
from fanpin.log_datasets import DatasetCheck
from tests.workflow.laws import log_of
from tests.workflow.procedures import Pack, pack
from tests.workflow.random_procedures import LAST_KNOWN, Trial

ON = date(2027, 1, 10)
OTHER = pack(["s0", "s1"])


@pytest.fixture(scope="module")
def trial() -> Trial:
    """Eighty dirty cases of a random procedure."""
    return Trial.of(Random(11), cases=80)


@pytest.fixture(scope="module")
def log(trial: Trial) -> pl.DataFrame:
    """Their events, and rows that can't be read."""
    frame = log_of(trial, typed=False)
    bad = frame.head(3).with_columns(at=pl.Series(["never", None, "2026-12-24"]), case=pl.Series(["c1", "c2", None]))
    return pl.concat([frame, bad])


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small log has several."""
    monkeypatch.setattr(log_datasets, "ROWS_OF_A_BUCKET", 100)
    monkeypatch.setattr(log_datasets, "ROWS_OF_A_BATCH", 70)


def check(source: Path, folder: Path, of: Pack, **keys: Any) -> DatasetCheck:
    return check_dataset(source, folder, pack=of, **{"as_of": ON, **keys})


def same_as_log(found: DatasetCheck, log: pl.DataFrame, of: Pack) -> None:
    """The folder holds what the check of the log in memory finds, in its order, and nothing else."""
    expected = check_log(log, pack=of, as_of=ON)
    assert_frame_equal(pl.read_parquet(found.folder / "violations.parquet"), expected.violations)
    assert_frame_equal(pl.read_parquet(found.folder / "deadlines.parquet"), expected.deadlines)
    problems = pl.read_csv(found.folder / "problems.csv")
    assert problems.select("row", "field").rows() == [(p.place.row, p.place.field) for p in expected.problems]
    assert (found.cases, found.events, found.refused_cases, found.later_events, found.cut_cases) == (
        expected.cases, expected.events, expected.refused_cases, expected.later_events, expected.cut_cases
    )  # fmt: skip
    overrun = expected.deadlines.filter(pl.col("status") == "overrun")
    assert (found.violations, found.deadlines, found.problems, found.overrun) == (
        len(expected.violations), len(expected.deadlines), len(expected.problems), len(overrun)
    )  # fmt: skip
    assert found.violations
    assert found.problems
    names = {path.name for path in found.folder.iterdir()}
    assert names == {"violations.parquet", "deadlines.parquet", "problems.csv", "plan.json", "summary.json"}


@pytest.mark.parametrize("kind", ["parquet", "csv", "folder"])
def test_a_log_on_disk(tmp_path: Path, trial: Trial, log: pl.DataFrame, kind: str) -> None:
    source = tmp_path / ("log" if kind == "folder" else f"log.{kind}")
    if kind == "csv":
        log.write_csv(source)
    elif kind == "parquet":
        log.write_parquet(source)
    else:
        source.mkdir()
        for number, rows in enumerate(log.iter_slices(150)):
            rows.write_parquet(source / f"{number}.parquet")
    same_as_log(check(source, tmp_path / "out", trial.pack), log, trial.pack)


def test_in_several_processes(tmp_path: Path, trial: Trial, log: pl.DataFrame) -> None:
    log.write_parquet(tmp_path / "log.parquet")
    done: list[int] = []
    found = check(tmp_path / "log.parquet", tmp_path / "out", trial.pack, processes=2, progress=done.append)
    same_as_log(found, log, trial.pack)
    assert (done, done[-1]) == (sorted(done), len(log))


class TestStopped:
    """A check that stopped, wherever that was, goes on where it was and comes to the same."""

    @pytest.fixture
    def source(self, tmp_path: Path, log: pl.DataFrame) -> Path:
        log.write_parquet(tmp_path / "log.parquet")
        return tmp_path / "log.parquet"

    @staticmethod
    def stopping(after: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Buckets are checked until so many were; what is returned has one for each."""
        checked: list[int] = []
        original = log_datasets._BucketWork.__call__

        def call(work: Any, bucket: Any) -> None:
            if len(checked) == after:
                raise KeyboardInterrupt
            if not (bucket.folder / "done.json").exists():
                checked.append(1)
            original(work, bucket)

        monkeypatch.setattr(log_datasets._BucketWork, "__call__", call)
        return checked

    @pytest.mark.parametrize("after", [0, 1, 3])
    def test_between_buckets(
        self, after: int, source: Path, tmp_path: Path, trial: Trial, log: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            checked = self.stopping(after, patch)
            with pytest.raises(KeyboardInterrupt):
                check(source, tmp_path / "out", trial.pack)
            assert len(checked) == after
        total = len(list((tmp_path / "out" / "parts").glob("bucket-*")))
        with monkeypatch.context() as patch:
            checked = self.stopping(99, patch)
            same_as_log(check(source, tmp_path / "out", trial.pack), log, trial.pack)
            assert len(checked) == total - after

    def test_while_buckets_are_cut(
        self, source: Path, tmp_path: Path, trial: Trial, log: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(pl.DataFrame, "write_parquet", self._interrupt)
            with pytest.raises(KeyboardInterrupt):
                check(source, tmp_path / "out", trial.pack)
        same_as_log(check(source, tmp_path / "out", trial.pack), log, trial.pack)

    def test_while_results_are_joined(
        self, source: Path, tmp_path: Path, trial: Trial, log: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(log_datasets, "_problem_list", self._interrupt)
            with pytest.raises(KeyboardInterrupt):
                check(source, tmp_path / "out", trial.pack)
        same_as_log(check(source, tmp_path / "out", trial.pack), log, trial.pack)

    @staticmethod
    def _interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    def test_what_is_done_is_not_done_again(
        self, source: Path, tmp_path: Path, trial: Trial, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = check(source, tmp_path / "out", trial.pack)
        monkeypatch.setattr(log_datasets, "_cut", self._interrupt)
        assert check(source, tmp_path / "out", trial.pack) == first

    @pytest.mark.parametrize("noted", ["plan.json", "parts/ready"])
    def test_what_was_noted_is_there_whole_or_not_at_all(
        self, noted: str, source: Path, tmp_path: Path, trial: Trial, log: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A kill while a note is written leaves none, so that the next call is not misled by half of one."""
        original = Path.replace

        def replace(path: Path, target: Path) -> Path:
            if target == tmp_path / "out" / noted:
                raise KeyboardInterrupt
            return original(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", replace)
            with pytest.raises(KeyboardInterrupt):
                check(source, tmp_path / "out", trial.pack)
        assert not (tmp_path / "out" / noted).exists()
        same_as_log(check(source, tmp_path / "out", trial.pack), log, trial.pack)


class TestRefused:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        rows = [("1", "s1", "2026-12-24")]
        pl.DataFrame(rows, ["case", "step", "at"], orient="row").write_parquet(tmp_path / "log.parquet")
        return tmp_path / "log.parquet"

    @staticmethod
    def code(*args: Any, **keys: Any) -> str:
        with pytest.raises(DataError) as error:
            check(*args, **keys)
        (problem,) = error.value.problems
        return problem.code

    def test_a_folder_with_other_files(self, source: Path, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
        assert self.code(source, tmp_path, OTHER) == "dataset-not-empty"
        assert {path.name for path in tmp_path.iterdir()} == {"mine.txt", "log.parquet"}

    def test_a_folder_with_the_check_of_something_else(self, source: Path, tmp_path: Path) -> None:
        check(source, tmp_path / "out", OTHER)
        assert self.code(source, tmp_path / "out", OTHER, as_of=LAST_KNOWN) == "dataset-of-other"
        assert self.code(source, tmp_path / "out", OTHER, by_time=True) == "dataset-of-other"
        pl.read_parquet(source).with_columns(step=pl.lit("s0")).write_parquet(source)
        assert self.code(source, tmp_path / "out", OTHER) == "dataset-of-other"

    @pytest.mark.parametrize("name", ["nothing.parquet", "log.txt", "empty"])
    def test_what_is_no_log(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "log.txt").write_text("case", encoding="utf-8")
        (tmp_path / "empty").mkdir()
        assert self.code(tmp_path / name, tmp_path / "out", OTHER) == "dataset-source"
        assert not (tmp_path / "out").exists()

    def test_columns_that_are_missing(self, source: Path, tmp_path: Path) -> None:
        pl.read_parquet(source).drop("at").write_parquet(source)
        assert self.code(source, tmp_path / "out", OTHER) == "log-without"
        assert not (tmp_path / "out").exists()


def test_an_empty_log(tmp_path: Path) -> None:
    pl.DataFrame(schema=dict.fromkeys(("case", "step", "at"), pl.String)).write_csv(tmp_path / "log.csv")
    found = check(tmp_path / "log.csv", tmp_path / "out", OTHER)
    assert (found.cases, found.events, found.violations, found.deadlines, found.problems) == (0, 0, 0, 0, 0)
    for name in ("violations", "deadlines"):
        assert pl.read_parquet(tmp_path / "out" / f"{name}.parquet").is_empty()
    assert pl.read_csv(tmp_path / "out" / "problems.csv").columns == ["row", "field", "sentence_zh", "sentence_en"]
