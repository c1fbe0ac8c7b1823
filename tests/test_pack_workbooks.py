"""A pack as a workbook, and back: nothing is lost, and what is wrong is told by sheet and cell."""

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Literal
from zipfile import ZipFile

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from fanpin import DataError, Pack, PackError, load_pack
from fanpin.errors import Problem
from fanpin.i18n import Label
from fanpin.packs.basic_shapes import FactShape
from fanpin.packs.cell_forms import AMOUNT, CHOICES, DAY, NUMBER, TEXT, YES_NO, lines, of_words, pairs, several
from fanpin.packs.files import own_tree
from fanpin.packs.from_excel import from_excel, load_workbook, read_workbook
from fanpin.packs.layout import LAYOUTS, REST, Column, Layout
from fanpin.packs.rows import Row, rows_of
from fanpin.packs.shapes import PackShape
from fanpin.packs.to_excel import to_excel, workbook_of
from fanpin.packs.trees import plain
from fanpin.packs.workflow_shapes import DrawnShape
from fanpin.packs.yaml_text import files_of
from fanpin.testing import RuleWriter
from tests.test_random_packs import _scope

ROOT = Path(__file__).parents[1]
FOLDERS = sorted(
    path.parent
    for pattern in ("src/fanpin/plugins/*/pack.yaml", "examples/*/pack.yaml", "examples/*/*/pack.yaml")
    for path in ROOT.glob(pattern)
)
COUNTY = ROOT / "examples" / "county_pack"


def write_files(folder: Path, own: Mapping[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files_of(own):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


# Nothing is lost


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_pack_comes_back_the_same(folder: Path, tmp_path: Path) -> None:
    """The own files as they are, by every key and text; what they extend is neither taken in nor lost."""
    book = tmp_path / "pack.xlsx"
    written = to_excel(folder, book)
    read, own = load_workbook(book, folder)
    assert read.hash == written.hash == load_pack(folder).hash
    assert own == plain(own_tree(folder)[0])
    assert plain(own_tree(write_files(tmp_path / "again", own))[0]) == own


def test_the_same_pack_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    to_excel("zhalaite", one)
    to_excel("zhalaite", other)
    assert one.read_bytes() == other.read_bytes()


# Trees of every shape: whatever a pack's files may say, sensible or not

NAMES = st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True)
HARD = [
    "=1+1", "+1", "-1", "@x", "'quoted'", "'", " before", "after ", "two\nlines", "ends\n", "\n", "a\r\nb", "tab\there",
    "0.10", "1e5", "007", "2024-03-01", "45000", "yes", "是", "FALSE", "no", "null", "~", "待填写", "直到有新的",
    "a、b", "a,b", "a：b", "a: b", "a → b", "中文 / English", "<r>x</r>", "_x0041_", "\x07", "\x85", "\xa0", "全　角",
    "＝（）", "#N/A", "自然日", "{}", "[]", "# no comment", "- x", "a #b", "\U0001f600", "1 × a", "2 × b", "x" * 300,
    "长" * 300, "a b " * 80, "",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(HARD),
    st.text(max_size=20, alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")),
    st.from_regex("[a-z]{1,4} (<|>=) [0-9]{1,3}", fullmatch=True),
)
NUMBERS = st.one_of(
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False).map(str),
    st.integers(-9, 9**9).map(str),
    st.sampled_from(["0.10", "1E+2", "7.50"]),
)


def of(annotation: Any) -> st.SearchStrategy[Any]:
    """Trees of texts that a place of a pack may hold, from the annotation of its shape."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return of(inner[0])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([of(option) for option in inner if option is not type(None)])
    if origin is tuple:
        return st.lists(of(inner[0]), max_size=3)
    if origin is dict:
        key = TEXTS if inner[0] is str else NAMES
        return st.dictionaries(
            of(inner[0]) if typing.get_origin(inner[0]) is Literal else key, of(inner[1]), max_size=3
        )
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        keys = {field.alias or name: of(field.annotation) for name, field in annotation.model_fields.items()}
        return st.fixed_dictionaries({}, optional=keys)
    simple = {bool: st.sampled_from(["yes", "no", "true"]), date: st.dates().map(str), Decimal: NUMBERS, int: NUMBERS}
    return simple.get(annotation, TEXTS)


SHAPES = {name: field.annotation for name, field in PackShape.model_fields.items()}
TREES = of(PackShape).map(lambda tree: {**tree, "name": "mine"})


def in_order(tree: Any, annotation: Any) -> Any:
    """A tree with the order of what is ordered in a pack: entries of tables by name are, keys of shapes are not."""
    annotation = _bare(annotation)
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        options = [_bare(option) for option in inner]
        if DrawnShape in options:
            options = [DrawnShape if "is" in tree else FactShape]
        return next((in_order(tree, option) for option in options if isinstance(tree, _kind(option))), tree)
    if isinstance(tree, list):
        return [in_order(item, inner[0]) for item in tree]
    if typing.get_origin(annotation) is dict:
        return [(key, in_order(below, inner[1])) for key, below in tree.items()]
    if _kind(annotation) is dict:
        fields = {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
        return {key: in_order(below, fields[key]) for key, below in tree.items()}
    return tree


def _bare(annotation: Any) -> Any:
    return _bare(typing.get_args(annotation)[0]) if typing.get_origin(annotation) is typing.Annotated else annotation


def _kind(annotation: Any) -> type:
    is_shape = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return {dict: dict, tuple: list}.get(typing.get_origin(annotation), dict if is_shape else str)


@pytest.fixture(scope="module")
def small() -> Pack:
    return load_pack(ROOT / "examples" / "worked_county")


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40, deadline=None)
@given(tree=TREES)
def test_any_tree_comes_back_the_same(
    tree: Mapping[str, Any], small: Pack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said = {key: part for key, part in tree.items() if part != {}}  # a section without entries says nothing
    folder = tmp_path_factory.mktemp("book")
    book = folder / "pack.xlsx"
    book.write_bytes(workbook_of(rows_of(said), small))
    found = read_workbook(book)
    read = plain(found.tree)
    assert {problem.code for problem in found.problems} <= {"book-word"}
    assert in_order(read, PackShape) == in_order(said, PackShape)
    assert in_order(plain(own_tree(write_files(folder / "pack", said))[0]), PackShape) == in_order(said, PackShape)


@settings(max_examples=15, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_a_random_pack_has_the_same_hash(random: Random, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("random")
    try:
        pack = load_pack(write_files(folder / "pack", _random_tree(random)))
    except PackError:  # a rule that is refused for its numbers: see RuleWriter
        return
    to_excel(folder / "pack", folder / "pack.xlsx")
    assert from_excel(folder / "pack.xlsx", folder / "back").hash == pack.hash
    assert load_pack(folder / "back").hash == pack.hash


def _random_tree(random: Random) -> dict[str, Any]:
    """A pack with random rules, and parameters of any day, region and number of decimals."""
    writer = RuleWriter(random, _scope())
    label = {"zh": random.choice(["甲", "=乙", "丙 "]), "en": random.choice(["a", "'b'", "c\nd"])}
    rules = {name: {"label": label, "when": writer.rule(2)} for name in "abc"}
    rows = [
        {
            "from": f"{year}-01-01",
            "until": random.choice([f"{year}-12-31", f"{year}-06-30"]),
            "value": random.choice(["0.10", "7500", "7500.00", "0.333", "12.5"]),
            "region": random.choice(["41", "990001", "110101001"]),
            "source": random.choice(["甲〔2024〕1号", " =x", "a、b"]),
        }
        for year in range(2020, 2020 + random.randint(0, 4))
    ]
    return {
        "name": "random",
        "label": label,
        "version": random.choice(["1.10", "2024.1", "01"]),
        "parameters": {"p": {"label": label, "unit": random.choice(["1", "day"]), "values": rows}},
        "risks": rules,
        "grades": {"g": {"label": label, "when": "count(risks) > 0", "handled_by": ["village"]}},
    }


# What the author of a workbook does to it


def column(layout: Layout, heading: str) -> Column:
    return next(column for column in layout.columns if column.label.zh == heading)


Rows = dict[str, tuple[Layout, list[Row]]]


@frozen
class Author:
    """Somebody who changes the workbook of the example county."""

    book: Path
    pack: Pack
    rows: Rows

    def set(self, sheet: str, row: int, **cells: str | None) -> None:
        """Write into the cells of a row, counted as in the workbook."""
        layout, rows = self.rows[sheet]
        while len(rows) < row - 1:
            rows.append({})
        for heading, text in cells.items():
            rows[row - 2].pop(column(layout, heading), None)
            if text is not None:
                rows[row - 2][column(layout, heading)] = text

    def save(self) -> Path:
        self.book.write_bytes(workbook_of(dict(self.rows.values()), self.pack))
        return self.book


@pytest.fixture
def author(tmp_path: Path) -> Author:
    rows = rows_of(plain(own_tree(COUNTY)[0]))
    return Author(
        tmp_path / "county.xlsx",
        load_pack(COUNTY),
        {layout.title.zh: (layout, found) for layout, found in rows.items()},
    )


def mistakes(book: Path, language: Literal["zh", "en"] = "zh") -> dict[str, str]:
    with pytest.raises(PackError) as refused:
        load_workbook(book, COUNTY)
    return {str(problem.place.file): problem.sentence(language) for problem in refused.value.problems}


def test_a_changed_value_is_the_only_change(author: Author, tmp_path: Path) -> None:
    author.set("参数", 3, 值="7900.50")
    pack = from_excel(author.save(), tmp_path / "pack")
    before, after = plain(own_tree(COUNTY)[0]), plain(own_tree(tmp_path / "pack")[0])
    before["parameters"]["net_income_line"]["values"][1]["value"] = "7900.50"
    assert after == before
    assert load_pack(tmp_path / "pack").hash == pack.hash != author.pack.hash


def test_a_new_risk_is_a_row(author: Author, tmp_path: Path) -> None:
    new = {"风险": "lonely", "名称": "独居", "英文名称": "alone", "成立条件": "size == 1", "依据": "某县〔2026〕1号"}
    author.set("风险", 6, **new)
    pack = from_excel(author.save(), tmp_path / "pack")
    assert pack.rules.spec.risks["lonely"].label == Label("独居", "alone")
    text = (tmp_path / "pack" / "rules.yaml").read_text(encoding="utf-8")
    assert "  lonely:\n    label: {zh: 独居, en: alone}\n    when: size == 1\n    source: 某县〔2026〕1号\n" in text


def test_every_mistake_is_told_at_its_cell_in_one_pass(author: Author) -> None:
    author.set("参数", 2, 值="七千")
    author.set("参数", 3, 到哪天="明年")
    author.set("参数", 4, 可靠程度="D")
    author.set("参数", 5, 依据=None)
    author.set("风险", 3, 成立条件="fuel in {'coal'} and heating_cst > heating_line")
    author.set("风险", 4, 成立条件=None)
    author.set("风险", 6, 名称="没有代码")
    author.set("事实", 2, 类型="钱")
    author.set("事实", 5, 属于="农户", 事实="fuel")
    author.set("措施", 2, 类别="industry2")
    assert mistakes(author.save()) == {
        "参数!I2": "这里应是数字，现为：七千",
        "参数!F3": "这里应是日期，如 2024-03-01，现为：明年",
        "参数!K4": "“可靠程度”不能写“D”",
        "参数!J5": "缺少“source”",
        "风险!D3": "这里没有名为“heating_cst”的名称",
        "风险!D4": "缺少“when”",
        "风险!A6": "这一行没有写“风险”",
        "事实!E2": "“类型”不能写“钱”",
        "事实!B5": "“fuel”在 事实!B3 已经有了",
        "措施!E2": "“类别”不能写“industry2”",
    }


def test_a_mistake_in_a_rule_is_shown_within_its_cell(author: Author) -> None:
    author.set("风险", 3, 成立条件="fuel in {'coal'}\nand heating_cst > heating_line")
    with pytest.raises(PackError) as refused:
        load_workbook(author.save(), COUNTY)
    assert refused.value.text("en").splitlines()[:3] == [
        "风险!D3:2:5, risks.heating.when: there is no name 'heating_cst' here",
        "    and heating_cst > heating_line",
        "        ^",
    ]


def test_nothing_is_written_where_anything_is_wrong(author: Author, tmp_path: Path) -> None:
    author.set("参数", 2, 值="七千")
    with pytest.raises(PackError):
        from_excel(author.save(), tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_what_is_said_twice_must_be_the_same(author: Author) -> None:
    author.set("参数", 2, 单位="CNY/year")
    author.set("参数", 3, 单位="CNY/year")  # as when a row is copied
    assert read_workbook(author.save()).problems == []
    author.set("参数", 3, 单位="CNY")
    author.set("风险", 3, **{"其他(YAML)": "when: size > 1\nnonsense: 1"})
    with pytest.raises(PackError) as refused:
        load_workbook(author.save(), COUNTY)
    told = {
        problem.place.text("en"): problem.code for problem in refused.value.problems if "!" in problem.place.text("en")
    }
    assert told == {
        "参数!D3": "book-said-twice",
        "风险!I3:1:1": "book-said-twice",
        "风险!I3:2:1": "unknown-key-of",
    }


def test_a_blank_name_is_that_of_the_row_above_as_in_merged_cells(author: Author) -> None:
    author.set("参数", 3, 参数=None)
    assert load_workbook(author.save(), COUNTY)[0].hash == author.pack.hash


def test_columns_and_rows_may_stand_anywhere(tmp_path: Path) -> None:
    """As when somebody sorts, inserts empty rows, a title above, and moves columns."""
    import xlsxwriter

    book = tmp_path / "moved.xlsx"
    with xlsxwriter.Workbook(book) as written:
        head = written.add_worksheet("规则包")
        for number, (heading, text) in enumerate(
            {"项目": "内容", "代码": "mine", "版本": "1", "中文名称": "我", "英文名称": "me"}.items()
        ):
            head.write_string(number, 0, heading)
            head.write_string(number, 1, text)
        page = written.add_worksheet("参数")
        page.write_string(0, 0, "本县的参数")
        for at, heading in enumerate(["值", "参数", "依据", "从哪天", "到哪天", "单位", "名称", "英文名称"]):
            page.write_string(2, at, heading)
        for at, cell in enumerate([0.3, "share ", "某号", 45292, "2024/12/31", 1, "比例", "share"]):
            page.write(4, at, cell)
        written.add_worksheet("#草稿").write_string(0, 0, "算一算")
    pack, own = load_workbook(book, tmp_path)
    assert own["parameters"]["share"] == {
        "label": {"zh": "比例", "en": "share"},
        "unit": "1",
        "values": [{"from": "2024-01-01", "until": "2024-12-31", "value": "0.3", "source": "某号"}],
    }
    assert pack.name == "mine"


def test_unknown_sheets_and_headings_are_told(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "odd.xlsx"
    with xlsxwriter.Workbook(book) as written:
        head = written.add_worksheet("规则包")
        for number, (heading, text) in enumerate({"项目": "内容", "代码": "mine", "版本号": "1"}.items()):
            head.write_string(number, 0, heading)
            head.write_string(number, 1, text)
        page = written.add_worksheet("风险")
        for at, heading in enumerate(["风险", "风险", "成立的条件", "备注"]):
            page.write_string(0, at, heading)
        page.write_string(1, 2, "size > 1")
        page.write_string(1, 0, "a")
        written.add_worksheet("措施 (2)")
        written.add_worksheet("等级").write_string(0, 0, "什么")
    assert {problem.place.file: problem.code for problem in read_workbook(book).problems} == {
        "规则包!A3": "book-heading",
        "风险!B1": "book-heading-twice",
        "风险!C1": "book-heading",
        "措施 (2)": "book-sheet",
        "等级!A1": "book-no-headings",
    }


def test_sheets_may_be_empty_and_columns_gone(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "bare.xlsx"
    with xlsxwriter.Workbook(book) as written:
        written.add_worksheet("规则包")
        written.add_worksheet("风险")
        page = written.add_worksheet("由谁认定")
        page.write_string(0, 0, "事实")
        page.write_string(1, 0, "housing_grade")
    found = read_workbook(book)
    assert found.problems == []
    assert plain(found.tree) == {"decided_by": {"housing_grade": ""}}
    with pytest.raises(PackError, match="规则包!A1"):
        load_workbook(book, tmp_path)


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as written:
        written.add_worksheet("户表")
    with pytest.raises(DataError, match="规则包"):
        read_workbook(tmp_path / "a.xlsx")


def test_a_pack_that_is_there_is_replaced_only_when_asked(author: Author, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    from_excel(author.save(), folder)
    (folder / "cases.yaml").write_text("cases: []", encoding="utf-8")
    author.rows["措施"][1].clear()
    with pytest.raises(DataError):
        from_excel(author.save(), folder)
    assert (folder / "measures.yaml").exists()
    from_excel(author.book, folder, replace=True)
    assert not (folder / "measures.yaml").exists()
    assert (folder / "cases.yaml").exists()


@pytest.mark.parametrize("seed", range(30))
def test_whatever_stands_in_the_cells_is_read_or_told(seed: int, small: Pack, tmp_path: Path) -> None:
    """No mistake of an author is a crash, and every one is at a cell or a line."""
    random = Random(seed)
    folder = random.choice([COUNTY, ROOT / "examples" / "worked_county", ROOT / "examples" / "county_procedure"])
    rows = rows_of(plain(own_tree(folder)[0]))
    cells = [(row, column) for layout, found in rows.items() for row in found for column in layout.columns]
    for row, column in random.sample(cells, random.randint(1, 12)):
        row[column] = random.choice(HARD)[:200] or "x"
    (tmp_path / "book.xlsx").write_bytes(workbook_of(rows, small))
    problems: Sequence[Problem] = ()
    try:
        load_workbook(tmp_path / "book.xlsx", folder)
    except PackError as refused:
        problems = refused.problems
    assert all(problem.place.file and problem.text("zh") and problem.text("en") for problem in problems)


# What a cell says


@pytest.mark.parametrize(
    ("form", "text", "means"),
    [
        (NUMBER, "７,５００.50", "7500.50"),
        (NUMBER, "1e-06", "0.000001"),
        (NUMBER, "0.10", "0.10"),
        (NUMBER, "约五千", "约五千"),
        (AMOUNT, "0.25 × medical_line", {"times": "0.25", "of": "medical_line"}),
        (AMOUNT, "2倍medical_line", {"times": "2", "of": "medical_line"}),
        (DAY, "2024年3月1日", "2024-03-01"),
        (DAY, "２０２４/3/1", "2024-03-01"),
        (DAY, "20240301", "2024-03-01"),
        (DAY, "45352", "2024-03-01"),
        (DAY, "2024-02-30", "2024-02-30"),
        (YES_NO, "True", "yes"),
        (YES_NO, " 否 ", "no"),
        (of_words({"calendar": Label("自然日", "calendar days")}), "calendar", "calendar"),
        (of_words({"village": Label("村（嘎查）", "village")}), "村", "village"),
        (several(), "a、b，c; d\ne", ["a", "b", "c", "d", "e"]),
        (several(or_one=True), "a", "a"),
        (lines(), "a > 1\n\n b > 2 ", ["a > 1", "b > 2"]),
        (pairs(), "x: a > 1\ny：m['k: v']", {"x": "a > 1", "y": "m['k: v']"}),
        (pairs(), "x：1\nx：2", "x：1\nx：2"),
        (CHOICES, "coal：煤 / coal", {"coal": {"zh": "煤", "en": "coal"}}),
        (TEXT, "　说明 \n第二行 ", "说明 \n第二行"),
    ],
)
def test_a_cell_means(form: Any, text: str, means: object) -> None:
    assert form.read(text) == means


@pytest.mark.parametrize("text", ["a ", "", "\t", "a\r\nb", "<r>a</r>", "\x07", "x" * 40_000])
def test_what_a_cell_would_not_give_back_has_none(text: str) -> None:
    assert TEXT.cell(text) is None


def test_text_that_excel_would_run_goes_in_as_text(author: Author) -> None:
    author.set("风险", 3, 名称='=HYPERLINK("http://x")', 依据="'某号")
    with ZipFile(author.save()) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        styles = parts.read("xl/styles.xml")
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert b'quotePrefix="1"' in styles
    own = plain(read_workbook(author.book).tree)
    assert own["risks"]["heating"]["label"]["zh"] == '=HYPERLINK("http://x")'
    assert own["risks"]["heating"]["source"] == "'某号"


# The layout


def test_what_people_fill_in_has_columns_of_its_own() -> None:
    """Of the shipped and the example packs nothing but one kind of points on top stands as YAML in a cell."""
    rests = {
        (folder.name, layout.title.zh)
        for folder in FOLDERS
        for layout, rows in rows_of(plain(own_tree(folder)[0])).items()
        if any(REST in row for row in rows)
    }
    assert rests == {("worked_county", "定义"), ("guichi_medical", "定义")}


def test_every_key_of_parameters_risks_grades_and_the_like_has_a_column() -> None:
    deep = {"extra", "other", "facts_valid_months"}
    sections: Sequence[tuple[str, str]] = [
        ("风险", "risks"), ("类别", "categories"), ("等级", "grades"), ("措施", "measures"), ("公示", "notices"),
    ]  # fmt: skip
    by_title = {layout.title.zh: layout for layout in LAYOUTS}
    for title, section in sections:
        shape = typing.get_args(SHAPES[section])[1]
        keys = {field.alias or name for name, field in shape.model_fields.items()}
        assert keys - {part.path[0] for part in by_title[title].columns if part.path} <= deep, title


def test_sheets_have_lists_notes_and_fixed_headings(tmp_path: Path) -> None:
    to_excel("national", tmp_path / "a.xlsx")
    with ZipFile(tmp_path / "a.xlsx") as parts:
        names = parts.namelist()
        parameters = parts.read("xl/worksheets/sheet3.xml").decode("utf-8")  # after the guide and the pack
        notes = parts.read("xl/comments2.xml").decode("utf-8")
    assert '<formula1>"A,B,C,X,M"</formula1>' in parameters
    assert 'state="frozen"' in parameters
    assert "还没有公布的写“待填写”" in notes
    assert len([name for name in names if name.startswith("xl/comments")]) == len(LAYOUTS)


def test_a_name_of_the_base_has_its_label_as_a_note(tmp_path: Path) -> None:
    to_excel(COUNTY, tmp_path / "a.xlsx")
    with ZipFile(tmp_path / "a.xlsx") as parts:
        notes = parts.read("xl/comments2.xml").decode("utf-8")
    assert "监测收入参考线" in notes


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title.en)
def test_headings_of_a_sheet_differ_and_are_read_as_they_are_written(layout: Layout) -> None:
    headings = [column.label.zh for column in layout.columns]
    assert len(set(headings)) == len(headings)
    assert layout.about.zh
