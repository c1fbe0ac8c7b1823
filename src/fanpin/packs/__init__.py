"""Packs (规则包): a county's rules, read from a folder of YAML, checked, and ready to grade with."""

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import Factory, define, field

from fanpin.errors import PackError, Place, Problem, did_you_mean, unique
from fanpin.facts import FactTable
from fanpin.household import Household
from fanpin.i18n import Label
from fanpin.measures import MeasureTable
from fanpin.notice_forms import NoticeForm
from fanpin.packs.basic_shapes import as_label
from fanpin.packs.building import Builder
from fanpin.packs.files import PackFiles, read_pack
from fanpin.packs.notice_building import Notices, reads_of
from fanpin.packs.procedures import located
from fanpin.packs.shapes import PackShape, json_schema
from fanpin.packs.trees import Table
from fanpin.plugins import PluginManager, default_manager
from fanpin.rule_building import build_rules
from fanpin.rules import RuleSet
from fanpin.workflow import Workflow, build_workflows

__all__ = ["Pack", "json_schema", "load_pack"]


@define(eq=False, slots=False, repr=False)
class Pack:
    """A checked pack: its rules, facts, procedures, measures and notices, and the hash of its content.

    Immutable, and safe to share between threads and to send to other processes.
    """

    shape: PackShape = field(repr=False)
    rules: RuleSet
    base: type[Household] = Household
    workflows: Mapping[str, Workflow] = Factory(dict)
    measures: MeasureTable = Factory(MeasureTable)
    notices: Mapping[str, NoticeForm] = Factory(dict)

    @cached_property
    def remarks(self) -> tuple[Problem, ...]:
        """What the pack may well say, but seldom means; see `fanpin.remarks`."""
        from fanpin.remarks import remarks

        risks = {name: (risk.label, risk.when.place(0, 0)) for name, risk in self.rules.spec.risks.items()}
        procedures = (remark for workflow in self.workflows.values() for remark in workflow.remarks)
        return (*remarks(self.rules), *self.measures.remarks(risks), *procedures)

    @cached_property
    def parameters_read(self) -> tuple[str, ...]:
        """The parameters that its rules, procedures and notices read."""
        procedures = (name for workflow in self.workflows.values() for name in workflow.parameters_read)
        notices = (form.parameter for form in self.notices.values() if form.parameter is not None)
        return tuple(dict.fromkeys((*self.rules.parameters_read, *procedures, *notices)))

    @cached_property
    def name(self) -> str:
        """Its name."""
        return self.shape.name

    @cached_property
    def label(self) -> Label:
        """Its name for readers."""
        return as_label(self.shape.label)

    @cached_property
    def note(self) -> Label | None:
        """What readers must know of it, such as that it is not official."""
        note = self.shape.note
        return None if note is None else as_label(note)

    @cached_property
    def version(self) -> str:
        """Its version."""
        return self.shape.version

    @cached_property
    def region(self) -> str | None:
        """The region of households that name none."""
        return self.shape.region

    @cached_property
    def facts_valid_months(self) -> int | None:
        """For how many months facts count."""
        return self.shape.facts_valid_months

    @cached_property
    def facts(self) -> FactTable:
        """The facts that its rules may read, its own included."""
        return self.rules.spec.facts

    @cached_property
    def hash(self) -> str:
        """SHA-256 of its content, labels and sources included, layout and comments not."""
        return hashlib.sha256(self.shape.model_dump_json(by_alias=True).encode()).hexdigest()

    @cached_property
    def model(self) -> type[Household]:
        """`Household` with the facts that the pack adds."""
        return self.facts.model(self.base)

    def household(self, values: Mapping[str, Any]) -> Household:
        """A household checked against the pack's facts; pydantic's ValidationError names every bad field.

        >>> load_pack("example").household({"household_id": "1", "size": 3}).size
        3
        """
        return self.model.model_validate(values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.shape, self.base)

    def __repr__(self) -> str:
        return f"<Pack {self.name} {self.version} @{self.hash[:8]}: {self.rules!r}>"


def load_pack(
    pack: str | os.PathLike[str], *, plugins: PluginManager | None = None, household: type[Household] = Household
) -> Pack:
    """The pack in a folder, or that of an installed plugin, by name.

    `plugins` is where names are looked up (else the installed ones); `household` a typed subclass of `Household`
    whose facts rules may read too. `PackError` names every mistake with file, line and column.

    >>> load_pack("zhalaite").label.zh
    '扎赉特旗'
    """
    known = (plugins or default_manager()).packs()
    return _loaded(read_pack(folder_of(pack, known), known.get, known), household)


def pack_of(
    own: Table, folder: Path, *, plugins: PluginManager | None = None, household: type[Household] = Household
) -> Pack:
    """The pack of a tree that is not in files yet, and will be in this folder."""
    known = (plugins or default_manager()).packs()
    return _loaded(read_pack(folder, known.get, known, own), household)


def _loaded(files: PackFiles, household: type[Household]) -> Pack:
    if files.shape is None:
        raise PackError(*files.problems)
    return _built(files.shape, household, files)


def folder_of(pack: str | os.PathLike[str], known: Mapping[str, Path]) -> Path:
    """The folder of a pack, from its path or its name among the known ones."""
    if isinstance(pack, str) and pack in known:
        return known[pack]
    path = Path(pack)
    if path.is_dir():
        return path.resolve()
    if path.is_file() and path.name == "pack.yaml":
        return path.resolve().parent
    name = os.fspath(pack)
    details = {"name": name, "known": ", ".join(sorted(known))}
    raise PackError(Problem("unknown-pack", Place(), details, did_you_mean(name, known)))


def _built(shape: PackShape, household: type[Household], files: PackFiles | None) -> Pack:
    builder = Builder(shape, FactTable.of(household), files.tree if files else None)
    spec = builder.spec()
    rules, problems = build_rules(spec)
    procedures = builder.procedures
    workflows, slips = build_workflows(procedures.specs(), procedures.vocabulary(), spec.parameters)
    measures = procedures.measures()
    slips += [*procedures.problems(), *measures.problems(spec.risks)]
    notices = Notices(shape, spec.facts, procedures.vocabulary().values, reads_of(rules), builder.tree)
    forms = notices.forms()
    found = [*builder.problems, *problems, *located(slips, builder.tree), *notices.problems]
    if files is not None and files.problems:
        found = [*files.problems, *(problem for problem in found if not _follows(problem, files))]
    if found or rules is None:
        raise PackError(*unique(found))
    return Pack(shape, rules, household, workflows, measures, forms)


def _follows(problem: Problem, files: PackFiles) -> bool:
    """Whether a problem only says that something is missing which was left out for a mistake of its own."""
    if problem.code == "notice-length-unsaid":  # what waits for it may be among that
        return any((broken.place.file or "").endswith("workflow.yaml") for broken in files.problems)
    return problem.code == "unknown-name" and str(problem.details["name"]).rpartition(".")[2] in files.left_out


def _rebuilt(shape: PackShape, household: type[Household]) -> Pack:
    return _built(shape, household, None)
