"""What all tests share: how hard hypothesis tries, and what may be missing on a machine."""

import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import distribution

import pytest
from hypothesis import HealthCheck, settings

# `ci` is what everybody gets: the same examples on each machine and in each run, so that a red run is the
# fault of the change and not of the dice. `dev` throws new dice and remembers what it found; `deep` throws
# many, for a change in the language. Chosen by `pytest --hypothesis-profile=dev`.
_SLOW_MACHINES = [HealthCheck.too_slow]
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=_SLOW_MACHINES)
settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("deep", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile("ci")


# What a test may ask for and a machine may lack: each is a call that raises one of `ABSENT` where it is away.
# A database or a browser goes here too: its call connects, and ConnectionError says that it is away.
def _database(name: str) -> object:
    from tests.language.sql_engines import engine

    return engine(name)


SERVICES: dict[str, Callable[[], object]] = {
    "duckdb": partial(_database, "duckdb"),
    "import-linter": partial(import_module, "importlinter"),
    "installed": partial(distribution, "fanpin"),
    "pandas": partial(import_module, "pandas"),
    "polars": partial(import_module, "polars"),
    "postgres": partial(_database, "postgres"),
    "pyarrow": partial(import_module, "pyarrow"),
    "rich": partial(import_module, "rich"),
    "typer": partial(import_module, "typer"),
}
ABSENT = (ModuleNotFoundError, ConnectionError)


def _required() -> set[str]:
    """The services that FANPIN_REQUIRE names; `all` is every one."""
    named = {name.strip() for name in os.environ.get("FANPIN_REQUIRE", "").split(",") if name.strip()}
    return set(SERVICES) if "all" in named else named


def pytest_configure() -> None:
    """A name that no test can ask for would demand nothing: it is refused."""
    if unknown := sorted(_required() - SERVICES.keys()):
        known = ", ".join(sorted(SERVICES))
        raise pytest.UsageError(f"FANPIN_REQUIRE names {', '.join(unknown)}; known are all, {known}")


@pytest.fixture(scope="session")
def require() -> Callable[[str], object]:
    """`require("polars")` gives the service, or skips; it fails where FANPIN_REQUIRE names the service."""

    def get(name: str) -> object:
        try:
            return SERVICES[name]()
        except ABSENT as error:
            if name in _required():
                pytest.fail(f"FANPIN_REQUIRE names {name}, and it is missing: {error}", pytrace=False)
            pytest.skip(f"{name} is missing: {error}")

    return get
