"""`fanpin pack to-excel` and `from-excel`: a pack goes out as a workbook and comes back from it."""

from pathlib import Path

import pytest

from fanpin import load_pack
from fanpin.packs.files import own_tree
from fanpin.packs.rows import rows_of
from fanpin.packs.to_excel import workbook_of
from fanpin.packs.trees import plain
from tests.cli.conftest import Run

COUNTY = Path(__file__).parents[2] / "examples" / "county_pack"


def test_a_pack_goes_out_and_comes_back(run: Run) -> None:
    out = run("pack", "to-excel", "zhalaite", "-o", "banner.xlsx")
    assert (out.code, out.err) == (0, "")
    assert "fanpin pack from-excel banner.xlsx -o banner" in out.out
    back = run("pack", "from-excel", "banner.xlsx", "-o", "banner")
    assert (back.code, back.err) == (0, "")
    assert load_pack("zhalaite").hash in back.out.replace("\n", "")
    assert load_pack("banner").hash == load_pack("zhalaite").hash


NO_NUMBER = {"zh": "这里应是数字，现为：七千", "en": "expected a number, found 七千"}


@pytest.mark.parametrize(("language", "said"), NO_NUMBER.items())
def test_mistakes_are_told_by_sheet_and_cell_and_nothing_is_written(run: Run, language: str, said: str) -> None:
    tree = plain(own_tree(COUNTY)[0])
    tree["parameters"]["net_income_line"]["values"][0]["value"] = "七千"
    Path("bad.xlsx").write_bytes(workbook_of(rows_of(tree), load_pack(COUNTY)))
    ran = run("pack", "from-excel", "bad.xlsx", "-o", "mine", "--lang", language)
    assert ran.code == 2
    assert "参数!I2" in ran.err
    assert said in ran.err
    assert not Path("mine").exists()


def test_what_is_there_is_left_as_it_is_unless_asked(run: Run) -> None:
    run("pack", "to-excel", "danfeng", "-o", "a.xlsx")
    before = Path("a.xlsx").read_bytes()
    again = run("pack", "to-excel", "zhalaite", "-o", "a.xlsx")
    assert (again.code, Path("a.xlsx").read_bytes()) == (2, before)
    assert "a.xlsx: the file is there already" in again.err
    assert run("pack", "to-excel", "zhalaite", "-o", "a.xlsx", "--replace").code == 0
    assert run("pack", "from-excel", "a.xlsx", "-o", "a").code == 0
    assert run("pack", "from-excel", "a.xlsx", "-o", "a").code == 2
    assert run("pack", "from-excel", "a.xlsx", "-o", "a", "--replace").code == 0


def test_only_excel_is_written_and_only_a_packs_workbook_is_read(run: Run, county: Path) -> None:
    assert "end its name with one of .xlsx" in run("pack", "to-excel", "danfeng", "-o", "a.csv").err
    other = next(county.glob("*.csv"))
    ran = run("pack", "from-excel", other, "-o", "a")
    assert ran.code == 2
    assert "no workbook of a pack" in ran.err
