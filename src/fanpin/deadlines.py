"""Running deadlines: of a case on a day, what must still come, until when, and whether that is over."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

from attrs import frozen

from fanpin.checks import Span, undecided
from fanpin.i18n import Label
from fanpin.observing import Plan, Rule, Seen, State
from fanpin.table_of_checks import Table

Status = Literal["in_time", "due_soon", "overrun", "not_announced", "not_decided"]
STATUSES: Mapping[str, Label] = MappingProxyType(
    {
        "in_time": Label("期限内", "in time"),
        "due_soon": Label("即将到期", "due soon"),
        "overrun": Label("已超期", "overrun"),
        "not_announced": Label("放假安排未公布，暂不能定", "not announced"),
        "not_decided": Label("缺少填报值，暂不能定", "not decided"),
    }
)


@frozen
class Deadline:
    """A step that is waited for.

    `due` is the last day allowed, where a value that nobody declared may make it earlier or later the earliest such
    day, and `latest` the latest; None where that is not known. `over` counts the days past it, working days where it
    is counted in these.
    """

    rule: Rule
    since: date
    due: date | None
    latest: date | None
    status: Status
    of: str | None = None
    over: int = 0

    @property
    def step(self) -> str:
        """The step that is waited for."""
        return self.rule.step


def open_deadlines(table: Table, state: State, on: int, soon: int) -> Iterator[Deadline]:
    """The deadlines that run on a day (as `date.toordinal` numbers it), in the order of the steps."""
    for number, limits in table.waited:
        if state.mask & table.closed[number]:
            continue
        for span in limits.latest:
            for of, start in _running(table.plans[number], span, state, limits.stops):
                deadline = _deadline(span, state, start, of, on, soon)
                if deadline is not None:
                    yield deadline


def _running(plan: Plan, span: Span, state: State, stops: tuple[int, ...]) -> Iterator[tuple[str | None, Seen]]:
    """The clocks that were started and that no step stopped: of each track, where tracks start them."""
    named = (event.of for step in span.since.alike for event in state.held[step])
    tracks = dict.fromkeys(of for of in named if of is not None)
    for of in tracks or (None,):
        events = span.since.of(state, Seen(stops[0], 0, of=of))
        if events:
            start = span.start(events)
            came = (e for step in stops for e in state.held[step] if not (tracks and step in plan.alike) or e.of == of)
            if not any(event.at > start.at for event in came):
                yield of, start


def _deadline(span: Span, state: State, start: Seen, of: str | None, on: int, soon: int) -> Deadline | None:
    surely, possibly = (True, True) if span.applies is None else span.applies(state)
    if not possibly:
        return None
    least, most = span.length(state)
    clock, day = span.clock, start.day
    kept, broken = clock.past(day, least, on), clock.past(day, most, on)
    over = 0
    status: Status
    if broken[0] > 0 and surely:
        status, over = "overrun", broken[0]
    elif kept[1] <= 0:
        status = "due_soon" if -kept[1] <= soon else "in_time"
    else:
        status = undecided(kept, broken)
    latest = clock.due(day, most) if surely else None
    return Deadline(span.rule, date.fromordinal(day), clock.due(day, least), latest, status, of, over)


def in_order(deadlines: Iterable[Deadline]) -> list[Deadline]:
    """Those that end first go first; those of which it is not known last."""
    return sorted(deadlines, key=lambda deadline: deadline.due or date.max)
