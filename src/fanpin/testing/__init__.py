"""For tests of packs, plugins and backends: cases, random rules and households, and the contract of a plugin."""

from fanpin.testing.cases import Difference, PackCase, Ran, cases_file, read_cases, run_case, run_cases
from fanpin.testing.coverage import Coverage, Untested, coverage
from fanpin.testing.strategies import known_households, rules
from fanpin.testing.writers import HouseholdWriter, Known, RuleWriter

__all__ = [
    "Coverage",
    "Difference",
    "HouseholdWriter",
    "Known",
    "PackCase",
    "Ran",
    "RuleWriter",
    "Untested",
    "cases_file",
    "coverage",
    "known_households",
    "read_cases",
    "rules",
    "run_case",
    "run_cases",
]
