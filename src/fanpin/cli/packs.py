"""`fanpin packs`, and `fanpin pack show`, `check`, `schema` and `sql`."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from fanpin.cli import FAILED, OK, PARTLY
from fanpin.cli.building import DayOption, OptionalDayOption, PackArgument, both, command, group
from fanpin.cli.contents import Contents, entry
from fanpin.cli.pack_books import add_pack_books
from fanpin.cli.pack_tests import add_pack_tests
from fanpin.cli.prose import Prose
from fanpin.cli.screen import (
    bullets,
    grade_style,
    heading,
    plain_table,
    print_data,
    read,
    say,
    screen,
    show_error,
    show_missing,
)
from fanpin.cli.values import days_text, row_text, value_text
from fanpin.errors import MissingParameter, PackError, Problem, did_you_mean
from fanpin.forms import BandsForm, ScoreForm, TableForm
from fanpin.grading import to_sql
from fanpin.i18n import Label, current_language, day, listing
from fanpin.in_force import is_dated
from fanpin.packs import Pack, json_schema, load_pack
from fanpin.packs.shapes import FILES
from fanpin.parameters import Parameter, ParameterRow, region_code
from fanpin.plugins import default_manager
from fanpin.rules import HANDLERS

RegionOption = Annotated[
    str | None,
    typer.Option(
        "--region", metavar=both("区划代码", "CODE"), show_default=False,
        help=both("行政区划代码，默认是规则包的", "region code; by default that of the pack"),
    ),
]  # fmt: skip
FileArgument = Annotated[
    str | None,
    typer.Argument(
        metavar=both("文件名", "FILE"), show_default=False, help=both("例如 rules.yaml", "such as rules.yaml")
    ),
]


def add_packs(app: typer.Typer) -> None:
    """Adds the commands to the app."""
    command(app, "packs", both("列出已安装的规则包。", "List the installed packs."))(_packs)
    pack = group(both("查看和检查一个规则包。", "Look at a pack and check it."))
    command(pack, "show", both("规则包里写了什么。", "What a pack says."))(_show)
    command(
        pack,
        "check",
        both("检查写法；给出日期时，检查各参数是否有值。", "Check its form; with a day, that parameters have values."),
    )(_check)
    command(
        pack,
        "schema",
        both("规则包文件的 JSON Schema，供编辑器使用。", "The JSON Schema of a pack's files, for editors."),
    )(_schema)
    command(
        pack,
        "sql",
        both("规则包写成一条查询，在数据库里研判。", "The pack as one query, to grade where the data is."),
    )(_sql)
    add_pack_tests(pack)
    add_pack_books(pack)
    app.add_typer(pack, name="pack")


# As a query

_DIALECTS = ("duckdb", "postgres")


def _read_dialect(text: str) -> str:
    if text in _DIALECTS:
        return text
    said = say(
        "查询只在 duckdb 和 postgres 上试过，不提供 {d}",
        "queries were only run on duckdb and postgres; {d} is not offered",
        d=text,
    )
    raise typer.BadParameter(said)


DialectOption = Annotated[
    str,
    typer.Option(
        "--dialect", metavar=both("数据库", "DATABASE"), show_default=False, parser=_read_dialect,
        help=both("duckdb 或 postgres", "duckdb or postgres"),
    ),
]  # fmt: skip
SchemaOption = Annotated[
    str | None,
    typer.Option(
        "--schema", metavar=both("模式", "SCHEMA"), show_default=False,
        help=both("表所在的模式", "the schema that the tables are in"),
    ),
]  # fmt: skip


def _sql(pack: PackArgument, on: DayOption, dialect: DialectOption, schema: SchemaOption = None) -> int:
    print_data(to_sql(load_pack(pack), on=on, dialect=dialect, schema=schema) + "\n")  # type: ignore[arg-type]  # one of both
    return OK


# The installed packs


def _packs() -> int:
    manager = default_manager()
    found = manager.packs()
    table = plain_table(say("名称", "name"), say("规则包", "pack"), say("版本", "version"), say("说明", "note"))
    broken: list[Problem] = []
    for name in sorted(found):
        try:
            pack = load_pack(name, plugins=manager)
        except PackError as error:
            broken += error.problems
            table.add_row(name, say("（有误）", "(broken)"), "", str(found[name]))
        else:
            table.add_row(name, read(pack.label), pack.version, Prose(read(pack.note) if pack.note else ""))
    screen().print(table)
    show_error(screen(stderr=True), *manager.problems, *broken)
    return PARTLY if manager.problems or broken else OK


# One pack


def _show(pack: PackArgument) -> int:
    found, console = load_pack(pack), screen()
    _show_head(console, found)
    spec = found.rules.spec
    _section(console, say("风险", "Risks"), _risks(found))
    categories = ((c.name, read(c.label), _text(c.when.text), c.source) for c in spec.categories.values())
    _section(console, say("监测对象类别（依次判断）", "Categories, the first that holds"), categories)
    _section(console, say("风险等级（最重的在前）", "Grades, gravest first"), _grades(found))
    contents = Contents(found)
    contents.show_results(console)
    contents.show_counted(console)
    contents.show_definitions(console)
    contents.show_procedures(console)
    contents.show_measures(console)
    contents.show_notices(console)
    parameters = {name: p for name, p in spec.parameters.parameters.items() if not is_dated(name)}
    if parameters:
        _show_parameters(console, parameters)
    return OK


def _show_head(console: Console, pack: Pack) -> None:
    console.print(Prose(f"{read(pack.label)} · {pack.name} {pack.version}", style="bold"))
    if pack.note:
        console.print(Prose(read(pack.note), style="bold yellow"))
    facts = [
        (say("以它为基础", "extends"), pack.shape.extends),
        (say("行政区划代码", "region code"), pack.region),
        (say("情况有效期", "facts count for"), _months(pack)),
        (say("内容指纹", "hash of its content"), pack.hash),
    ]
    grid = Table.grid(padding=(0, 2))
    for name, value in facts:
        if value is not None:
            grid.add_row(Prose(name, style="dim"), Prose(value, style="dim"))
    console.print(grid)


def _months(pack: Pack) -> str | None:
    months = pack.facts_valid_months
    return None if months is None else say("{n} 个月", "{n} months", n=months)


Entry = tuple[str, str, str, str | None]  # name, label, the rule as written, source


def _section(console: Console, title: str, entries: Iterator[Entry]) -> None:
    shown = list(entries)
    if not shown:
        return
    console.print(heading(title))
    for name, label, rule, source in shown:
        console.print(entry(label, name, grade_style(name)))
        console.print(Padding(Prose(rule, style="cyan"), (0, 0, 0, 4)))
        if source:
            console.print(Padding(Prose(source, style="dim"), (0, 0, 0, 4)))


def _risks(pack: Pack) -> Iterator[Entry]:
    for risk in pack.rules.spec.risks.values():
        facts = pack.rules.spec.facts.household
        need = say("（影响“{n}”）", " (breaks the need '{n}')", n=facts[risk.need].label) if risk.need else ""
        yield risk.name, f"{read(risk.label)}{need}", _text(risk.when.text), risk.source


def _grades(pack: Pack) -> Iterator[Entry]:
    for grade in pack.rules.spec.grades.values():
        who = listing((read(HANDLERS[name]) for name in grade.handled_by), current_language())
        by = say("，{who}办理", ", handled by {who}", who=who)
        yield grade.name, f"{read(grade.label)}{by}", _text(grade.when.text), grade.source


def _text(rule: str) -> str:
    return " ".join(rule.split())


def _show_parameters(console: Console, parameters: Mapping[str, Parameter]) -> None:
    console.print(heading(say("参数", "Parameters")))
    for parameter in parameters.values():
        console.print(entry(read(parameter.label), parameter.name))
        if not parameter.rows:
            none = say("没有值，待填写", "no value yet, to be filled in")
            console.print(Padding(Prose(none, style="yellow"), (0, 0, 0, 4)))
        for row in sorted(parameter.rows, key=lambda row: (region_code(row.region), row.since)):
            console.print(Padding(Prose(_row(parameter, row), style="cyan"), (0, 0, 0, 4)))
            console.print(Padding(Prose(_source(row), style="dim"), (0, 0, 0, 4)))


def _row(parameter: Parameter, row: ParameterRow) -> str:
    where = say("，地区 {r}", ", region {r}", r=row.region) if row.region else ""
    value = value_text(parameter, row)
    return say("{value}，{days}{where}", "{value}, {days}{where}", value=value, days=days_text(row), where=where)


def _source(row: ParameterRow) -> str:
    sure = say("（可靠程度 {c}）", " (certainty {c})", c=row.certainty) if row.certainty else ""
    return f"{row.source or ''}{sure}"


def _check(pack: PackArgument, on: OptionalDayOption = None, region: RegionOption = None) -> int:
    found, console = load_pack(pack), screen()
    counts = _counts(found) or say("里面什么也没有", "there is nothing in it")
    said = say(
        "{label}：写法无误。{counts}。", "{label}: well formed. {counts}.", label=read(found.label), counts=counts
    )  # fmt: skip
    console.print(Prose(said))
    if found.remarks:
        show_error(console, *found.remarks)
    if on is None:
        hint = say(
            "加上 --on 日期，检查那一天各参数是否都有值",
            "with --on DAY it checks that parameters have values on that day",
        )
        console.print(Prose(hint, style="dim"))
        return OK
    place = region or found.region
    complete = _show_without_value(console, found, on, place)
    try:
        found.rules.spec.parameters.in_force(found.parameters_read, on, place)
    except MissingParameter as error:
        show_missing(console, error.problems)
        return PARTLY
    where = say("地区 {r}", "region {r}", r=place) if place else say("未指明地区", "no region given")
    console.print(
        say(
            "{day}（{where}）各参数都有值。",
            "Every parameter has a value on {day} ({where}).",
            day=day(on, current_language()),
            where=where,
        )
    )
    return OK if complete else PARTLY


def _counts(pack: Pack) -> str:
    """How much there is of what there is."""
    spec = pack.rules.spec
    forms = [type(definition.text) for definition in spec.definitions.values()]
    parameters = sum(not is_dated(name) for name in spec.parameters.parameters)
    found = [
        (Label("风险 {n} 项", "{n} risks"), len(spec.risks)),
        (Label("类别 {n} 种", "{n} categories"), len(spec.categories)),
        (Label("等级 {n} 级", "{n} grades"), len(spec.grades)),
        (Label("参数 {n} 个", "{n} parameters"), parameters),
        (Label("结果 {n} 项", "{n} results"), len(spec.results)),
        (Label("计入谁 {n} 种", "{n} counted collections"), len(spec.filtered)),
        (Label("分段 {n} 个", "{n} definitions by bands"), forms.count(BandsForm)),
        (Label("对照表 {n} 张（值 {v} 个）", "{n} tables ({v} values)"), forms.count(TableForm)),
        (Label("评分表 {n} 张", "{n} score cards"), forms.count(ScoreForm)),
        (Label("工作流程 {n} 个", "{n} procedures"), len(pack.workflows)),
        (Label("帮扶措施 {n} 项", "{n} measures"), len(pack.measures)),
        (Label("公示 {n} 种", "{n} notices"), len(pack.notices)),
    ]
    return say("，", ", ").join(label.say(current_language(), n=n, v=len(pack.rules.cells)) for label, n in found if n)


def _show_without_value(console: Console, pack: Pack, on: date, region: str | None) -> bool:
    """The values of tables that have no row on a day, on which results hang; whether there are none such."""
    spec = pack.rules.spec
    without = [name for name in pack.rules.cells if spec.parameters.value(name, on, region) is None]
    if without:
        console.print(heading(say("对照表里那一天没有值的", "Values of tables that there are none of on that day")))
        labels = [f"{read(spec.parameters.parameters[name].label)}{row_text(spec, name)}" for name in without]
        console.print(bullets(labels))
    return not without


def _schema(file: FileArgument = None) -> int:
    if file is not None and Path(file).name not in FILES:
        name = Path(file).name
        show_error(
            screen(stderr=True),
            Problem("unknown-file", details={"known": ", ".join(FILES)}, suggestions=did_you_mean(name, FILES)),
        )
        return FAILED
    written: Any = json_schema(Path(file).name) if file is not None else {name: json_schema(name) for name in FILES}
    wide = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    print(json.dumps(written, ensure_ascii=not wide, indent=2))
    return OK
