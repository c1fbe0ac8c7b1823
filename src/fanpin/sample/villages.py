"""An invented county of any size, village by village.

How many villages and grids it has, how large a grid is, and how many households are watched, is as published of
Zhalaite Banner (农民日报, 2021): 197 villages, 814 grids of 30 to 50 households; at the end of 2020, 497 households
were watched, of which 285 had been registered as poor. All else is made up: no figures by risk were found.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from random import Random

from attrs import field, frozen
from attrs.validators import and_, ge, le

from fanpin.sample import MOST, stories
from fanpin.sample.rows import (
    A_COMMA_TOO_MUCH,
    BLANK,
    HOUSEHOLD_HEADINGS,
    ILLEGIBLE_HOUSEHOLD,
    ILLEGIBLE_MEMBER,
    INCOMES,
    MEMBER_HEADINGS,
    SURNAMES,
    Part,
    Row,
    household_row,
    member_rows,
    of_nobody,
    with_wrong_digit,
    without_id,
)
from fanpin.sample.stories import Dice, Family, Story

HOUSEHOLDS, VILLAGES, GRIDS = 30_000, 197, 814  # of a county; other sizes have villages and grids in proportion
GRID = (30, 50)  # households
SEED = 2036  # one with which the first villages have every grade and category
MOST_MEMBERS = 5  # of a household; so many ID numbers are kept for each
HEADINGS = (*HOUSEHOLD_HEADINGS[:3], "网格编号", *HOUSEHOLD_HEADINGS[3:])
# Of 100,000 households: those that are watched; those at risk that are not, and those of whom something is not known.
WATCHED: dict[Story, int] = {
    stories.ill: 300, stories.ill_and_indebted: 80, stories.old: 240, stories.disabled: 260, stories.out_of_work: 210,
    stories.studying: 100, stories.flooded: 120, stories.cattle_died: 100, stories.income_fell: 60,
    stories.cracked_house: 50, stories.uninsured: 50, stories.dry_well: 30, stories.dropped_out: 20,
    stories.accident: 110,
}  # fmt: skip
OTHERS: dict[Story, int] = {
    stories.old_and_well_off: 2_200, stories.in_hospital: 600,
    stories.away: 400, stories.one_unlisted: 300, stories.bill_missing: 40, stories.about_the_house: 40,
}  # fmt: skip
_STORIES = (*WATCHED, *OTHERS, stories.settled)  # all the rest are well
_BOUNDS = [share / 100_000 for share in accumulate([*WATCHED.values(), *OTHERS.values()])]
_REGISTERED_POOR = {True: 0.57, False: 0.12}  # of those who are watched, and of the others
_GAPS = 0.01  # of the incomes are missing; as many are a range; as many members have a gap
_GAPS_OF_MEMBERS = ("劳动技能", "健康状况", "参加基本医疗保险", "个人合规自付支出", "务工就业")


@frozen
class County:
    """An invented county; going through it gives the rows of one village after the other, the same each time.

    >>> village = next(iter(County(450)))
    >>> dict(zip(HEADINGS[:4], village.households[0]))
    {'户编号': 'H0001001', '行政区划代码': '990001', '村': '霜貂嘎查', '网格编号': 'W000101'}
    """

    households: int = field(default=HOUSEHOLDS, validator=and_(ge(1), le(MOST)))
    seed: int = field(default=SEED, kw_only=True)
    dirty: bool = field(default=True, kw_only=True)  # with rows that are wrong on purpose

    @property
    def headings(self) -> tuple[str, ...]:
        """Those of the table of households."""
        return HEADINGS

    def __iter__(self) -> Iterator[Part]:
        dice, before = Dice(Random(self.seed)), 0
        for number, grids in enumerate(_villages(self.households, dice), 1):
            village = Part()
            for grid, size in enumerate(grids, 1):
                for _ in range(size):
                    _add(village, dice, number, grid, before + len(village.households))
            before += len(village.households)
            if self.dirty:
                for kind in (number, number + 5):
                    DIRT[kind % len(DIRT)](village, dice)
            yield village


def _villages(households: int, dice: Dice) -> Iterator[list[int]]:
    """The sizes of the grids of each village."""
    grids = max(-(-households // GRID[1]), round(households * GRIDS / HOUSEHOLDS))
    villages = max(1, round(households * VILLAGES / HOUSEHOLDS))
    sizes = _grids(households, grids, dice)
    for number in range(villages):
        yield sizes[number * grids // villages : (number + 1) * grids // villages]


def _grids(households: int, grids: int, dice: Dice) -> list[int]:
    """Sizes that add up: thrown, then each made larger or smaller by one as long as it takes."""
    lo, hi = min(GRID[0], households // grids), GRID[1]
    sizes = [dice.number(lo, hi) for _ in range(grids)]
    left, at = households - sum(sizes), 0
    while left:
        step = 1 if left > 0 else -1
        if lo <= sizes[at] + step <= hi:
            sizes[at] += step
            left -= step
        at = (at + 1) % grids
    return sizes


_WEATHER = "雪霜虹雾霰岚霓霁雹露电霭雷月云星"
_ANIMALS = "獾貂狐鼬蛙蟹鸮鹬獭豚鲸貘猬蝉鲵鸵"


def village_name(number: int) -> str:
    """A weather and an animal, as no place is likely to be called; each number has its own.

    >>> village_name(1), village_name(2), village_name(257)
    ('霜貂嘎查', '虹狐村', '霜貂一嘎查')
    """
    again, number = divmod(number, len(_WEATHER) * len(_ANIMALS))
    turn, at = divmod(number, len(_WEATHER))
    nth = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(again)) if again else ""
    return f"{_WEATHER[at]}{_ANIMALS[(at + turn) % len(_ANIMALS)]}{nth}{'嘎查' if at % 3 == 1 else '村'}"


def _add(village: Part, dice: Dice, number: int, grid: int, ordinal: int) -> None:
    story = _STORIES[bisect(_BOUNDS, dice.random.random())]
    family = Family(dice)
    story(family)
    registered = dice.random.random() < _REGISTERED_POOR[story in WATCHED]
    _leave_gaps(family, dice)
    id_, surname = f"H{number:04}{len(village.households) + 1:03}", SURNAMES[ordinal % len(SURNAMES)]
    place = {"户编号": id_, "村": village_name(number), "网格编号": f"W{number:04}{grid:02}"}
    village.households.append(household_row(HEADINGS, place, family, surname=surname, registered=registered))
    village.members += member_rows(id_, family, surname=surname, first=ordinal * MOST_MEMBERS)


def _leave_gaps(family: Family, dice: Dice) -> None:
    for heading in INCOMES:
        thrown = dice.random.random()
        if thrown < _GAPS:
            family.cells[heading] = ""
        elif thrown < 2 * _GAPS and family.cells[heading].isdigit():
            thousands = int(family.cells[heading]) // 1000
            family.cells[heading] = f"{thousands}000-{thousands + 1}000" if thousands else "0-1000"
    for person in family.people:
        if dice.random.random() < _GAPS:
            person.cells[dice.one_of(_GAPS_OF_MEMBERS)] = ""


# Dirt: what is wrong on purpose, two kinds in each village

Dirt = Callable[[Part, Dice], None]


def _any(rows: list[Row], dice: Dice) -> Row:
    """A row of the first half; what is added to a village stands below."""
    return rows[dice.number(0, (len(rows) - 1) // 2)]


def _illegible_household(heading: str, text: str, village: Part, dice: Dice) -> None:
    _any(village.households, dice)[HEADINGS.index(heading)] = text


def _illegible_member(heading: str, text: str, village: Part, dice: Dice) -> None:
    _any(village.members, dice)[MEMBER_HEADINGS.index(heading)] = text


def _typed_twice(village: Part, dice: Dice) -> None:
    again = list(_any(village.households, dice))
    again[HEADINGS.index("工资性收入")] = "9600"
    village.households.append(again)


def _comma_too_much(village: Part, dice: Dice) -> None:
    _any(village.households, dice).append(A_COMMA_TOO_MUCH)


def _without_id(village: Part, _: Dice) -> None:
    name = village.households[0][HEADINGS.index("村")]
    village.households.append(without_id(name, HEADINGS))


def _wrong_digit(village: Part, dice: Dice) -> None:
    with_wrong_digit(_any(village.members, dice))


def _of_nobody(village: Part, _: Dice) -> None:
    village.members.append(of_nobody(f"{village.households[0][0][:5]}999"))


def _blank_row(village: Part, _: Dice) -> None:
    village.members.append(BLANK)


DIRT: tuple[Dirt, ...] = (
    *(partial(_illegible_household, *cell) for cell in ILLEGIBLE_HOUSEHOLD),
    *(partial(_illegible_member, *cell) for cell in ILLEGIBLE_MEMBER),
    _typed_twice, _comma_too_much, _without_id, _wrong_digit, _of_nobody, _blank_row,
)  # fmt: skip
