"""The people of an invented county: what happened to each household, told in facts. The dice fill in the amounts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import TypeVar

from attrs import define, field

SEED = 1017
_T = TypeVar("_T")
YES, NO = "是", "否"
_LABOUR = {18: "无劳动力", 40: "技能劳动力", 60: "普通劳动力", 68: "弱劳动力或半劳动力", 200: "无劳动力"}
_SCHOOLING = {3: "非在校生", 6: "学前", 12: "小学", 16: "初中", 200: "非在校生"}


def _by_age(age: int, words: Mapping[int, str]) -> str:
    """The word for an age: each counts up to its number."""
    return next(word for end, word in words.items() if age < end)


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
            "在校就读": YES if 6 <= age < 16 else NO,
            "参加基本医疗保险": YES,
            "个人合规自付支出": str(dice.yuan(0, 900)),
            "净自付就学支出": "0",
            "务工就业": YES if works else NO,
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
    son.cells |= {"健康状况": "残疾", "劳动技能": "丧失劳动力", "务工就业": NO}
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
    student.cells |= {"劳动技能": "无劳动力", "在校生状况": "高职", "在校就读": YES, "务工就业": NO}
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
        person.cells["务工就业"] = NO


def income_fell(family: Family) -> None:
    """They found less work than the year before."""
    out_of_work(family)
    family.people[0].cells["务工就业"] = YES
    family.cells["上年人均纯收入"] = str(family.dice.number(10_200, 11_800))


def dropped_out(family: Family) -> None:
    """A child of school age is not at school."""
    family.couple()
    child = family.add("儿子", "男", 12, 14)
    child.cells |= {"在校生状况": "非在校生", "在校就读": NO}
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
    family.people[0].cells["参加基本医疗保险"] = NO


def accident(family: Family) -> None:
    """Above the line until an accident took everything."""
    family.couple()
    family.add("儿子", "男", 7, 15)
    family.earns(9_000, 12_500)
    family.cells |= {
        "意外事故损失": str(family.dice.yuan(32_000, 60_000)),
        "刚性支出": str(family.dice.yuan(36_000, 55_000)),
        "发生突发事件": YES,
        "基本生活严重困难": YES,
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


# Stories of a county at full size, where most are well

# Ages of a couple, and of its children.
_GENERATIONS = (
    ((26, 31), (0, 5)), ((30, 36), (0, 11)), ((35, 42), (7, 15)), ((42, 49), (7, 15)), ((48, 56), (7, 15)),
    ((55, 61), (22, 31)), ((60, 66), (26, 36)),
)  # fmt: skip
_SIZES = (1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5)
_NET_INCOMES = ((9_000, 12_000), (11_000, 17_000), (11_000, 17_000), (16_000, 26_000), (22_000, 40_000))


def settled(family: Family) -> None:
    """Nothing is wrong: one person, a couple, or up to three generations, with enough to live on."""
    dice, size = family.dice, family.dice.one_of(_SIZES)
    parents, children = dice.one_of(_GENERATIONS)
    if size == 1:
        family.add("户主", dice.one_of("男女"), *parents)
    else:
        family.couple(*parents)
    for ordinal in range(3, size + 1):
        if ordinal == 5:
            age = family.people[0].age()
            family.add("父母", dice.one_of("男女"), age + 20, age + 28)
        else:
            relation, sex = dice.one_of((("儿子", "男"), ("女儿", "女")))
            family.add(relation, sex, *children)
    family.people[0].cells["务工就业"] = YES
    family.earns(*dice.one_of(_NET_INCOMES))


def in_hospital(family: Family) -> None:
    """A large bill, and enough to live on: a risk, and no category."""
    settled(family)
    family.people[-1].cells |= {"健康状况": "大病", "个人合规自付支出": str(family.dice.yuan(20_000, 48_000))}


Story = Callable[[Family], None]
