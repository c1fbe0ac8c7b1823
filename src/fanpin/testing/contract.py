"""What every plugin with a pack should keep to, as tests to be inherited in one line."""

import pickle
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from fanpin.cases import Case
from fanpin.errors import MissingParameter
from fanpin.expressions.scope import Source
from fanpin.grading import Assessment, grade, grade_frames
from fanpin.household import Household
from fanpin.i18n import LANGUAGES, Label, speaking
from fanpin.kinds import Between
from fanpin.outcomes import Outcome
from fanpin.packs import Pack, load_pack
from fanpin.testing.cases import cases_file, read_cases, run_case
from fanpin.testing.coverage import text_of
from fanpin.testing.events import lawful_way, never_lawful
from fanpin.testing.strategies import cases, households, random_household

_CHINESE = re.compile("[\u3400-\u9fff]")
_loaded = cache(load_pack)


class PackContract:
    """The contract of a pack; inherit it in a test, and say which pack.

    `pack` is the name of an installed one or a folder; `day` a day on which each of its parameters has a value, by
    default that of its first case; `examples` how many random households and cases are tried.

    >>> class TestExample(PackContract):
    ...     pack = "example"
    """

    pack: ClassVar[str]
    day: ClassVar[date | None] = None
    examples: ClassVar[int] = 50

    @property
    def loaded(self) -> Pack:
        """The pack, which is loaded once."""
        return _loaded(self.pack)

    @property
    def on(self) -> date:
        """The day of grading."""
        return self.day or read_cases(cases_file(self.pack))[0].day

    def test_it_says_nothing_that_a_pack_seldom_means(self) -> None:
        """`fanpin pack check` has nothing to remark on what the pack itself writes."""
        assert [remark.text() for remark in self.loaded.remarks if self._is_here(remark.place.file)] == []

    def test_its_cases_come_out_as_written(self) -> None:
        """Each case in `cases.yaml`, and there is one."""
        ran = [run_case(self.loaded, case) for case in read_cases(cases_file(self.pack))]
        told = [f"{one.case.name}: {difference.text()}" for one in ran for difference in one.differences]
        assert told == []

    def test_every_label_is_in_both_languages(self) -> None:
        """The Chinese one in Chinese, the English one without."""
        labels = {name: label for name, label in self._labels() if _is_of_words(label)}
        wrong = {name: label for name, label in labels.items() if not _CHINESE.search(label.zh)}
        wrong |= {name: label for name, label in labels.items() if _CHINESE.search(label.en)}
        assert wrong == {}

    def test_whatever_decides_names_its_source(self) -> None:
        """Each risk, category, grade and result that the pack itself writes."""
        spec = self.loaded.rules.spec
        rules: Any = (spec.risks, spec.categories, spec.grades, spec.results)
        without = [
            name for of_kind in rules for name, rule in of_kind.items() if self._is_own(rule) and not rule.source
        ]
        assert without == []

    def test_every_parameter_has_a_value(self) -> None:
        """On the day, in the pack's region: what is missing would refuse every household."""
        spec, missing = self.loaded.rules.spec, list[str]()
        try:
            spec.parameters.in_force(self.loaded.parameters_read, self.on, self.loaded.region)
        except MissingParameter as error:
            missing = [problem.text() for problem in error.problems]
        assert missing == []

    def test_random_households_are_graded_alike_one_by_one_and_in_a_table(self) -> None:
        """The same risks, grades, categories and results, whatever is missing."""
        pack, on = self.loaded, self.on
        some = [random_household(pack, Random(n), str(n)) for n in range(self.examples)]
        from fanpin.testing.frames import frames_of

        table, of_collections = frames_of(some, pack)
        others = {name: rows for name, rows in of_collections.items() if name != "members"}
        graded = grade_frames(table, of_collections["members"], pack=pack, on=on, tables=others)
        for household, row in zip(some, graded.iter_rows(named=True), strict=True):
            by_itself = _by_itself(household, pack, on)
            assert {name: row[name] for name in by_itself} == by_itself

    def test_every_finding_is_explained_in_both_languages_and_can_be_kept(self) -> None:
        """No sentence is empty, and an assessment that was stored is the same when it is read again."""
        self._each(households(self.loaded), partial(_explained, pack=self.loaded, on=self.on))

    def test_every_procedure_can_be_kept_to(self) -> None:
        """There is a lawful way to the end of its line, and one to each of its steps."""
        pack, on = self.loaded, self.on
        assert [name for name in pack.workflows if lawful_way(pack, name, on) is None] == []
        assert {name: left for name in pack.workflows if (left := never_lawful(pack, name, on))} == {}

    def test_every_case_is_told_in_both_languages_and_can_be_kept(self) -> None:
        """Lawful or not."""
        for name in self.loaded.workflows:
            self._each(cases(self.loaded, name, first=self.on), partial(_told, pack=self.loaded))

    def test_it_can_be_sent_to_other_processes(self) -> None:
        """The same content arrives."""
        assert pickle.loads(pickle.dumps(self.loaded)).hash == self.loaded.hash

    # What these ask

    def _each(self, strategy: Any, check: Callable[[Any], None]) -> None:
        from hypothesis import HealthCheck, given, settings

        tried = settings(max_examples=self.examples, deadline=None, suppress_health_check=[*HealthCheck], database=None)

        @tried
        @given(strategy)
        def every(drawn: Any) -> None:
            check(drawn)

        every()

    def _labels(self) -> Iterator[tuple[str, Label]]:
        pack, spec = self.loaded, self.loaded.rules.spec
        yield "pack", pack.label
        parts: Any = {
            "definitions": spec.definitions, "risks": spec.risks, "categories": spec.categories, "grades": spec.grades,
            "counted": spec.filtered, "results": spec.results, "parameters": spec.parameters.parameters,
            "facts": pack.facts.household, "collections": pack.facts.collections,
        }  # fmt: skip
        for section, named in parts.items():
            yield from ((f"{section}.{name}", part.label) for name, part in named.items())
        for collection in pack.facts.collections.values():
            yield from ((f"{collection.name}.{name}", fact.label) for name, fact in collection.facts.items())
        for workflow in pack.workflows.values():
            yield workflow.name, workflow.label
            yield from ((f"{workflow.name}.{step.name}", step.label) for step in workflow.spec.steps.values())

    def _is_own(self, rule: Any) -> bool:
        text: Source | None = text_of(rule)
        return text is not None and self._is_here(text.file)

    def _is_here(self, file: str | None) -> bool:
        """Whether a file is one of the pack's, and not of what it extends."""
        return Path(file or "").parts[:1] in ((), (cases_file(self.pack).parent.resolve().name,))


def _is_of_words(label: Label) -> bool:
    """Labels such as D may be the same in both."""
    return any(len(word) > 3 for word in re.findall(r"[^\W\d_]+", label.en)) or _CHINESE.search(label.en) is not None


def _by_itself(household: Household, pack: Pack, on: date) -> dict[str, Any]:
    try:
        found = grade(household, pack=pack, on=on)
    except MissingParameter:
        return {"status": "refused"}
    lists = {name: [*getattr(found, name)] for name in ("possible_categories", "risks", "unknown_risks", "handled_by")}
    plain = {name: getattr(found, name) for name in ("status", "grade", "possible_grade", "category")}
    results = [_columns_of(outcome) for outcome in found.results if outcome.row is None]
    return {**plain, **lists, **{name: value for columns in results for name, value in columns.items()}}


def _columns_of(outcome: Outcome) -> dict[str, Any]:
    name, amount = outcome.result, outcome.amount
    if outcome.unit or amount is not None:
        lo, hi = (amount.lo, amount.hi) if isinstance(amount, Between) else (amount, amount)
        return {f"{name}__lo": lo, f"{name}__hi": hi, f"{name}__state": outcome.state}
    return {name: outcome.kind, f"{name}__state": outcome.state}


def _explained(household: Household, pack: Pack, on: date) -> None:
    try:
        found = grade(household, pack=pack, on=on)
    except MissingParameter:  # which another test tells
        return
    for language in LANGUAGES:
        assert found.explain(language).strip()
        assert all(finding.sentence(language).strip() for finding in found.findings)
        assert all(outcome.explain(language).strip() for outcome in found.results)
        assert all(question.text(language).strip() for question in found.to_ask)
    assert Assessment.from_dict(found.to_dict()) == found


def _told(case: Case, pack: Pack) -> None:
    for language in LANGUAGES:
        with speaking(language):
            assert case.text(language).strip()
    again = Case.from_json(case.to_json(), pack=pack)
    assert (again.to_record(), again.violations) == (case.to_record(), case.violations)
