"""Measures of help (帮扶措施): which risks each answers, and whom it suits."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from attrs import Factory, frozen

from fanpin.errors import Place, Problem, did_you_mean
from fanpin.expressions.scope import Source
from fanpin.i18n import Label

GROUPS: Mapping[str, Label] = MappingProxyType(
    {
        "industry": Label("产业帮扶", "industry"),
        "employment": Label("就业帮扶", "employment"),
        "finance": Label("金融帮扶", "finance"),
        "public_posts": Label("公益岗位帮扶", "public posts"),
        "housing": Label("住房安全保障", "safe housing"),
        "water": Label("饮水安全保障", "safe water"),
        "health": Label("健康帮扶", "health"),
        "compulsory_education": Label("义务教育保障", "compulsory education"),
        "other_education": Label("其他教育帮扶", "other education"),
        "safety_net": Label("综合保障", "social safety net"),
        "social_help": Label("社会帮扶", "help from society"),
        "relocation": Label("搬迁", "relocation"),
        "living_conditions": Label("生产生活条件改善", "conditions of work and life"),
        "infrastructure": Label("基础设施建设", "infrastructure"),
    }
)


@frozen
class Measure:
    """A measure: its group in the national form, the risks that it answers, and whom it suits.

    `suits` is a condition of the pack's rules, or words where no rule says it; None suits anybody. `development` says
    that it helps to earn (开发式帮扶), and does not only support.
    """

    name: str
    label: Label
    group: str
    answers: tuple[str, ...]
    development: bool = False
    suits: Source | Label | None = None
    aliases: tuple[str, ...] = ()
    source: str | None = None
    note: str | None = None
    place: Place = Place()


@frozen(eq=False)  # equal as mappings are
class MeasureTable(Mapping[str, Measure]):
    """The measures of a pack by name, and which of them answer a risk.

    >>> relief = Measure("relief", Label("临时救助", "temporary relief"), "safety_net", ("illness", "accident"))
    >>> [measure.name for measure in MeasureTable({"relief": relief}).answering("illness")]
    ['relief']
    """

    measures: Mapping[str, Measure] = Factory(dict)

    def __getitem__(self, name: str) -> Measure:
        return self.measures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.measures)

    def __len__(self) -> int:
        return len(self.measures)

    def answering(self, risk: str) -> tuple[Measure, ...]:
        """The measures that answer a risk, in the pack's order."""
        return tuple(measure for measure in self.measures.values() if risk in measure.answers)

    def matrix(self, risks: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Of each risk, the names of the measures that answer it."""
        return {risk: tuple(measure.name for measure in self.answering(risk)) for risk in risks}

    def problems(self, risks: Collection[str]) -> Iterator[Problem]:
        """Risks that they are said to answer, and that the pack does not have."""
        for measure in self.measures.values():
            for risk in measure.answers:
                if risk not in risks:
                    details = {"name": risk, "kind": Label("风险", "risk")}
                    yield Problem("unknown-name", measure.place, details, did_you_mean(risk, risks))

    def remarks(self, risks: Mapping[str, tuple[Label, Place]]) -> Iterator[Problem]:
        """The risks that no measure answers, where there are measures at all; shown at the first of them."""
        without = [risk for name, risk in risks.items() if self.measures and not self.answering(name)]
        if without:
            labels = Label("、".join(label.zh for label, _ in without), ", ".join(label.en for label, _ in without))
            yield Problem("risks-without-measure", without[0][1], {"labels": labels})
