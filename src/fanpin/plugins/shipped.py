"""The packs that come with fanpin, as a plugin like any other."""

from collections.abc import Mapping
from pathlib import Path

import pluggy

_HERE = Path(__file__).parent
PACKS = ("national", "zhalaite", "danfeng", "example")


@pluggy.HookimplMarker("fanpin")
def fanpin_packs() -> Mapping[str, Path]:
    """The shipped packs."""
    return {name: _HERE / name for name in PACKS}
