"""What holds of every procedure and every row of events; each law yields what is wrong with a trial."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl

from fanpin.cases import Case, StepRefused
from fanpin.conformance import check_log
from fanpin.events import Event
from fanpin.expressions.types import BooleanType, NumberType, Type
from fanpin.observing import Violation
from fanpin.table_of_checks import Allowed
from tests.workflow.plain_meaning import PlainMeaning
from tests.workflow.random_procedures import Trial


def as_plainly_meant(trial: Trial) -> Iterator[str]:
    """The engine finds in each event what the plain meaning finds, and waits for the same."""
    meaning, pack = _meaning(trial), trial.pack
    for events in trial.cases.values():
        case, found = pack.case(), list[list[tuple[str, str]]]()
        for event in events:
            case, violations = case.observe(event)
            found.append(sorted((violation.kind, violation.rule.step) for violation in violations))
        yield from _unequal(meaning.rows(events), found, events, meaning.spec)
        waited = sorted(((d.step, d.of, d.status) for d in case.deadlines(trial.on)), key=str)
        yield from _unequal(meaning.waited_for(events, trial.on), waited, events, meaning.spec)


def _meaning(trial: Trial) -> PlainMeaning:
    return PlainMeaning(trial.pack.workflow.spec, trial.pack.workflow.vocabulary, trial.pack.parameters)


def record_refuses_what_observe_reports(trial: Trial) -> Iterator[str]:
    """`record` refuses an event if and only if `observe` reports what is refusing, and names all of it."""
    for events in trial.cases.values():
        case = trial.pack.case()
        for event in events:
            following, violations = case.observe(event)
            yield from _unequal([v for v in violations if v.refusing], _refused(case, event), event)
            case = following


def _refused(case: Case, event: Event) -> list[Violation]:
    try:
        case.record(event)
    except StepRefused as refused:
        return list(refused.violations)
    return []


def allowed_is_what_record_takes(trial: Trial) -> Iterator[str]:
    """A step that may come can be recorded by whom, with what and from when it says; one that may not, by nobody."""
    meaning, papers = _meaning(trial), trial.pack.workflow.vocabulary.papers
    for events in trial.cases.values():
        case = trial.pack.case(*events)
        begun = [(meaning.spec.steps[e.step].per, e.of) for e in meaning.in_force(meaning.counted(events))]
        offers: dict[tuple[str, str | None], Allowed] = {
            (allowed.step, of): allowed for allowed in case.allowed(trial.on)
            for of in (*allowed.tracks, *(["new"] if allowed.new_track else []))
        } | {(allowed.step, None): allowed for allowed in case.allowed(trial.on)}  # fmt: skip
        for step in trial.pack.workflow.spec.steps.values():
            for of in ("m1", "m2", "new") if step.per else (None,):
                offer = offers.get((step.name, of if of is None or (step.per, of) in begun else "new"))
                if offer is not None:
                    refused = {v.kind for v in _refused(case, _as_offered(offer, trial.on, of))}
                    who = refused & {"role", "level"}
                    expected = ({"not_said"} if offer.says else set[str](), () in offer.by.values())
                    yield from _unequal(expected, (refused - who - {"not_so"}, bool(who)), of, offer, events, step)
                    continue
                some_day = Event(step=step.name, at=trial.on + timedelta(days=9999), of=of, evidence=tuple(papers))
                if not _refused(case, some_day):
                    yield f"{step.name} of {of} may not come and can be recorded\n{events}"


def _as_offered(offer: Allowed, on: date, of: str | None) -> Event:
    """An event as `allowed` says it may come; it declares no values."""
    role, levels = next(iter(offer.by.items()), ("worker", ("village",)))
    return Event(
        step=offer.step, at=max(on, offer.earliest or on), actor="somebody else", role=role,
        level=levels[0] if levels else None, evidence=offer.evidence, of=of,
    )  # fmt: skip


def stored_cases_come_back(trial: Trial) -> Iterator[str]:
    """A case that was written and read again is the same case."""
    for events in trial.cases.values():
        case = trial.pack.case(*events)
        back = Case.from_json(case.to_json(), pack=trial.pack)
        yield from _unequal(
            (case.to_record(), case.violations, case.timeline(), case.deadlines(trial.on), case.allowed(trial.on)),
            (back.to_record(), back.violations, back.timeline(), back.deadlines(trial.on), back.allowed(trial.on)),
        )


def live_is_log(trial: Trial, processes: int = 1) -> Iterator[str]:
    """The check of a log finds event by event what cases found, and the same deadlines."""
    checked = check_log(log_of(trial), pack=trial.pack, as_of=trial.on, processes=processes)
    violations, deadlines = _live(trial)
    columns = ["case", "sequence", "kind", "rule", "expected", "got", "over", "refusing"]
    yield from _unequal(violations, sorted(checked.violations.select(columns).rows(), key=str), trial.cases)
    columns = ["case", "step", "of", "since", "due", "latest", "status", "over"]
    yield from _unequal(deadlines, sorted(checked.deadlines.select(columns).rows(), key=str), trial.cases)


def _live(trial: Trial) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    violations, deadlines = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    meaning = _meaning(trial)
    for name, events in trial.cases.items():
        case = trial.pack.case()
        for number, event in enumerate([e for e in events if meaning.day(e) <= trial.on], 1):
            case, found = case.observe(event)
            violations += [
                (name, number, v.kind, f"{v.rule.step}.{v.rule.path}".lstrip("."), ", ".join(v.expected),
                 ", ".join(v.got), v.over, v.refusing)
                for v in found
            ]  # fmt: skip
        waited = case.deadlines(trial.on)
        deadlines += [(name, d.step, d.of, d.since, d.due, d.latest, d.status, d.over) for d in waited]
    return sorted(violations, key=str), sorted(deadlines, key=str)


def log_of(trial: Trial, typed: bool = True) -> pl.DataFrame:
    """The events of a trial as a log: the cases in turns, one event each; values by their types, or all as texts."""
    longest = max(map(len, trial.cases.values()), default=0)
    values = trial.pack.workflow.vocabulary.values
    rows = [
        _row(name, events[n], values, typed)
        for n in range(longest)
        for name, events in trial.cases.items()
        if n < len(events)
    ]
    texts = ("case", "step", "at", "actor", "role", "level", "evidence", "of", "id")
    columns = {name: _column(spec.type) if typed else pl.String for name, spec in values.items()}
    return pl.DataFrame(rows, {**dict.fromkeys(texts, pl.String), **columns})


def _column(kind: Type) -> Any:
    return pl.Boolean if isinstance(kind, BooleanType) else pl.Int64 if isinstance(kind, NumberType) else pl.String


def _as_text(value: Any) -> str | None:
    return None if value is None else {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)


def _row(case: str, event: Event, values: Iterable[str], typed: bool) -> Mapping[str, Any]:
    at = event.at.isoformat(" ") if isinstance(event.at, datetime) else event.at.isoformat()
    return {
        "case": case, "step": event.step, "at": at, "actor": event.actor, "role": event.role, "level": event.level,
        "evidence": "；".join(event.evidence), "of": event.of, "id": event.id,
        **{name: event.values.get(name) if typed else _as_text(event.values.get(name)) for name in values},
    }  # fmt: skip


def _unequal(expected: Any, found: Any, *about: Any) -> Iterator[str]:
    if expected != found:
        yield "\n".join(map(str, (f"expected {expected}", f"found    {found}", *about)))


LAWS: Mapping[str, Callable[[Trial], Iterator[str]]] = {
    "plain meaning": as_plainly_meant,
    "record": record_refuses_what_observe_reports,
    "allowed": allowed_is_what_record_takes,
    "stored": stored_cases_come_back,
    "log": live_is_log,
}


def failures(seed: int, first: int, last: int, cases: int = 4) -> Iterator[tuple[str, int, str]]:
    """What breaks a law in the trials of these numbers: the law, the trial and what is wrong."""
    for number in range(first, last):
        trial = Trial.of(Random(f"{seed}/{number}"), cases)
        for name, law in LAWS.items():
            yield from ((name, number, wrong) for wrong in law(trial))
