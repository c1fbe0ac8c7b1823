"""Plugins: where packs come from.

A distribution names a module under the entry-point group `fanpin`; the module implements hooks of `hookspecs.py`. The
shipped packs come in by the same hook as anybody's. A plugin that fails is named and left out; the others go on.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from attrs import define, field

from fanpin.errors import Problem
from fanpin.plugins import hookspecs, shipped

PROJECT = "fanpin"
hookimpl = pluggy.HookimplMarker(PROJECT)

__all__ = ["PluginManager", "default_manager", "hookimpl"]


@define
class PluginManager:
    """The plugins of an app; build one of your own, or take `default_manager()`.

    >>> sorted(PluginManager.with_shipped().packs())
    ['danfeng', 'example', 'national', 'zhalaite']
    """

    problems: list[Problem] = field(factory=list)
    _manager: pluggy.PluginManager = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)

    @classmethod
    def with_shipped(cls) -> "PluginManager":
        """A manager with the shipped packs and nothing else."""
        manager = cls()
        manager.register(shipped, "fanpin")
        return manager

    def register(self, plugin: object, name: str) -> None:
        """Add a plugin: a module or object with hook implementations."""
        self._manager.register(plugin, name)

    def load_entry_points(self) -> None:
        """Add every installed plugin; one that fails is noted in `problems` with its distribution."""
        for entry in sorted(entry_points(group=PROJECT), key=lambda e: (_distribution(e), e.name)):
            try:
                self.register(_loaded(entry), f"{_distribution(entry)}:{entry.name}")
            except Exception as error:  # whatever a stranger's module raises
                self._note("plugin-failed", _distribution(entry), error)

    def _note(self, code: str, plugin: str, error: Exception) -> None:
        details = {"plugin": plugin, "error": f"{type(error).__name__}: {error}"}
        self.problems.append(Problem(code, details=details))

    def packs(self) -> Mapping[str, Path]:
        """The folder of every pack by name. Of two packs of one name the first stays, and the second is noted."""
        found: dict[str, tuple[str, Path]] = {}
        for plugin, name, path in self._offered():
            if name in found and found[name][1] != path:
                details = {"name": name, "first": found[name][0], "second": plugin}
                problem = Problem("pack-twice", details=details)
                if problem not in self.problems:
                    self.problems.append(problem)
            else:
                found[name] = (plugin, path)
        return {name: path for name, (_, path) in found.items()}

    def _offered(self) -> Iterator[tuple[str, str, Path]]:
        for hook in self._manager.hook.fanpin_packs.get_hookimpls():
            try:
                offered: Any = hook.function()
                yield from [(hook.plugin_name, str(name), Path(path)) for name, path in dict(offered).items()]
            except Exception as error:  # whatever a stranger's hook raises or returns
                self._note("plugin-failed", hook.plugin_name, error)


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value


def _loaded(entry: EntryPoint) -> ModuleType:
    module: ModuleType = entry.load()
    return module


@lru_cache(maxsize=1)
def default_manager() -> PluginManager:
    """The shipped packs and every installed plugin; made once, when first asked for."""
    manager = PluginManager.with_shipped()
    manager.load_entry_points()
    return manager
