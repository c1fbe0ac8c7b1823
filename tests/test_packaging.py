"""What is installed is what is declared: dependencies, extras, pins."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PARTS = {"pydantic-core": "pydantic"}  # installed with it, in the one version that fits
SOURCES = sorted((ROOT / "src/fanpin").rglob("*.py"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(requirements: list[str]) -> set[str]:
    return {_key(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in requirements}


def _imported(source: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"fanpin"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_file_imports_is_declared(source: Path) -> None:
    declared = _names(PROJECT["dependencies"] + EXTRAS["cli"] + EXTRAS["frames"] + EXTRAS["sql"] + EXTRAS["testing"])
    providers = packages_distributions()
    for package in _imported(source):
        named = {PARTS.get(_key(name), _key(name)) for name in providers[package]}
        assert named & declared, f"nothing declared provides {package}"


def test_all_is_every_extra_for_users() -> None:
    (everything,) = EXTRAS["all"]
    named = set(re.findall(r"\[(.+)\]", everything)[0].split(","))
    assert named == EXTRAS.keys() - {"all", "test"}


def test_the_pins_are_plain_versions() -> None:
    assert sorted(PINS, key=lambda pin: _key(pin.partition("==")[0])) == PINS
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in PINS)


def test_everything_declared_is_pinned() -> None:
    extras = [requirement for extra in EXTRAS.values() for requirement in extra]
    assert _names(PROJECT["dependencies"] + extras) - {"fanpin"} <= _names(PINS)
