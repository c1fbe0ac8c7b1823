"""One grading at work: the rules' function run over a household, and all that is worked out of it when it is read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from attrs import define
from dateutil.relativedelta import relativedelta

from fanpin.errors import MissingParameter, Place, Problem, did_you_mean, unique
from fanpin.explaining import Explainer, Question
from fanpin.expressions.evaluate import ABSENT, Reading, RowIndex, read
from fanpin.expressions.functions import ON
from fanpin.expressions.nodes import Fact, Named, Node, Op, Parameter, facts_read, walk
from fanpin.expressions.types import BooleanType, NumberType
from fanpin.findings import STATES, State, Threshold
from fanpin.household import Household
from fanpin.i18n import Label, Language
from fanpin.kinds import Between
from fanpin.outcomes import Outcome
from fanpin.results import NONE
from fanpin.rules import Risk, RuleSet
from fanpin.sentences import COMPARISONS, sentences
from fanpin.verdicts import GRADE, Verdict, in_force, is_worse

NO_GRADE = Label("无", "none")


class Rules(Protocol):
    """What grading needs of a pack."""

    @property
    def name(self) -> str:
        """The pack's name."""

    @property
    def label(self) -> Label:
        """Its name for readers."""

    @property
    def hash(self) -> str:
        """The hash of its content."""

    @property
    def region(self) -> str | None:
        """The region for households that name none."""

    @property
    def rules(self) -> RuleSet:
        """Its rules."""

    @property
    def facts_valid_months(self) -> int | None:
        """For how many months facts count; older ones are unknown."""


@define(eq=False)
class Live:
    """The inputs of one grading and its result, from which findings, questions and faults are worked out."""

    pack: Rules
    rules: RuleSet
    on: date
    household: Household
    known: Mapping[str, Any]
    complete: Mapping[str, bool]
    parameters: Mapping[str, int]
    result: tuple[Any, ...]
    verdicts: Mapping[str, Verdict]
    stale: frozenset[str] = frozenset()

    @classmethod
    def of(cls, household: Household, pack: Rules, on: date, verdicts: Iterable[Verdict]) -> "Live":
        """Run the rules over a household; with the verdicts of persons, where there are any."""
        rules = pack.rules
        now = rules.on(on)
        known: Mapping[str, Any] = household.__dict__
        if _too_old(household, pack.facts_valid_months, on):
            known = {"region": household.region, **dict.fromkeys(rules.collections)}
        region = household.region or pack.region
        if rules.dated or rules.cells:
            known = {**known, **now.supplied(region)}
        complete = rules.complete(known)
        parameters = now.parameters(region)
        result = rules.function(known, known, complete, parameters)
        live = cls(
            pack, rules, on, household, known, complete, parameters, result, in_force(verdicts, on) if verdicts else {}
        )
        if rules.dated:
            live._refuse_undated()
        if live.verdicts:
            live._apply_verdicts()
        return live

    def _refuse_undated(self) -> None:
        """Refuse where a parameter is read at a day of the household's on which it surely has no value."""
        evaluator, table = self._explainer().evaluator, self.rules.spec.parameters
        region = self.household.region or self.pack.region
        missing = []
        for name, day in self.rules.dated:
            collection = next((c for c, _ in facts_read(day) if c is not None), None)
            rows: Iterable[RowIndex] = [None] if collection is None else range(len(evaluator.rows(collection)))
            for lo, hi in (evaluator.range(day, row) for row in rows):
                days = [lo, *(change for change in table.changes(name) if lo < change <= hi)]
                if all(table.value(name, d, region) is None for d in days):
                    missing.append(table.missing(name, lo, region))
        if missing:
            raise MissingParameter(*unique(missing))

    def head(self) -> Mapping[str, Any]:
        """Household, day, pack."""
        household, pack = self.household, self.pack
        return {
            "household_id": household.household_id, "on": self.on, "as_of": household.as_of,
            "pack": pack.name, "pack_hash": pack.hash,
        }  # fmt: skip

    # Verdicts

    def _apply_verdicts(self) -> None:
        refuse_unknown_verdicts(self.verdicts.values(), self.pack)
        by_rule, decided = self._explainer(), {}
        stale = []
        for at, name in enumerate(self.rules.risks):
            verdict = self.verdicts.get(name)
            if verdict is None:
                continue
            if verdict.ruling == "rejected" and is_worse(by_rule.margins(self._tree(at)), verdict.seen):
                stale.append(name)
            else:
                decided[name] = (verdict.ruling == "confirmed",) * 2
        self.stale = frozenset(stale)
        self.result = self.rules.function(self.known, self.known, self.complete, self.parameters, decided)

    # Grades and categories

    def grade_number(self) -> int:
        """The number of the grade that the rules give."""
        number: int = self.result[2 * len(self.rules.risks)]
        return number

    def _grade_numbers(self) -> tuple[int, int]:
        """The sure and the gravest possible grade, after a verdict that set one."""
        first = 2 * len(self.rules.risks)
        sure, possible = self.result[first], self.result[first + 1]
        verdict = self.verdicts.get(GRADE)
        if verdict is None or is_worse({GRADE: -float(sure)}, verdict.seen):
            return sure, possible
        given = self.rules.grade_names.index(verdict.grade)
        return given, min(given, possible)

    def grades(self) -> tuple[str | None, str | None, str | None]:
        """The sure grade, the gravest possible one, and the sure one before a verdict on it."""
        names = self.rules.grade_names
        sure, possible = self._grade_numbers()
        return names[sure], names[possible], names[self.grade_number()]

    def handled_by(self) -> tuple[str, ...]:
        """Who handles the sure grade."""
        return self.rules.handlers[self._grade_numbers()[0]]

    def categories(self) -> tuple[str | None, tuple[str, ...]]:
        """The category that is sure, and those that are possible."""
        names = self.rules.category_names
        first = 2 * len(self.rules.risks) + 2
        last = first + 2 * len(names)  # after it, where there are risks, stands what the rules alone say
        sure, possible = self.result[first:last:2], self.result[first + 1 : last : 2]
        return (
            next((name for name, is_sure in zip(names, sure, strict=True) if is_sure), None),
            tuple([name for name, may_be in zip(names, possible, strict=True) if may_be]),
        )

    # Results

    def outcomes(self) -> tuple[Outcome, ...]:
        """What came of the results."""
        if not self.rules.results:
            return ()
        from fanpin.weighing import outcomes

        return tuple(outcomes(self.rules, self.result[2 * len(self.rules.risks) :], self))

    # Findings

    def risks(self) -> tuple[str, ...]:
        """The names of the risks."""
        return self.rules.risk_names

    def risk(self, at: int) -> Risk:
        """A risk, by its number."""
        return self.rules.risk_list[at]

    def state(self, at: int) -> State:
        """After any verdict."""
        result = self.result
        return "holds" if result[2 * at] else "unknown" if result[2 * at + 1] else "clear"

    def by_rule(self, at: int) -> State:
        """By the rule alone."""
        result = self.result[-1] or self.result
        return "holds" if result[2 * at] else "unknown" if result[2 * at + 1] else "clear"

    def verdict(self, at: int) -> Verdict | None:
        """A person's, where there is one."""
        return self.verdicts.get(self.rules.risk_names[at])

    def is_stale(self, at: int) -> bool:
        """Whether the verdict no longer counts."""
        return self.rules.risk_names[at] in self.stale

    def _tree(self, at: int) -> Node:
        return self.rules.risk_trees[at]

    @cached_property
    def explainer(self) -> Explainer:
        """The evaluator over what is known, which explains."""
        return self._explainer()

    def _explainer(self) -> Explainer:
        """One that knows the risks as they are now: verdicts change them."""
        rules = self.rules
        rows = {
            name: None if self.known.get(name) is None else [row.__dict__ for row in self.known[name]]
            for name in rules.collections
        }
        parameters = {**self.parameters, ON: self.on}
        risks = {name: (self.result[2 * at], self.result[2 * at + 1]) for at, name in enumerate(rules.risk_names)}
        return Explainer(rules, Reading(self.known, rows, self.complete, parameters, risks, rules.collections))

    def margins(self, at: int) -> Mapping[str, float]:
        """How far each comparison of a risk is on its side."""
        return self.explainer.margins(self._tree(at))

    def values(self, at: int) -> Mapping[str, Any]:
        """The facts and definitions that a risk reads, as they are known."""
        found: dict[str, Any] = {}
        for fact in self.rules.facts_read[self.rules.risk_names[at]]:
            name = fact.name if isinstance(fact, Fact) else fact.fact
            raw = self._raw_values(fact.collection, name)
            found[name if fact.collection is None else f"{fact.collection}.{name}"] = (
                raw[0] if fact.collection is None else raw
            )
        definitions = self.rules.spec.definitions
        for node in walk(self._tree(at)):
            if isinstance(node, Named) and node.name in definitions:
                of = definitions[node.name].of
                if of is None:
                    found[node.name] = self._value(node, None)
                else:
                    rows = range(len(self.explainer.evaluator.rows(of)))
                    found[f"{of}.{node.name}"] = [self._value(node, row) for row in rows]
        return found

    def _value(self, node: Named, row: RowIndex) -> Any:
        lo, hi = self.explainer.ends(node, row)
        kind = node.type
        if isinstance(kind, BooleanType):
            return lo if lo == hi else None
        if isinstance(kind, NumberType):
            lo, hi = (None if end is None else end / 10**kind.decimals for end in (lo, hi))
        return lo if lo == hi else Between(lo, hi) if None not in (lo, hi) else None

    def thresholds(self, at: int) -> tuple[Threshold, ...]:
        """The parameters that a risk reads, as they are in force."""
        read = [n.name for n in walk(self._tree(at)) if isinstance(n, Parameter) and n.name != ON]
        return tuple(self.threshold(name) for name in dict.fromkeys(read))

    def threshold(self, name: str) -> Threshold:
        """A parameter, or a value of a table, as it is in force."""
        table = self.rules.spec.parameters
        parameter = table.parameters[name]
        region = self.household.region or self.pack.region
        row = parameter.on(self.on, region)
        assert row is not None, "a grading without the row was refused"
        value = table.value(name, self.on, region)
        assert value is not None, "and so was one without its value"
        return Threshold(
            name, parameter.label, float(value), str(parameter.unit), row.since, row.until, row.region, row.source
        )  # fmt: skip

    def distance(self, at: int) -> float | None:
        """How far the nearest deciding comparison is from its threshold, where both sides are known."""
        distances = []
        for atom in self.explainer.deciding(self._tree(at)):
            node = atom.node
            if not (isinstance(node, Op) and node.name in COMPARISONS) or atom.row == ABSENT:
                continue
            if all(lo == hi for lo, hi in (self.explainer.evaluator.range(arg, atom.row) for arg in node.args)):
                kind = node.args[0].type
                scale = 10**kind.decimals if isinstance(kind, NumberType) else 1
                distances.append(self.explainer.margin(atom) / scale)
        return min(distances, key=abs, default=None)

    def sentence(self, at: int, language: Language) -> str:
        """The finding in one sentence, with the verdict of a person where there is one."""
        write = sentences(self.rules, language)
        reasons = self.explainer.reasons(self._tree(at), write)
        text = write.finding(self.risk(at).label, STATES[self.by_rule(at)], reasons)
        verdict = self.verdict(at)
        return text if verdict is None else text + self._verdict_sentence(verdict, at, language)

    def _verdict_sentence(self, verdict: Verdict, at: int, language: Language) -> str:
        ruling = {"confirmed": STATES["holds"], "rejected": STATES["clear"]}[verdict.ruling]
        said = Label("{d}核实结论：{r}（{why}）。", " Verdict of {d}: it {r} ({why}).")
        text = said.say(language, d=verdict.day.isoformat(), r=ruling, why=verdict.reason)
        if self.is_stale(at):
            text += Label("此后情况变差，以规则为准。", " Things got worse since, so the rule prevails.").text(language)
        return text

    # Questions

    def to_ask(self) -> tuple[Question, ...]:
        """The missing facts under unknown risks, the one that narrows the grade most first; then those of results."""
        unknown = [name for at, name in enumerate(self.rules.risk_names) if self.state(at) == "unknown"]
        asked: dict[tuple[str | None, int | None, str], list[str]] = {}
        for risk in unknown:
            for key in dict.fromkeys(self.explainer.unknown(self.rules.risks[risk])):
                asked.setdefault(key, []).append(risk)
        questions = [self.question(key, risks) for key, risks in asked.items()]
        questions.sort(key=lambda q: (-self._narrowing(q.risks), -len(q.risks)))
        return (*questions, *self._asked_by_results(asked))

    def _asked_by_results(self, known: Collection[tuple[str | None, int | None, str]]) -> Iterator[Question]:
        """What else the household's results hang on that can't be said yet."""
        found: dict[tuple[str | None, int | None, str], list[str]] = {}
        for outcome in self.outcomes():
            if outcome.of is None and outcome.state == "unknown":
                for q in outcome.to_ask:
                    if (q.collection, q.row, q.fact) not in known:
                        found.setdefault((q.collection, q.row, q.fact), []).append(outcome.result)
        for key, results in found.items():
            yield self.question(key, results)

    def question(self, key: tuple[str | None, int | None, str], risks: Sequence[str]) -> Question:
        """What is asked of a missing fact, and for which risks or results."""
        collection, row, fact = key
        label = self.explainer.label_of(collection, fact)
        asked_of = self.rules.spec.decided_by.get(fact if collection is None else f"{collection}.{fact}")
        return Question(fact, collection, row, label, tuple(risks), asked_of)

    def _narrowing(self, risks: Sequence[str]) -> int:
        """By how many grades the answer narrows the span, summed over "they hold" and "they don't"."""
        states = [(name, self.state(at)) for at, name in enumerate(self.rules.risk_names)]
        sure = {name for name, state in states if state == "holds"}
        possible = {name for name, state in states if state != "clear"}
        grade_of = self.rules.grade_of
        width = grade_of(sure) - grade_of(possible)
        if_held = grade_of(sure | set(risks)) - grade_of(possible)
        if_not = grade_of(sure) - grade_of(possible - set(risks))
        return 2 * width - if_held - if_not

    # Faults

    def faults(self) -> tuple[Problem, ...]:
        """Contradictions, too many decimals, facts too old or of a day to come; none names a value."""
        found = [*self._size_faults(), *self._decimal_faults(), *self._faults_of_forms()]
        months, as_of = self.pack.facts_valid_months, self.household.as_of
        if _too_old(self.household, months, self.on):
            found.append(Problem("facts-too-old", Place(field="as_of"), {"as_of": as_of, "months": months}))
        if as_of is not None and as_of > self.on:
            found.append(Problem("facts-after-day", Place(field="as_of")))
        return tuple(found)

    def _size_faults(self) -> list[Problem]:
        members, fact = self.known.get("members"), self.rules.collections["members"].size_type
        if members is None or fact is None:
            return []
        lo, hi = read(fact, self.known.get("size"))
        if len(members) > hi or (self.complete["members"] and len(members) < lo):
            details = {"size": hi if len(members) > hi else lo, "listed": len(members)}
            return [Problem("size-differs", Place(field="size"), details)]
        return []

    def _faults_of_forms(self) -> list[Problem]:
        """Tables without a row for what is known, score cards in which too much holds, facts that do not apply."""
        spec = self.rules.spec
        found: list[Problem] = []
        for (code, place), tree in self.rules.checks.items():
            if not self.explainer.evaluator.range(tree)[0]:
                continue
            if code == "does-not-apply":
                collection, _, fact = place.rpartition(".")
                details: dict[str, object] = {"label": spec.facts.facts_of(collection or None)[fact].label}
            else:
                definition = spec.definitions[place.partition(".")[0]]
                keys = ", ".join(key.text for key in getattr(definition.text, "keys", ()))
                details = {"label": definition.label, "keys": keys}
            found.append(Problem(code, Place(field=place), details))
        return found

    def _decimal_faults(self) -> list[Problem]:
        found = {}
        for collection, name, decimals in self.rules.fractions_read:
            if any(_has_more_decimals(raw, decimals) for raw in self._raw_values(collection, name)):
                place = Place(field=name if collection is None else f"{collection}.{name}")
                found[place] = Problem("too-many-decimals", place, {"decimals": decimals})
        return list(found.values())

    def _raw_values(self, collection: str | None, name: str) -> list[Any]:
        if collection is None:
            return [self.known.get(name)]
        return [row.get(name) for row in self.explainer.evaluator.rows(collection)]

    # Labels

    def label(self, kind: str, name: str | None) -> Label:
        """The label of a grade, a category or the pack."""
        if kind == "pack":
            return self.pack.label
        if name is None:
            return NO_GRADE if kind == "grade" else Label("尚不能确定", "can't be said yet")
        if name == NONE:
            return Label("不纳入", "not monitored")
        spec = self.rules.spec
        return spec.grades[name].label if kind == "grade" else spec.categories[name].label

    def labels(self) -> Mapping[str, Any]:
        """Every label of grades and categories, for storage."""
        kinds: dict[str, list[str | None]] = {
            "grade": [*self.rules.spec.grades, None],
            "category": [*self.rules.spec.categories, NONE, None],
            "pack": [self.pack.name],
        }
        return {
            kind: {str(name): {"zh": self.label(kind, name).zh, "en": self.label(kind, name).en} for name in names}
            for kind, names in kinds.items()
        }


def refuse_unknown_verdicts(verdicts: Iterable[Verdict], pack: Rules) -> None:
    """A verdict on what the pack does not have would be lost in silence."""
    rules = pack.rules
    for verdict in verdicts:
        if verdict.about not in (GRADE, *rules.risks):
            near = did_you_mean(verdict.about, rules.risks)
            raise ValueError(f"a verdict on {verdict.about!r}, which is no risk of {pack.name!r}" + _meant(near))
        if verdict.about == GRADE and verdict.grade not in rules.grade_names:
            near = did_you_mean(str(verdict.grade), rules.spec.grades)
            raise ValueError(f"a verdict sets {verdict.grade!r}, which is no grade of {pack.name!r}" + _meant(near))


def _meant(names: tuple[str, ...]) -> str:
    return f"; did you mean {names[0]!r}?" if names else ""


def _too_old(household: Household, months: int | None, on: date) -> bool:
    if months is None or household.as_of is None:
        return False
    return household.as_of < on - relativedelta(months=months)


def _has_more_decimals(raw: Any, decimals: int) -> bool:
    ends = (raw.lo, raw.hi) if isinstance(raw, Between) else (raw,)
    return any(abs(end * 10**decimals - round(end * 10**decimals)) > 1e-4 for end in ends if end is not None)
