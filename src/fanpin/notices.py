"""Public notices (公示): from cases and their households to what is posted in the village, and until which day.

`notice` fills a `NoticeForm`, which is what a pack says of a notice. A form lists nothing that may not be posted, so a
`Notice` holds no more than what hangs on the wall.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from fanpin.cases import Case
from fanpin.errors import DataError, PackError, Place, Problem, did_you_mean
from fanpin.event_words import day_of, given
from fanpin.expressions.types import TextType
from fanpin.facts import FactSpec, FactTable
from fanpin.household import Household
from fanpin.i18n import LANGUAGES, Label, Language, checked, current_language, day, number, same, yes_or_no
from fanpin.kinds import Between
from fanpin.masks import holds_card, holds_number, masked_name, never_fact, tells
from fanpin.notice_forms import MASKED, NoticeForm
from fanpin.notice_pages import page_of, text_of
from fanpin.records import Record


class HasNotices(Protocol):
    """What `notice` needs of a pack."""

    @property
    def notices(self) -> Mapping[str, NoticeForm]:
        """Its notices."""


@frozen(repr=False)
class Notice:
    """A notice that may be posted: from which day, and until which, the last included.

    `rows` are the households as they are posted, in words of both languages.
    """

    form: NoticeForm
    posted: date
    until: date
    period: Label
    rows: tuple[tuple[Label, ...], ...]
    contact: str
    issuer: str

    def is_due(self, on: date) -> bool:
        """Whether it is to be taken down: its last day is over."""
        return on > self.until

    def text(self, language: Language | None = None) -> str:
        """The notice as plain text."""
        return text_of(self._parts(language))

    def to_html(self, language: Language | None = None) -> str:
        """The notice as a page to be printed on A4, in large type; it loads nothing from elsewhere."""
        return page_of(self._parts(language))

    def save(self, path: str | os.PathLike[str], language: Language | None = None) -> Path:
        """Write it as a text (`.txt`) or as a page to be printed (`.html`), in UTF-8; any other ending is refused."""
        path = Path(path)
        write = _WRITERS.get(path.suffix.lower())
        if write is None:
            known = Label("、".join(_WRITERS), ", ".join(_WRITERS))
            raise DataError(Problem("output-suffix", Place(str(path)), {"known": known}))
        path.write_text(write(self._parts(language)), encoding="utf-8", newline="\n")
        return path

    def __repr__(self) -> str:
        return f"<Notice {self.form.name}: {len(self.rows)} households, {self.posted} to {self.until}>"

    def _parts(self, language: Language | None) -> Mapping[str, Any]:
        """What stands in it, in one language."""
        language = current_language() if language is None else checked(language)
        slots = {
            "posted": day(self.posted, language),
            "until": day(self.until, language),
            "period": self.period,
            "households": len(self.rows),
            "contact": self.contact,
            "issuer": self.issuer,
        }
        return {
            "language": language,
            "title": self.form.label.text(language),
            "before": self.form.before.say(language, **slots),
            "heads": [column.fact.label.text(language) for column in self.form.columns],
            "rows": [[cell.text(language) for cell in row] for row in self.rows],
            "after": self.form.after.say(language, **slots),
            "issuer": self.issuer,
            "posted": slots["posted"],
            "until": _DOWN.say(language, **slots),
        }


_WRITERS = {".txt": text_of, ".html": page_of}
_DOWN = Label("张贴至{until}，期满撤下。", "Posted until {until}, and to be taken down after that day.")


# From cases and households to a notice


def notice(  # noqa: PLR0913  # each is one thing that a notice says
    name: str,
    cases: Case | Sequence[Case],
    households: Household | Sequence[Household],
    *,
    pack: HasNotices,
    posted: date,
    contact: str,
    issuer: str,
) -> Notice:
    """A notice of the pack, for one case and its household, or for several in the same order.

    `posted` is the day on which it is put up; `contact` where objections go, such as a supervision line; `issuer` who
    signs it. `PackError` where the pack has no such notice; `DataError` names everything that may not be posted, or
    not yet: each place has the number of the household in the list and the name of the fact, and never a value.
    """
    given("posted", posted, date)
    form = pack.notices.get(name)
    if form is None:
        details = {"name": name, "kind": Label("公示", "notice")}
        raise PackError(Problem("unknown-name", Place(), details, did_you_mean(name, pack.notices)))
    listed = [cases] if isinstance(cases, Case) else list(cases)
    homes = [households] if isinstance(households, Household) else list(households)
    if len(listed) != len(homes):
        details = {"cases": len(listed), "households": len(homes)}
        raise DataError(Problem("cases-without-households", Place(), details))
    entries = [
        _Entry(form, case, home, posted, at + 1) for at, (case, home) in enumerate(zip(listed, homes, strict=True))
    ]
    problems = [*_of_the_whole(entries, contact, issuer), *(p for entry in entries for p in entry.problems())]
    if problems:
        raise DataError(*problems)
    lengths = [entry.length() for entry in entries]
    ends = [entry.until(length) for entry, length in zip(entries, lengths, strict=True)]
    return Notice(
        form,
        posted,
        max(ends),
        _PERIODS[form.days].fill(n=max(lengths)) if max(lengths) != 1 else _ONE_DAY[form.days],
        tuple(tuple(cell for cell in entry.cells() if cell is not None) for entry in entries),
        " ".join(contact.split()),
        " ".join(issuer.split()),
    )


_PERIODS = {"calendar": Label("{n}天", "{n} days"), "working": Label("{n}个工作日", "{n} working days")}
_ONE_DAY = {"calendar": Label("1天", "1 day"), "working": Label("1个工作日", "1 working day")}
_LINES = {"contact": Label("监督电话等联系方式", "where objections go"), "issuer": Label("落款", "who signs")}
_HOLDS = {"contact": holds_card, "issuer": holds_number}


def _of_the_whole(entries: Sequence["_Entry"], contact: str, issuer: str) -> Iterator[Problem]:
    """What is wrong with the notice as a whole: nobody in it, somebody twice, no line, a line that tells too much."""
    if not entries:
        yield Problem("notice-of-nobody")
    first: dict[str, int] = {}
    for entry in entries:
        other = first.setdefault(entry.household.household_id, entry.row)
        if other != entry.row:
            yield Problem("notice-twice", Place(row=entry.row), {"other": other})
    secrets = [text for entry in entries for text in entry.secrets]
    for line, text in (("contact", contact), ("issuer", issuer)):
        if not text.strip():
            yield Problem("notice-line-blank", Place(field=line), {"what": _LINES[line]})
        elif tells(text, secrets, SHORTEST_NUMBER) or _HOLDS[line](text):
            yield Problem("notice-tells-number", Place(field=line))


SHORTEST_NUMBER = 5  # of a secret text that is looked for in what is posted: shorter ones stand in anything
SHORTEST_NAME = 3  # of a full name: villages bear names of two characters that persons bear too


@frozen(slots=False)
class _Entry:
    """One household of a notice."""

    form: NoticeForm
    case: Case
    household: Household
    posted: date
    row: int

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The secret texts of the household and its rows."""
        return tuple(self._texts(lambda fact: fact.sensitivity == "secret" or never_fact(fact) is not None))

    def problems(self) -> Iterator[Problem]:
        """Why it may not be posted."""
        if self.case.household not in (None, self.household.household_id):
            yield Problem("notice-other-household", Place(row=self.row))
        if self.case.workflow.name != self.form.workflow:
            details = {"workflow": self.case.workflow.name, "other": self.form.workflow}
            yield Problem("notice-other-workflow", Place(row=self.row), details)
            return
        yield from self._out_of_turn()
        names = tuple(self._texts(lambda fact: fact.name in ("name", "head_name")))
        for column, cell in zip(self.form.columns, self.cells(), strict=True):
            place = Place(row=self.row, field=column.name)
            if cell is None:
                yield Problem("notice-value-missing", place, {"label": column.fact.label})
                continue
            texts = [cell.text(language) for language in LANGUAGES]
            if any(holds_number(text) or tells(text, self.secrets, SHORTEST_NUMBER) for text in texts):
                yield Problem("notice-tells-number", place)
            if column.name not in MASKED and any(tells(text, names, SHORTEST_NAME) for text in texts):
                yield Problem("notice-tells-name", place)

    # When

    def _out_of_turn(self) -> Iterator[Problem]:
        """A notice is put up as its step comes, or again on the day on which it came."""
        case, step = self.case, self.form.step
        came = self._came_on()
        details = {"step": case.workflow.spec.steps[step].label, "day": self.posted}
        if came is None:
            open_steps = {allowed.step for allowed in case.allowed(self.posted) if allowed.is_open(self.posted)}
            if step not in open_steps:
                yield Problem("notice-out-of-turn", Place(row=self.row), details)
        elif came != self.posted:
            yield Problem("notice-other-day", Place(row=self.row), {**details, "came": came})

    def _came_on(self) -> date | None:
        """The day on which the step came that is in force."""
        came = [entry.event.at for entry in self.case.timeline() if entry.in_force and entry.step == self.form.step]
        return self._day(came[-1]) if came else None

    def _day(self, at: date) -> date:
        return day_of(at, self.case.workflow.zone)

    def length(self) -> int:
        """The days for which it hangs, by the parameters of the day on which the case was opened."""
        said = self.form.parameter
        if said is None:
            return int(self.form.at_least)
        opened = self.case.opened or self.posted
        parameters = self.case.workflow.parameters
        parameters.in_force([said], opened, self.case.region)  # refuses where there is none
        return ceil(parameters.value(said, opened, self.case.region) or 0)

    def until(self, length: int) -> date:
        """Its last day; the day of posting is not counted."""
        if self.form.days == "calendar":
            return date.fromordinal(self.posted.toordinal() + length)
        calendar = self.case.workflow.calendar(self.case.region)
        last = calendar.nth(self.posted, length)
        if last is None:
            raise DataError(Problem("notice-end-unknown", details={"until": calendar.known_until}))
        return last

    # What

    def cells(self) -> Iterator[Label | None]:
        """What is posted of it; None where nothing certain is known."""
        for column in self.form.columns:
            said = (
                getattr(self.household, column.name, None) if column.of == "household" else self.case.value(column.name)
            )
            if said is None or isinstance(said, Between):
                yield None
            elif column.name in MASKED:
                yield same(masked_name(said, self.form.style))
            elif column.shown and said not in column.shown:
                yield Label("其他", "other")
            else:
                yield _words(column.fact, said)

    def _texts(self, wanted: Callable[[FactSpec], bool]) -> Iterator[str]:
        """The texts of some facts, of the household and of its rows."""
        table = FactTable.of(type(self.household))
        records: list[tuple[Record, Mapping[str, FactSpec]]] = [(self.household, table.household)]
        for name, rows in table.collections.items():
            records += [(row, rows.facts) for row in getattr(self.household, name) or ()]
        for record, facts in records:
            for name, fact in facts.items():
                said = getattr(record, name)
                if said is not None and isinstance(fact.type, TextType) and wanted(fact):
                    yield said


def _words(fact: FactSpec, said: Any) -> Label:
    """A value in words."""
    if isinstance(said, bool):
        return yes_or_no(said)
    if isinstance(said, date):
        return Label(*(day(said, language) for language in LANGUAGES))
    if isinstance(said, int | float):
        return same(number(said, 2))
    return fact.values.get(said) or same(" ".join(str(said).split()))
