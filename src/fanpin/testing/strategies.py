"""Hypothesis strategies (extra `testing`): random rules, and random households, members, cases and logs of a pack."""

from typing import TYPE_CHECKING

from fanpin.expressions.scope import Scope
from fanpin.testing.writers import HouseholdWriter, Known, RuleWriter

if TYPE_CHECKING:
    from hypothesis import strategies as st


def rules(scope: Scope, depth: int = 3) -> "st.SearchStrategy[str]":
    """Rules over a scope, as text."""
    from hypothesis import strategies as st

    return st.randoms(use_true_random=False).map(lambda random: RuleWriter(random, scope).rule(depth))


def known_households(scope: Scope) -> "st.SearchStrategy[Known]":
    """What is known of a household, over the names of a scope."""
    from hypothesis import strategies as st

    return st.randoms(use_true_random=False).map(lambda random: HouseholdWriter(random, scope).household())
