"""For tests of packs, plugins and backends: cases, random rules and households, and the contract of a plugin.

The strategies and the contract need the extra `testing`.
"""

from fanpin.testing.cases import Difference, PackCase, Ran, cases_file, read_cases, run_case, run_cases
from fanpin.testing.contract import PackContract
from fanpin.testing.coverage import Coverage, Untested, coverage
from fanpin.testing.events import EventWriter, lawful_way, never_lawful
from fanpin.testing.strategies import cases, event_logs, households, known_households, members, rules
from fanpin.testing.writers import HouseholdWriter, Known, RuleWriter

__all__ = [
    "Coverage",
    "Difference",
    "EventWriter",
    "HouseholdWriter",
    "Known",
    "PackCase",
    "PackContract",
    "Ran",
    "RuleWriter",
    "Untested",
    "cases",
    "cases_file",
    "coverage",
    "event_logs",
    "households",
    "known_households",
    "lawful_way",
    "members",
    "never_lawful",
    "read_cases",
    "rules",
    "run_case",
    "run_cases",
]
