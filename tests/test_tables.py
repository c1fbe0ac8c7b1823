"""Tables are read as people keep them: what can be read is graded, the rest is reported, and nothing is lost."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import field_validator

from fanpin import DataError, Household, Member, Problem, load_pack, sample
from fanpin.cells import reader
from fanpin.errors import Place
from fanpin.facts import FactTable
from fanpin.kinds import FIRST_DAY, Between, Money, fact
from fanpin.tables import CountyTable, household_of, households_of, read_county

Write = Callable[..., Path]
HEADINGS = "户编号,家庭人口,脱贫户,工资性收入,饮水安全,村"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of lines and gives its path."""

    def lines(*texts: str, name: str = "h.csv", encoding: str = "utf-8", end: str = "\n") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(text + end for text in texts).encode(encoding))
        return path

    return lines


def codes(problems: Any) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.place.row) for problem in problems]


# What is read


def test_a_row_is_a_household_and_a_blank_cell_a_missing_fact(write: Write) -> None:
    table = read_county(write(HEADINGS, "H1,3,是,5000-6000,有保障,甲村", "H2,,,,,"))
    assert households_of(table) == (
        Household(
            household_id="H1",
            size=3,
            registered_poor=True,
            wage_income=Between(5000, 6000),
            water="met",
            village="甲村",
        ),
        Household(household_id="H2"),
    )
    assert table.households["row"].to_list() == [2, 3]
    assert table.problems == ()


@pytest.mark.parametrize(
    "headings",
    [
        "household_id,size,registered_poor,wage_income,water,village",
        "household id,household size,registered poor,wage income,safe water,village",
        "Household ID,Household Size,REGISTERED POOR,Wage Income (yuan),Safe water,Village",
        "户编码,当前家庭人口数,是否脱贫户,工资性收入（元）,饮水安全保障,行政村",
        "户 号,家庭人口数(人),脱贫户(是/否),工资性收入（元/年）,饮水安全（必填）,村（嘎查）",
    ],
)
def test_headings_are_names_labels_or_those_of_exports(headings: str, write: Write) -> None:
    (household,) = households_of(read_county(write(headings, "H1,3,是,900,met,甲村")))
    assert (household.size, household.registered_poor, household.wage_income) == (3, True, 900)
    assert (household.water, household.village) == ("met", "甲村")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found_out(encoding: str, delimiter: str, end: str, write: Write) -> None:
    lines = [HEADINGS, "H1,3,是,900,有保障,甲村", "H2,2,否,800,未保障,乙村"]
    table = read_county(write(*(line.replace(",", delimiter) for line in lines), encoding=encoding, end=end))
    assert [(h.household_id, h.wage_income, h.village) for h in households_of(table)] == [
        ("H1", 900, "甲村"),
        ("H2", 800, "乙村"),
    ]
    assert table.problems == ()


def test_gb18030_holds_characters_that_gbk_does_not(write: Write) -> None:
    (household,) = households_of(read_county(write("户编号,村", "H1,𠮷村", encoding="gb18030")))
    assert household.village == "𠮷村"


def test_a_file_without_a_last_line_end_and_with_blank_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("户编号,村\nH1,甲村\n\n,,\n  ,\nH2,乙村", encoding="utf-8")
    table = read_county(path)
    assert table.households["row"].to_list() == [2, 6]
    assert (table.blank_rows, table.problems) == (3, ())


def test_text_in_quotes_may_hold_delimiters_quotes_and_line_ends(write: Write) -> None:
    table = read_county(write("户编号,家庭住址,村", 'H1,"一组, ""老"" 屋\n后院",甲村', "H2,二组,乙村"))
    assert [household.address for household in households_of(table)] == ['一组, "老" 屋\n后院', "二组"]
    assert table.households["row"].to_list() == [2, 3]  # as a spreadsheet counts


def test_headings_may_hold_line_ends_and_stand_below_a_title(write: Write) -> None:
    table = read_county(write('"某县"监测对象信息表,,', "2024年6月,,", '户编号,"工资性\n收入",村', "H1,900,甲村"))
    assert households_of(table)[0].wage_income == 900
    assert table.households["row"].to_list() == [4]
    assert codes(table.columns) == [("rows-above-heading", None)]


def test_a_column_in_ten_thousands_of_yuan_is_taken_so(write: Write) -> None:
    (household,) = households_of(read_county(write("户编号,工资性收入（万元）", "H1,1.25")))
    assert household.wage_income == 12500


OTHER_MONEY = {
    "单位：万元": "万元", "金额单位:万元": "万元", "单位（万元）": "万元", "（单位：千元）": "千元",
    "单位：百元": "百元",
    "单位：亿元": "亿元", "单位：角": "角", "單位：分": "分", "单位：户、人、万元": "万元", "以万元为单位": "万元",
    "收入统计表（万元）": "万元", "单位：某村委会 金额单位：人民币万元": "万元", "单位：10000元": "10000元",
    "单位：美元": "美元", "unit: 10,000 yuan": "10,000 yuan", "Unit: thousand yuan": "thousand yuan",
    "in thousands of yuan": "thousands of yuan", "unit: RMB 10,000": "RMB 10,000", "unit: jiao": "jiao",
}  # fmt: skip
NO_OTHER_MONEY = (
    "单位：元", "单位：某某村委会", "填报单位：万福村委会", "单位：分公司", "单位：元/年", "单位：人民币元",
    "单位：1元", "单位：百人", "单位：户、人、元", "积分表（分）", "unit: yuan", "unit: Elm Hollow", "in June",
    "Reporting unit: Fen village",
)  # fmt: skip


@pytest.mark.parametrize("note", OTHER_MONEY)
def test_money_that_a_note_says_is_not_in_yuan_is_never_read_as_yuan(note: str, write: Write) -> None:
    with pytest.raises(DataError) as refused:
        read_county(write("某乡收入表,", f'"{note}",', "户编号,工资性收入", "H1,3.5"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.row, problem.details["unit"]) == ("money-unit-noted", 2, OTHER_MONEY[note])
    assert "“工资性收入”" in problem.text("zh")


@pytest.mark.parametrize("note", NO_OTHER_MONEY)
def test_notes_in_yuan_and_organisations_are_no_matter(note: str, write: Write) -> None:
    (household,) = households_of(read_county(write(f'"{note}",', "户编号,工资性收入", "H1,3500")))
    assert household.wage_income == 3500


def test_a_note_on_money_may_be_in_two_cells_below_the_headings_or_at_the_foot(write: Write) -> None:
    for lines in (
        ("金额单位：,万元", "户编号,工资性收入", "H1,3.5"),
        ("户编号,工资性收入", ",（万元）", "H1,3.5"),
        ("户编号,工资性收入", "H1,3.5", "注：单位为万元,"),
        ("户编号,工资性收入", "H1,3.5", ",单位：万元"),
    ):
        with pytest.raises(DataError) as refused:
            read_county(write(*lines))
        assert refused.value.problems[0].code == "money-unit-noted"
        assert refused.value.problems[0].place.row == 1 + next(i for i, line in enumerate(lines) if "万元" in line)


def test_where_each_heading_names_its_unit_or_no_money_is_read_the_note_is_no_matter(write: Write) -> None:
    (household,) = households_of(
        read_county(write("单位：万元,,", "户编号,工资性收入（万元）,转移性收入（元）", "H1,3.5,40"))
    )
    assert (household.wage_income, household.transfer_income) == (35000, 40)
    (household,) = households_of(read_county(write("单位：万元,", "户编号,家庭人口", "H1,3")))
    assert household.size == 3
    with pytest.raises(DataError):
        read_county(write("单位：万元,,", "户编号,工资性收入（万元）,转移性收入", "H1,3.5,40"))


def test_the_money_of_members_is_in_yuan_too(write: Write) -> None:
    members = write("单位：万元,,", "户编号,姓名,个人合规自付支出", "H1,李某,3.5", name="m.csv")
    with pytest.raises(DataError) as refused:
        read_county(write("户编号", "H1"), members)
    assert [(p.code, p.place.file) for p in refused.value.problems] == [("money-unit-noted", "m.csv")]


def test_tables_in_each_others_place_are_refused(write: Write) -> None:
    households = write("户编号,家庭人口,脱贫户,村", "H1,3,是,甲村")
    members = write(MEMBERS, "H1,李某,,", "H1,王某,,", name="m.csv")
    for files, places in (
        ((members, households), ["m.csv", "h.csv"]),
        ((members, None), ["m.csv"]),
        ((households, write("户编号,家庭人口,脱贫户", "H1,3,是", name="h2.csv")), ["h2.csv"]),
    ):
        with pytest.raises(DataError) as refused:
            read_county(*files)
        assert [(p.code, p.place.file) for p in refused.value.problems] == [("tables-swapped", at) for at in places]


def test_one_table_is_not_read_for_both(write: Write) -> None:
    path = write("户编号,家庭人口,姓名", "H1,3,李某")
    with pytest.raises(DataError) as refused:
        read_county(path, path)
    assert [(p.code, p.place.file) for p in refused.value.problems] == [("table-for-both", "h.csv")]


def test_a_table_may_hold_a_few_things_of_the_other(write: Write) -> None:
    """As exports do: the head's number among households, the village among members."""
    households = write("户编号,姓名,证件号码,性别,家庭人口", "H1,李某,,男,2")
    members = write("户编号,村,户主姓名,家庭人口,姓名", "H1,甲村,李某,2,李某", name="m.csv")
    (household,) = households_of(read_county(households, members))
    assert (household.size, household.members) == (2, (Member(name="李某"),))


def test_all_members_are_listed_where_the_column_says_so(write: Write) -> None:
    table = read_county(write("户编号,成员已列全", "H1,是", "H2,", "H3,否", "H4,也许"))
    assert [household.members_complete for household in households_of(table)] == [True, False, False, False]
    assert codes(table.problems) == [("cell-yes-no", 5)]


# Members


MEMBERS = "户编号,姓名,出生日期,劳动技能"


def test_members_join_their_households_in_the_order_of_their_table(write: Write) -> None:
    members = write(MEMBERS, "H2,张某,1956年,无劳动力", "H1,李某,1980-05,", "H2,王某,,普通劳动力", name="m.csv")
    first, second = households_of(read_county(write("户编号", "H1", "H2"), members))
    assert first.members == (Member(name="李某", birth_date=date(1980, 5, 1)),)
    assert second.members is not None
    assert [member.labour for member in second.members] == ["none", "ordinary"]


def test_without_rows_of_its_own_a_household_has_no_list_of_members(write: Write) -> None:
    """Nobody found is not nobody there."""
    members = write(MEMBERS, "H1,李某,,", name="m.csv")
    _, second = households_of(read_county(write("户编号", "H1", "H2"), members))
    assert second.members is None
    assert households_of(read_county(write("户编号", "H1")))[0].members is None


def test_ids_in_full_width_digits_are_those_in_half_width(write: Write) -> None:
    members = write(MEMBERS, "150,李某,,", name="m.csv")
    (household,) = households_of(read_county(write("户编号,家庭人口", "１５０,1"), members))
    assert (household.household_id, household.members) == ("150", (Member(name="李某"),))


def test_a_member_without_household_is_reported(write: Write) -> None:
    members = write(MEMBERS, "H9,李某,,", "H1,张某,,", name="m.csv")
    table = read_county(write("户编号", "H1"), members)
    assert codes(table.bad_rows) == [("member-without-household", 2)]
    assert len(households_of(table)[0].members or ()) == 1


def test_a_member_row_that_cannot_be_read_is_still_somebody(write: Write) -> None:
    """Else a household of two with one row lost would look complete."""
    members = write(MEMBERS, "H1,李某,1980-05,,,要", "H1,张某,,", name="m.csv")
    table = read_county(write("户编号,家庭人口", "H1,2"), members)
    assert codes(table.bad_rows) == [("row-too-long", 2)]
    assert households_of(table)[0].members == (Member(), Member(name="张某"))
    assert codes(table.of_household["H1"]) == [("row-too-long", 2)]


def test_more_members_than_a_household_can_have_are_reported_row_by_row(write: Write) -> None:
    members = write("户编号,姓名", *["H1,张某"] * 51, "H2,李某", name="m.csv")
    table = read_county(write("户编号", "H1", "H2"), members)
    assert codes(table.bad_rows) == [("rows-too-many", row) for row in range(2, 53)]
    assert codes(table.of_household["H1"]) == [("rows-too-many", 2)]
    assert households_of(table)[0].members is None


def test_a_problem_of_a_member_is_its_households_too(write: Write) -> None:
    members = write(MEMBERS, "H1,李某,昨天,", name="m.csv")
    table = read_county(write("户编号", "H1"), members)
    (problem,) = table.of_household["H1"]
    assert problem.place == Place("m.csv", row=2, field="出生日期")


# What can't be read


def test_a_bad_cell_is_reported_and_its_fact_counts_as_missing(write: Write) -> None:
    table = read_county(write(HEADINGS, "H1,三口人家,是,900,有保障,", "H2,51,也许,两万多,一般,"))
    assert [(h.size, h.registered_poor, h.wage_income, h.water) for h in households_of(table)] == [
        (None, True, 900, "met"),
        (None, None, None, None),
    ]
    assert codes(table.problems) == [
        ("cell-whole-number", 2),
        ("cell-whole-number", 3),
        ("cell-yes-no", 3),
        ("cell-number", 3),
        ("cell-choice", 3),
    ]
    assert table.problems[0].text("zh") == (
        "h.csv, 第2行, 家庭人口: 应为 1 至 50 之间的整数，写的是“#***”\n"
        "  → 只写数字，或一个范围，例如 2-3；现按缺失处理"
    )
    assert table.problems[0].text("en") == (
        "h.csv, row 2, 家庭人口: a whole number from 1 to 50 is needed, and '#***' is written\n"
        "  → write the number alone, or a range such as 2-3; it counts as missing"
    )
    assert table.problems[4].sentence("zh") == "应为其中之一：有保障、有风险、未保障；写的是“#*”"


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("工资性收入", "-1", "cell-number"),
        ("工资性收入", "9" * 17, "cell-number"),
        ("家庭人口", "0", "cell-whole-number"),
        ("家庭人口", "0-3", "cell-whole-number"),
        ("家庭人口", "3.5", "cell-whole-number"),
        ("采集日期", "1800-01-01", "cell-day"),
        ("采集日期", "2024-05-01至2024-05-03", "cell-day"),
        ("行政区划代码", "152", "fact-code"),
        ("村", "甲" * 201, "fact-text"),
    ],
)
def test_what_the_model_refuses_is_a_bad_cell_too(heading: str, cell: str, code: str, write: Write) -> None:
    table = read_county(write(f"户编号,{heading}", f"H1,{cell}"))
    assert codes(table.of_household["H1"]) == [(code, 2)]
    assert table.of_household["H1"][0].place.field == heading
    assert households_of(table) == (Household(household_id="H1"),)


def test_rows_of_which_nobody_knows_whose_they_are_are_bad_rows_all_in_one_pass(write: Write) -> None:
    rows = [",3,是,900,,", "H1,3,,,,", "H2,3,,,,,多", "H1,4,,,,", '"H3"x,1,,,,', "H4,1,,,,", "H5,2", "H6,,,,,,,"]
    table = read_county(write(HEADINGS, *rows))
    assert [household.household_id for household in households_of(table)] == ["H4", "H5", "H6"]
    assert codes(table.bad_rows) == [
        ("row-without-id", 2),
        ("row-id-twice", 3),
        ("row-too-long", 4),
        ("row-id-twice", 5),
        ("row-quote", 6),
    ]
    assert codes(table.of_household["H5"]) == [("row-too-short", 8)]
    assert {id_: codes(problems) for id_, problems in table.bad_ids.items()} == {
        "H2": [("row-too-long", 4)],
        "H1": [("row-id-twice", 3), ("row-id-twice", 5)],
    }


def test_members_of_a_bad_row_are_reported(write: Write) -> None:
    members = write(MEMBERS, "H1,李某,,", name="m.csv")
    table = read_county(write("户编号,村", "H1,甲村", "H1,乙村"), members)
    assert codes(table.bad_rows) == [("row-id-twice", 2), ("row-id-twice", 3), ("member-of-bad-row", 2)]
    assert [problem.place.file for problem in table.bad_rows] == ["h.csv", "h.csv", "m.csv"]


@pytest.mark.parametrize(
    "row",
    ['H2,"张某,3', 'H2,"张某",3"', 'H2,"张"某,3', '"H2,张某,3', 'H2,张某,"3'],
    ids=["unclosed", "stray", "inside", "first", "last"],
)
def test_a_quote_that_is_not_closed_takes_no_other_row_with_it(row: str, write: Write) -> None:
    below = [f"H{n},李某,2" for n in range(3, 200)]
    table = read_county(write("户编号,户主姓名,家庭人口", "H1,王某,1", row, *below))
    ids = {household.household_id for household in households_of(table)}
    assert ids >= {"H1", *(f"H{n}" for n in range(3, 200))}
    assert "H2" in ids or codes(table.bad_rows) == [("row-quote", 3)]


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(write: Write) -> None:
    table = read_county(write("户编号,户主姓名,家庭人口", 'H1,"王某,1', "H2,李某,2", 'H3,张某",3'))
    assert [household.household_id for household in households_of(table)] == ["H2", "H3"]
    assert codes(table.bad_rows) == [("row-quote", 2)]


def test_a_quote_does_not_swallow_a_row_that_is_too_short_either(write: Write) -> None:
    table = read_county(write("户编号,户主姓名,家庭人口", 'H2,"张某', 'H3"'))
    assert codes(table.bad_rows) == [("row-quote", 2)]
    assert table.households["row"].to_list() == [3]


def test_a_text_may_have_many_lines_and_a_file_many_broken_rows(write: Write) -> None:
    long = '"' + "\n".join(f"第{n}行" for n in range(50)) + '"'
    table = read_county(write("户编号,家庭住址", f"H1,{long}", *['H2,"'] * 3000, "H3,"))
    assert [household.household_id for household in households_of(table)] == ["H1", "H3"]
    assert codes(table.bad_rows) == [("row-quote", row) for row in range(3, 3003)]


def test_a_household_id_too_long_to_be_one_is_a_bad_row(write: Write) -> None:
    table = read_county(write("户编号,村", f"{'H' * 201},甲村", "H2,乙村"))
    assert codes(table.bad_rows) == [("fact-text", 2)]
    assert len(table.households) == 1


# Columns


def test_columns_that_are_not_read_are_reported_once(write: Write) -> None:
    table = read_county(
        write("户编号,备注,工资性收人,工资性收入(上年),出生日期,,耕地面积(公顷)", "H1,x,1,2,3,4,5", "H2,x,1,2,3,4,5")
    )
    assert [(problem.code, problem.suggestions) for problem in table.columns] == [
        ("column-unknown", ()),
        ("column-unknown", ("工资性收入",)),
        ("column-unknown", ("工资性收入",)),
        ("column-of-other-table", ()),
        ("column-unit", ()),
        ("column-nameless", ()),
    ]
    assert households_of(table) == (Household(household_id="H1"), Household(household_id="H2"))
    assert table.columns[2].sentence("en") == "the column '工资性收入(上年)' is not known, and was not read"
    assert table.columns[3].sentence("zh") == "“出生日期”这一列属于家庭成员，没有读"
    assert table.columns[4].text("zh") == "h.csv: “耕地面积(公顷)”这一列的单位不是亩，没有读\n  → 先换算成亩"


def test_a_nameless_column_with_nothing_in_it_is_no_matter(write: Write) -> None:
    assert read_county(write("户编号,村,,", "H1,甲村,,", "H2,乙村")).columns == ()


def test_a_households_column_among_the_members_is_named_so(write: Write) -> None:
    members = write("户编号,姓名,脱贫户", "H1,张某,是", name="m.csv")
    table = read_county(write("户编号", "H1"), members)
    assert codes(table.columns) == [("column-of-other-table", None)]


def test_two_columns_of_one_fact_are_reported_and_hold_where_they_agree(write: Write) -> None:
    table = read_county(write("户编号,家庭人口,家庭人口数", "H1,3,3", "H2,,2", "H3,2,3人", "H4,2,2人"))
    assert [household.size for household in households_of(table)] == [3, 2, None, 2]
    assert codes(table.columns) == [("column-twice", None)]
    assert codes(table.of_household["H3"]) == [("cells-disagree", 4)]


def test_two_columns_of_one_fact_in_other_units_say_the_same(write: Write) -> None:
    table = read_county(write("户编号,工资性收入(元),工资性收入(万元)", "H1,12000,1.2", "H2,12000,1.3"))
    assert [household.wage_income for household in households_of(table)] == [12000, None]


def test_two_columns_of_ids_must_agree(write: Write) -> None:
    table = read_county(write("户编号,户号", "H1,H1", "H2,", "H3,H4"))
    assert [household.household_id for household in households_of(table)] == ["H1", "H2"]
    assert codes(table.bad_rows) == [("row-id-disagrees", 4)]


# Files


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table-empty"),
        (b"\n\n", "table-empty"),
        ("甲,乙\n1,2\n".encode(), "table-without-id"),
        ("户编号,村\nH1,甲村\n".encode("utf-16"), "file-not-text"),
        ("户编号,村\nH1,甲村\n".encode("utf-16-le"), "file-not-text"),
        ("户编号,村\nH1,甲村\n".encode() + b"\xff\xff", "file-not-text"),
        (b"\x00" * 100, "file-not-text"),
        ('"户编号,村\nH1,甲村\n'.encode(), "table-without-id"),
        ('户编号,"村\nH1,甲村\nH2",乙村\n'.encode(), "table-without-id"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_county(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file) == (code, str(path))
    assert problem.text("zh") != problem.text("en")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.csv", "file-not-found"), (tmp_path, "file-is-folder")):
        with pytest.raises(DataError) as caught:
            read_county(path)
        assert caught.value.problems[0].code == code


def test_an_id_number_for_a_household_id_is_read_like_any(write: Write) -> None:
    table = read_county(write("户编号,村", "990000195603090159,甲村"))
    assert households_of(table)[0].household_id == "990000195603090159"


# As frames


def test_a_frame_has_a_column_for_each_heading_in_the_type_of_its_fact(write: Write) -> None:
    households = write(f"{HEADINGS},识别监测时间", "H1,3,是,900.5,有保障,甲村,2024-03", "H2,,,,,,")
    members = write(MEMBERS, "H2,张某,1956-03-01,无劳动力", name="m.csv")
    county = read_county(households, members)
    assert dict(county.households.schema) == {
        "household_id": pl.String,
        "size": pl.Float64,
        "registered_poor": pl.Boolean,
        "wage_income": pl.Float64,
        "water": pl.String,
        "village": pl.String,
        "identified_on": pl.Date,
        "row": pl.UInt32,
    }
    assert county.households.rows() == [
        ("H1", 3.0, True, 900.5, "met", "甲村", date(2024, 3, 1), 2),
        ("H2", None, None, None, None, None, None, 3),
    ]
    assert county.members is not None
    assert county.members.columns == ["household_id", "name", "birth_date", "labour", "row"]
    assert county.members.rows() == [("H2", "张某", date(1956, 3, 1), "none", 2)]


def test_where_one_cell_is_a_range_the_column_is_a_pair(write: Write) -> None:
    names = "户编号,工资性收入,家庭人口,识别监测时间"
    rows = ["H1,5000-6000,3,2023年", "H2,900,3,2024-03-05", "H3,,3,", "H4,两万多,3,"]
    frame = read_county(write(names, *rows)).households.drop("row")
    assert frame.to_dict(as_series=False) == {
        "household_id": ["H1", "H2", "H3", "H4"],
        "wage_income__lo": [5000.0, 900.0, None, None],
        "wage_income__hi": [6000.0, 900.0, None, None],
        "size": [3.0] * 4,
        "identified_on__lo": [date(2023, 1, 1), date(2024, 3, 5), None, None],
        "identified_on__hi": [date(2023, 12, 31), date(2024, 3, 5), None, None],
    }


def test_a_range_in_one_of_two_columns_agrees_with_itself_only(write: Write) -> None:
    names, rows = "户编号,工资性收入,工资性收入(元)", ["H1,5-6,", "H2,5-6,5-6", "H3,5-6,5", "H4,,7", "H5,5-6,5-7"]
    county = read_county(write(names, *rows))
    ends = county.households.select("wage_income__lo", "wage_income__hi").rows()
    assert ends == [(5.0, 6.0), (5.0, 6.0), (None, None), (7.0, 7.0), (None, None)]
    assert codes(county.problems) == [("column-twice", None), ("cells-disagree", 4), ("cells-disagree", 6)]


BOTH_ENDS = [
    ("wage_income__lo", "wage_income__hi"),
    ("工资性收入（下限）", "工资性收入（上限）"),
    ("工资性收入(元)(下限)", "工资性收入 ( 上限 )"),
    ("wage income (lo)", "Wage Income (HI)"),
]


@pytest.mark.parametrize("names", BOTH_ENDS)
def test_the_ends_of_a_range_may_stand_in_two_columns(names: tuple[str, str], write: Write) -> None:
    rows = ["H1,5000,6000元", "H2,900,900", "H3,,", "H4,5000,", "H5,,6000", "H6,5000-5500,6000"]
    county = read_county(write(",".join(["户编号", *names]), *rows))
    assert county.households.select("wage_income__lo", "wage_income__hi").rows() == [
        (5000, 6000), (900, 900), (None, None), (5000, 1e9), (0, 6000), (5000, 6000),
    ]  # fmt: skip
    assert not county.problems
    assert household_of(county, "H1") == Household(household_id="H1", wage_income=Between(5000, 6000))
    assert household_of(county, "H2") == Household(household_id="H2", wage_income=900)


def test_the_ends_of_a_range_may_be_days_and_be_read_from_any_kind_of_file(tmp_path: Path) -> None:
    ends = {"identified_on__lo": [date(2023, 1, 5), None], "identified_on__hi": [date(2023, 3, 5), date(2024, 1, 1)]}
    path = tmp_path / "h.parquet"
    pl.DataFrame({"household_id": ["H1", "H2"], **ends}).write_parquet(path)
    assert read_county(path).households.drop("household_id", "row").rows() == [
        (date(2023, 1, 5), date(2023, 3, 5)), (FIRST_DAY, date(2024, 1, 1)),
    ]  # fmt: skip


def test_ends_that_are_reversed_or_can_not_be_read_are_a_missing_fact(write: Write) -> None:
    names, rows = "户编号,家庭人口(下限),家庭人口(上限)", ["H1,3,2", "H2,三个,4", "H3,2,99", "H4,2,3"]
    county = read_county(write(names, *rows))
    assert county.households.select("size__lo", "size__hi").rows() == [(None, None)] * 3 + [(2, 3)]
    assert codes(county.problems) == [("ends-reversed", 2), ("cell-whole-number", 3), ("cell-whole-number", 4)]
    assert county.problems[0].sentence("zh") == "“家庭人口(下限)”和“家庭人口(上限)”：下限大于上限"


def test_ends_must_agree_with_a_column_of_the_whole_fact(write: Write) -> None:
    names = "户编号,工资性收入,wage_income__lo,wage_income__hi,工资性收入(下限)"
    county = read_county(write(names, "H1,5-6,5,6,", "H2,,5,6,5", "H3,7,,,", "H4,5,5,6,", "H5,,5,6,4"))
    assert county.households.select("wage_income__lo", "wage_income__hi").rows() == [
        (5, 6), (5, 6), (7, 7), (None, None), (None, None),
    ]  # fmt: skip
    assert codes(county.problems) == [("column-twice", None), ("cells-disagree", 5), ("cells-disagree", 6)]


def test_one_end_alone_another_unit_or_what_has_no_range_is_not_read(write: Write) -> None:
    names = "户编号,工资性收入(下限),转移性收入(美元)(下限),采集日期(下限),饮水安全(上限),户编号(上限)"
    county = read_county(write(names, "H1,5,5,2024-01-01,有保障,H1"))
    assert county.households.columns == ["household_id", "row"]
    assert sorted(problem.code for problem in county.columns) == ["column-half", "column-unit", *["column-unknown"] * 3]


def test_a_member_row_that_cannot_be_read_is_a_row_of_nulls(write: Write) -> None:
    rows = ["H1,李某,1980-05,,,要", "H1,张某,,", "H1/H2,,,"]
    county = read_county(write("户编号", "H1"), write(MEMBERS, *rows, name="m.csv"))
    assert county.members is not None
    assert county.members.rows() == [("H1", None, None, None, 2), ("H1", "张某", None, None, 3)]
    assert codes(county.bad_rows) == [("row-too-long", 2), ("member-without-household", 4)]
    assert {id_: codes(problems) for id_, problems in county.of_household.items()} == {"H1": [("row-too-long", 2)]}


@pytest.mark.parametrize("flag", [False, True])
def test_a_list_that_is_there_is_complete_where_the_cell_says_so_or_else_the_caller(flag: bool, write: Write) -> None:
    households = write("户编号,成员已列全", "H1,是", "H2,否", "H3,", "H4,是", "H5,也许")
    members = write(MEMBERS, "H1,李某,,", "H2,张某,,", "H3,王某,,", "H5,赵某,,", name="m.csv")
    complete = read_county(households, members, members_complete=flag).households["members_complete"].to_list()
    assert complete == [True, False, flag, False, flag]  # nobody is listed of H4


def test_without_a_list_nothing_is_complete_because_a_caller_says_so(write: Write) -> None:
    assert read_county(write("户编号", "H1"), members_complete=True).households["members_complete"].to_list() == [False]
    assert "members_complete" not in read_county(write("户编号", "H1")).households.columns


def test_one_household_comes_out_as_an_object_with_its_members(write: Write) -> None:
    households = write("户编号,家庭人口,工资性收入", "H1,2-3,5000-6000", "H2,3,900", "H3,1,", "H3,2,")
    members = write(MEMBERS, "H2,张某,1956年,", "H1,李某,,", "H2,王某,,", name="m.csv")
    county = read_county(households, members)
    assert household_of(county, "H1") == Household(
        household_id="H1", size=Between(2, 3), wage_income=Between(5000, 6000), members=(Member(name="李某"),)
    )
    found = household_of(county, "H2")
    assert found is not None
    assert [member.name for member in found.members or ()] == ["张某", "王某"]
    assert isinstance(found.size, int)
    assert household_of(county, "H3") is None  # typed twice
    assert household_of(county, "H9") is None


def test_a_cell_is_read_once_for_each_different_text(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows there are, so that a county of a hundred thousand households is read in a moment."""
    read = list[str]()

    def counting(*arguments: Any) -> Any:
        def noted(text: str) -> Any:
            read.append(text)
            return plain(text)

        plain = reader(*arguments)
        return noted

    monkeypatch.setattr("fanpin.headings.reader", counting)
    rows = [f"H{n},{n % 3},{'是' if n % 2 else '否'}" for n in range(1000)]
    county = read_county(write("户编号,家庭人口,脱贫户", *rows))
    assert county.households["size"].drop_nulls().value_counts(sort=True).rows() == [(1.0, 333), (2.0, 333)]
    assert sorted(text for text in read if text[0] != "H") == ["0", "1", "2", "否", "是"]


def test_an_id_whose_digits_a_spreadsheet_lost_is_nobodys(write: Write) -> None:
    households = write("户编号,银行账号", "H1,6.2220202E+18", "1.52223E+17,", "1.52223e+17,6222020200012345678")
    county = read_county(households)
    assert codes(county.problems) == [("cell-digits-lost", 2), ("row-id-digits-lost", 3), ("row-id-digits-lost", 4)]
    assert county.households["bank_account"].to_list() == [None]


# Packs and plugins


def test_a_packs_own_facts_are_read(write: Write, tmp_path: Path) -> None:
    pack = tmp_path / "mine"
    pack.mkdir()
    (pack / "pack.yaml").write_text(
        'name: mine\nlabel: {zh: 我的, en: mine}\nversion: "1"\nextends: example\n', encoding="utf-8"
    )
    (pack / "facts.yaml").write_text(
        "facts:\n  hay: {label: {zh: 储草量, en: hay}, type: number, unit: mu, headers: [饲草]}\n"
        "members:\n  herds: {label: {zh: 放牧, en: herds}, type: yes_no}\n",
        encoding="utf-8",
    )
    mine = load_pack(pack)
    members = write("户编号,放牧", "H1,是", name="m.csv")
    (household,) = households_of(read_county(write("户编号,饲草(亩)", "H1,30亩"), members, model=mine.model))
    assert household.hay == 30  # type: ignore[attr-defined]
    assert household.members is not None
    assert household.members[0].herds is True  # type: ignore[attr-defined]
    assert FactTable.of(mine.model) == mine.facts


class WithCheck(Household):
    """A plugin's household with a fact of its own, and a check over the whole row."""

    hay: Money = fact("储草量", "hay in store", unit="CNY/year")

    def model_post_init(self, context: Any) -> None:
        del context
        if self.village == "无此村":
            raise ValueError("机密: the check says no")


def test_a_check_of_a_plugins_makes_a_bad_row_and_says_nothing_of_the_value(write: Write) -> None:
    table = read_county(write("户编号,村,储草量", "H1,无此村,5", "H2,乙村,6"), model=WithCheck)
    assert [household.household_id for household in households_of(table)] == ["H2"]
    assert codes(table.bad_rows) == [("fact-unfit", 2)]
    assert "机密" not in table.bad_rows[0].text("zh")


class WithValidators(Household):
    """A plugin's household that mends a field, and refuses a value of it."""

    hay: Money = fact("储草量", "hay in store", unit="CNY/year")

    @field_validator("hay")
    @classmethod
    def in_tens(cls, value: Any) -> Any:
        if value == 13:
            raise ValueError("机密")
        return value and value * 10


def test_a_field_of_a_plugins_is_read_as_the_plugin_reads_it(write: Write) -> None:
    county = read_county(write("户编号,储草量,村", "H1,5,甲村", "H2,13,乙村", "H3,,丙村"), model=WithValidators)
    assert county.households.rows() == [("H1", 50.0, "甲村", 2), ("H2", None, "乙村", 3), ("H3", None, "丙村", 4)]
    (problem,) = county.problems
    assert (problem.code, problem.place) == ("fact-unfit", Place("h.csv", row=3, field="储草量"))
    assert "机密" not in problem.text("zh")


# Privacy


SECRET = ["张三丰", "13912345678", "11010519491231002X", "6222020200012345678", "肺结核病", "高老庄西头"]


@pytest.mark.parametrize("shift", range(6))
def test_no_problem_shows_anything_of_anybody(shift: int, write: Write) -> None:
    """Whatever stands in which column, as when a cell is lost and the rest moves."""
    cells = SECRET[shift:] + SECRET[:shift]
    text = ",".join(cells)
    headings = "户编号,脱贫户,工资性收入,饮水安全,采集日期,行政区划代码,联系电话"
    households = write(headings, f"H1,{text}", f",{text}", f"H2,{text},多", name="h.csv")
    headings = "户编号,身份证号,健康状况,出生日期,残疾等级,务工就业,劳动技能"
    members = write(headings, f"H1,{text}", f"H9,{text}", f'H1,"{text}', name="m.csv")
    table = read_county(households, members)
    assert len(table.problems) >= 10
    said = repr(table) + repr(table.problems)
    for problem in table.problems:
        said += problem.text("zh") + problem.text("en") + str(problem.to_dict("zh")) + str(DataError(problem))
    assert not [secret for secret in SECRET if secret in said or secret[:5] in said]


def test_a_file_without_headings_shows_no_ones_data(write: Write) -> None:
    with pytest.raises(DataError) as caught:
        read_county(write(",".join(SECRET), ",".join(SECRET)))
    assert not [secret for secret in SECRET if secret in str(caught.value) + repr(caught.value)]


def test_a_number_among_the_headings_is_not_shown(write: Write) -> None:
    (problem,) = read_county(write("户编号,13912345678", "H1,1")).columns
    assert problem.sentence("en") == "the column '***' is not known, and was not read"


# Nothing is lost


def accounted(table: CountyTable, file: str) -> list[int]:
    """The rows of households that were graded or reported."""
    bad = [problem.place.row for problem in table.bad_rows if problem.place.file == file]
    assert all(row is not None for row in bad)
    return sorted(table.households["row"].to_list() + [row for row in bad if row is not None])


CELLS = st.sampled_from(["H1", "H2", "H3", "", " ", "3", "三", "是", "5000-6000", "有保障", "甲村", "x", "　", "-1"])


@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=12))
def test_every_row_is_graded_or_reported_or_blank(rows: list[list[str]], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("rows") / "h.csv"
    path.write_text("\n".join([HEADINGS, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    table = read_county(path)
    blank = [number for number, row in enumerate(rows, 2) if not any(cell.strip() for cell in row)]
    assert table.blank_rows == len(blank)
    assert accounted(table, "h.csv") == [n for n in range(2, len(rows) + 2) if n not in blank]


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12), known=st.sets(st.sampled_from(["H1", "H2", "H3"])))
def test_every_member_is_in_a_household_or_reported(
    rows: list[tuple[str, ...]], known: set[str], tmp_path_factory: Any
) -> None:
    folder = tmp_path_factory.mktemp("members")
    (folder / "h.csv").write_text("\n".join(["户编号", *sorted(known), ""]), encoding="utf-8")
    (folder / "m.csv").write_text("\n".join(["户编号,姓名,劳动技能", *map(",".join, rows), ""]), encoding="utf-8")
    table = read_county(folder / "h.csv", folder / "m.csv")
    joined = sum(len(household.members or ()) for household in households_of(table))
    assert joined + len(table.bad_rows) + table.blank_rows == len(rows)


STRAY = ['"', ",", "\n", "\r", ";", "\t", "\0", "，", "“", "\u2028", "\ufeff", "H001", "0"]


def mutated(data: bytes, random: Random) -> bytes:
    """The file after an accident: pieces of it changed, lost, doubled, put elsewhere; sometimes single bytes."""
    text = data.decode("utf-8")
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(text) + 1)
        end = at + random.choice([1, 1, 2, 8, 200])
        text = random.choice(
            [
                text[:at] + text[end:],
                text[:at] + text[at:end] * 2 + text[end:],
                text[:at] + random.choice(STRAY) + text[at:],
                text[:at] + random.choice(STRAY) + text[end:],
                text[:at] + '"' + text[at:],
                text[:at] + text[end : end + 300] + text[at:end] + text[end + 300 :],
                text[:end] if random.random() < 0.2 else text,
            ]
        )
    data = text.encode()
    if data and random.random() < 0.1:
        at = random.randrange(len(data))
        data = data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
    return data


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_mutated_files_are_read_or_refused_and_lose_no_household(start: int, tmp_path: Path) -> None:
    """Every household that stands on a whole line of its own, without quotes in it, is graded or reported."""
    for seed in range(start, start + 50):
        random = Random(seed)
        files = [sample.HOUSEHOLDS, sample.MEMBERS]
        which = seed % 2
        paths = [tmp_path / file.name for file in files]
        for number, (file, path) in enumerate(zip(files, paths, strict=True)):
            data = file.read_bytes()
            path.write_bytes(mutated(data, random) if number == which else data)
        table = read_or_refuse(paths)
        if isinstance(table, CountyTable):
            assert_no_household_lost(paths[0].read_bytes(), table, seed)
        problems = table.problems
        assert all(problem.text("zh") and problem.text("en") for problem in problems), seed


def read_or_refuse(paths: list[Path]) -> CountyTable | DataError:
    try:
        return read_county(*paths)
    except DataError as error:
        return error


def assert_no_household_lost(data: bytes, table: CountyTable, seed: int) -> None:
    lines = data.decode("gb18030" if b"\xff" in data else "utf-8", errors="replace").splitlines()
    standing = {line[:4] for line in lines if line[:2] == "H0" and line[4:5] == "," and '"' not in line}
    found = {household.household_id for household in households_of(table)} | set(table.bad_ids)
    assert not standing - found, seed


def test_problems_come_file_by_file_and_row_by_row() -> None:
    table = read_county(sample.HOUSEHOLDS, sample.MEMBERS)
    places = [(problem.place.file or "", problem.place.row or 0) for problem in table.problems]
    assert places == sorted(places)
    assert len(set(map(id, table.problems))) == len(table.problems)
    assert all(isinstance(problem, Problem) for problem in table.problems)
