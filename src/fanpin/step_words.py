"""The words of a procedure: labels of what its conditions read, of units of time, and several as one text."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import frozen

from fanpin.expressions.nodes import Node
from fanpin.expressions.to_words import Words
from fanpin.facts import FactSpec
from fanpin.i18n import LANGUAGES, Label, listing, same
from fanpin.steps import Days, Named, Step, WorkflowSpec

if TYPE_CHECKING:
    from fanpin.workflow import Workflow

UNITS: Mapping[str, Label] = MappingProxyType(
    {
        "calendar": Label("天", " days"),
        "working": Label("个工作日", " working days"),
        "months": Label("个月", " months"),
    }
)
_ONE = {days: Label(several.zh, several.en.removesuffix("s")) for days, several in UNITS.items()}
_CAME = Label("已办{step}", "{step} done")


def in_words(tree: Node, workflow: "Workflow") -> Label:
    """A condition or a length in both languages."""
    return Label(*(Words(_Labels(workflow), language).text(tree) for language in LANGUAGES))


@frozen
class _Labels:
    """The labels of what conditions of a procedure read."""

    workflow: "Workflow"

    def fact(self, name: str, _: str | None) -> Label:
        spec = self.workflow.vocabulary.values.get(name)
        return _CAME.fill(step=self.workflow.spec.steps[name].label) if spec is None else spec.label

    def choice(self, fact: str, _: str | None, value: str) -> Label:
        return self.workflow.vocabulary.values[fact].values.get(value, same(value))

    def parameter(self, name: str) -> Label:
        return self.workflow.parameters.parameters[name].label

    def collection(self, name: str) -> Label:
        return same(name)

    definition = risk = collection


def label_of(name: str, known: Mapping[str, Named] | Mapping[str, FactSpec]) -> Label:
    """The label of a word; one that the pack does not have stays as it is."""
    found = known.get(name)
    return same(name) if found is None else found.label


def so_many(n: object, days: Days) -> Label:
    """A length of time: one day, five working days."""
    unit = (_ONE if str(n) == "1" else UNITS)[days]
    return Label("{n}{unit}", "{n}{unit}").fill(n=n, unit=unit)


def any_of(labels: Iterable[Label]) -> Label:
    """One of several."""
    found = list(labels)
    return Label(listing([x.zh for x in found], "zh", "or"), listing([x.en for x in found], "en", "or"))


def all_of(labels: Iterable[Label]) -> Label:
    """Several together."""
    found = list(labels)
    return Label(listing([x.zh for x in found], "zh", "and"), listing([x.en for x in found], "en", "and"))


def as_read(spec: WorkflowSpec) -> list[Step]:
    """The steps in the order of the pack, save that those of a line come in its order: one that was put in between."""
    found: dict[str, Step] = {}
    for name, step in spec.steps.items():
        for line in spec.lines:
            names = [other for place in line for other in place]
            before = names[: names.index(name)] if name in names else []
            found |= {other: spec.steps[other] for other in before if other not in found}
        found.setdefault(name, step)
    return list(found.values())
