"""What a procedure is made of, as written: steps, what each demands, and what it does to the others.

A *demand* is a set of requirements under one guard: a step's own demand has none; others hold `when` a condition on
the values that the events declare does.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from attrs import Factory, field, frozen

from fanpin.errors import Place
from fanpin.expressions.scope import Source
from fanpin.facts import FactSpec
from fanpin.i18n import Label

Days = Literal["calendar", "working", "months"]
Which = Literal["first", "latest"]
Level = Literal["household", "group", "village", "township", "county", "departments"]

LEVELS: Mapping[str, Label] = {
    "household": Label("农户", "household"),
    "group": Label("组", "group"),
    "village": Label("村（嘎查）", "village"),
    "township": Label("乡镇（苏木）", "township"),
    "county": Label("县（旗）", "county"),
    "departments": Label("行业部门", "departments"),
}
LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "household": ("农户", "户"),
    "group": ("组", "村民小组", "网格"),
    "village": ("村", "嘎查", "村级", "嘎查村", "行政村"),
    "township": ("乡镇", "乡", "镇", "苏木", "苏木乡镇", "乡级", "乡镇级", "街道"),
    "county": ("县", "旗", "县级", "旗县", "区", "市", "旗级"),
    "departments": ("部门", "行业部门", "县直部门"),
}


@frozen
class Named:
    """A word of a pack's procedures, such as a paper or a role: its label, and how logs may call it."""

    name: str
    label: Label
    aliases: tuple[str, ...] = ()


@frozen
class Gap:
    """A time between a step and those that start its clock; lengths are rule texts that come to a number of days.

    `label` names what it is when the time is over and nothing came, such as 线索未核.
    """

    name: str
    since: tuple[str, ...]
    at_least: Source | None = None
    at_most: Source | None = None
    days: Days = "calendar"
    which: Which = "latest"
    label: Label | None = None
    source: str | None = None


@frozen
class Count:
    """How many occurrences of a step must be in force: of a step with tracks, of how many of them."""

    of: str
    at_least: Source


@frozen
class Every:
    """No track was started that has not ended."""

    started: str
    ended: str


@frozen
class Demand:
    """What a step demands: who, which papers, what came before, and when.

    `needs` and `right_after` are lists of alternatives. `name` is empty for the demand that always holds.
    """

    name: str = ""
    when: Source | None = None
    by: Mapping[str, tuple[str, ...]] = Factory(dict)  # role: the levels at which it may act
    evidence: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    right_after: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    other_person_than: tuple[str, ...] = ()
    count: tuple[Count, ...] = ()
    every: tuple[Every, ...] = ()
    says: tuple[str, ...] = ()
    holds: tuple[Source, ...] = ()
    source: str | None = None
    place: Place = Place()


@frozen
class Step:
    """A step (环节) of a procedure.

    `clears` names steps that are no longer in force once it came; `back_to` does so with a step and all that follow it
    in its line. While it is in force it `blocks` the steps named, until one of `until`. `ends` makes it the last step,
    save for those in `after`. `per` names what its tracks are of, side by side. `standing` is what the household is
    once it came.
    """

    name: str
    label: Label
    demands: tuple[Demand, ...] = ()
    aliases: tuple[str, ...] = ()
    once: bool = False
    repeats: bool = False
    optional: bool = False
    per: str | None = None
    clears: tuple[str, ...] = ()
    back_to: str | None = None
    blocks: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    ends: bool = False
    after: tuple[str, ...] = ()
    standing: str | None = None
    source: str | None = None
    note: str | None = None
    place: Place = Place()


@frozen
class WorkflowSpec:
    """A procedure as written. Each of its `line`s is a row of alternatives, one needing the one before."""

    name: str
    label: Label
    steps: Mapping[str, Step]
    lines: tuple[tuple[tuple[str, ...], ...], ...] = ()
    zone: str = "Asia/Shanghai"
    due_soon: int = 3
    source: str | None = None
    place: Place = Place()


@frozen
class DaysOff:
    """Days off that a region gives itself."""

    since: date
    until: date
    label: Label
    region: str | None = None
    source: str | None = None


@frozen
class Vocabulary:
    """What the procedures of a pack share: roles, papers, what households are, what events may say, days off."""

    roles: Mapping[str, Named] = Factory(dict)
    papers: Mapping[str, Named] = Factory(dict)
    standings: Mapping[str, Named] = Factory(dict)
    tracks: Mapping[str, Named] = Factory(dict)
    values: Mapping[str, FactSpec] = Factory(dict)
    days_off: tuple[DaysOff, ...] = field(default=())
