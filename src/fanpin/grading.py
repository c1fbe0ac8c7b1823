"""Grading one household: which risks hold, which grade and category follow, and why.

`grade` is pure: it reads no clock, fires nothing and stores nothing. What it found is worked out at once; findings
with their values and sentences only when somebody reads them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from attrs import frozen

from fanpin.errors import Problem, did_you_mean
from fanpin.explaining import Question
from fanpin.findings import STATES, Finding, Source
from fanpin.household import Household
from fanpin.i18n import Label, Language, checked, current_language, listing
from fanpin.live import Live, Rules
from fanpin.outcomes import Outcome
from fanpin.records import shown_id
from fanpin.stored import SCHEMA_VERSION, Stored
from fanpin.verdicts import GRADE, Verdict

__all__ = ["Assessment", "Finding", "Verdict", "grade", "grade_frames", "to_sql"]


@frozen(repr=False, eq=False)
class Assessment:
    """What the rules find of a household on a day.

    `grade` is sure whatever the missing facts are; `possible_grade` is the gravest that they may make of it. None
    means no grade. `category` is None while it can't be said, and `"none"` where the household surely is in none.
    """

    _source: Source

    @property
    def household_id(self) -> str:
        """Whose it is."""
        household_id: str = self._source.head()["household_id"]
        return household_id

    @property
    def on(self) -> date:
        """The day of grading."""
        on: date = self._source.head()["on"]
        return on

    @property
    def as_of(self) -> date | None:
        """The day on which the facts were collected."""
        as_of: date | None = self._source.head()["as_of"]
        return as_of

    @property
    def pack(self) -> str:
        """The name of the pack."""
        pack: str = self._source.head()["pack"]
        return pack

    @property
    def pack_hash(self) -> str:
        """The hash of the pack's content."""
        pack_hash: str = self._source.head()["pack_hash"]
        return pack_hash

    @property
    def grade(self) -> str | None:
        """The grade that is sure whatever the missing facts are; None: no grade."""
        return self._source.grades()[0]

    @property
    def possible_grade(self) -> str | None:
        """The gravest grade that the missing facts may make of it."""
        return self._source.grades()[1]

    @property
    def grade_by_rule(self) -> str | None:
        """The sure grade before a verdict that set another."""
        return self._source.grades()[2]

    @property
    def handled_by(self) -> tuple[str, ...]:
        """Who handles the sure grade."""
        return self._source.handled_by()

    @property
    def category(self) -> str | None:
        """The category that is sure; `"none"` where it surely is in none, None while it can't be said."""
        return self._source.categories()[0]

    @property
    def possible_categories(self) -> tuple[str, ...]:
        """The categories that the missing facts may make of it."""
        return self._source.categories()[1]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """One finding a risk, in the pack's order."""
        source = self._source
        return tuple([Finding(source, at) for at in range(len(source.risks()))])

    @cached_property
    def results(self) -> tuple[Outcome, ...]:
        """What came of each result of the pack: amounts, kinds, who is eligible; of members one a member."""
        return self._source.outcomes()

    def result(self, name: str) -> Outcome:
        """What came of one result of the household."""
        for outcome in self.results:
            if outcome.result == name and outcome.row is None:
                return outcome
        near = did_you_mean(name, [outcome.result for outcome in self.results])
        raise KeyError(f"no result {name!r} in {self.pack!r}" + (f"; did you mean {near[0]!r}?" if near else ""))

    @cached_property
    def to_ask(self) -> tuple[Question, ...]:
        """The missing facts that may decide, the one that narrows the grade most first."""
        return self._source.to_ask()

    @cached_property
    def faults(self) -> tuple[Problem, ...]:
        """What contradicts itself in the household's facts, or could not be used; no personal value is in it."""
        return self._source.faults()

    @property
    def status(self) -> Literal["graded", "unknown", "clear"]:
        """`graded`: some risk surely holds; `clear`: none does, surely; else `unknown`."""
        states = {finding.state for finding in self.findings}
        return "graded" if "holds" in states else "unknown" if "unknown" in states else "clear"

    def finding(self, risk: str) -> Finding:
        """The finding of one risk."""
        for finding in self.findings:
            if finding.risk == risk:
                return finding
        near = did_you_mean(risk, self._source.risks())
        raise KeyError(f"no risk {risk!r} in {self.pack!r}" + (f"; did you mean {near[0]!r}?" if near else ""))

    @property
    def risks(self) -> tuple[str, ...]:
        """The risks that hold."""
        return tuple(f.risk for f in self.findings if f.state == "holds")

    @property
    def unknown_risks(self) -> tuple[str, ...]:
        """The risks that can't be said yet."""
        return tuple(f.risk for f in self.findings if f.state == "unknown")

    def grade_set(self, grade: str, *, by: str, day: date, reason: str, until: date | None = None) -> Verdict:
        """A verdict that sets another grade; it is stale once the rule gives a graver one than today's."""
        seen = {GRADE: -float(self._source.grade_number())}
        return Verdict(GRADE, "set", grade=grade, by=by, day=day, reason=reason, until=until, seen=seen)

    def label(self, kind: Literal["grade", "category"], name: str | None) -> Label:
        """The label of a grade or category of this result."""
        return self._source.label(kind, name)

    def explain(self, language: Language | None = None) -> str:
        """What was found and why: a summary, one sentence a finding, and what is still to ask."""
        language = checked(language or current_language())
        lines = [self._summary(language), *(finding.sentence(language) for finding in self.findings)]
        lines += [outcome.explain(language) for outcome in self.results]
        if self.to_ask:
            asked = ("；" if language == "zh" else "; ").join(q.text(language) for q in self.to_ask)
            lines.append(Label("还需了解：{a}。", "Still to ask: {a}.").say(language, a=asked))
        lines += [fault.text(language) for fault in self.faults]
        return "\n".join(lines)

    def _summary(self, language: Language) -> str:
        head, source = self._source.head(), self._source
        sure, possible, _ = source.grades()
        unsaid = sure is None and possible is not None  # no grade is sure, and "none" is not sure either
        grade = STATES["unknown"].text(language) if unsaid else source.label("grade", sure).text(language)
        if possible != sure:
            gravest = source.label("grade", possible)
            grade += Label("（最高可能{g}）", " (possibly up to {g})").say(language, g=gravest)
        said = Label(
            "按{pack}（{hash}）{day}：风险等级{grade}；监测对象类别{category}。",
            "By {pack} ({hash}) on {day}: grade {grade}; category {category}.",
        )
        pack, category = source.label("pack", head["pack"]), self._categories(language)
        text = said.say(language, pack=pack, hash=head["pack_hash"][:8], day=head["on"], grade=grade, category=category)
        if head["as_of"] is not None:
            text += Label("所用情况截至{d}。", " Facts as of {d}.").say(language, d=head["as_of"])
        return text

    def _categories(self, language: Language) -> str:
        category, possible = self._source.categories()
        if category is not None or not possible:
            return self.label("category", category).text(language)
        labels = listing([self.label("category", name).text(language) for name in possible], language, "or")
        return Label("尚不能确定（可能是{c}）", "can't be said yet (may be {c})").say(language, c=labels)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, for storage; `from_dict` reads it back."""
        return {
            "schema": SCHEMA_VERSION,
            "household_id": self.household_id,
            "on": self.on.isoformat(),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "pack": self.pack,
            "pack_hash": self.pack_hash,
            "status": self.status,
            "grade": self.grade,
            "possible_grade": self.possible_grade,
            "grade_by_rule": self.grade_by_rule,
            "grade_number": self._source.grade_number(),
            "category": self.category,
            "possible_categories": list(self.possible_categories),
            "handled_by": list(self.handled_by),
            "labels": self._source.labels(),
            "findings": [finding.to_dict() for finding in self.findings],
            "to_ask": [question.to_dict() for question in self.to_ask],
            "faults": [_fault_dict(fault) for fault in self.faults],
            "results": [outcome.to_dict() for outcome in self.results],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Assessment":
        """The assessment that `to_dict` wrote; ValueError for another schema version."""
        return cls(Stored.checked(data))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assessment) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.household_id, self.on, self.pack_hash, self.grade))

    def __repr__(self) -> str:
        possible = f" (possibly {self.possible_grade})" if self.possible_grade != self.grade else ""
        counts = f"{len(self.risks)} risks, {len(self.unknown_risks)} unknown"
        who = shown_id(self.household_id)
        return f"<Assessment {who} {self.grade}{possible}: {counts}; {self.pack}@{self.pack_hash[:8]} on {self.on}>"

    def _repr_html_(self) -> str:
        from html import escape

        language = current_language()
        lines = {
            **{STATES[s]: [f.sentence(language) for f in self.findings if f.state == s] for s in ("holds", "unknown")},
            Label("结果", "results"): [outcome.explain(language) for outcome in self.results],
            Label("还需了解", "still to ask"): [question.text(language) for question in self.to_ask],
            Label("数据问题", "faults in the data"): [fault.text(language) for fault in self.faults],
            STATES["clear"]: [f.sentence(language) for f in self.findings if f.state == "clear"],
        }
        rows = "".join(
            f"<tr><th {_HEAD}>{escape(what.text(language))}</th><td {_BODY}><ul style='margin: 0'>{held}</ul></td></tr>"
            for what, said in lines.items()
            if (held := "".join(f"<li style='white-space: pre-line'>{escape(line)}</li>" for line in said))
        )
        head = f"<b>{escape(shown_id(self.household_id))}</b> {escape(self._summary(language))}"
        return f"<p>{head}</p><table>{rows}</table>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Assessment.from_dict, (self.to_dict(),)


_BODY = "style='text-align: left; vertical-align: top'"  # notebooks put the cells of tables to the right
_HEAD = _BODY[:-1] + "; white-space: nowrap'"


def _fault_dict(fault: Problem) -> dict[str, Any]:
    code, field = (fault.details.get(k, v) for k, v in (("code", fault.code), ("field", fault.place.field)))
    return {"code": code, "field": field, "zh": fault.text("zh"), "en": fault.text("en")}


def grade(household: Household, *, pack: Rules, on: date, verdicts: Iterable[Verdict] = ()) -> Assessment:
    """Grade one household by a pack's rules on a day.

    Missing facts are unknown, never "no": see `Assessment`. Where a parameter has no row for the day and the
    household's region (else the pack's), `MissingParameter` names every one.

    >>> import fanpin
    >>> from datetime import date
    >>> example = fanpin.load_pack("example")
    >>> fanpin.grade(fanpin.Household(household_id="1", size=2), pack=example, on=date(2024, 5, 1)).status
    'unknown'
    """
    _refuse_other_kinds(pack, on)
    if not isinstance(household, Household):
        made = "pack.household({...}) makes one of a mapping"
        raise TypeError(f"a Household is graded, not a {type(household).__name__}; {made}")
    return Assessment(Live.of(household, pack, on, verdicts))


def _refuse_other_kinds(pack: object, on: object) -> None:
    if not isinstance(on, date):
        raise TypeError(f"`on` is a datetime.date, such as date(2024, 5, 1), not a {type(on).__name__}")
    if isinstance(pack, str):
        raise TypeError("`pack` is a Pack; load_pack(name) loads it")


def grade_frames(  # noqa: PLR0913  # tables, and how to read them
    households: Any,
    members: Any = None,
    *,
    pack: Rules,
    on: date,
    tables: Mapping[str, Any] | None = None,
    verdicts: Mapping[Any, Iterable[Verdict]] | None = None,
    complete: Iterable[str] = (),
    labels: Language | None = None,
    of: str | None = None,
) -> Any:
    """Grade every household of a frame, as `grade` would each.

    Takes frames of Polars (eager or lazy), pandas or PyArrow, or relations of DuckDB, and gives the same kind back: a
    row a household, in the order in which they came; lazy where they were lazy. `households` and `members` have a
    column `household_id` and a column a fact, named by its code or its label, or for ranges the two columns
    `<fact>__lo` and `<fact>__hi`. A column that is not there is a fact that nobody knows; other columns are left
    alone. `tables` gives the rows of a pack's other collections.

    `members_complete` (yes or no, a household) says that nobody is missing from its members; so do the columns
    `<collection>_complete` of other collections. `complete` says it once for all: names of collections, and of facts
    that are never missing (`size`, `members.birth_date`), which makes large runs faster; where that is not so, the
    household is refused. Where a pack lets facts grow too old to count, `complete` is used for collections only.
    `verdicts` gives persons' verdicts by household id.

    The columns: `household_id` · `status`: `clear`, `graded` (some risk holds), `unknown`, or `refused` · `grade`,
    `possible_grade` · `category`, `possible_categories` · `risks`, `unknown_risks` · `to_ask`: facts in the pack's
    order, such as `members.out_of_pocket`, or `members` where who else belongs is not known · `handled_by` · `faults`:
    what is wrong with the data, or why it could not be graded, as `code:fact`. Lists are lists of text. After them
    come the results of households, in the pack's order: of an amount `<result>__lo` and `__hi`, in its unit; of kinds
    `<result>`, the one that is sure (`none`: surely none of them), and `<result>__possible`, those that may be; and
    `<result>__state`, as in `Outcome`: `known`, `unknown`, `refused` or `left`, of which the last two show nothing
    else. With `labels="zh"` or `"en"`, headings and values are in words.

    `of="members"`, or another collection with results of its own, gives its rows instead, in the order in which they
    came: `household_id` · `row`, the number within the household as in `Outcome` · `id_number`, where there is one ·
    `to_ask` and `faults` of the row · the columns of its results. A row is `refused` where its household is, and where
    there is none.

    TypeError for what is no frame; `DataError` names every column that can't be read.

    >>> import polars as pl
    >>> import fanpin
    >>> from datetime import date
    >>> households = pl.DataFrame({"household_id": [1, 2], "size": [2, 3], "water": ["met", "not_met"]})
    >>> graded = fanpin.grade_frames(households, pack=fanpin.load_pack("example"), on=date(2024, 5, 1))
    >>> graded.select("household_id", "status", "grade", "risks").rows()[1]
    (2, 'graded', 'red', ['unsafe_water'])
    """
    _refuse_other_kinds(pack, on)
    labels = labels and checked(labels)
    from fanpin.frames import given_back, one_kind, opened

    named = {"households": households, **({} if members is None else {"members": members}), **(tables or {})}
    kind = one_kind(named)
    if kind == "duckdb":
        from fanpin.in_sql import graded_relation

        return graded_relation(named, pack, on, complete=complete, verdicts=verdicts, labels=labels, of=of)
    from fanpin.in_polars import graded

    frames = {None if name == "households" else name: opened(frame, name) for name, frame in named.items()}
    return given_back(graded(frames, pack, on, complete=complete, verdicts=verdicts, labels=labels, of=of), kind)


def to_sql(  # noqa: PLR0913  # how the tables are called
    pack: Rules,
    *,
    on: date,
    dialect: Literal["duckdb", "postgres"],
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Iterable[str]] | None = None,
    complete: Iterable[str] = (),
    schema: str | None = None,
) -> str:
    """A query that grades every household of a database, with the columns of `grade_frames`.

    `dialect` is `duckdb` or `postgres`, the engines on which queries were run; others are refused. The tables are
    `households`, `members`, and others by the pack's collections; `tables` says where they are called otherwise, and
    `schema` in which schema they are. By default each table has a column for every fact that the rules read, named by
    the fact; `columns` names the columns that there are (`{"households": ["household_id", "wage_income__lo", …]}`),
    and a fact without one nobody knows. `complete` is that of `grade_frames`.

    Rows come in no order. A day is written into the query: make it anew for another.

    >>> import fanpin
    >>> from datetime import date
    >>> query = fanpin.to_sql(fanpin.load_pack("example"), on=date(2024, 5, 1), dialect="postgres")
    >>> query.splitlines()[0]
    'WITH "households_read" AS ('
    """
    _refuse_other_kinds(pack, on)
    from fanpin.in_sql import query

    return query(pack, on=on, dialect=dialect, tables=tables, columns=columns, complete=complete, schema=schema)
