"""The small sample: forty households in five villages, always the same ones."""

from fanpin.sample.rows import (
    A_COMMA_TOO_MUCH,
    BLANK,
    HOUSEHOLD_HEADINGS,
    ILLEGIBLE_HOUSEHOLD,
    ILLEGIBLE_MEMBER,
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
from fanpin.sample.stories import (
    Dice,
    Family,
    Story,
    about_the_house,
    accident,
    away,
    bill_missing,
    cattle_died,
    cracked_house,
    disabled,
    dropped_out,
    dry_well,
    flooded,
    ill,
    ill_and_indebted,
    income_fell,
    old,
    old_and_well_off,
    one_unlisted,
    out_of_work,
    studying,
    uninsured,
    well,
)

VILLAGES = ("东沟村", "柳树屯村", "上河村", "白桦嘎查", "石桥村")
STORIES: tuple[Story, ...] = (
    well, old, well, ill, well, flooded, bill_missing, well, out_of_work, well,
    well, cracked_house, away, dropped_out, well, studying, well, well, disabled, ill,
    well, accident, well, uninsured, well, one_unlisted, cattle_died, well, about_the_house, ill_and_indebted,
    well, old, well, income_fell, old_and_well_off, dry_well, well, away, well, disabled,
)  # fmt: skip
REGISTERED_POOR = frozenset({2, 4, 6, 9, 15, 19, 20, 27, 30, 32, 37, 40})


def forty() -> Part:
    """Both tables. No argument and no machine changes them.

    >>> county = forty()
    >>> county.households[0][0], county.members[0][0]
    ('H001', 'H001')
    """
    dice, county = Dice(), Part()
    for number, story in enumerate(STORIES, 1):
        family = Family(dice)
        story(family)
        id_, surname = f"H{number:03}", SURNAMES[number % len(SURNAMES)]
        place = {"户编号": id_, "村": VILLAGES[number % len(VILLAGES)]}
        registered = number in REGISTERED_POOR
        row = household_row(HOUSEHOLD_HEADINGS, place, family, surname=surname, registered=registered)
        county.households.append(row)
        county.members += member_rows(id_, family, surname=surname, first=len(county.members))
    _make_households_dirty(county.households)
    _make_members_dirty(county.members)
    return county


def _make_households_dirty(rows: list[Row]) -> None:
    for id_, (heading, text) in zip(("H011", "H015", "H018", "H025"), ILLEGIBLE_HOUSEHOLD, strict=True):
        _of(id_, rows)[HOUSEHOLD_HEADINGS.index(heading)] = text
    again = list(_of("H023", rows))
    again[HOUSEHOLD_HEADINGS.index("工资性收入")] = "9600"
    rows.insert(29, again)  # typed twice, with another wage
    _of("H031", rows).append(A_COMMA_TOO_MUCH)
    rows.append(without_id("石桥村", HOUSEHOLD_HEADINGS))


def _make_members_dirty(rows: list[Row]) -> None:
    for id_, (heading, text) in zip(("H014", "H017"), ILLEGIBLE_MEMBER, strict=True):
        _of(id_, rows)[MEMBER_HEADINGS.index(heading)] = text
    with_wrong_digit(_of("H020", rows))
    rows.append(of_nobody("H099"))
    rows.insert(40, BLANK)


def _of(id_: str, rows: list[Row]) -> Row:
    return next(row for row in rows if row[0] == id_)
