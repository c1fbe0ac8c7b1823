"""A pack as a workbook for people who write no YAML: headings with notes, lists to choose from, and how to use it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from fanpin.errors import DataError, PackError, Place, Problem, missing_extra
from fanpin.household import Household
from fanpin.i18n import Label
from fanpin.in_force import is_dated
from fanpin.packs import Pack, folder_of, load_pack
from fanpin.packs.cell_forms import LONGEST_TEXT
from fanpin.packs.files import own_tree
from fanpin.packs.layout import GUIDE, KNOWN_NAMES, PACK, Column, Layout
from fanpin.packs.rows import Row, part_at, rows_of
from fanpin.packs.shapes import PackShape
from fanpin.packs.trees import plain
from fanpin.packs.workflow_shapes import NamedShape
from fanpin.plugins import PluginManager, default_manager
from fanpin.sheets import text_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_WRITTEN = datetime(2000, 1, 1)  # in the file's properties, so that the same pack gives the same bytes
_SPARE_ROWS = 300  # below the last one, that have lists to choose from too
_LINE, _MOST_LINES = 16, 20
_A4, _WIDEST_PAGE = 9, 260  # in characters
_HEAD = {"bold": True, "bg_color": "#DDE6E0", "bottom": 1, "valign": "vcenter", "text_wrap": True}
_BODY = {"valign": "top", "align": "left", "text_wrap": True}
_TO_FILL = {"bg_color": "#FDF1C4", "font_color": "#665000"}
_NAME = {"bg_color": "#F1F4F2", "bold": True}
_FILLED, _EMPTY = "#4E8F6A", "#C9D1CC"  # of tabs: with rows, and without
_MARKS = ("=", "+", "-", "@", "'")  # with which a text would not be one to Excel


def to_excel(
    pack: str | Path, path: Path, *, plugins: PluginManager | None = None, household: type[Household] = Household
) -> Pack:
    """Write a pack's own files, without those of its base, as a workbook. `PackError` where the pack has mistakes."""
    from fanpin.workbooks import whole

    loaded = load_pack(pack, plugins=plugins, household=household)
    tree, problems = own_tree(folder_of(pack, (plugins or default_manager()).packs()))
    if problems:
        raise PackError(*problems)
    data = workbook_of(rows_of(plain(tree)), loaded)
    with whole(path) as opened:
        opened.write(data)
    return loaded


def workbook_of(rows: Mapping[Layout, Sequence[Row]], pack: Pack) -> bytes:
    """The workbook of a pack's rows; the pack itself tells what is known besides."""
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError:
        raise missing_extra(Label("写 Excel 文件", "writing Excel files"), "cli") from None
    packed = BytesIO()
    book = Workbook(packed, {"in_memory": True})
    book.set_properties({"created": _WRITTEN, "title": pack.label.zh})
    _Guide(book, pack, rows).write()
    known = pack.shape.model_dump(mode="json", by_alias=True)
    for layout, filled in rows.items():
        _SheetWriter(book, layout, filled, known).write()
    _write_names(book, pack)
    book.close()
    return packed.getvalue()


@define
class _SheetWriter:
    """Writes one sheet. What is text goes in as text, whatever it looks like."""

    book: "Workbook"
    layout: Layout
    rows: Sequence[Row]
    known: Mapping[str, Any]  # the whole pack, its base included
    page: "Worksheet" = field(init=False)
    formats: dict[tuple[Any, ...], "Format"] = field(factory=dict)

    def write(self) -> None:
        """Write it."""
        self.page = self.book.add_worksheet(self.layout.title.zh)
        self.page.set_tab_color(_FILLED if any(self.rows) else _EMPTY)
        self.page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        if self.layout.is_upright:
            self._write_upright()
        else:
            self._write_table()
        self._lay_out_pages()

    def _lay_out_pages(self) -> None:
        """For paper: a sheet as wide as the page, or, where it would be too small to read, with its names on each."""
        self.page.set_landscape()
        self.page.set_paper(_A4)
        self.page.repeat_rows(0)
        if self.layout.is_upright or sum(column.width for column in self.layout.columns) <= _WIDEST_PAGE:
            self.page.fit_to_pages(1, 0)
        else:
            self.page.repeat_columns(0, sum(level.key is not None for level in self.layout.levels) - 1)

    def _write_table(self) -> None:
        columns = list(self.layout.columns)
        names = {level.key for level in self.layout.levels if level.key}
        self.page.set_row(0, 2 * _LINE + 6)
        for at, column in enumerate(columns):
            self._head(0, at, column)
            self.page.set_column(at, at, column.width, self._format(column, column in names))
            self._offer(column, at, 1, len(self.rows) + _SPARE_ROWS)
        for number, row in enumerate(self.rows, 1):
            lines = max((_lines(text, column.width) for column, text in row.items()), default=1)
            self.page.set_row(number, _LINE * min(lines, _MOST_LINES))
            for at, column in enumerate(columns):
                if column in row:
                    self._write(number, at, row[column], column, column in names)
            self._tell_label(number, row, columns)
        for level in self.layout.levels:
            if level.empty is not None:
                self._mark(columns.index(level.empty[0]), level.empty[1])
        self.page.freeze_panes(1, len(names))
        self.page.autofilter(0, 0, max(len(self.rows), 1), len(columns) - 1)

    def _mark(self, at: int, word: str) -> None:
        """Colour the cells of a column that have this word."""
        look = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self.book.add_format(_TO_FILL)}
        self.page.conditional_format(1, at, len(self.rows) + _SPARE_ROWS, at, look)

    def _write_upright(self) -> None:
        head = self._look(_HEAD)
        for at, (text, width) in enumerate((("项目\nitem", 22), ("内容\nvalue", 60), ("怎样填\nhow", 60))):
            self.page.write_string(0, at, text, head)
            self.page.set_column(at, at, width, self._look(_BODY))
        self.page.set_row(0, 2 * _LINE + 6)
        for number, column in enumerate(self.layout.columns, 1):
            self._head(number, 0, column)
            self._write(number, 1, self.rows[0].get(column, ""), column, False)
            self.page.write_string(number, 2, _note(column), self._look(_BODY))
            self.page.set_row(number, 2 * _LINE + 4)
        self.page.freeze_panes(1, 1)

    def _head(self, row: int, at: int, column: Column) -> None:
        self.page.write_string(row, at, column.heading, self._look(_HEAD))
        if note := _note(column):
            self.page.write_comment(row, at, note, {"x_scale": 2, "y_scale": 0.6 + note.count("\n") / 4})

    def _write(self, row: int, at: int, text: str, column: Column, is_name: bool) -> None:
        """Numbers and days as such where they are read back the same, all else as text."""
        look = self._format(column, is_name)
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise DataError(Problem("cell-too-long", Place(self.layout.title.zh), {"sheet": self.layout.title.zh}))
        if column.form.kind == "number" and (number := _number_of(text)) is not None:
            self.page.write_number(row, at, number, look)
        elif column.form.kind == "day" and (day := _day_of(text)) is not None:
            self.page.write_datetime(row, at, day, look)
        elif text:
            self.page.write_string(row, at, text, self._format(column, is_name, is_marked=text.startswith(_MARKS)))
        else:
            self.page.write_blank(row, at, None, look)

    def _format(self, column: Column, is_name: bool, is_marked: bool = False) -> "Format":
        forms = {"text": "@", "number": "General", "day": "yyyy-mm-dd"}
        look = {**_BODY, "num_format": forms[column.form.kind], **(_NAME if is_name else {})}
        look |= {"quote_prefix": True, "num_format": "@"} if is_marked else {}
        return self._look(look)

    def _look(self, look: dict[str, Any]) -> "Format":
        """A format, made once."""
        key = tuple(look.items())
        if key not in self.formats:
            self.formats[key] = self.book.add_format(look)
        return self.formats[key]

    def _offer(self, column: Column, at: int, first: int, last: int) -> None:
        """A list to choose from; where other things may stand too, it is only an offer."""
        form = column.form
        if not form.words or not form.offers:
            return
        offer: dict[str, Any] = {
            "validate": "list",
            "source": [label.zh for label in form.words.values()],
            "show_error": form.is_closed,
            "error_title": "不在列表里",
            "error_message": f"“{column.label.zh}”只能从列表里选",
        }
        self.page.data_validation(first, at, last, at, offer)

    def _tell_label(self, number: int, row: Row, columns: Sequence[Column]) -> None:
        """What a name that comes from the base means, as a note."""
        path: tuple[str, ...] = ()
        for level in self.layout.levels:
            if level.key is None or level.key not in row:
                continue
            path += (*level.path, level.key.form.read(row[level.key]))
            entry = part_at(self.known, path)
            label = part_at(entry, ("label",)) or entry
            is_own = any(column in row for column in level.columns if column.path[-1:] == ("zh",))
            if not is_own and isinstance(label, dict) and isinstance(label.get("zh"), str):
                at = columns.index(level.key)
                self.page.write_comment(number, at, f"{label['zh']}\n{label['en']}", {"y_scale": 0.5})


def _note(column: Column) -> str:
    """What the author of a cell must know: what the column is, how it is written, which words there are."""
    words = "、".join(label.zh for label in column.form.words.values())
    parts = (column.note.zh, column.form.hint.zh, f"可以写：{words}" if words else "")
    return "\n".join(part for part in parts if part)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column."""
    return sum(max(1, -(-_width_of(line) // int(width - 1))) for line in text.split("\n"))


def _width_of(text: str) -> int:
    """How many places a text takes; a Chinese character takes two."""
    return sum(1 + (character >= "\u2e80") for character in text)


def _number_of(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if text_of(number) == text else None


def _day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and day.year >= 1900 and day >= date(1900, 3, 1) else None


# The page on how to use it


@define
class _Guide:
    book: "Workbook"
    pack: Pack
    rows: Mapping[Layout, Sequence[Row]]

    def write(self) -> None:
        """Write it."""
        page = self.book.add_worksheet(GUIDE.zh)
        page.set_tab_color("#1D4673")
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 1)
        for at, width in enumerate((18, 10, 90)):
            page.set_column(at, at, width)
        title, strong = self.book.add_format({"bold": True, "font_size": 16}), self.book.add_format({"bold": True})
        text, head = self.book.add_format(_BODY), self.book.add_format(_HEAD)
        link = self.book.add_format({**_BODY, "font_color": "#1D4673", "underline": 1})
        page.write_string(0, 0, f"{self.pack.label.zh}：规则包工作簿", title)
        page.write_string(
            1, 0, f"{self.pack.name} {self.pack.version}", self.book.add_format({"font_color": "#666666"})
        )
        row = 3
        for heading, lines in _HOW:
            page.write_string(row, 0, heading, strong)
            for line in lines:
                row += 1
                page.merge_range(row, 0, row, 2, line, text)
                page.set_row(row, _LINE * _lines(line, 112))
            row += 2
        for at, word in enumerate(("工作表", "行数", "写什么")):
            page.write_string(row, at, word, head)
        for layout, filled in self.rows.items():
            row += 1
            page.write_url(row, 0, f"internal:'{layout.title.zh}'!A1", string=layout.title.zh, cell_format=link)
            page.write_string(row, 1, "" if layout is PACK or not filled else str(len(filled)), text)
            page.write_string(row, 2, layout.about.zh, text)
        row += 1
        page.write_url(row, 0, f"internal:'{KNOWN_NAMES.zh}'!A1", string=KNOWN_NAMES.zh, cell_format=link)
        page.write_string(row, 2, "规则里可以用的名称，基础包里的也在内；只供查找，改了不算", text)
        page.activate()


_HOW = (
    (
        "怎样改",
        (
            "1. 一行写一项，第一列是它的英文代码，规则里用它；名称给人看。列标题上有红色小三角的，鼠标放上去有说明。",
            "2. 有下拉列表的只能从列表里选。日期写成 2026-03-01；数照文件写，不带单位。",
            "3. 有基础包的，只写与它不同的：同一个代码、只填要改的格，其余空着。不要的写在“规则包”表的“去掉”一格。",
            "4. 一个格里写几项的，列标题的说明写着用顿号隔开，还是一行一项（Alt+Enter 换行）。",
            "5. 列的先后可以换，行可以插可以删；表名和列标题不要改。自己的草稿表，名称前面加 #。",
            "6. 表里没有列的内容写在“其他(YAML)”一格；看不懂的照原样留着。",
        ),
    ),
    (
        "改好以后",
        (
            "fanpin pack from-excel 这个文件.xlsx -o 文件夹",
            "它检查全部内容：有错就指出在哪张表、哪一格、应当怎样写，什么也不写出；没有错就写成规则包文件夹，马上可用。",
        ),
    ),
)


# The names that there are


def _write_names(book: "Workbook", pack: Pack) -> None:
    page = book.add_worksheet(KNOWN_NAMES.zh)
    page.set_tab_color("#1D4673")
    head, text = book.add_format(_HEAD), book.add_format(_BODY)
    for at, (word, width) in enumerate(
        (("种类", 12), ("代码", 36), ("名称", 36), ("英文名称", 44), ("单位或说明", 30))
    ):
        page.write_string(0, at, word, head)
        page.set_column(at, at, width)
    rows = list(_known_names(pack))
    for number, row in enumerate(rows, 1):
        for at, said in enumerate(row):
            page.write_string(number, at, said, text)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(len(rows), 1), 4)


def _known_names(pack: Pack) -> Iterator[tuple[str, str, str, str, str]]:
    """Kind, name, label in both languages, and what else there is to know of each name that rules may use."""
    spec = pack.rules.spec

    def row(kind: str, name: str, label: Label, more: str = "") -> tuple[str, str, str, str, str]:
        return kind, name, label.zh, label.en, more

    for fact in spec.facts.household.values():
        yield row("事实", fact.name, fact.label, _values(fact))
    for name, collection in spec.facts.collections.items():
        yield row("集合", name, collection.label)
        for fact in collection.facts.values():
            yield row(f"{collection.label.zh}的事实", f"{name}.{fact.name}", fact.label, _values(fact))
    for name, parameter in spec.parameters.parameters.items():
        if not is_dated(name):
            more = str(parameter.unit) if parameter.rows else f"{parameter.unit}（没有值，待填写）"
            yield row("参数", name, parameter.label, more)
    sections: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("定义", spec.definitions), ("计入范围", spec.filtered), ("风险", spec.risks), ("类别", spec.categories),
        ("等级", spec.grades), ("结果", spec.results),
    )  # fmt: skip
    for kind, entries in sections:
        for name, entry in entries.items():
            yield row(kind, name, entry.label)
    yield from _names_of_procedures(pack.shape)


def _names_of_procedures(shape: PackShape) -> Iterator[tuple[str, str, str, str, str]]:
    words: dict[str, Mapping[str, NamedShape]] = {"角色": shape.roles, "材料": shape.papers, "身份": shape.standings}
    for kind, named in words.items():
        for name, word in named.items():
            yield kind, name, word.zh, word.en, ""
    for name, measure in shape.measures.items():
        yield "措施", name, measure.label.zh, measure.label.en, ""
    for name, workflow in shape.workflows.items():
        yield "流程", name, workflow.label.zh, workflow.label.en, ""
        for step, said in workflow.steps.items():
            yield f"{workflow.label.zh}的环节", step, said.label.zh, said.label.en, ""


def _values(fact: Any) -> str:
    """The values of a choice, or the unit of a number."""
    values = "、".join(f"{code} {label.zh}" for code, label in fact.values.items())
    return values or str(getattr(fact.type, "unit", "") or "")
