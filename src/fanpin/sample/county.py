"""Invents the county of the sample, always the same one.

Each household follows a story: what happened to it, told in facts. The dice fill in the amounts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Literal, TypeVar

from attrs import define, field, frozen

from fanpin.id_numbers import invented_id_number

SEED = 1017
REGION = "990001"  # as in the pack `example`
VILLAGES = ("东沟村", "柳树屯村", "上河村", "白桦嘎查", "石桥村")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
HOUSEHOLD_HEADINGS = (
    "户编号", "行政区划代码", "村", "户主姓名", "采集日期", "家庭人口数", "脱贫户",
    "工资性收入", "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出", "上年人均纯收入",
    "刚性支出", "因灾损失", "意外事故损失", "产业失败损失",
    "不愁吃", "不愁穿", "义务教育", "基本医疗", "住房安全", "饮水安全", "危房等级",
    "发生突发事件", "基本生活严重困难", "备注",
)  # fmt: skip
MEMBER_HEADINGS = (
    "户编号", "姓名", "身份证号", "出生日期", "性别", "与户主关系", "劳动技能", "健康状况", "在校生状况", "在校就读",
    "参加基本医疗保险", "个人合规自付支出", "净自付就学支出", "务工就业",
)  # fmt: skip
Row = tuple[str, ...]
_T = TypeVar("_T")
_YES, _NO = "是", "否"


_LABOUR = {18: "无劳动力", 40: "技能劳动力", 60: "普通劳动力", 68: "弱劳动力或半劳动力", 200: "无劳动力"}
_SCHOOLING = {3: "非在校生", 6: "学前", 12: "小学", 16: "初中", 200: "非在校生"}


def _by_age(age: int, words: Mapping[int, str]) -> str:
    """The word for an age: each counts up to its number."""
    return next(word for end, word in words.items() if age < end)


@frozen
class County:
    """Both tables as rows of cells, the headings first."""

    households: tuple[Row, ...]
    members: tuple[Row, ...]


@define
class Dice:
    """A die that falls alike under every version of Python: only `random()` is promised to."""

    random: Random = field(factory=lambda: Random(SEED))

    def number(self, lo: int, hi: int) -> int:
        """From lo to hi, both included."""
        return lo + int(self.random.random() * (hi - lo + 1))

    def yuan(self, lo: int, hi: int) -> int:
        """Tens of yuan, as people round."""
        return 10 * self.number(lo // 10, hi // 10)

    def one_of(self, options: Sequence[_T]) -> _T:
        """One of them."""
        return options[self.number(0, len(options) - 1)]


@define
class Person:
    """A member: what stands in its row."""

    birth: date
    sex: str
    relation: str
    cells: dict[str, str] = field(factory=dict)

    def age(self) -> int:
        """In the year of the sample."""
        return 2024 - self.birth.year


@define
class Family:
    """A household: what stands in its row, and who belongs to it."""

    dice: Dice
    people: list[Person] = field(factory=list)
    cells: dict[str, str] = field(factory=dict)

    def add(self, relation: str, sex: str, lo: int, hi: int) -> Person:
        """Somebody whose age lies between lo and hi years."""
        dice = self.dice
        birth = date(2024 - dice.number(lo, hi), dice.number(1, 12), dice.number(1, 28))
        person = Person(birth, sex, relation)
        age = person.age()
        works = 18 <= age < 60
        person.cells |= {
            "劳动技能": _by_age(age, _LABOUR),
            "健康状况": "健康",
            "在校生状况": _by_age(age, _SCHOOLING),
            "在校就读": _YES if 6 <= age < 16 else _NO,
            "参加基本医疗保险": _YES,
            "个人合规自付支出": str(dice.yuan(0, 900)),
            "净自付就学支出": "0",
            "务工就业": _YES if works else _NO,
        }
        self.people.append(person)
        return person

    def couple(self, lo: int = 34, hi: int = 55) -> None:
        """A man and his wife, both able to work."""
        self.add("户主", "男", lo, hi)
        self.add("配偶", "女", lo, hi)

    def earns(self, lo: int, hi: int) -> None:
        """Incomes and expenses, so that net income a person lies about between lo and hi."""
        dice, size = self.dice, len(self.people)
        net = dice.number(lo, hi) * size
        transfer, rent = dice.yuan(800, 2400), dice.one_of((0, 0, 1200, 3000))
        business = dice.yuan(net // 4, net // 2)
        expense = business // 30 * 10
        wage = max(net - transfer - rent - business + expense, 0)
        net = wage + business + rent + transfer - expense
        self.cells |= {
            "工资性收入": str(wage),
            "生产经营性收入": str(business),
            "财产性收入": str(rent),
            "转移性收入": str(transfer),
            "生产经营性支出": str(expense),
            "上年人均纯收入": str(round(net / size * dice.number(90, 104) / 100, 2)),
        }


# Stories


def well(family: Family) -> None:
    """Nothing is wrong."""
    family.couple()
    for _ in range(family.dice.number(0, 2)):
        family.add("女儿", "女", 7, 15)
    if family.dice.number(0, 2) == 0:
        family.add("父母", "女", 68, 80)
    family.earns(10_500, 19_000)


def ill(family: Family) -> None:
    """One falls ill, and the bills are large."""
    family.couple()
    family.add("儿子", "男", 7, 15)
    family.earns(5_600, 7_000)
    family.people[1].cells |= {"健康状况": "大病", "个人合规自付支出": str(family.dice.yuan(23_000, 29_000))}


def ill_and_indebted(family: Family) -> None:
    """The bills are so large that nothing is left."""
    ill(family)
    family.people[0].cells["个人合规自付支出"] = str(family.dice.yuan(8_000, 12_000))
    family.cells["刚性支出"] = str(family.dice.yuan(38_000, 52_000))


def bill_missing(family: Family) -> None:
    """One bill passes the line though another is missing; a wage is a range; the child's insurance is not known."""
    ill(family)
    family.people[0].cells["个人合规自付支出"] = ""
    family.people[2].cells["参加基本医疗保险"] = ""
    family.cells |= {"工资性收入": "8000-9000", "备注": "妻子住院，丈夫在县城打零工"}


def disabled(family: Family) -> None:
    """Nobody can work, and one is disabled."""
    family.add("户主", "男", 69, 78)
    son = family.add("儿子", "男", 38, 48)
    son.cells |= {"健康状况": "残疾", "劳动技能": "丧失劳动力", "务工就业": _NO}
    family.earns(5_000, 6_900)


def old(family: Family) -> None:
    """Two old people live alone."""
    family.add("户主", "男", 69, 79)
    family.add("配偶", "女", 68, 77)
    family.earns(5_200, 7_200)


def old_and_well_off(family: Family) -> None:
    """Two old people with a pension above the line: a risk, and no category."""
    old(family)
    family.earns(9_800, 13_000)


def studying(family: Family) -> None:
    """A child at a vocational college costs more than is left."""
    family.couple(42, 55)
    student = family.add("女儿", "女", 19, 21)
    student.cells |= {"劳动技能": "无劳动力", "在校生状况": "高职", "在校就读": _YES, "务工就业": _NO}
    student.cells["净自付就学支出"] = str(family.dice.yuan(11_000, 15_000))
    family.earns(5_900, 7_300)


def flooded(family: Family) -> None:
    """The river took the harvest."""
    family.couple()
    family.add("父母", "男", 68, 79)
    family.earns(5_400, 7_200)
    family.cells |= {"因灾损失": str(family.dice.yuan(12_000, 21_000)), "备注": "四月洪水"}


def cattle_died(family: Family) -> None:
    """A business failed."""
    family.couple()
    family.earns(4_900, 6_800)
    family.cells |= {"产业失败损失": str(family.dice.yuan(14_000, 26_000))}


def out_of_work(family: Family) -> None:
    """They can work and find none."""
    family.couple(44, 58)
    family.add("儿子", "男", 8, 14)
    family.earns(4_600, 6_400)
    for person in family.people:
        person.cells["务工就业"] = _NO


def income_fell(family: Family) -> None:
    """They found less work than the year before."""
    out_of_work(family)
    family.people[0].cells["务工就业"] = _YES
    family.cells["上年人均纯收入"] = str(family.dice.number(10_200, 11_800))


def dropped_out(family: Family) -> None:
    """A child of school age is not at school."""
    family.couple()
    child = family.add("儿子", "男", 12, 14)
    child.cells |= {"在校生状况": "非在校生", "在校就读": _NO}
    family.earns(6_100, 7_400)


def cracked_house(family: Family) -> None:
    """The beams and walls have cracks."""
    family.couple()
    family.add("女儿", "女", 7, 14)
    family.earns(6_000, 7_300)
    family.cells |= {"住房安全": "未保障", "危房等级": "D"}


def dry_well(family: Family) -> None:
    """The well is dry."""
    family.couple()
    family.earns(6_300, 7_400)
    family.cells |= {"饮水安全": "未保障"}


def uninsured(family: Family) -> None:
    """One has no medical insurance."""
    family.couple()
    family.add("父母", "女", 69, 80)
    family.earns(6_000, 7_300)
    family.people[0].cells["参加基本医疗保险"] = _NO


def accident(family: Family) -> None:
    """Above the line until an accident took everything."""
    family.couple()
    family.add("儿子", "男", 7, 15)
    family.earns(9_000, 12_500)
    family.cells |= {
        "意外事故损失": str(family.dice.yuan(32_000, 60_000)),
        "刚性支出": str(family.dice.yuan(36_000, 55_000)),
        "发生突发事件": _YES,
        "基本生活严重困难": _YES,
    }


def away(family: Family) -> None:
    """They work far away, and nobody could say what they earn."""
    family.couple(30, 45)
    family.add("女儿", "女", 7, 14)
    family.earns(8_000, 11_000)
    family.cells |= {"工资性收入": "", "上年人均纯收入": "", "备注": "外出务工，电话未接通"}


def one_unlisted(family: Family) -> None:
    """They are four, and three are listed."""
    well(family)
    family.cells |= {"家庭人口数": str(len(family.people) + 1), "上年人均纯收入": "8600"}


def about_the_house(family: Family) -> None:
    """Below the line, all known but the house."""
    family.couple()
    family.earns(5_800, 7_200)
    family.cells |= {"住房安全": "", "工资性收入": "6000-7500", "危房等级": ""}


Story = Callable[[Family], None]
STORIES: tuple[Story, ...] = (
    well, old, well, ill, well, flooded, bill_missing, well, out_of_work, well,
    well, cracked_house, away, dropped_out, well, studying, well, well, disabled, ill,
    well, accident, well, uninsured, well, one_unlisted, cattle_died, well, about_the_house, ill_and_indebted,
    well, old, well, income_fell, old_and_well_off, dry_well, well, away, well, disabled,
)  # fmt: skip
REGISTERED_POOR = frozenset({2, 4, 6, 9, 15, 19, 20, 27, 30, 32, 37, 40})

# Dirt


def _dirty_households(rows: list[list[str]]) -> None:
    _cell(rows, "H011", "工资性收入", "两万多")
    _cell(rows, "H015", "转移性收入", "1,2OO")  # letters for zeros
    _cell(rows, "H018", "饮水安全", "一般")
    _cell(rows, "H025", "家庭人口数", "三口之家")
    again = list(next(row for row in rows if row[0] == "H023"))
    again[HOUSEHOLD_HEADINGS.index("工资性收入")] = "9600"
    rows.insert(29, again)  # typed twice, with another wage
    next(row for row in rows if row[0] == "H031").append("已电话核对")  # a comma too much
    rows.append(["", REGION, "石桥村", "何某", *[""] * (len(HOUSEHOLD_HEADINGS) - 4)])


def _dirty_members(rows: list[list[str]]) -> None:
    _cell(rows, "H014", "出生日期", "2012-02-30")
    _cell(rows, "H017", "出生日期", "45123")  # Excel's own number of a day
    number = next(row for row in rows if row[0] == "H020")
    digit = MEMBER_HEADINGS.index("身份证号")
    number[digit] = number[digit][:-1] + ("0" if number[digit][-1] != "0" else "1")
    rows.append(["H099", "罗某", *[""] * (len(MEMBER_HEADINGS) - 2)])
    rows.insert(40, [""] * len(MEMBER_HEADINGS))


def _cell(rows: list[list[str]], household: str, heading: str, text: str) -> None:
    headings = MEMBER_HEADINGS if heading in MEMBER_HEADINGS else HOUSEHOLD_HEADINGS
    row = next(row for row in rows if row[0] == household)
    row[headings.index(heading)] = f'"{text}"' if "," in text else text


# The county


def invent() -> County:
    """The county. No argument and no machine changes it.

    >>> county = invent()
    >>> county.households[1][0], county.members[1][0]
    ('H001', 'H001')
    """
    dice = Dice()
    households: list[list[str]] = []
    members: list[list[str]] = []
    for number, story in enumerate(STORIES, 1):
        family = Family(dice)
        story(family)
        households.append(_household_row(number, family))
        members += _member_rows(number, family, start=len(members))
    _dirty_households(households)
    _dirty_members(members)
    return County(
        (HOUSEHOLD_HEADINGS, *map(tuple, households)),
        (MEMBER_HEADINGS, *map(tuple, members)),
    )


def _household_row(number: int, family: Family) -> list[str]:
    dice, surname = family.dice, SURNAMES[number % len(SURNAMES)]
    cells = {
        "户编号": f"H{number:03}",
        "行政区划代码": REGION,
        "村": VILLAGES[number % len(VILLAGES)],
        "户主姓名": surname + dice.one_of(("某", "某某")),
        "采集日期": date(2024, dice.number(4, 6), dice.number(1, 28)).isoformat(),
        "家庭人口数": str(len(family.people)),
        "脱贫户": _YES if number in REGISTERED_POOR else _NO,
        "刚性支出": str(dice.yuan(3_000, 9_000)),
        **dict.fromkeys(("因灾损失", "意外事故损失", "产业失败损失"), "0"),
        **dict.fromkeys(("不愁吃", "不愁穿", "义务教育", "基本医疗", "住房安全", "饮水安全"), "有保障"),
        "危房等级": dice.one_of("AB"),
        **dict.fromkeys(("发生突发事件", "基本生活严重困难"), _NO),
        **family.cells,
    }
    return [cells.get(heading, "") for heading in HOUSEHOLD_HEADINGS]


def _member_rows(number: int, family: Family, start: int) -> list[list[str]]:
    rows, surname = [], SURNAMES[number % len(SURNAMES)]
    for at, person in enumerate(family.people, start):
        sex: Literal["male", "female"] = "male" if person.sex == "男" else "female"
        cells = {
            "户编号": f"H{number:03}",
            "姓名": f"{surname}某" if person.relation in ("户主", "儿子", "女儿") else f"{SURNAMES[at % 20]}某",
            "身份证号": invented_id_number(at, person.birth, sex=sex),
            "出生日期": person.birth.isoformat(),
            "性别": person.sex,
            "与户主关系": person.relation,
            **person.cells,
        }
        rows.append([cells.get(heading, "") for heading in MEMBER_HEADINGS])
    return rows
