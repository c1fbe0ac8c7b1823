"""Random procedures of every requirement and effect, and random events as dirty as those of counties."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any, TypeVar

from attrs import frozen

from fanpin.events import Event
from fanpin.expressions.types import BooleanType, ChoiceType, NumberType, Type
from fanpin.steps import LEVELS, Step
from fanpin.workdays import WorkCalendar
from fanpin.workflow import Workflow
from tests.workflow.procedures import PAPERS, ROLES, Pack, pack, step

T = TypeVar("T")
LAST_KNOWN = WorkCalendar().known_until
CONDITIONS = (
    "grade == 'red'", "poor", "not poor", "size >= 3", "grade == 'red' or size < 2", "{}", "not {}",
    "{} and size <= 4", "poor if grade == 'red' else size > 1",
)  # fmt: skip
LENGTHS = ("0", "1", "4", "10", "20", "short", "long", "short if poor else long", "long if {} else 5", "size",
           "2 * size + 1")  # fmt: skip
COUNTS = ("1", "2", "few", "size", "1 if poor else 2")


@frozen
class ProcedureWriter:
    """Writes one procedure."""

    random: Random

    def pack(self) -> Pack:
        """A pack of one random procedure."""
        names = [f"s{n}" for n in range(self.random.randint(2, 9))]
        tracks = {name: self._pick([None, None, None, "measure", "measure", "person"]) for name in names}
        lines = [self._line(names) for _ in range(self._pick([0, 1, 1, 1, 2]))]
        steps = [self._step(name, names, tracks) for name in names]
        return pack(*lines, steps=steps, lint=None, zone=self._pick(["Asia/Shanghai", "Asia/Urumqi", "UTC"]))

    def _line(self, names: Sequence[str]) -> list[str]:
        """Some of the steps, most in their order, some of them alternatives to each other."""
        chosen = [name for name in names if self._likely(0.8)]
        if self._likely(0.2):
            self.random.shuffle(chosen)
        line: list[str] = []
        for name in chosen:
            if line and self._likely(0.15):
                line[-1] += f" or {name}"
            else:
                line.append(name)
        return line

    def _step(self, name: str, names: Sequence[str], tracks: dict[str, str | None]) -> Step:
        keys: dict[str, Any] = self._demand(names, tracks)
        if self._likely(0.3):
            keys["also"] = {
                f"also{n}": self._demand(names, tracks) | {"when": self._text(CONDITIONS, names)}
                for n in range(self.random.randint(1, 2))
            }
        effects = {
            "once": True, "repeats": True, "optional": True, "ends": True, "clears": self._some(names),
            "back_to": self._pick(names), "blocks": self._some(names), "until": self._some(names),
        }  # fmt: skip
        keys |= {key: value for key, value in effects.items() if self._likely(0.13)}
        if keys.get("ends"):
            keys["after"] = self._some(names)
        return step(name, **keys, per=tracks[name])

    def _demand(self, names: Sequence[str], tracks: dict[str, str | None]) -> dict[str, Any]:
        with_tracks = [(a, b) for a in names for b in names if tracks[a] is not None and tracks[a] == tracks[b]]
        offers: Mapping[str, Callable[[], Any]] = {
            "by": lambda: {role: self._some(LEVELS) for role in self._some(ROLES)},
            "evidence": lambda: self._some(PAPERS),
            "needs": lambda: [" or ".join(self._some(names)) for _ in range(self.random.randint(1, 2))],
            "right_after": lambda: self._some(names),
            "gaps": lambda: {f"g{n}": self._gap(names) for n in range(self.random.randint(1, 2))},
            "other_person_than": lambda: self._some(names),
            "count": lambda: {of: self._text(COUNTS, names) for of in self._some(names)},
            "every": lambda: [self._pick(with_tracks)] if with_tracks else [],
            "says": lambda: self._some(["grade", "poor", "size"]),
            "holds": lambda: [self._text(CONDITIONS, names)],
        }
        return {key: offer() for key, offer in offers.items() if self._likely(0.16)}

    def _gap(self, names: Sequence[str]) -> dict[str, Any]:
        limits = self._pick([("at_least",), ("at_most",), ("at_most",), ("at_least", "at_most")])
        days = self._pick(["calendar", "working", "working", "months"])
        lengths = LENGTHS if days != "months" else ("0", "1", "2", "size")
        return {
            "since": " or ".join(self._some(names)), "days": days, "which": self._pick(["first", "latest"]),
            **{limit: self._text(lengths, names) for limit in limits},
        }  # fmt: skip

    def _text(self, texts: Sequence[str], names: Sequence[str]) -> str:
        return self._pick(texts).format(self._pick(names))

    def _some(self, of: Any) -> list[str]:
        return self.random.sample(list(of), self.random.randint(1, min(2, len(of))))

    def _pick(self, of: Sequence[T]) -> T:
        return self.random.choice(of)

    def _likely(self, chance: float) -> bool:
        return self.random.random() < chance


def some_value(random: Random, kind: Type) -> Any:
    """A value that may be declared."""
    match kind:
        case BooleanType():
            return random.random() < 0.5
        case NumberType(lo=lo, hi=hi):
            return random.randint(int(lo), min(int(hi), 5))
        case ChoiceType(values=values):
            return random.choice(values)
    return "text"


def wrong_value(random: Random, kind: Type) -> Any:
    """A value that may not, or none."""
    match kind:
        case NumberType(lo=lo, hi=hi):
            return random.choice([None, int(lo) - 1, int(hi) + 1])
        case ChoiceType(other=False):
            return random.choice([None, "no such"])
    return None


@frozen
class EventWriter:
    """Writes the events of one case: most in the order of the steps, and much as they should be."""

    random: Random
    workflow: Workflow
    dirt: float = 0.1  # how likely each sort of dirt is

    def events(self, number: int = 14) -> list[Event]:
        """So many events."""
        return list(self._events(number))

    def _events(self, number: int) -> Iterator[Event]:
        random, names = self.random, list(self.workflow.spec.steps)
        day = LAST_KNOWN - timedelta(days=random.randint(0, 40))
        last, clock, before = -1, time(9), list[Event]()
        for at in range(number):
            if before and self._dirty():
                yield self._again(random.choice(before))
                continue
            last = random.randrange(len(names)) if random.random() < 0.3 else (last + 1) % len(names)
            day += timedelta(days=random.choice([0, 0, 1, 1, 2, 4, 9, -3 if self._dirty() else 1]))
            clock = time(random.randrange(24), 30) if self._dirty() else clock
            event = self._event(self.workflow.spec.steps[names[last]], self._at(day, clock), str(at))
            before.append(event)
            yield event

    def _at(self, day: Any, clock: time) -> Any:
        zone = self.random.choice([None, None, UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-7))])
        return day if self.random.random() < 0.4 else datetime.combine(day, clock, zone)

    def _event(self, step: Step, at: Any, mark: str) -> Event:
        random = self.random
        by = next((demand.by for demand in step.demands if demand.by), {"worker": ("village",)})
        role = None if self._dirty() else random.choice([*by, *by, "worker"])
        papers = {paper for demand in step.demands for paper in demand.evidence}
        values = self.workflow.vocabulary.values
        said = {name: some_value(random, spec.type) for name, spec in values.items() if random.random() < 0.4}
        if self._dirty() and values:
            name = random.choice(list(values))
            said |= {name: wrong_value(random, values[name].type)}
        return Event(
            step="unknown" if self._dirty() else step.name,
            at=at,
            actor=None if self._dirty() else random.choice("abc"),
            role="mayor" if self._dirty() else role,
            level=random.choice(list(LEVELS)) if self._dirty() else random.choice(by.get(role or "", ("county",))),
            evidence=() if self._dirty() else tuple(sorted(papers)),
            of=None if (step.per is None) != self._dirty() else random.choice(["m1", "m2"]),
            values=said,
            id=random.choice([None, mark]),
        )  # fmt: skip

    def _again(self, event: Event) -> Event:
        """The same event once more, as it was or changed."""
        changed = {"actor": "d"} if self._dirty() else {}
        return event.model_copy(update=changed)

    def _dirty(self) -> bool:
        return self.random.random() < self.dirt


@frozen
class Trial:
    """A random procedure, some cases of it, and a day on which they are looked at."""

    pack: Pack
    cases: Mapping[str, Sequence[Event]]
    on: date

    @classmethod
    def of(cls, random: Random, cases: int = 1, events: int = 14) -> "Trial":
        """The trial that comes of a random source."""
        return cls.of_pack(ProcedureWriter(random).pack(), random, cases, events)

    @classmethod
    def of_pack(cls, pack: Pack, random: Random, cases: int = 1, events: int = 14) -> "Trial":
        """Random cases of a pack's one procedure."""
        writer = EventWriter(random, pack.workflow, random.choice([0, 0.05, 0.2]))
        on = LAST_KNOWN + timedelta(days=random.randint(-20, 60))
        return cls(pack, {f"c{n}": writer.events(random.randint(0, events)) for n in range(cases)}, on)
