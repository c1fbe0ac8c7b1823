"""Random packs that pay and admit: bands, tables, score cards, who counts, rows with definitions of their own, results.

They are written as a county would write them, key by key. No test itself: see `test_random_results.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

from attrs import define, evolve, field

from fanpin.expressions.nodes import Nodes
from fanpin.expressions.scope import Scope
from fanpin.expressions.types import BOOLEAN, NumberType, Type
from fanpin.facts import FactTable
from fanpin.packs.building import Builder
from fanpin.packs.shapes import PackShape
from fanpin.rule_building import build_rules, collection_scopes
from fanpin.rules import RuleSet
from fanpin.testing import RuleWriter
from fanpin.units import PLAIN, Unit

T = TypeVar("T")
MONEY = Unit.parse("CNY/year")
LABEL = {"zh": "名", "en": "name"}
HOUSEHOLD = (
    "size", "wage_income", "bill", "paid_before", "rooms", "rents", "rent", "lease", "lease_ends", "aid_class",
    "proposed", "water",
)  # fmt: skip
MEMBER = ("birth_date", "out_of_pocket", "away", "left_on", "employed_months", "in_school")
REGIONS = (None, "990001", "990002", "980000")
PARAMETERS = {"low": "CNY/year", "middle": "CNY/year", "high": "CNY/year", "share": "1"}
VALUES = {"low": "3000", "middle": "10000.05", "high": "50000", "share": "0.35"}
GRADES = {"worse": "count(risks) >= 2", "bad": "count(risks) >= 1"}


@define
class PackWriter:
    """Writes one pack over the facts of another, part by part; a part that is refused is left out."""

    random: Random
    facts: FactTable
    shape: dict[str, Any] = field(init=False)
    rules: RuleSet | None = field(default=None, init=False)
    of_household: dict[str, Type] = field(init=False)
    of_member: dict[str, Type] = field(init=False)
    counts: list[str] = field(factory=lambda: ["members"], init=False)

    def __attrs_post_init__(self) -> None:
        of_member = self.facts.collections["members"].facts
        self.of_household = {name: self.facts.household[name].type for name in HOUSEHOLD}
        self.of_member = {name: of_member[name].type for name in MEMBER}
        rows = {name: [_row(value)] for name, value in VALUES.items()}
        self.shape = {"name": "p", "version": "1", "label": LABEL}
        self.shape["parameters"] = {n: {"label": LABEL, "unit": u, "values": rows[n]} for n, u in PARAMETERS.items()}
        self.shape["grades"] = {n: {"label": LABEL, "when": w, "handled_by": ["county"]} for n, w in GRADES.items()}

    def pack(self) -> RuleSet:
        """A pack of a few parts of each kind."""
        random, rows = self.random, ("members", None)
        self._until("risks", "a", lambda: {"label": LABEL, "when": self._rule(1)})
        self._add("risks", "b", {"label": LABEL, "when": self._rule(1)})
        self._add("categories", "kept", {"label": LABEL, "when": f"count(risks) > 0 and {self._rule(1)}"})
        if self._add("counted", "who", {"label": LABEL, "of": "members", "where": self._rule(1, "members")}):
            self.counts.append("who")
        for at in range(5):
            of = self._pick(rows)
            name, (form, kind) = f"d{at}", self._form(of)
            if self._add("definitions", name, {"label": LABEL, "of": of, **form}):
                (self.of_member if of else self.of_household)[name] = kind
        for at in range(4):
            self._add("results", f"r{at}", self._result(self._pick(rows) if random.random() < 0.5 else None))
        assert self.rules is not None
        return self.rules

    def _add(self, section: str, name: str, part: Mapping[str, Any]) -> bool:
        before = self.shape.get(section, {})
        shape = {**self.shape, section: {**before, name: part}}
        builder = Builder(PackShape.model_validate(shape), self.facts)
        rules, problems = build_rules(builder.spec())
        if rules is None or problems or builder.problems:
            return False
        self.shape, self.rules = shape, rules
        return True

    def _until(self, section: str, name: str, write: Callable[[], Mapping[str, Any]]) -> None:
        while not self._add(section, name, write()):
            pass

    def _pick(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def _maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    # Texts

    def _writer(self, of: str | None) -> RuleWriter:
        scopes = collection_scopes(self.facts)
        members = evolve(scopes["members"], facts=self.of_member)
        numbers = {name: NumberType(Unit.parse(unit)) for name, unit in PARAMETERS.items()}
        writer = RuleWriter(self.random, Scope(Nodes(), self.of_household, {**scopes, "members": members}, numbers))
        writer.row = None if of is None else ("m", of)
        return writer

    def _text(self, write: Callable[[RuleWriter], str], of: str | None) -> str:
        return write(self._writer(of)).replace("for m in members", f"for m in {self._pick(self.counts)}")

    def _rule(self, depth: int, of: str | None = None) -> str:
        return self._text(lambda writer: writer.rule(depth), of)

    def _number(self, unit: Unit, depth: int, of: str | None = None) -> str:
        return self._text(lambda writer: writer.number(unit, depth), of)

    # Definitions

    def _form(self, of: str | None) -> tuple[dict[str, Any], Type]:
        money = NumberType(MONEY)
        forms: list[Callable[[], tuple[dict[str, Any], Type]]] = [
            lambda: ({"is": self._rule(1, of)}, BOOLEAN),
            lambda: ({"is": self._number(MONEY, 2, of)}, money),
            lambda: ({"score": self._score(of)}, NumberType(PLAIN, 2)),
            *[lambda: ({"bands": self._bands(of)}, money)] * 2,
            *[lambda: ({"table": self._table(of), "unit": "CNY/year"}, money)] * 2,
        ]
        return self._pick(forms)()

    def _bands(self, of: str | None) -> dict[str, Any]:
        limits = self.random.sample(["low", "middle", "high"], self.random.randint(0, 2))
        limits = limits if self._maybe(0.3) else sorted(limits, key=[*VALUES].index)  # some fall back
        rates = ["0.6", "0", "share", "1.25", "0.05"]
        bands = [{"up_to": limit, "rate": self._pick(rates), "included": self._maybe(0.5)} for limit in limits]
        beside = [name for name in ("used", "entry", "deductible", "cap") if self._maybe(0.3)]
        extra = {"more": {"when": self._rule(1, of), "points": "0.1"}} if self._maybe(0.3) else {}
        return {
            "of": f"max({self._number(MONEY, 1, of)}, 0)",
            "rate_of": self._pick(["slice", "whole"]),
            "bands": [*bands, {"rate": self._pick(rates)}],
            "extra": extra,
            **{name: f"max({self._number(MONEY, 1, of)}, 0)" for name in beside},
        }

    def _table(self, of: str | None) -> dict[str, Any]:
        cells: dict[str, list[Any]] = {
            "aid_class": self._pick([["destitute", ["minimum", "other"]], ["destitute", "minimum"], [["other"]]]),
            "rooms": self._pick([["..2", "3..5", "6.."], ["0..3", "4..11"], ["2"]]),
            "rents": self._pick([["yes", "no"], ["no"]]),
        }
        if of is not None:
            cells["m.away"] = self._pick([["yes", "no"], ["yes"]])
            cells["m.employed_months"] = self._pick([["..5", "6.."], ["3..9"]])
        keys = self.random.sample([*cells], self.random.randint(1, 2))
        every: list[dict[str, Any]] = [{}]
        for key in keys:
            every = [{**at, key: cell} for at in every for cell in cells[key]]
        rows: list[dict[str, Any]] = []
        for at in every:
            if not rows or not self._maybe(0.15):  # one that is left out has no row
                rows += [{"at": at, **_row(f"{self.random.randint(0, 90000) / 100:.2f}")}]
            if self._maybe(0.3):
                rows += [{"at": at, **_row("777.77"), "region": "990002"}]
            if self._maybe(0.2):
                rows[-1]["from"] = "2024-06-01"  # after the day of grading
        return {"keys": keys, "rows": rows}

    def _score(self, of: str | None) -> dict[str, Any]:
        groups = {}
        for group in "xy"[: self.random.randint(1, 2)]:
            items = {
                name: {"label": LABEL, "when": self._rule(0, of), "points": self._pick(["1", "20", "5.5", "-3"])}
                for name in "kl"
            }
            groups[group] = {"label": LABEL, "counts": self._pick(["one", "highest", "several"]), "items": items}
        return {"groups": groups}

    # Results

    def _result(self, of: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {"label": LABEL, "of": of, **self._came_of(of)}
        if self._maybe(0.5) or len(found) == 2:
            found["when"] = {"w": self._pick([self._rule(1, of), self._rule_over_risks(of)])}
        if self._maybe(0.4):
            unless = {"unless": self._rule(1, of)} if self._maybe(0.5) else {}
            found["barred"] = {"b": {"if": self._rule(1, of), **unless}}
        if self._maybe(0.3):
            found["left_to"] = {"county": self._rule(0, of)}
        return found

    def _rule_over_risks(self, of: str | None) -> str:
        """One that reads the risks, of the household within a fold too."""
        if of is None and self._maybe(0.5):
            return f"any({self._rule(0, 'members')} and count(risks) > 0 for m in {self._pick(self.counts)})"
        return "count(risks) > 0 or " + self._rule(0, of)

    def _came_of(self, of: str | None) -> dict[str, Any]:
        rounding = {"to": self._pick(["yuan", "jiao", "fen"]), "how": self._pick(["half_up", "up", "down"])}
        amount = self._amount(of)
        scored = [f"m.{n}" if of else n for n in self._defined(self.of_member if of else self.of_household, PLAIN)]
        levels = {name: {"label": LABEL, "when": f"{amount} > {name}"} for name in ("high", "low")}
        if scored:
            levels = {f"k{n}": {"label": LABEL, "when": f"{self._pick(scored)} >= {n}"} for n in (20, 5)}
        kinds: list[Callable[[], dict[str, Any]]] = [
            *[lambda: {"amount": amount, "round": rounding}] * 2,
            lambda: {"one_of": {name: {"label": LABEL, "when": self._rule(1, of)} for name in "kl"}},
            lambda: {"one_of": levels, "ordered": True},
            lambda: {"limits": {"of": amount, "at_least": "low", "at_most": self._number(MONEY, 1, of)}},
            dict,
        ]
        return self._pick(kinds)()

    def _amount(self, of: str | None) -> str:
        """One that the definitions say, where there is one; of a household also the sum over its members."""
        rows = [f"m.{name}" for name in self._defined(self.of_member)]
        own = rows if of else self._defined(self.of_household)
        if of is None and rows and self._maybe(0.3):
            return f"sum({self._pick(rows)} for m in {self._pick(self.counts)})"
        return self._pick(own) if own and self._maybe(0.8) else self._number(MONEY, 1, of)

    def _defined(self, types: Mapping[str, Type], unit: Unit = MONEY) -> list[str]:
        definitions = self.shape.get("definitions", {})
        return [name for name, kind in types.items() if name in definitions and getattr(kind, "unit", None) == unit]


def _row(value: str) -> dict[str, Any]:
    return {"from": "2024-01-01", "until": "replaced", "value": value, "source": "test"}
