"""What must hold of the results of random packs, on every engine. No test itself: see `test_random_results.py`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from attrs import define, field

from fanpin import Assessment, Household, MissingParameter, Verdict, grade, grade_frames
from fanpin.expressions.nodes import Nodes
from fanpin.expressions.scope import Scope
from fanpin.live import Live
from fanpin.rule_building import collection_scopes
from fanpin.testing import HouseholdWriter
from fanpin.weighing import Why, weighed
from tests.county_frames import by_itself, compared, compared_row, frames_of, members_by_themselves
from tests.language.learning import filled
from tests.random_results import REGIONS, PackWriter
from tests.test_grade_frames import pack_of

ON = date(2024, 5, 1)
DAYS = (None, date(2023, 4, 30), date(2024, 5, 1), date(2024, 5, 2))
NEAR = (0, 1, 2, 3, 5, 6, 2999.99, 3000, 3000.01, 10000.05, 10000.06, 13000, 50000, 50000.01)


def households_of(pack: Any, random: Random, number: int, regions: Sequence[str | None] = (None,)) -> list[Household]:
    """Random households of a pack, with what is missing, ranges, and lists that are not whole."""
    facts = pack.rules.spec.facts
    types = {name: fact.type for name, fact in facts.household.items() if fact.read}
    writer = HouseholdWriter(random, Scope(Nodes(), types, collection_scopes(facts)), near=NEAR)
    found = []
    for at in range(number):
        known = writer.household()
        rows = {"members": known.rows["members"], "members_complete": known.complete["members"]}
        head = {"household_id": f"{at:03}", "region": random.choice(regions), "as_of": random.choice(DAYS)}
        found.append(pack.household({**known.household, **head, **rows}))
    return found


@define
class Trial:
    """A random pack over the facts of another, and random households."""

    base: Any
    number: int
    size: int = 6
    pack: Any = field(init=False)
    households: list[Household] = field(init=False)

    def __attrs_post_init__(self) -> None:
        random = Random(self.number)
        rules = PackWriter(random, self.base.rules.spec.facts).pack()
        self.pack = pack_of(rules, region="990001", facts_valid_months=random.choice([None, 12]))
        self.households = households_of(self.base, random, self.size, REGIONS)

    def written(self) -> Iterator[tuple[str, str]]:
        """The kinds of parts of the pack, and of what they are: `:` of the household, `:members` of its members."""
        spec = self.pack.rules.spec
        yield from ((type(part.text).__name__, f":{part.of or ''}") for part in spec.definitions.values())
        yield from (("result", f":{part.of or ''}") for part in spec.results.values())
        yield from (("counted", f":{part.of}") for part in spec.filtered.values())

    def graded(self, household: Household) -> Assessment:
        """What grading one household says."""
        return grade(household, pack=self.pack, on=ON)

    def wrong(self) -> Iterator[str]:
        """Every way in which the laws do not hold."""
        for household in self.households:
            found = self.graded(household)
            yield from (f"{self.number}: {said}" for said in not_as_evaluated(found, self.pack.rules))
            yield from self._not_kept(found)
            yield from self._widened(household, found)
        yield from self.not_as_frames_say()

    # One household

    def _not_kept(self, found: Assessment) -> Iterator[str]:
        """It is explained, comes back from storage, and every result that is unknown leads to a question."""
        told = all(found.explain(language) for language in ("zh", "en"))
        if not told or type(found).from_dict(found.to_dict()) != found:
            yield f"{self.number}: it is not told or kept"
        open_ = [outcome.result for outcome in found.results if outcome.state == "unknown" and not outcome.to_ask]
        yield from (f"{self.number}: {name}: nothing to ask" for name in open_)

    def _widened(self, household: Household, before: Assessment) -> Iterator[str]:
        """Learning never widens a result, and once everything is known nothing is unknown."""
        if any(fault.code == "size-differs" for fault in before.faults):
            return  # what contradicts itself can't be completed
        random = Random(self.number)
        full = completed(self.base, random, household)
        partly = learned(random, household, full)
        last = before
        for wiser in (partly, full):
            after = self.graded(wiser)
            yield from (f"{self.number}: {said}" for said in _not_within(last, after, self.pack.rules))
            last = after
        if not any(fault.code == "facts-too-old" for fault in last.faults):
            yield from (f"{self.number}: {o.result}: unknown at last" for o in last.results if o.state == "unknown")

    # Tables

    def not_as_frames_say(self, verdicts: Mapping[str, Sequence[Verdict]] | None = None) -> Iterator[str]:
        """Where frames, lazy or not, do not say what grading one by one does, of households and of members."""
        households, members = frames_of(self.households)
        said = {h.household_id: (verdicts or {}).get(h.household_id, ()) for h in self.households}
        of_households = [by_itself(h, self.pack, ON, said[h.household_id]) for h in self.households]
        of_members = [
            row for h in self.households for row in members_by_themselves(h, self.pack, ON, said[h.household_id])
        ]
        for lazy in (False, True):
            frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
            for of, expected, form in ((None, of_households, compared), ("members", of_members, compared_row)):
                found = grade_frames(*frames, pack=self.pack, on=ON, of=of, verdicts=verdicts)
                rows = [form(row) for row in (found.collect() if lazy else found).iter_rows(named=True)]
                if len(rows) != len(expected):
                    yield f"{self.number}: lazy={lazy}: {of}: {len(rows)} rows of {len(expected)}"
                for own, row in zip(expected, rows, strict=False):
                    if own != row:
                        differing = [name for name in own if own[name] != row.get(name)]
                        yield f"{self.number}: lazy={lazy}: {of}: {differing}"

    def verdicts(self, household: Household) -> list[Verdict]:
        """Somebody's, on some of the risks; of households that can be graded."""
        random = Random(f"{self.number} {household.household_id}")
        try:
            found = self.graded(household)
        except MissingParameter:
            return []
        ruled = [finding for finding in found.findings if random.random() < 0.7]
        rulings = [random.choice([finding.confirmed, finding.rejected]) for finding in ruled]
        return [ruling(by="county", day=ON, reason="seen") for ruling in rulings]


def not_as_evaluated(found: Assessment, rules: Any) -> Iterator[str]:
    """Where the function that is compiled of the rules does not say what the evaluator says."""
    live = found._source
    assert isinstance(live, Live)
    values = live.result[2 * len(rules.risks) :]
    for each in weighed(rules):
        if each.trees.result.of is None:
            said = {what: values[place] for what, place in each.places.items()}
            if said != Why(live, each.trees, None).values():
                yield f"{each.trees.result.name}: the function says {said}"


def _not_within(before: Assessment, after: Assessment, rules: Any) -> Iterator[str]:
    """Where a range leaves the one that it was, and where what was settled is so no longer."""
    wiser = {(outcome.result, outcome.row): outcome for outcome in after.results}
    for was in before.results:
        now = wiser[was.result, was.row]
        if was.state in ("known", "left") and (was.state, was.amount, was.kind) != (now.state, now.amount, now.kind):
            yield f"{was.result}: {was.state} is {now.state}"
        ends, narrower = (
            Why(found._source, rules.results[was.result], was.row).values()  # type: ignore[arg-type]  # it is Live
            for found in (before, after)
        )
        for lo, hi in [(what, f"{what[:-2]}hi") for what in ends if what.endswith("lo")]:
            if not ends[lo] <= narrower[lo] <= narrower[hi] <= ends[hi]:
                yield f"{was.result}: {lo} and {hi} are not within"


# What may turn out


def completed(base: Any, random: Random, household: Household) -> Household:
    """One way in which everything may turn out."""
    facts = base.rules.spec.facts
    of_member = {name: fact.type for name, fact in facts.collections["members"].facts.items() if fact.read}
    known = {n: filled(random, f.type, getattr(household, n)) for n, f in facts.household.items() if f.read}
    listed = [member.__dict__ for member in household.members or ()]
    whole = household.members is not None and household.members_complete
    size = max(len(listed), 0 if whole else known["size"])
    rows = [*listed, *[dict[str, Any]()] * (size - len(listed))]
    members = [{name: filled(random, kind, row.get(name)) for name, kind in of_member.items()} for row in rows]
    return _again(base, household, {**known, "size": max(size, 1), "members": members, "members_complete": True})


def learned(random: Random, household: Household, full: Household) -> Household:
    """A part of what will turn out is learned."""

    def some(was: Mapping[str, Any], will: Mapping[str, Any]) -> dict[str, Any]:
        return {name: will[name] if random.random() < 0.5 else was.get(name) for name in will}

    assert full.members is not None
    listed = [member.__dict__ for member in household.members or ()]
    whole = household.members is not None and household.members_complete
    more = len(listed) if whole else random.randint(len(listed), len(full.members))
    rows = [*listed, *[dict[str, Any]()] * (more - len(listed))]
    known = some(household.__dict__, full.__dict__)
    known["members"] = [some(row, member.__dict__) for row, member in zip(rows, full.members, strict=False)]
    known["members_complete"] = whole or (more == len(full.members) and random.random() < 0.5)
    return type(household).model_validate(
        {**known, "household_id": household.household_id, "region": household.region, "as_of": household.as_of}
    )


def _again(base: Any, household: Household, facts: Mapping[str, Any]) -> Household:
    head = {"household_id": household.household_id, "region": household.region, "as_of": household.as_of}
    again: Household = base.household({**head, **facts})
    return again
