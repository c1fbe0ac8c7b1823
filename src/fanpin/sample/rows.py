"""The two tables of an invented county as rows of cells, as somebody in a village office types them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from attrs import define, field

from fanpin.id_numbers import invented_id_number
from fanpin.sample.stories import NO, YES, Family, Person

REGION = "990001"  # as in the pack `example`; no province has it
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
INCOMES = ("工资性收入", "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出")
HOUSEHOLD_HEADINGS = (
    "户编号", "行政区划代码", "村", "户主姓名", "采集日期", "家庭人口数", "脱贫户", *INCOMES, "上年人均纯收入",
    "刚性支出", "因灾损失", "意外事故损失", "产业失败损失",
    "不愁吃", "不愁穿", "义务教育", "基本医疗", "住房安全", "饮水安全", "危房等级",
    "发生突发事件", "基本生活严重困难", "备注",
)  # fmt: skip
MEMBER_HEADINGS = (
    "户编号", "姓名", "身份证号", "出生日期", "性别", "与户主关系", "劳动技能", "健康状况", "在校生状况", "在校就读",
    "参加基本医疗保险", "个人合规自付支出", "净自付就学支出", "务工就业",
)  # fmt: skip
Row = list[str]


@define
class Part:
    """Rows of both tables that belong together: those of a village."""

    households: list[Row] = field(factory=list)
    members: list[Row] = field(factory=list)


def household_row(
    headings: Iterable[str], place: Mapping[str, str], family: Family, *, surname: str, registered: bool
) -> Row:
    """A household's row; `place` is its id and where it lives."""
    dice = family.dice
    cells = {
        "行政区划代码": REGION,
        **place,
        "户主姓名": surname + dice.one_of(("某", "某某")),
        "采集日期": date(2024, dice.number(4, 6), dice.number(1, 28)).isoformat(),
        "家庭人口数": str(len(family.people)),
        "脱贫户": YES if registered else NO,
        "刚性支出": str(dice.yuan(3_000, 9_000)),
        **dict.fromkeys(("因灾损失", "意外事故损失", "产业失败损失"), "0"),
        **dict.fromkeys(("不愁吃", "不愁穿", "义务教育", "基本医疗", "住房安全", "饮水安全"), "有保障"),
        "危房等级": dice.one_of("AB"),
        **dict.fromkeys(("发生突发事件", "基本生活严重困难"), NO),
        **family.cells,
    }
    return [cells.get(heading, "") for heading in headings]


def member_rows(id_: str, family: Family, *, surname: str, first: int) -> Iterator[Row]:
    """The rows of a household's members; `first` is the number of the first of them among all, and seeds its ID."""
    for number, person in enumerate(family.people, first):
        shares_name = person.relation in ("户主", "儿子", "女儿")
        cells = {
            "户编号": id_,
            "姓名": f"{surname if shares_name else SURNAMES[number % len(SURNAMES)]}某",
            "身份证号": invented_id_number(number, person.birth, sex=_sex(person)),
            "出生日期": person.birth.isoformat(),
            "性别": person.sex,
            "与户主关系": person.relation,
            **person.cells,
        }
        yield [cells.get(heading, "") for heading in MEMBER_HEADINGS]


def _sex(person: Person) -> Literal["male", "female"]:
    return "male" if person.sex == "男" else "female"


# What is wrong on purpose


def with_wrong_digit(row: Row) -> None:
    """Another check digit in the ID number of a member's row."""
    at = MEMBER_HEADINGS.index("身份证号")
    row[at] = row[at][:-1] + ("0" if row[at][-1] != "0" else "1")


def of_nobody(id_: str) -> Row:
    """A member whose household is in no table."""
    return [id_, "罗某", *[""] * (len(MEMBER_HEADINGS) - 2)]


def without_id(village: str, headings: tuple[str, ...]) -> Row:
    """A household without an id."""
    cells = {"行政区划代码": REGION, "村": village, "户主姓名": "何某"}
    return [cells.get(heading, "") for heading in headings]


BLANK = [""] * len(MEMBER_HEADINGS)
A_COMMA_TOO_MUCH = "已电话核对"  # what stands behind it
# What nobody can read, by heading
ILLEGIBLE_HOUSEHOLD = (
    ("工资性收入", "两万多"),
    ("转移性收入", "1,2OO"),  # letters for zeros
    ("饮水安全", "一般"),
    ("家庭人口数", "三口之家"),
)
ILLEGIBLE_MEMBER = (("出生日期", "2012-02-30"), ("出生日期", "45123"))  # the second is Excel's own number of a day
