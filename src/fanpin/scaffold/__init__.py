"""A new plugin project for a county: the files of `project/`, filled in for a name and the pack that it builds on.

In a file `@word@` is replaced; a line that ends with `#if grades` stays where the project writes grades of its own, one
with `#if shipped` where it builds on a pack that comes with fanpin, so that its other risks are known.
"""

import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from attrs import frozen

import fanpin
from fanpin.errors import DataError, MissingParameter, PackError, Place, Problem, did_you_mean
from fanpin.packs import Pack, load_pack
from fanpin.packs.basic_shapes import NAME
from fanpin.parameters import Multiple, Parameter
from fanpin.plugins import PluginManager, default_manager
from fanpin.plugins.shipped import PACKS

DAY = date(2024, 6, 30)  # of the cases
TO_DO = "待填，虚构 / to be filled in, invented"
_HERE = Path(__file__).parent
_IF = re.compile(r" *#if (\w+)$")


def new_project(
    name: str, folder: Path, *, extends: str = "national", plugins: PluginManager | None = None
) -> tuple[Path, ...]:
    """Write a project for a pack of a name into a new folder of that name within `folder`; its files.

    `DataError` where the name can't be taken or the folder is there; `PackError` where there is no pack to extend.
    """
    manager = plugins or default_manager()
    known = manager.packs()
    target = folder / name
    if problem := _refused(name, target, known):
        raise DataError(problem)
    if extends not in known:
        details = {"name": extends, "known": ", ".join(sorted(known))}
        raise PackError(Problem("unknown-pack", Place(), details, did_you_mean(extends, known)))
    files = _Project(name, extends, load_pack(extends, plugins=manager)).files()
    for path, text in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return tuple(target / path for path in files)


def _refused(name: str, target: Path, known: Mapping[str, Path]) -> Problem | None:
    """Why a pack, which is a module of Python too, can't bear a name."""
    if not re.fullmatch(NAME, name) or len(name) > 60 or keyword.iskeyword(name):
        return Problem("project-name", details={"name": name})
    if name in known:
        return Problem("project-name-taken", details={"name": name})
    if target.exists():
        return Problem("project-exists", Place(name))
    if name in sys.stdlib_module_names or _is_module(name):
        return Problem("project-name-module", details={"name": name})
    return None


def _is_module(name: str) -> bool:
    """Whether Python finds a module of a name; a folder that merely lies about is none."""
    spec = find_spec(name)
    return spec is not None and spec.origin is not None


@frozen
class _Project:
    name: str
    base: str
    pack: Pack

    def files(self) -> dict[str, str]:
        """Every file by its path."""
        templates = sorted((_HERE / "project").rglob("*.in"))
        paths = (path.relative_to(_HERE / "project").as_posix().removesuffix(".in") for path in templates)
        return {
            path.replace("NAME", self.name): self._filled(template.read_text(encoding="utf-8"))
            for path, template in zip(paths, templates, strict=True)
        }

    def _filled(self, text: str) -> str:
        for word, value in self._words.items():
            text = text.replace(f"@{word}@", value)
        lines = (self._kept(line) for line in text.splitlines())
        return "\n".join(line for line in lines if line is not None).rstrip() + "\n"

    def _kept(self, line: str) -> str | None:
        found = _IF.search(line)
        if found is None:
            return line
        return (
            line[: found.start()] if {"grades": self._has_own_grades, "shipped": self._is_shipped}[found[1]] else None
        )

    @property
    def _has_own_grades(self) -> bool:
        return self._is_shipped and not self.pack.rules.spec.grades

    @property
    def _is_shipped(self) -> bool:
        return self.base in PACKS

    @cached_property
    def _words(self) -> Mapping[str, str]:
        grades = (_HERE / "grades.in").read_text(encoding="utf-8") if self._has_own_grades else ""
        return {
            "grades": grades.rstrip(),
            "parameters": "\n".join(self._parameters()),
            "name": self.name,
            "dist": self.name.replace("_", "-"),
            "base": self.base,
            "risk": self._risk(),
            "day": DAY.isoformat(),
            "version": fanpin.__version__,
            "todo": TO_DO,
        }

    def _risk(self) -> str:
        """The name of the example's risk, which the base does not have."""
        spec = self.pack.rules.spec
        taken = {*spec.risks, *spec.definitions, *spec.parameters.parameters, *self.pack.facts.household}
        return "heating" if not any(name.startswith("heating") for name in taken) else f"{self.name}_heating"

    def _parameters(self) -> Iterator[str]:
        """The parameters of the base that have no value, each with an invented one."""
        parameters = self.pack.rules.spec.parameters
        missing = self._missing()
        invented: Mapping[str, Parameter] = {}
        if missing:
            yield ""
            yield f"  # {self.base} 里没有值的：换成文件里的数 / what {self.base} leaves open: put in the paper's"
            invented = load_pack("example").rules.spec.parameters.parameters
        for name in missing:
            value = _invented(parameters.parameters[name], invented.get(name))
            yield f"  {name}: # {parameters.parameters[name].label.zh}"
            yield "    values:"
            yield f'      - {{from: 2024-01-01, until: replaced, value: {value}, source: "@todo@"}}'

    def _missing(self) -> list[str]:
        try:
            self.pack.rules.spec.parameters.in_force(self.pack.parameters_read, DAY, None)
        except MissingParameter as error:
            return [str(problem.details["name"]) for problem in error.problems]
        return []


def _invented(parameter: Parameter, known: Parameter | None) -> str:
    """A number that nobody decided: that of the invented pack, or a round one within the bounds."""
    values = [row.value for row in known.rows if not isinstance(row.value, Multiple)] if known else []
    if values:
        return f"{values[-1]:f}"
    value = Decimal(10000 if parameter.unit.has_money else 1 if parameter.unit.is_plain else 10)
    least, most = parameter.at_least, parameter.at_most
    value = value if least is None else max(value, least)
    return f"{value if most is None else min(value, most):f}"
