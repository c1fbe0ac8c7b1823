"""The hooks that a plugin may implement."""

from collections.abc import Mapping
from pathlib import Path

import pluggy

hookspec = pluggy.HookspecMarker("fanpin")


@hookspec
def fanpin_packs() -> Mapping[str, Path | str]:  # type: ignore[empty-body]  # a specification
    """The packs that the plugin brings: the folder of each, by name."""
