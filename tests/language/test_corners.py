"""The corners of the language: every backend agrees there too, and days are as the calendar has them."""

from itertools import islice

from tests.language.agreement import parsed, scope
from tests.language.corners import TEXTS, corner_differences, wrong_days


def test_every_corner_is_a_rule() -> None:
    assert len(parsed(TEXTS, scope())) == len(TEXTS)


def test_every_backend_agrees_at_the_corners() -> None:
    assert [str(d) for d in islice(corner_differences(), 5)] == []


def test_the_formulas_of_days_are_the_calendar() -> None:
    assert list(islice(wrong_days(), 5)) == []
