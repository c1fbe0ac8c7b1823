"""Three hundred mutated data files: each row is read right or reported, none is lost, and nobody's data is shown.

What a cell says is asked once more here, cell by cell, of the reader of its fact and of the model; what a column
means, of a table of headings. So nothing is shared with how files are read.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from attrs import define

from fanpin import DataError, Household, sample
from fanpin.cells import Unreadable, bare, reader
from fanpin.facts import FactSpec, FactTable
from fanpin.household import Member
from fanpin.kinds import Between
from fanpin.records import Record, salvage
from fanpin.tables import CountyTable, read_county

MUTANTS = 300
FACTS = FactTable.of(Household)
Row = list[str]


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


TABLES = [_rows(sample.HOUSEHOLDS), _rows(sample.MEMBERS)]
MEANING = [
    {spec.label.zh: spec for spec in (FACTS.household["household_id"], *FACTS.facts_of(name).values())}
    for name in (None, "members")
]
RENAMED = {
    "工资性收入": ["wage_income", "工资性收入（元）", "工资性收人"],
    "家庭人口数": ["size", "当前家庭人口数", "年度家庭人口数"],
    "出生日期": ["birth date", "出生年月", "生日"],
    "身份证号": ["公民身份号码", "证件号码"],
    "户编号": ["household_id", "户编码"],
}
MEANT = {
    "工资性收入（元）": "工资性收入", "wage_income": "工资性收入", "size": "家庭人口数", "当前家庭人口数": "家庭人口数",
    "birth date": "出生日期", "出生年月": "出生日期", "身份证号": "证件号码", "公民身份号码": "证件号码",
    "household_id": "户编号", "户编码": "户编号",
}  # fmt: skip


@define
class Table:
    """A table as it will be written: its headings, and every row below them."""

    headings: Row
    rows: list[Row]

    def any_row(self, random: Random) -> Row:
        return random.choice([row for row in self.rows if row])


# What befalls a table


def _swap_in_a_row(random: Random, table: Table) -> None:
    row = table.any_row(random)
    a, b = random.randrange(len(row)), random.randrange(len(row))
    row[a], row[b] = row[b], row[a]


def _swap_in_a_column(random: Random, table: Table) -> None:
    one, other = table.any_row(random), table.any_row(random)
    at = random.randrange(min(len(one), len(other)))
    one[at], other[at] = other[at], one[at]


def _cut(random: Random, table: Table) -> None:
    row = table.any_row(random)
    at = random.randrange(len(row))
    row[at] = row[at][: random.randint(0, max(len(row[at]) - 1, 0))]


TYPED = ["O", "元", "万", "～", "约", "　", "－5", "'", '"', "，", ",", ";", "\t", "。", "E+17", "%", "人", "😀"]


def _retype(random: Random, table: Table) -> None:
    row = table.any_row(random)
    at, mark = random.randrange(len(row)), random.choice(TYPED)
    where = random.randint(0, len(row[at]))
    row[at] = row[at][:where] + mark + row[at][where + random.randint(0, 1) :]


def _full_width(random: Random, table: Table) -> None:
    row = table.any_row(random)
    at = random.randrange(len(row))
    row[at] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in row[at])


def _lose_or_gain_a_cell(random: Random, table: Table) -> None:
    row = table.any_row(random)
    at = random.randrange(len(row))
    if random.random() < 0.5:
        del row[at]
    else:
        row.insert(at, random.choice(["", row[at], "多"]))


def _double_a_row(random: Random, table: Table) -> None:
    table.rows.insert(random.randint(0, len(table.rows)), [*table.any_row(random)])


def _lose_a_row(random: Random, table: Table) -> None:
    del table.rows[random.randrange(len(table.rows))]


def _blank_a_row(random: Random, table: Table) -> None:
    table.rows.insert(random.randint(0, len(table.rows)), random.choice([[], [""] * 3, [" ", "　"]]))


def _lose_an_id(random: Random, table: Table) -> None:
    row = table.any_row(random)
    row[0] = random.choice(["", "H999", "H0", row[0].lower(), f" {row[0]}", f'="{row[0]}"'])


def _rename_a_heading(random: Random, table: Table) -> None:
    known = [at for at, heading in enumerate(table.headings) if heading in RENAMED]
    at = random.choice([*known, 0])
    table.headings[at] = random.choice(RENAMED.get(table.headings[at], [table.headings[at]]))


def _move_a_column(random: Random, table: Table) -> None:
    at, to = (random.randrange(len(table.headings)) for _ in range(2))
    for row in (table.headings, *table.rows):
        row.extend([""] * (len(table.headings) - len(row)) if row and any(row) else [])
        if len(row) > max(at, to):
            row.insert(to, row.pop(at))


WAYS: list[Callable[[Random, Table], None]] = [
    _swap_in_a_row, _swap_in_a_column, _cut, _retype, _retype, _full_width, _lose_or_gain_a_cell, _double_a_row,
    _lose_a_row, _blank_a_row, _lose_an_id, _rename_a_heading, _move_a_column,
]  # fmt: skip


def mutated(random: Random) -> list[Table]:
    tables = [Table([*rows[0]], [[*row] for row in rows[1:]]) for rows in TABLES]
    for _ in range(random.randint(3, 12)):
        random.choice(WAYS)(random, random.choice(tables))
    return tables


# How it is written

Written = tuple[list[Path], list[str]]  # the files, and what places call the two tables


def as_csv(random: Random, tables: list[Table], folder: Path) -> Written:
    """Each file in an encoding and with a delimiter of its own; now and then some of its lines in another encoding."""
    paths = [folder / "h.csv", folder / "m.csv"]
    for path, table in zip(paths, tables, strict=True):
        written = io.StringIO()
        delimiter, is_quoted = random.choice(",;\t"), random.random() < 0.3
        rows = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL)
        rows.writerows([table.headings, *table.rows])
        encoding, other = random.sample(["utf-8", "gb18030"], 2)
        lines = [line.encode(encoding) for line in written.getvalue().splitlines(keepends=True)]
        for at in random.sample(range(1, len(lines)), random.choice([0, 0, 1, 4])):
            lines[at] = lines[at].decode(encoding).encode(other)
        path.write_bytes((b"\xef\xbb\xbf" if encoding == "utf-8" else b"") + b"".join(lines))
    return paths, [path.name for path in paths]


def as_workbook(random: Random, tables: list[Table], folder: Path) -> Written:
    """Both sheets in one workbook, in any order, beside one of notes; digits may become numbers, as where typed."""
    titles = random.choice(["户表", "Sheet1", "监测对象"]), random.choice(["家庭成员", "成员信息", "Members", "Sheet2"])
    sheets = [(title, [table.headings, *table.rows]) for title, table in zip(titles, tables, strict=True)]
    sheets.append(("填表说明", [["每户一行"]]))
    random.shuffle(sheets)
    as_numbers = random.random() < 0.5
    with xlsxwriter.Workbook(folder / "county.xlsx") as book:
        for title, rows in sheets:
            sheet = book.add_worksheet(title)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if as_numbers and cell.isascii() and cell.isdigit() and len(cell) < 16 and str(int(cell)) == cell:
                        sheet.write_number(r, c, int(cell))
                    elif cell:
                        sheet.write_string(r, c, cell)
    return [folder / "county.xlsx"], [f"county.xlsx[{title}]" for title in titles]


# What is right

REFUSED = object()


def said(spec: FactSpec, heading: str, text: str) -> Any:
    """What one cell says: a value, None where nothing is known, or REFUSED."""
    model: type[Record] = Household if spec.collection is None else Member
    try:
        value = reader(spec, heading)(bare(text)) if bare(text) else None
    except Unreadable:
        return REFUSED
    record, problems = salvage(model, {**({"household_id": "x"} if model is Household else {}), spec.name: value})
    return REFUSED if problems else getattr(record, spec.name)


def ends(row: dict[str, Any], name: str) -> tuple[Any, Any]:
    return row.get(f"{name}__lo", row.get(name)), row.get(f"{name}__hi", row.get(name))


@define
class Read:
    """A table as it was written, and what was read of it."""

    table: Table
    meaning: dict[str, FactSpec]
    frame: pl.DataFrame
    file: str
    county: CountyTable

    @property
    def bad(self) -> list[int | None]:
        return [problem.place.row for problem in self.county.bad_rows if problem.place.file == self.file]

    def assert_right(self) -> None:
        """Every cell of a row that was read is in the frame as it says, or reported; and nothing else is reported."""
        refused = set()
        for row in self.frame.filter(~pl.col("row").is_in(self.bad)).iter_rows(named=True):
            for heading, text in zip(self.table.headings, self.table.rows[row["row"] - 2], strict=False):
                spec = self.meaning.get(MEANT.get(heading, heading))
                value = None if spec is None else said(spec, heading, text)
                if value is REFUSED:
                    refused.add((row["row"], heading))
                if spec is not None:
                    lo, hi = (value.lo, value.hi) if isinstance(value, Between) else (value, value)
                    assert ends(row, spec.name) == ((None, None) if value is REFUSED else (lo, hi)), (
                        row["row"],
                        heading,
                    )
        places = [problem.place for problem in self.county.problems if problem.place.file == self.file]
        assert {(place.row, place.field) for place in places if place.field} == refused

    def assert_none_lost(self) -> None:
        """Every row is in the frame, or is a bad one, or blank; in one place only, but for a member who is nobody."""
        read = self.frame["row"].to_list()
        nobody = self.frame.filter(pl.col("row").is_in(self.bad)).drop("household_id", "row")
        assert nobody.is_empty() or nobody.null_count().sum_horizontal().item() == nobody.height * nobody.width
        blank = [at for at, row in enumerate(self.table.rows, 2) if not any(bare(cell) for cell in row)]
        assert sorted({*read, *self.bad, *blank}) == list(range(2, len(self.table.rows) + 2))
        assert len(self.bad) == len(set(self.bad))
        assert not {*read} & {*blank}  # one in another encoding may be reported


PERSONAL = ("户主姓名", "备注", "工资性收入", "转移性收入", "姓名", "身份证号", "出生日期", "个人合规自付支出")


def personal_values(tables: list[Table]) -> set[str]:
    """Cells that nobody should see in a report: names, and what has more digits than a row's number."""
    cells = {cell.strip() for table in tables for row in table.rows for cell in row}
    known = {
        row[rows[0].index(heading)] for rows in TABLES for heading in PERSONAL if heading in rows[0] for row in rows[1:]
    }
    return {cell for cell in cells & known if len(cell) > (4 if cell[:1].isdigit() else 1)}


@pytest.mark.parametrize("block", range(10))
def test_a_mutated_file_is_read_right_or_reported(block: int, tmp_path: Path) -> None:
    read = 0
    for seed in range(block * MUTANTS // 10, (block + 1) * MUTANTS // 10):
        random, folder = Random(seed), tmp_path / f"{seed}"
        folder.mkdir()
        tables = mutated(random)
        paths, files = (as_csv, as_workbook)[seed % 2](random, tables, folder)
        county = read_county(*paths)
        assert county.members is not None, seed
        for at, frame in enumerate((county.households, county.members)):
            one = Read(tables[at], MEANING[at], frame, files[at], county)
            one.assert_right()
            one.assert_none_lost()
            read += len(frame)
        shown = repr(county) + "".join(
            problem.text("zh") + problem.text("en") + str(problem.to_dict("zh")) + str(DataError(problem))
            for problem in county.problems
        )
        assert not [value for value in personal_values(tables) if value in shown], seed
    assert read > MUTANTS // 10 * 100  # of about 160: most of a file is read, whatever befell some of it


def test_the_mutants_are_reported_in_every_way(tmp_path: Path) -> None:
    """What the others say of cells and rows is said of some mutant, so none of it goes untested."""
    codes = set()
    for seed in range(0, MUTANTS, 5):
        random, folder = Random(seed), tmp_path / f"{seed}"
        folder.mkdir()
        paths, _ = (as_csv, as_workbook)[seed % 2](random, mutated(random), folder)
        codes |= {problem.code for problem in read_county(*paths).problems}
    assert codes >= {
        "cell-number", "cell-whole-number", "cell-day", "cell-choice", "cell-yes-no", "id-check-digit",
        "row-too-short", "row-too-long", "row-without-id", "row-id-twice", "row-garbled", "member-of-bad-row",
        "member-without-household", "column-unknown", "table-sheets-left",
    }  # fmt: skip
