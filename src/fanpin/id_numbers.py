"""Numbers of identity documents: what their form says, and whether it can be true.

A citizen's number has 18 characters: six digits of region, eight of birth date, three of order and a check digit
(ISO 7064 MOD 11-2). A disability certificate adds a class and a grade, 20 characters, and two more where the card
was re-issued, 22. A number that passes is well formed; whether it is anybody's, no form can say.
"""

import re
from datetime import date
from operator import mul
from typing import Literal

from attrs import field, frozen

from fanpin.errors import Problem

KINDS = {18: "citizen", 20: "disability", 22: "disability_reissued"}
DISABILITY_CLASSES = ("vision", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
DISABILITY_GRADES = range(1, 5)
# The first two digits of a region: provinces, autonomous regions, municipalities; 83 is for residents from Taiwan.
PROVINCES = frozenset(
    f"{code}"
    for codes in (
        range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), (71, 81, 82, 83),
    )
    for code in codes
)  # fmt: skip

_WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
_NOUGHTS = ord("0") * sum(_WEIGHTS)  # what is too much where the characters' codes are summed, and not the digits
_CHECK_DIGITS = "10X98765432"
_FORM = re.compile(r"[0-9]{17}[0-9X](?:[0-9]{2}(?:[0-9A-Z]{2})?)?")
_NOBODYS_PROVINCE = "99"
_BIRTH_DATES = (date(1900, 1, 1), date(2100, 12, 31))


class IdNumberError(ValueError):
    """A number that no document can bear; neither the text nor `problem` holds any of it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem.text()


@frozen
class IdNumber:
    """What a well-formed number says. Its repr shows nothing of the person."""

    kind: Literal["citizen", "disability", "disability_reissued"]
    birth_date: date = field(repr=False)
    region: str = field(repr=False)
    disability_class: str | None = field(repr=False)
    disability_grade: int | None = field(repr=False)
    region_known: bool


def normal_form(text: str) -> str:
    """The number without the blanks around it, and its check digit in upper case."""
    return text.strip().upper()


def check_id_number(text: str) -> IdNumber:
    """Read a number of 18, 20 or 22 characters.

    `region_known` says whether the region is in a province that exists; an unknown one is worth a note and is no
    error, since regions come and go. No clock is read, so a birth date in the future passes.

    Raises `IdNumberError`, a ValueError, for a wrong length, character, check digit, date, or disability.

    >>> check_id_number(invented_id_number(1, date(1956, 3, 9))).birth_date
    datetime.date(1956, 3, 9)
    """
    number = normal_form(text)
    if len(number) not in KINDS:
        raise _refused("id-length", given=len(number))
    if not _FORM.fullmatch(number):
        raise _refused("id-characters")
    if number[17] != check_digit(number[:17]):
        raise _refused("id-check-digit")
    disability_class, disability_grade = _disability(number[18:20])
    return IdNumber(
        kind=KINDS[len(number)],  # type: ignore[arg-type]  # the table's values are the literals
        birth_date=_birth_date(number[6:14]),
        region=number[:6],
        disability_class=disability_class,
        disability_grade=disability_grade,
        region_known=number[:2] in PROVINCES,
    )


def check_digit(first_17: str) -> str:
    """The 18th character that belongs to the first seventeen digits, by ISO 7064 MOD 11-2.

    >>> check_digit("11010519491231002")
    'X'
    """
    return _CHECK_DIGITS[(sum(map(mul, _WEIGHTS, first_17.encode("ascii"))) - _NOUGHTS) % 11]


def invented_id_number(seed: int, birth_date: date, *, sex: Literal["male", "female"] = "male") -> str:
    """A number of 18 characters that is right in form and nobody's, for samples and tests.

    Its region starts with 99, which is no province. The same arguments give the same number; the seeds from 0 to
    4,999,999 give different ones.

    >>> invented_id_number(7, date(1956, 3, 9))
    '990000195603090159'
    """
    region, order = divmod(seed, 500)
    order = 2 * order + (sex == "male")  # odd for men, even for women
    first_17 = f"{_NOBODYS_PROVINCE}{region % 10_000:04}{birth_date:%Y%m%d}{order:03}"
    return first_17 + check_digit(first_17)


def _birth_date(digits: str) -> date:
    try:
        found = date.fromisoformat(digits)
    except ValueError:
        found = None
    if found is None or not _BIRTH_DATES[0] <= found <= _BIRTH_DATES[1]:
        raise _refused("id-birth-date")
    return found


def _disability(digits: str) -> tuple[str | None, int | None]:
    if not digits:
        return None, None
    kind, grade = int(digits[0]), int(digits[1])
    if not 1 <= kind <= len(DISABILITY_CLASSES) or grade not in DISABILITY_GRADES:
        raise _refused("id-disability")
    return DISABILITY_CLASSES[kind - 1], grade


def _refused(code: str, **details: object) -> IdNumberError:
    return IdNumberError(Problem(code, details=details))
