"""What can't be is found by every backend that reads tables, and counts as missing."""

from itertools import islice

from tests.language.flaws import ROWS, wrong_flaws


def test_every_backend_finds_what_can_not_be() -> None:
    assert list(islice(wrong_flaws(), 5)) == []


def test_there_are_rows_of_each_kind() -> None:
    assert {(outside, finer) for _, _, outside, finer in ROWS} == {(a, b) for a in (True, False) for b in (True, False)}
