"""Rules of poverty-relapse monitoring: written once as data, run on households, each result with its reasons.

    import fanpin

    pack = fanpin.load_pack("example")
    assessment = fanpin.grade(household, pack=pack, on=date(2024, 6, 1))
    print(assessment.explain("en"))

The names of `__all__` are the public face. Each is loaded when it is first used, so that `import fanpin`
costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what type checkers and editors read; at run time `__getattr__` gives the same
    from fanpin.cases import Case, StepRefused, standing
    from fanpin.conformance import check_dataset, check_log
    from fanpin.errors import DataError, FanpinError, MissingParameter, PackError, Problem
    from fanpin.events import Event
    from fanpin.findings import Finding
    from fanpin.grading import Assessment, grade, grade_frames, to_sql
    from fanpin.household import Household, Member
    from fanpin.kinds import Between
    from fanpin.packs import Pack, load_pack
    from fanpin.plugins import PluginManager, hookimpl
    from fanpin.rules import Risk
    from fanpin.single import household_of
    from fanpin.verdicts import Verdict

__version__ = "0.1.0"

__all__ = [
    "Assessment",
    "Between",
    "Case",
    "DataError",
    "Event",
    "FanpinError",
    "Finding",
    "Household",
    "Member",
    "MissingParameter",
    "Pack",
    "PackError",
    "PluginManager",
    "Problem",
    "Risk",
    "StepRefused",
    "Verdict",
    "check_dataset",
    "check_log",
    "grade",
    "grade_frames",
    "hookimpl",
    "household_of",
    "load_pack",
    "standing",
    "to_sql",
]

_ROOMS = {
    "cases": ("Case", "StepRefused", "standing"),
    "conformance": ("check_dataset", "check_log"),
    "errors": ("DataError", "FanpinError", "MissingParameter", "PackError", "Problem"),
    "events": ("Event",),
    "findings": ("Finding",),
    "grading": ("Assessment", "grade", "grade_frames", "to_sql"),
    "household": ("Household", "Member"),
    "kinds": ("Between",),
    "packs": ("Pack", "load_pack"),
    "plugins": ("PluginManager", "hookimpl"),
    "rules": ("Risk",),
    "single": ("household_of",),
    "verdicts": ("Verdict",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


if not TYPE_CHECKING:  # a type checker that saw it would take any name for one of fanpin's

    def __getattr__(name: str) -> object:
        room = _ROOM_OF.get(name)
        if room is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{room}"), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
