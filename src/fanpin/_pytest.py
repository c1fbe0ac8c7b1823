"""The plugin for pytest: a `cases.yaml` beside a `pack.yaml` is collected, one test a case.

It is loaded by each run of pytest where fanpin is installed, and loads nothing of fanpin until there are cases.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fanpin.packs import Pack
    from fanpin.testing import PackCase


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CasesFile | None":
    """The cases of a pack."""
    if file_path.name == "cases.yaml" and file_path.with_name("pack.yaml").is_file():
        return CasesFile.from_parent(parent, path=file_path)
    return None


class CasesFile(pytest.File):
    """The file of a pack's cases."""

    @cached_property
    def pack(self) -> "Pack":
        """The pack beside it."""
        from fanpin.packs import load_pack

        return load_pack(self.path.parent)

    def collect(self) -> Iterable["CaseItem"]:
        """One test a case; where the file can't be read, every mistake in it."""
        from fanpin.errors import DataError
        from fanpin.testing import read_cases

        try:
            cases = read_cases(self.path)
        except DataError as error:
            raise self.CollectError(str(error)) from None
        return [CaseItem.from_parent(self, name=case.name, case=case) for case in cases]


class CaseItem(pytest.Item):
    """One case of a pack as a test."""

    def __init__(self, *, case: "PackCase", **keys: Any) -> None:
        super().__init__(**keys)
        self.case = case

    def runtest(self) -> None:
        """Run the case; the differences are the failure."""
        from fanpin.errors import PackError
        from fanpin.testing import run_case

        assert isinstance(self.parent, CasesFile)
        try:
            pack = self.parent.pack
        except PackError as error:
            pytest.fail(str(error), pytrace=False)
        differences = run_case(pack, self.case).differences
        if differences:
            pytest.fail("\n".join(difference.text() for difference in differences), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, (self.case.place.line or 1) - 1, self.name
