"""The public face: its names, its types, and what `import fanpin` costs."""

import ast
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import Distribution
from importlib.resources import files
from pathlib import Path

import pytest

import fanpin

FACE = {
    "cases": {"Case", "StepRefused", "standing"},
    "conformance": {"check_dataset", "check_log"},
    "errors": {"DataError", "FanpinError", "MissingParameter", "PackError", "Problem"},
    "events": {"Event"},
    "findings": {"Finding"},
    "grading": {"Assessment", "grade", "grade_frames", "to_sql"},
    "household": {"Household", "Member"},
    "kinds": {"Between"},
    "packs": {"Pack", "load_pack"},
    "plugins": {"PluginManager", "hookimpl"},
    "rules": {"Risk"},
    "single": {"household_of"},
    "verdicts": {"Verdict"},
}
NAMES = sorted((room, name) for room, names in FACE.items() for name in names)
FRAMES = {"duckdb", "numpy", "pandas", "polars", "pyarrow", "sqlglot"}
TOOLS = {"hypothesis", "pytest", "rich", "typer"}
BASE = {"attr", "dateutil", "pluggy", "pydantic", "yaml"}

Require = Callable[[str], object]


def _python(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A new interpreter with our import path, so that a checkout that is not installed is found as well."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        cwd=cwd,
    )


def _modules_after(code: str) -> set[str]:
    """The names of the modules that a new interpreter holds after the code."""
    listing = _python("-c", f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)))")
    assert listing.returncode == 0, listing.stderr
    return set(json.loads(listing.stdout))


def _packages(modules: Iterable[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


# Names


@pytest.mark.parametrize(("room", "name"), NAMES)
def test_a_public_name_is_the_one_of_its_room(room: str, name: str) -> None:
    assert getattr(fanpin, name) is getattr(__import__(f"fanpin.{room}", fromlist=[name]), name)


def test_the_public_names_are_these() -> None:
    assert fanpin.__all__ == sorted(name for _, name in NAMES)


def test_a_star_import_and_dir_give_the_public_names() -> None:
    taken: dict[str, object] = {}
    exec("from fanpin import *", taken)  # noqa: S102 - there is no other way to say it in a function
    assert taken.keys() - {"__builtins__"} == set(fanpin.__all__)
    assert set(fanpin.__all__) <= set(dir(fanpin))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'fanpin' has no attribute 'grades'$"):
        fanpin.grades  # type: ignore[attr-defined]  # noqa: B018 - reading it is the test


@pytest.mark.parametrize("name", [name for _, name in NAMES if name != "hookimpl"])
def test_a_public_name_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(getattr(fanpin, name))


# Types


def test_type_checkers_see_the_names_that_load_at_run_time() -> None:
    tree = ast.parse(files(fanpin).joinpath("__init__.py").read_text(encoding="utf-8"))
    guards = [node for node in tree.body if isinstance(node, ast.If)]
    (block,) = [guard.body for guard in guards if ast.unparse(guard.test) == "TYPE_CHECKING"]
    imports = [node for node in block if isinstance(node, ast.ImportFrom)]
    seen = {(node.module, alias.name) for node in imports for alias in node.names}
    assert seen == {(f"fanpin.{room}", name) for room, name in NAMES}


def test_the_package_says_that_it_is_typed() -> None:
    assert files(fanpin).joinpath("py.typed").is_file()


# Weight


def test_importing_fanpin_loads_nothing_else() -> None:
    loaded = _modules_after("import fanpin") - _modules_after("import importlib, typing")
    assert loaded == {"fanpin"}


def test_the_errors_load_no_models() -> None:
    loaded = _packages(_modules_after("from fanpin import PackError"))
    assert not loaded & (FRAMES | TOOLS | BASE - {"attr"})


def test_the_whole_face_loads_no_frame_library_and_no_tool() -> None:
    loaded = _packages(_modules_after("from fanpin import *"))
    assert {"fanpin", "pydantic"} <= loaded
    assert not loaded & (FRAMES | TOOLS)


# Imports


def test_imports_only_go_down(require: Require) -> None:
    require("import-linter")
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    linted = _python("-c", code, cwd=Path(__file__).parents[1])
    assert linted.returncode == 0, linted.stdout


# As installed


def test_the_installed_version_is_the_packages(require: Require) -> None:
    installed = require("installed")
    assert isinstance(installed, Distribution)
    assert installed.version == fanpin.__version__


def test_the_command_is_installed(require: Require) -> None:
    require("typer")
    installed = require("installed")
    assert isinstance(installed, Distribution)
    (command,) = installed.entry_points.select(group="console_scripts", name="fanpin")
    assert command.value == "fanpin.cli:main"
    assert callable(command.load())
