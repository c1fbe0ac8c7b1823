"""`fanpin case`: a case is driven through a file of events, step by step."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from attrs import frozen
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from fanpin.case_views import Line, Section, View
from fanpin.cases import Case, CaseRecord, StepRefused
from fanpin.cli import OK, PARTLY
from fanpin.cli.building import both, command, read_day
from fanpin.cli.prose import Prose
from fanpin.cli.screen import heading, print_data, say, screen, show_problems
from fanpin.cli.workflows import workflow_of
from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.event_words import EPOCH, EventWords, words_of
from fanpin.events import Event
from fanpin.i18n import current_language
from fanpin.masks import shown_word
from fanpin.packs import Pack, load_pack
from fanpin.records import shown_id

if TYPE_CHECKING:
    from fanpin.event_tables import LogTable

EventsArgument = Annotated[
    Path,
    typer.Argument(
        metavar=both("事件", "EVENTS"), show_default=False,
        help=both(
            ".yaml、.json（一件事一项），或办理记录（CSV、Excel、Parquet）",
            "a .yaml or .json with one item an event, or a log (CSV, Excel, Parquet)",
        ),
    ),
]  # fmt: skip
PackOption = Annotated[
    str,
    typer.Option(
        "--pack", "-p", metavar=both("规则包", "PACK"), show_default=False,
        help=both("规则包的名称或文件夹，见 fanpin packs", "a pack's name or folder; see fanpin packs"),
    ),
]  # fmt: skip
WorkflowOption = Annotated[
    str | None,
    typer.Option(
        "--workflow", "-w", metavar=both("流程", "NAME"), show_default=False,
        help=both("规则包有几个流程时写明是哪一个", "which procedure, where the pack has several"),
    ),
]  # fmt: skip
DayOption = Annotated[
    date | None,
    typer.Option(
        "--on", metavar=both("日期", "DAY"), parser=read_day, show_default=False,
        help=both("看哪一天可以办什么；默认是最后一件事那天", "on which day; by default that of the last event"),
    ),
]  # fmt: skip
HouseholdOption = Annotated[
    str | None,
    typer.Option(
        "--household", metavar=both("户编号", "ID"), show_default=False, help=both("哪一户", "which household")
    ),
]
CaseOption = Annotated[
    str | None,
    typer.Option(
        "--case", metavar=both("办件", "ID"), show_default=False,
        help=both("办理记录里的哪一个办件", "which case of a log"),
    ),
]  # fmt: skip
ObserveOption = Annotated[
    bool,
    typer.Option(
        "--observe", show_default=False,
        help=both("不合规定的事也照收，像检查办理记录那样", "take unlawful events too, as the check of a log does"),
    ),
]  # fmt: skip
DiagramOption = Annotated[
    bool,
    typer.Option(
        "--diagram", show_default=False,
        help=both("只输出流程图（Mermaid），标出办到哪里", "print only the Mermaid diagram with the case's place"),
    ),
]  # fmt: skip


def add_cases(app: typer.Typer) -> None:
    """Adds the command to the app."""
    said = both(
        "一件一件地办一个办件：登记或拒绝，以及接下来可以办什么。",
        "Drive a case event by event: recorded or refused, and what may come next.",
    )
    command(app, "case", said)(_case)


def _case(  # noqa: PLR0913, PLR0917  # each is an option
    file: EventsArgument,
    pack: PackOption,
    workflow: WorkflowOption = None,
    on: DayOption = None,
    household: HouseholdOption = None,
    case: CaseOption = None,
    observe: ObserveOption = False,
    diagram: DiagramOption = False,
) -> int:
    rules = load_pack(pack)
    given = read_events(file, rules, workflow, case, household)
    run = _Run(given.open(rules), observe)
    lines = tuple(run.take(event) for event in given.events)
    if diagram:
        print_data(run.case.diagram(current_language(), on=on))
    else:
        _show(screen(), run, lines, on)
    if given.problems:
        show_problems(screen(stderr=True), given.problems)
    return PARTLY if run.refused or given.problems or not given.events else OK


class _Run:
    """A case on its way; what was refused is not in it."""

    def __init__(self, case: Case, observes: bool) -> None:
        self.case, self.observes, self.refused = case, observes, 0

    def take(self, event: Event) -> Line:
        """The next event, and what came of it."""
        after, _ = self.case.observe(event)
        if after is self.case:
            return Line(say("重复的记录：{e}", "recorded before: {e}", e=shown_word(event.step)), "past")
        entry = View(after, current_language()).entry(after.timeline()[-1])
        if not self.observes:
            try:
                after = self.case.record(event)
            except StepRefused:
                self.refused += 1
                return Line(say("拒绝  {e}", "refused   {e}", e=entry.text), "wrong", entry.below)
        self.case = after
        return Line(say("登记  {e}", "recorded  {e}", e=entry.text), entry.tone, entry.below)


def _show(console: Console, run: _Run, lines: tuple[Line, ...], on: date | None) -> None:
    view = View(run.case, current_language(), on)
    console.print(Prose(view.head(), style="bold"))
    for section in (Section(say("办理过程", "What happened"), lines), *view.what_next()):
        console.print(heading(section.title))
        console.print(_grid(section.lines))


_STYLES = {"": "", "past": "dim", "noted": "yellow", "wrong": "red"}


def _grid(lines: Iterable[Line]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row("-", Prose(line.text, style=_STYLES[line.tone]))
        if line.below:
            grid.add_row("", _grid(line.below))
    return grid


# ── what is driven ─────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Given:
    """The events of a case, as a file gives them."""

    workflow: str
    id: str
    household: str | None
    region: str | None
    events: tuple[Event, ...]
    problems: tuple[Problem, ...] = ()

    def open(self, pack: Pack) -> Case:
        """The case before its first event."""
        return Case.open(self.workflow, pack=pack, id=self.id, household=self.household, region=self.region)


def read_events(file: Path, pack: Pack, workflow: str | None, case: str | None, household: str | None) -> Given:
    """The events of a case. `DataError` names all that is no event, or that there are several cases."""
    if file.suffix.lower() in (".yaml", ".yml", ".json"):
        return _of_tree(file, _tree(file), pack, workflow, case, household)
    from fanpin.event_tables import read_log

    words = words_of(workflow_of(pack, workflow))
    return _of_log(read_log(file, words), words, case, household)


def _tree(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        found = json.loads(text) if file.suffix.lower() == ".json" else yaml.safe_load(text)
    except FileNotFoundError:
        raise DataError(Problem("file-not-found", Place(str(file)))) from None
    except (OSError, ValueError, yaml.YAMLError):
        raise DataError(Problem("events-unreadable", Place(file.name))) from None
    tree = {"events": found} if isinstance(found, list) else found
    if not isinstance(tree, dict) or not isinstance(tree.get("events"), list):
        raise DataError(Problem("events-unreadable", Place(file.name)))
    unknown = [str(key) for key in tree if key not in CaseRecord.model_fields]
    if unknown:
        raise DataError(*(_unknown(Place(file.name), name, CaseRecord) for name in unknown))
    return tree


def _of_tree(
    file: Path, tree: Mapping[str, Any], pack: Pack, workflow: str | None, case: str | None, household: str | None
) -> Given:
    name = workflow_of(pack, workflow or tree.get("workflow")).name
    words = words_of(pack.workflows[name])
    problems, events = list[Problem](), list[Event]()
    for number, said in enumerate(tree["events"], 1):
        try:
            events.append(Event.model_validate(_with_papers(said, words)))
        except ValidationError as error:
            problems += _unfit(error, file, number)
    if problems:
        raise DataError(*problems)
    own = {key: None if tree.get(key) is None else str(tree[key]) for key in ("id", "household", "region")}
    return Given(name, case or own["id"] or file.stem, household or own["household"], own["region"], tuple(events))


def _with_papers(said: Any, words: EventWords) -> Any:
    """Papers may be one text with commas between."""
    if isinstance(said, dict) and isinstance(said.get("evidence"), str):
        return {**said, "evidence": sorted(words.papers_in(said["evidence"]))}
    return said


def _unfit(error: ValidationError, file: Path, number: int) -> Iterable[Problem]:
    for line in error.errors(include_url=False, include_input=False, include_context=False):
        place = Place(file.name, field=event_number(number))
        field = str(line["loc"][0]) if line["loc"] else ""
        if line["type"] == "extra_forbidden":
            yield _unknown(place, field, Event)
        else:
            yield Problem("event-unfit", place, {"field": field or "-"})


def event_number(number: int) -> str:
    """Which event of a file it is."""
    return say("第 {n} 件事", "event {n}", n=number)


def _unknown(place: Place, name: str, model: Any) -> Problem:
    return Problem("event-key-unknown", place, {"name": name}, did_you_mean(name, model.model_fields))


def _of_log(log: "LogTable", words: EventWords, case: str | None, household: str | None) -> Given:
    """The rows of one case of a log, in the order of its sequence where it has one."""
    import polars as pl

    fields = log.columns.fields
    rows = log.rows.with_columns(__row=pl.int_range(1, len(log.rows) + 1))
    for name, wanted in (("case", case), ("household", household)):
        if wanted is not None and name in fields:
            rows = rows.filter(pl.col(fields[name]).cast(pl.String) == wanted)
    cases = [text for text in rows[fields["case"]].unique(maintain_order=True).to_list() if text]
    if len(cases) != 1:
        code = "which-case" if cases else "no-case"
        raise DataError(
            Problem(code, Place(log.file), {"count": len(cases), "some": ", ".join(map(shown_id, cases[:5]))})
        )
    if "sequence" in fields:
        rows = rows.sort(pl.col(fields["sequence"]).cast(pl.Float64, strict=False), "__row", nulls_last=True)
    events, problems = _events(rows, log, words)
    first = rows.row(0, named=True)
    place = {name: first.get(fields.get(name, "")) for name in ("household", "region")}
    return Given(words.workflow.name, cases[0], household or place["household"], place["region"], events,
                 (*log.problems, *problems))  # fmt: skip


def _events(rows: Any, log: "LogTable", words: EventWords) -> tuple[tuple[Event, ...], list[Problem]]:
    from fanpin.event_columns import times

    fields, values = log.columns.fields, log.columns.values
    days, instants = times(rows[fields["at"]], words.workflow.spec.zone)
    events, problems = list[Event](), list[Problem]()
    for row, day, instant in zip(rows.iter_rows(named=True), days, instants, strict=True):
        said = {name: row.get(heading) for name, heading in fields.items()}
        if day is None or not said["step"]:
            code, name = ("log-cell-empty", "step") if not said["step"] else ("log-not-a-time", "at")
            problems.append(Problem(code, log.place(row["__row"]), {"heading": fields[name]}))
            continue
        events.append(Event(
            step=said["step"],
            at=date.fromordinal(day) if instant is None else EPOCH + timedelta(microseconds=instant),
            evidence=tuple(sorted(words.papers_in(said.get("evidence")))),
            values={name: row[heading] for name, heading in values.items() if row[heading] is not None},
            **{name: said.get(name) for name in ("actor", "role", "level", "of", "id")},
        ))  # fmt: skip
    return tuple(events), problems
