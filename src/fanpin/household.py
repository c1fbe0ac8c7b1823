"""The household and its members as typed, frozen values.

Each fact stands once, at its field: type, bounds, unit, labels, sensitivity, and the headers it bears in exports of
the national system. `facts.py` reads the table of facts off these classes, and adds what a pack declares.
"""

import math
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    Field,
)

from fanpin.errors import Place, Problem
from fanpin.expressions.scope import MAX_ROWS
from fanpin.i18n import Label
from fanpin.id_numbers import (
    check_id_number,
)
from fanpin.kinds import (
    About,
    Area,
    Between,
    Choice,
    Count,
    Day,
    Distance,
    ExactDay,
    Grade,
    IdNumberText,
    Listed,
    Money,
    Months,
    Region,
    RequiredText,
    SignedMoney,
    Size,
    Text,
    YesNo,
    fact,
    rows,
)
from fanpin.records import Record

__all__ = [
    "About",
    "Area",
    "Between",
    "Choice",
    "Count",
    "Day",
    "Distance",
    "ExactDay",
    "Grade",
    "Household",
    "IdNumberText",
    "Member",
    "Money",
    "Months",
    "Record",
    "Region",
    "RequiredText",
    "SignedMoney",
    "Size",
    "Text",
    "YesNo",
    "fact",
    "notes",
    "rows",
]

# ── the facts of a member ──────────────────────────────────────────────────────────────────────────────────────────

_PERSONAL_MONEY = "CNY/year"


class Member(Record):
    """A member of a household. Every fact may be missing; numbers and days may be ranges.

    Sums of money are those of the twelve months that the household's income is counted over.

    >>> Member(birth_date="1952-06", relation="head", out_of_pocket=5200)
    Member(known=3)
    """

    name: Text = fact("姓名", "name", headers=["成员姓名", "家庭成员姓名"], read=False)
    id_number: IdNumberText = fact(
        "证件号码",
        "ID number",
        sensitivity="secret",
        headers=["身份证号", "身份证号码", "公民身份号码"],
        read=False,
    )
    phone: Text = fact("联系电话", "phone", sensitivity="secret", headers=["手机号", "手机号码"], read=False)
    birth_date: Day = fact("出生日期", "birth date", headers=["出生年月"])
    sex: Choice[Literal["male", "female"]] = fact(
        "性别", "sex", labels={"male": ("男", "male"), "female": ("女", "female")}
    )
    relation: Choice[
        Literal[
            "head",
            "spouse",
            "son",
            "daughter",
            "son_in_law",
            "daughter_in_law",
            "grandchild",
            "parent",
            "parent_in_law",
            "grandparent",
            "sibling",
            "other",
        ]
    ] = fact(
        "与户主关系",
        "relation to the head",
        labels={
            "head": ("户主", "head"),
            "spouse": ("配偶", "spouse"),
            "son": ("儿子", "son"),
            "daughter": ("女儿", "daughter"),
            "son_in_law": ("女婿", "son-in-law"),
            "daughter_in_law": ("儿媳", "daughter-in-law"),
            "grandchild": ("孙辈", "grandchild"),
            "parent": ("父母", "parent"),
            "parent_in_law": ("公婆或岳父母", "parent-in-law"),
            "grandparent": ("祖辈", "grandparent"),
            "sibling": ("兄弟姐妹", "sibling"),
            "other": ("其他", "other"),
        },
    )
    labour: Choice[Literal["ordinary", "skilled", "weak", "lost", "none"]] = fact(
        "劳动技能",
        "labour class",
        labels={
            "ordinary": ("普通劳动力", "ordinary labour"),
            "skilled": ("技能劳动力", "skilled labour"),
            "weak": ("弱劳动力或半劳动力", "weak or half labour"),
            "lost": ("丧失劳动力", "labour lost"),
            "none": ("无劳动力", "no labour"),
        },
    )
    health: Choice[Literal["healthy", "chronic", "serious", "disabled"]] = fact(
        "健康状况",
        "health",
        sensitivity="secret",
        labels={
            "healthy": ("健康", "healthy"),
            "chronic": ("长期慢性病", "chronic illness"),
            "serious": ("大病", "serious illness"),
            "disabled": ("残疾", "disabled"),
        },
    )
    schooling: Choice[
        Literal[
            "not_in_school",
            "preschool",
            "primary",
            "junior",
            "senior",
            "vocational",
            "college",
            "university",
            "postgraduate",
        ]
    ] = fact(
        "在校生状况",
        "stage of schooling",
        labels={
            "not_in_school": ("非在校生", "not in school"),
            "preschool": ("学前", "preschool"),
            "primary": ("小学", "primary school"),
            "junior": ("初中", "junior middle school"),
            "senior": ("高中", "senior middle school"),
            "vocational": ("中职", "vocational school"),
            "college": ("高职", "vocational college"),
            "university": ("本科", "university"),
            "postgraduate": ("研究生", "postgraduate"),
        },
    )
    in_school: YesNo = fact("在校就读", "in school", headers=["是否在校", "是否在校生"])
    disability_class: Choice[
        Literal["vision", "hearing", "speech", "physical", "intellectual", "mental", "multiple"]
    ] = fact(
        "残疾类别",
        "class of disability",
        sensitivity="secret",
        headers=["残疾类型"],
        labels={
            "vision": ("视力", "vision"),
            "hearing": ("听力", "hearing"),
            "speech": ("言语", "speech"),
            "physical": ("肢体", "physical"),
            "intellectual": ("智力", "intellectual"),
            "mental": ("精神", "mental"),
            "multiple": ("多重", "multiple"),
        },
    )
    disability_grade: Grade = fact("残疾等级", "grade of disability", sensitivity="secret", headers=["残疾级别"])
    # The export has one column for residents' and one for employees' insurance, and either is enough: neither alone
    # is this fact, since a worker with the one is a "no" in the other. The same goes for pensions.
    basic_medical_insurance: YesNo = fact(
        "参加基本医疗保险",
        "basic medical insurance",
        headers=["是否参加基本医疗保险", "是否参加城乡居民(职工)基本医疗保险"],
    )
    serious_illness_insurance: YesNo = fact("参加大病保险", "serious illness insurance", headers=["是否参加大病保险"])
    pension_insurance: YesNo = fact(
        "参加养老保险", "pension insurance", headers=["是否参加养老保险", "是否参加基本养老保险"]
    )
    out_of_pocket: Money = fact(
        "个人合规自付支出", "compliant out-of-pocket spending of the member", unit=_PERSONAL_MONEY
    )
    school_cost: Money = fact(
        "净自付就学支出", "school cost net of aid", unit=_PERSONAL_MONEY, headers=["个人净自付就学支出"]
    )
    employed: YesNo = fact("务工就业", "employed", headers=["是否务工", "是否就业"])
    employed_months: Months = fact("务工时间", "months employed", unit="month", headers=["务工月数", "务工时间(月)"])
    minimum_living_allowance: YesNo = fact(
        "享受最低生活保障",
        "minimum living allowance",
        headers=["是否享受最低生活保障", "是否享受低保", "是否低保"],
    )
    extreme_poverty_support: YesNo = fact(
        "特困供养人员", "support for extreme poverty", headers=["是否特困供养人员", "是否特困供养"]
    )


# ── the facts of a household ───────────────────────────────────────────────────────────────────────────────────────

_NEED = {"met": ("有保障", "met"), "at_risk": ("有风险", "at risk"), "not_met": ("未保障", "not met")}
Need = Choice[Literal["met", "at_risk", "not_met"]]


class Household(Record):
    """A household: who it is, its members, and what is known of it. Only the id is required.

    Sums of money are those of twelve whole months that end before the procedure, in yuan a year. `as_of` is the day
    on which the facts were collected. `members` is None where no list was given; `members_complete` says that nobody
    is missing from the list, which nothing else says but a list as long as `size`.

    A plugin may declare facts of its own in a subclass; a pack written in YAML does it without Python.

    >>> Household(household_id="H-001", size=3, wage_income=Between(5000, 6000))
    Household(household_id='H-001', known=2)
    """

    household_id: Annotated[
        RequiredText,
        Field(
            title="户编号",
            json_schema_extra=About(
                Label("户编号", "household id"),
                sensitivity="public",
                headers=("户编码", "家庭编号", "户号"),
                read=False,
            ),
        ),
    ]
    region: Region = fact(
        "行政区划代码", "region code", sensitivity="public", headers=["区划代码", "行政区划"], read=False
    )
    village: Text = fact("村", "village", sensitivity="public", headers=["行政村", "嘎查村", "村(嘎查)"], read=False)
    grid: Text = fact("网格", "grid", sensitivity="public", headers=["网格编号", "所属网格", "网格名称"], read=False)
    head_name: Text = fact("户主姓名", "name of the head", headers=["户主"], read=False)
    address: Text = fact("家庭住址", "address", headers=["住址", "家庭地址"], read=False)
    phone: Text = fact("联系电话", "phone", sensitivity="secret", headers=["手机号", "手机号码"], read=False)
    bank_account: Text = fact(
        "银行账号", "bank account", sensitivity="secret", headers=["银行账户", "银行卡号"], read=False
    )
    as_of: ExactDay = fact(
        "采集日期", "day of collection", sensitivity="public", headers=["填表时间", "填表日期"], read=False
    )
    members: Annotated[tuple[Member, ...], Field(max_length=MAX_ROWS)] | None = rows(
        "家庭成员", "members", row_unit="person"
    )
    members_complete: Listed = Field(
        default=False,
        title="成员已列全",
        json_schema_extra=About(Label("成员已列全", "all members are listed"), sensitivity="public", read=False),
    )

    # The export counts persons now (当前家庭人口数) and over the year (年度家庭人口数); provinces divide by either.
    # Only the first is taken by itself, since two columns can't be one fact.
    size: Size = fact(
        "家庭人口数", "household size", unit="person", sensitivity="public",  # lists that are posted show it
        headers=["家庭人口", "当前家庭人口数", "家庭人数"],
    )  # fmt: skip
    registered_poor: YesNo = fact("脱贫户", "registered poor", sensitivity="public", headers=["是否脱贫户"])
    monitored_as: Choice[Literal["unstable", "marginal", "sudden"]] = fact(
        "监测对象类别",
        "monitored as",
        sensitivity="public",
        headers=["检测对象类别"],  # so misspelt in some exports
        labels={
            "unstable": ("脱贫不稳定户", "unstable"),
            "marginal": ("边缘易致贫户", "marginal"),
            "sudden": ("突发严重困难户", "sudden hardship"),
        },
    )

    wage_income: Money = fact("工资性收入", "wage income", unit="CNY/year")
    business_income: Money = fact("生产经营性收入", "business income", unit="CNY/year", headers=["经营性收入"])
    property_income: Money = fact("财产性收入", "property income", unit="CNY/year")
    transfer_income: Money = fact("转移性收入", "transfer income", unit="CNY/year")
    business_expense: Money = fact("生产经营性支出", "business expense", unit="CNY/year", headers=["经营性支出"])
    insurance_payout: Money = fact("家庭理赔收入", "insurance payout", unit="CNY/year", headers=["理赔收入"])
    compliant_out_of_pocket: Money = fact(
        "合规自付支出",
        "compliant out-of-pocket spending",
        unit="CNY/year",
        headers=["家庭合规自付支出"],
    )
    previous_net_income_per_person: SignedMoney = fact(
        "上年人均纯收入",
        "net income per person of the year before",
        unit="CNY/person/year",
        headers=["上年度人均纯收入", "上年家庭人均纯收入", "上年度家庭人均纯收入"],
    )
    rigid_spending: Money = fact("刚性支出", "rigid spending", unit="CNY/year", headers=["家庭刚性支出"])
    school_spending: Money = fact("就学支出", "school spending", unit="CNY/year", headers=["家庭就学支出"])
    disaster_loss: Money = fact("因灾损失", "loss by disaster", unit="CNY/year", headers=["自然灾害损失"])
    disaster_kind: Choice[
        Literal["flood", "geological", "drought", "biological", "meteorological", "earthquake", "other"]
    ] = fact(
        "自然灾害类型",
        "kind of disaster",
        headers=["因自然灾害子项"],
        labels={
            "flood": ("洪涝", "flood"),
            "geological": ("地质", "geological"),
            "drought": ("旱", "drought"),
            "biological": ("生物", "biological"),
            "meteorological": ("气象", "meteorological"),
            "earthquake": ("地震", "earthquake"),
            "other": ("其他", "other"),
        },
    )
    accident_loss: Money = fact("意外事故损失", "loss by accident", unit="CNY/year")
    industry_loss: Money = fact("产业失败损失", "loss of a failed business", unit="CNY/year", headers=["产业损失"])

    # The form asks for needs as yes or no ("是否饮水出现安全问题"), which can't say "at risk" and turns the word round:
    # those columns are not these facts.
    food: Need = fact("不愁吃", "food", labels=_NEED)
    clothing: Need = fact("不愁穿", "clothing", labels=_NEED)
    education: Need = fact("义务教育", "compulsory education", headers=["义务教育保障"], labels=_NEED)
    medical: Need = fact("基本医疗", "basic medical care", headers=["基本医疗保障"], labels=_NEED)
    housing: Need = fact("住房安全", "safe housing", headers=["住房安全保障"], labels=_NEED)
    water: Need = fact("饮水安全", "safe water", headers=["饮水安全保障"], labels=_NEED)
    housing_grade: Choice[Literal["A", "B", "C", "D"]] = fact(
        "危房等级",
        "grade of the house",
        headers=["房屋等级", "住房鉴定等级"],
        labels={
            "A": ("A级", "grade A"),
            "B": ("B级", "grade B"),
            "C": ("C级", "grade C"),
            "D": ("D级", "grade D"),
        },
    )

    sudden_event: YesNo = fact("发生突发事件", "sudden event", headers=["是否发生突发事件"])
    basic_living_difficulty: YesNo = fact(
        "基本生活严重困难", "basic life in serious difficulty", headers=["是否基本生活严重困难"]
    )
    no_labour_backstop: YesNo = fact(
        "整户无劳动能力兜底保障户",
        "household without labour, kept by the safety net",
        headers=["是否整户无劳动能力兜底保障户"],
    )
    relocated: YesNo = fact(
        "易地扶贫搬迁户",
        "relocated",
        sensitivity="public",
        headers=["是否易地扶贫搬迁户", "是否易地扶贫搬迁"],
    )
    risk_eliminated: YesNo = fact("风险已消除", "risk eliminated", sensitivity="public", headers=["风险是否已消除"])
    identified_on: Day = fact("识别监测时间", "identified on", sensitivity="public", headers=["识别时间"])
    eliminated_on: Day = fact("消除监测时间", "eliminated on", sensitivity="public", headers=["风险消除时间"])

    arable_land: Area = fact("耕地面积", "arable land", unit="mu")
    grassland: Area = fact("牧草地面积", "grassland", unit="mu", headers=["草场面积"])
    forest_land: Area = fact("林地面积", "forest land", unit="mu")
    house_area: Area = fact("住房面积", "house area", unit="m2")
    distance_to_road: Distance = fact(
        "与村主干路距离", "distance to the village's main road", unit="km", headers=["与村主干道距离"]
    )
    cooperative_member: YesNo = fact(
        "加入农民专业合作组织",
        "member of a co-operative",
        headers=["是否加入农民专业合作组织", "是否加入农民专业合作社"],
    )
    has_toilet: YesNo = fact("有卫生厕所", "has a sanitary toilet", headers=["是否有卫生厕所"])
    public_post: YesNo = fact("有公益性岗位", "has a public post", headers=["是否有公益性岗位", "是否有公益岗"])
    applied: YesNo = fact("已提交申请", "has applied", headers=["是否提交申请"])
    authorised: YesNo = fact(
        "已签承诺授权书", "has signed the authorisation", headers=["是否签订承诺授权书", "承诺授权书"]
    )

    @property
    def net_income(self) -> float | None:
        """Net income in yuan a year, exact to the fen; None while a part is missing or a range.

        家庭纯收入 = 工资性收入 + 生产经营性收入 + 财产性收入 + 转移性收入 − 生产经营性支出 (aggregated guides and the
        fields of the 2023 form: DOMAIN 2.3, S40 S44 S46 S47).

        >>> parts = dict(business_income=18000, property_income=0, transfer_income=2400.2, business_expense=7000)
        >>> Household(household_id="1", wage_income=12000.1, **parts).net_income
        25400.3
        """
        income = (self.wage_income, self.business_income, self.property_income, self.transfer_income)
        fen = [_fen(part) for part in (*income, self.business_expense)]
        known = [part for part in fen if part is not None]
        return (sum(known[:-1]) - known[-1]) / 100 if len(known) == len(fen) else None

    @property
    def net_income_per_person(self) -> float | None:
        """`net_income` by `size`, in yuan a person and year, not rounded; None while a part is missing or a range.

        家庭人均纯收入 = 家庭纯收入 / 家庭人口 (as `net_income`).
        """
        income = self.net_income
        return income / self.size if income is not None and isinstance(self.size, int) else None


def _fen(yuan: float | Between[float] | None) -> int | None:
    return None if yuan is None or isinstance(yuan, Between) else math.floor(yuan * 100 + 0.5)


# ── what is worth a note, and what was wrong ───────────────────────────────────────────────────────────────────────


def notes(household: Household) -> tuple[Problem, ...]:
    """What does not fit together in a household, and is still no error. No note holds a personal value.

    An ID number of no province, a birth date that is not that of the ID number, more members than the size says.
    """
    members = household.members or ()
    found = [note for at, member in enumerate(members, 1) for note in _notes_of_member(at, member)]
    size = household.size.hi if isinstance(household.size, Between) else household.size
    if size is not None and len(members) > size:
        found.append(Problem("more-members-than-size", Place(field="size"), {"members": len(members)}))
    return tuple(found)


def _notes_of_member(ordinal: int, member: Member) -> Iterator[Problem]:
    if member.id_number is None:
        return
    number_says = check_id_number(member.id_number)
    where = f"members[{ordinal}]"
    if not number_says.region_known:
        yield Problem("id-region-unknown", Place(field=f"{where}.id_number"), {"ordinal": ordinal})
    if _is_another_day(member.birth_date, number_says.birth_date):
        yield Problem("id-birth-differs", Place(field=f"{where}.birth_date"), {"ordinal": ordinal})


def _is_another_day(stated: date | Between[date] | None, found: date) -> bool:
    if isinstance(stated, Between):
        return not stated.lo <= found <= stated.hi
    return stated is not None and stated != found
