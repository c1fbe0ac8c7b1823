"""A notice tells what its form lists, for as long as the pack says, and nothing else of anybody."""

import pickle
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin import Between, Case, DataError, Event, Household, MissingParameter, Pack, PackError, load_pack
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, TextType, Type
from fanpin.facts import FactSpec
from fanpin.i18n import LANGUAGES, day
from fanpin.id_numbers import invented_id_number
from fanpin.masks import STYLES, masked_name, squeezed
from fanpin.notice_forms import MASKED
from fanpin.notices import Notice, notice
from fanpin.packs.notice_shapes import NoticeShape

PACK = load_pack(Path(__file__).parent / "packs" / "posting")
POSTED = date(2024, 5, 17)  # a Friday
LINES = {"contact": "0482-6120000、12317", "issuer": "巴彦嘎查村民委员会"}
VALUES = {"grade": "red", "risk": "unsafe_water", "remark": "新识别"}
KNOWN = {
    "household_id": "H1",
    "head_name": "张三丰",
    "village": "巴彦嘎查",
    "group": "二组",
    "registered_poor": False,
    "moved_in": date(2021, 3, 1),
    "homes": 1,
}
Write = Callable[..., Path]


def home(**facts: Any) -> Household:
    return PACK.household({**KNOWN, **facts})


def case(
    *steps: str, workflow: str = "found", values: Mapping[str, Any] = VALUES, actor: str = "w1", **of: Any
) -> Case:
    opened = Case.open(workflow, pack=PACK, id="C1", **of)
    for days, step in enumerate(steps or ("clue",)):
        opened = opened.record(
            Event(step=step, at=date(2024, 5, 10 + days), actor=actor, values=values if days == 0 else {})
        )
    return opened


def post(households: Any = None, cases: Any = None, name: str = "first", **said: Any) -> Notice:
    return notice(name, cases or case(), households or home(), pack=PACK, **{"posted": POSTED, **LINES, **said})


def refused(*arguments: Any, **said: Any) -> list[tuple[str, int | None, str | None]]:
    """The problems of a notice, each with the household's number and the fact."""
    with pytest.raises(DataError) as error:
        post(*arguments, **said)
    assert all(error.value.text(language) for language in LANGUAGES)
    return [(p.code, p.place.row, p.place.field) for p in error.value.problems]


# What is posted


def test_the_text_is_what_hangs_in_the_village() -> None:
    other = home(household_id="H2", head_name="欧阳春", village="三合村", registered_poor=True, homes=2)
    made = post([home(), other], [case(), case(values={**VALUES, "risk": "illness", "grade": "blue"})])
    assert made.text("zh") == (
        "初选名单公示\n\n"
        "下列2户拟纳入监测，现予公示。\n公示期5天：2024年5月17日至2024年5月22日。\n\n"
        "1. 户主姓名：张某某；村：巴彦嘎查；村民小组：二组；脱贫户：否；迁入日期：2021年3月1日；住房套数：1；"
        "风险等级：红；风险：因安全饮水；说明：新识别。\n"
        "2. 户主姓名：欧阳某；村：三合村；村民小组：二组；脱贫户：是；迁入日期：2021年3月1日；住房套数：2；"
        "风险等级：蓝；风险：其他；说明：新识别。\n\n"
        "如有异议，请向巴彦嘎查村民委员会反映，监督电话：0482-6120000、12317。\n\n"
        "巴彦嘎查村民委员会\n2024年5月17日\n\n"
        "张贴至2024年5月22日，期满撤下。\n"
    )
    assert made.text("en").splitlines()[2:6] == [
        "These 2 households are to be monitored.",
        "Posted for 5 days, from 17 May 2024 until 22 May 2024.",
        "",
        "1. name of the head: 张某某; village: 巴彦嘎查; group: 二组; registered poor: no; moved in: 1 March 2021; "
        "homes: 1; grade: red; risk: unsafe water; remark: 新识别.",
    ]


def test_the_page_holds_the_same_and_loads_nothing() -> None:
    page = post().to_html("zh")
    said = re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.DOTALL)
    assert [line for line in said.split("\n") if "张某某" in line] == [
        "1张某某巴彦嘎查二组否2021年3月1日1红因安全饮水新识别"
    ]
    assert "公示期5天：2024年5月17日至2024年5月22日。" in said
    assert "监督电话：0482-6120000、12317。" in said
    assert '<html lang="zh-CN">' in page
    assert "size: A4" in page
    assert not re.search(r"<(script|link|img|iframe|object)|\bsrc=|href=|url\(|@import|//", page)
    assert '<html lang="en">' in post().to_html("en")


def test_what_stands_in_free_text_is_text_and_no_markup() -> None:
    made = post(
        home(village="<b>巴彦</b> & \"'村\n\n第二行"), contact="<script>alert('1')</script>", issuer="<i>甲</i>"
    )
    assert "<bdi>&lt;b&gt;巴彦&lt;/b&gt; &amp; &quot;&#x27;村 第二行</bdi>" in made.to_html("zh")
    assert "<script" not in made.to_html("zh")
    assert "<i>" not in made.to_html("zh")
    assert "村：<b>巴彦</b> & \"'村 第二行；" in made.text("zh")


@pytest.mark.parametrize(
    ("suffix", "start"), [(".txt", "初选名单公示\n"), (".html", "<!DOCTYPE html>"), (".HTML", "<!")]
)
def test_it_is_saved_as_its_ending_says(suffix: str, start: str, tmp_path: Path) -> None:
    path = post().save(tmp_path / f"公示{suffix}", "zh")
    written = path.read_bytes()
    assert written.decode("utf-8").startswith(start)
    assert b"\r" not in written


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.txt, \.html"):
        post().save(tmp_path / "notice.docx")
    assert list(tmp_path.iterdir()) == []


def test_its_repr_says_what_it_is_and_names_nobody() -> None:
    assert repr(post()) == "<Notice first: 1 households, 2024-05-17 to 2024-05-22>"


# How long


def test_it_comes_down_the_day_after_its_last() -> None:
    made = post()
    assert (made.posted, made.until) == (POSTED, POSTED + timedelta(days=5))
    assert [made.is_due(made.until + timedelta(days=n)) for n in (-9, 0, 1, 30)] == [False, False, True, True]


def test_it_hangs_for_as_long_as_the_procedure_waits(write: Write) -> None:
    """The time is written once: a county that changes the procedure's changes the notice's."""
    gaps = "gaps: {notice: {at_least: '9', days: working}}"
    pack = load_pack(write(workflow=f"workflows: {{found: {{steps: {{closed: {{{gaps}}}}}}}}}"))
    assert (PACK.notices["first"].at_least, PACK.notices["first"].days) == ("notice_days", "calendar")
    assert (pack.notices["first"].at_least, pack.notices["first"].days) == ("9", "working")


TWO = "notice: {since: posted, at_least: 3}, other: {since: [clue, posted], at_least: 4}"


@pytest.mark.parametrize(
    "gaps",
    [
        "notice: {since: clue, at_least: 9}",
        "notice: {since: posted, at_least: 3 if clue else 5}",
        "notice: {since: posted, at_least: 2, days: months}",
        TWO,
    ],
)
def test_where_the_procedure_does_not_say_how_long_the_notice_must(gaps: str, write: Write) -> None:
    found = f"found: {{steps: {{closed: {{gaps: {{{gaps}}}}}}}}}"
    assert problems_of(write(workflow=f"workflows: {{{found}}}")) == ["notice-length-unsaid"]


def test_a_step_that_is_left_out_for_its_own_mistake_is_told_alone(write: Write) -> None:
    mistake = "found: {steps: {closed: {gaps: {notice: {days: workng}}}}}"
    assert "notice-length-unsaid" not in problems_of(write(workflow=f"workflows: {{{mistake}}}"))


def test_working_days_leave_out_a_regions_own_days_off() -> None:
    assert post(name="working").until == date(2024, 5, 22)
    assert post(name="working", cases=case(region="152223")).until == date(2024, 5, 23)
    assert "公示期3个工作日。" in post(name="working").text("zh")
    assert "Posted for 3 working days." in post(name="working").text("en")


def test_a_list_hangs_as_long_as_its_longest() -> None:
    other = home(household_id="H2")
    made = post([home(), other], [case(region="152223"), case()])
    assert (made.until, "公示期7天" in made.text("zh")) == (POSTED + timedelta(days=7), True)


def test_the_days_are_those_of_the_day_on_which_the_case_was_opened() -> None:
    later = Case.open("found", pack=PACK, id="C1").record(Event(step="clue", at="2024-05-15", values=VALUES))
    assert [post(cases=opened).until - POSTED for opened in (case(), later)] == [timedelta(days=n) for n in (5, 6)]


def test_working_days_that_nobody_announced_are_not_guessed() -> None:
    opened = Case.open("found", pack=PACK, id="C1").record(Event(step="clue", at="2099-01-05", values=VALUES))
    with pytest.raises(DataError) as error:
        post(cases=opened, name="working", posted=date(2099, 1, 6))
    assert [problem.code for problem in error.value.problems] == ["notice-end-unknown"]


# What is refused


def test_a_notice_that_the_pack_does_not_have_is_refused() -> None:
    with pytest.raises(PackError, match="did you mean first"):
        post(name="frist")


def test_a_notice_is_put_up_as_its_step_comes() -> None:
    assert refused(cases=Case.open("found", pack=PACK, id="1"))[0] == ("notice-out-of-turn", 1, None)
    assert post(cases=case("clue", "posted"), posted=date(2024, 5, 11)).posted == date(2024, 5, 11)
    assert refused(cases=case("clue", "posted")) == [("notice-other-day", 1, None)]


def test_a_notice_waits_as_its_step_does(write: Write) -> None:
    gap = "gaps: {wait: {since: clue, at_least: 3}}"
    pack = load_pack(write(workflow=f"workflows: {{found: {{steps: {{posted: {{{gap}}}}}}}}}"))
    opened = Case.open("found", pack=pack, id="C1").record(Event(step="clue", at="2024-05-10", values=VALUES))
    assert notice("first", opened, home(), pack=pack, posted=date(2024, 5, 13), **LINES).rows
    with pytest.raises(DataError) as error:
        notice("first", opened, home(), pack=pack, posted=date(2024, 5, 12), **LINES)
    assert [problem.code for problem in error.value.problems] == ["notice-out-of-turn"]


def test_a_notice_belongs_to_its_procedure() -> None:
    assert refused(cases=case("check", workflow="gone")) == [("notice-other-workflow", 1, None)]


def test_a_case_is_of_its_household() -> None:
    assert refused(cases=case(household="H2")) == [("notice-other-household", 1, None)]
    assert post(cases=case(household="H1")).rows
    assert refused([home(), home()], [case(), case()]) == [("notice-twice", 2, None)]
    assert refused([home(), home()], [case()]) == [("cases-without-households", None, None)]
    with pytest.raises(TypeError, match="`posted` is a date, not a str"):
        post(posted="2024-03-06")


def test_a_notice_of_nobody_is_refused() -> None:
    with pytest.raises(DataError) as error:
        notice("first", [], [], pack=PACK, posted=POSTED, **LINES)
    assert [problem.code for problem in error.value.problems] == ["notice-of-nobody"]


def test_what_is_not_known_for_certain_is_not_posted() -> None:
    assert refused(home(head_name=None, homes=Between(1, 2)), case(values={})) == [
        ("notice-value-missing", 1, name) for name in ("head_name", "homes", "grade", "risk", "remark")
    ]


@pytest.mark.parametrize("line", ["contact", "issuer"])
def test_it_says_where_objections_go_and_who_signs(line: str) -> None:
    assert refused(**{line: " "}) == [("notice-line-blank", None, line)]
    assert refused(**{line: "巴彦 6222 0200 0000 000"}, households=home(bank_account="622202-00000-0000")) == [
        ("notice-tells-number", None, line)
    ]
    assert refused(**{line: "张三，990000195603090159"}) == [("notice-tells-number", None, line)]


NUMBERS = [
    "990000195603090159", "13912345678", "139 1234 5678", "139-1234-5678", "１３９１２３４５６７８", "139.1234.5678",
    "一三九一二三四五六七八", "幺三九 壹贰叁肆 五六七八", "0482-6120000", "6120000", "6222 0212 3456 7890 123",
    "139\u200b1234\u200b5678",
    "①③⑨①②③④⑤⑥⑦⑧", "٠١٢٣٤٥٦٧٨٩", "99000019560309015X", "1/3/9/1/2/3/4/5", "139————1234————5678",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_free_text_is_refused_and_not_shown(number: str) -> None:
    with pytest.raises(DataError) as error:
        post(home(village=f"巴彦{number}嘎查"))
    (problem,) = error.value.problems
    assert (problem.code, problem.place.field) == ("notice-tells-number", "village")
    for text in (*map(error.value.text, LANGUAGES), repr(problem), repr(error.value), str(problem.to_dict("zh"))):
        assert squeezed(number) not in squeezed(text)


@pytest.mark.parametrize("text", ["3组12号", "2024年3月1日", "第197村", "一二三组", "国道111线K201"])
def test_a_short_number_stays(text: str) -> None:
    assert text in post(home(village=text)).text("zh")


def test_a_shorter_secret_of_the_household_is_found_too() -> None:
    """A number of five digits is no phone to the eye, and it is this household's."""
    members = [{"licence": "K-71234"}]
    assert refused(home(village="K71 234村", members=members)) == [("notice-tells-number", 1, "village")]
    assert post(home(village="K71 234村")).rows
    assert refused(home(doctor="乌兰其其格", village="乌兰 其其格家")) == [("notice-tells-number", 1, "village")]


def test_a_full_name_in_free_text_is_refused() -> None:
    assert refused(home(village="张三丰家北")) == [("notice-tells-name", 1, "village")]
    assert refused(home(members=[{"name": "李小明"}]), case(values={**VALUES, "remark": "其子李 小明在读"})) == [
        ("notice-tells-name", 1, "remark")
    ]
    assert post(home(head_name="向阳", village="向阳村")).rows  # villages bear names that persons bear too


def test_every_problem_of_every_household_is_named_at_once() -> None:
    found = refused(
        [home(village=NUMBERS[0]), home(household_id="H2", group=NUMBERS[1], village=None)], [case(), case()]
    )
    assert found == [
        ("notice-tells-number", 1, "village"),
        ("notice-value-missing", 2, "village"),
        ("notice-tells-number", 2, "group"),
    ]


# Names


def test_a_pack_may_write_every_way_to_mask_a_name() -> None:
    assert NoticeShape.model_json_schema()["properties"]["names"]["enum"] == list(STYLES)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", ["张某", "张某", "张*", "张*"]),
        ("张三丰", ["张某某", "张某", "张**", "张*"]),
        (" 张 三 丰 ", ["张某某", "张某", "张**", "张*"]),
        ("张", ["张某", "张某", "张*", "张*"]),
        ("欧阳娜娜", ["欧阳某某", "欧阳某", "欧阳**", "欧阳*"]),
        ("司马光", ["司马某", "司马某", "司马*", "司马*"]),
        ("欧阳", ["欧某", "欧某", "欧*", "欧*"]),
        ("乌云其木格", ["乌某某", "乌某", "乌**", "乌*"]),
        ("阿不都热西提·买买提", ["阿某某", "阿某", "阿**", "阿*"]),
        ("东方·阿里", ["东某某", "东某", "东**", "东*"]),
        ("𠮷野家", ["𠮷某某", "𠮷某", "𠮷**", "𠮷*"]),
        ("John Smith", ["J**", "J*", "J**", "J*"]),
        ("ᠪᠠᠲᠤ", ["ᠪ**", "ᠪ*", "ᠪ**", "ᠪ*"]),
        ("13912345678张三", ["某某", "某", "**", "*"]),
        ("（故）张三", ["某某", "某", "**", "*"]),
    ],
)
def test_a_name_is_masked_as_the_pack_says(name: str, shown: list[str], style: str) -> None:
    assert masked_name(name, style) == shown[STYLES.index(style)]


def test_a_form_has_its_own_mask() -> None:
    assert "张*；" in post(name="working").text("zh")


# What a pack may say


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A pack over another, from the texts of its files."""

    def write_pack(name: str = "mine", extends: str = "", head: str = "", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        below = extends or (Path(__file__).parent / "packs" / "posting").as_posix()
        base = f"../{extends}" if extends else Path("../" * len(folder.parts[1:])).as_posix() + below
        files["pack"] = f'name: {name}\nlabel: {{zh: 我的, en: mine}}\nversion: "1"\nextends: {base}\n{head}'
        for file, text in files.items():
            (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write_pack


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(PackError) as error:
        load_pack(folder)
    return [problem.code for problem in error.value.problems]


def test_of_all_facts_only_public_ones_and_the_masked_name_may_be_listed(write: Write) -> None:
    facts = PACK.facts.household
    columns = ", ".join(facts)
    folder = write(notices=f"notices: {{first: {{fields: [{columns}], risks: []}}}}")
    with pytest.raises(PackError) as error:
        load_pack(folder)
    told = [problem.details["name"] for problem in error.value.problems if problem.code.startswith("notice-field")]
    may = {name for name, fact in facts.items() if fact.sensitivity == "public"} | MASKED
    assert set(facts) - set(told) == may - {"grid", "doctor"}  # the one the pack forbids, the other tells of health
    assert {"phone", "bank_account", "address", "wage_income"} <= set(told)


def test_members_have_no_place_in_a_notice(write: Write) -> None:
    for name in ("members", "members.name", "id_number", "health"):
        assert problems_of(write(name.replace(".", "_"), notices=f'notices: {{working: {{fields: ["{name}"]}}}}'))


def test_a_county_adds_to_what_is_forbidden(write: Write) -> None:
    assert problems_of(write(notices="forbidden: {village: 某县〔2024〕1号}")) == ["notice-field-forbidden"] * 2


def test_a_county_takes_nothing_from_what_is_forbidden(write: Write) -> None:
    write("province", notices="forbidden: {household_id: 某省〔2024〕1号}")
    asks = "notices: {working: {fields: [household_id, grid]}}"
    assert problems_of(write("asks", "province", notices=asks)) == ["notice-field-forbidden"] * 2
    assert problems_of(write("empty", "province", notices=f"forbidden: {{}}\n{asks}")) == ["notice-field-forbidden"] * 2
    assert problems_of(write("nulled", "province", notices=f"forbidden:\n{asks}"))
    for path in ("forbidden", "forbidden.grid"):
        left_out = write(path.replace(".", "_"), "province", f"without: [{path}]", notices=asks)
        assert problems_of(left_out) == ["forbidden-only-grows", *["notice-field-forbidden"] * 2]


def test_a_county_changes_a_notice_where_it_differs(write: Write) -> None:
    pack = load_pack(write(notices="notices: {first: {days: working, at_least: '7', names: 张*}}"))
    form = pack.notices["first"]
    assert (form.days, form.at_least, form.style, form.step) == ("working", "7", "张*", "posted")
    assert form.columns == PACK.notices["first"].columns
    assert pack.hash != PACK.hash


def test_a_fact_that_tells_of_health_by_its_values_is_refused(write: Write) -> None:
    values = "{a: {zh: 大病, en: a}, b: {zh: 其他, en: b}}"
    facts = f"facts: {{kind: {{label: {{zh: 类型, en: kind}}, type: choice, values: {values}, sensitivity: public}}}}"
    folder = write(facts=facts, notices="notices: {working: {fields: [kind]}}")
    assert problems_of(folder) == ["notice-field-never"]


def test_a_pack_and_its_notices_travel_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(PACK)).notices == PACK.notices
    made = post()
    assert pickle.loads(pickle.dumps(made)) == made


def test_notices_of_a_step_that_is_left_out_go_with_it(write: Write) -> None:
    over = "workflows: {found: {line: [clue, closed], steps: {closed: {gaps: {notice: {since: clue}}}}}}"
    head = "without: [workflows.found.steps.posted]"
    assert load_pack(write("less", head=head, workflow=over)).notices == {}
    again = "notices: {working: {step: closed}}"  # the pack says where it goes
    moved = load_pack(write("moved", head=head, workflow=over, notices=again))
    assert {name: form.step for name, form in moved.notices.items()} == {"working": "closed"}


# The shipped packs

SHIPPED = [
    ("national", "first_notice", "identification", "public_notice", ["head_name", "village"]),
    ("national", "announcement", "identification", "announcement", ["head_name", "village", "category"]),
    ("national", "elimination_notice", "elimination", "public_notice", ["head_name", "village"]),
    ("national", "elimination_announcement", "elimination", "announcement", ["head_name", "village"]),
    ("zhalaite", "first_notice", "identification", "public_notice", ["head_name", "village"]),
    ("zhalaite", "second_notice", "identification", "second_notice", ["head_name", "village", "category"]),
]


@pytest.mark.parametrize(("pack", "name", "workflow", "step", "listed"), SHIPPED)
def test_what_a_shipped_notice_lists(pack: str, name: str, workflow: str, step: str, listed: list[str]) -> None:
    form = load_pack(pack).notices[name]
    assert (form.workflow, form.step, [column.name for column in form.columns]) == (workflow, step, listed)
    assert form.source


def test_a_second_notice_stands_for_the_announcement() -> None:
    assert "announcement" not in load_pack("zhalaite").notices


def run_of(pack: Pack, *steps: str) -> Case:
    """A case of the pack, as it came, lawful or not."""
    opened = Case.open("identification", pack=pack, id="C1")
    for days, step in enumerate(steps):
        opened, _ = opened.observe(Event(step=step, at=date(2024, 5, 6 + days), values={"category": "marginal"}))
    return opened


def test_the_first_notice_hangs_until_the_township_may_review() -> None:
    pack = load_pack("zhalaite")
    ready = run_of(pack, "clue", "home_visit", "application", "village_review")
    household = Household(household_id="H1", head_name="乌云其木格", village="巴彦嘎查")
    made = notice("first_notice", ready, household, pack=pack, posted=POSTED, **LINES)
    assert made.text("zh") == (
        "拟纳入防止返贫致贫监测帮扶农户名单公示\n\n"
        "经农户申请、入户核实、民主评议，拟将下列1户纳入防止返贫致贫监测帮扶，现予公示。"
        "公示期5天，自2024年5月17日起至2024年5月22日止。\n\n"
        "1. 户主姓名：乌某某；村：巴彦嘎查。\n\n"
        "如有异议，请在公示期内向巴彦嘎查村民委员会反映，或拨打监督电话：0482-6120000、12317。\n\n"
        "巴彦嘎查村民委员会\n2024年5月17日\n\n"
        "张贴至2024年5月22日，期满撤下。\n"
    )
    posted, _ = ready.observe(Event(step="public_notice", at=POSTED))
    (review,) = (step for step in posted.allowed(POSTED) if step.step == "township_review")
    assert review.earliest == made.until


def test_how_long_an_announcement_hangs_is_for_the_county_to_fill_in() -> None:
    pack = load_pack("national")
    steps = [name for line in pack.workflows["identification"].spec.lines[:1] for (name, *_) in line]
    decided = run_of(pack, *steps[: steps.index("announcement")])
    household = Household(household_id="H1", head_name="张三", village="三合村")
    with pytest.raises(MissingParameter, match="announcement_days"):
        notice("announcement", decided, household, pack=pack, posted=POSTED, **LINES)


# A household full of personal data

SURNAMES, GIVEN = ["张", "欧阳", "白", "阿"], "翀琰璟槿沅莙琪骁"


def texts_of(fact: FactSpec) -> st.SearchStrategy[str]:
    digits = st.integers(0, 10**17 - 1).map("{:017}".format)
    name = st.builds(
        lambda a, b: a + "".join(b), st.sampled_from(SURNAMES), st.lists(st.sampled_from(GIVEN), min_size=2)
    )
    match fact.name:
        case "id_number":
            born = st.dates(date(1930, 1, 1), date(2015, 12, 31))
            return st.builds(invented_id_number, st.integers(0, 4_999_999), born)
        case "phone":
            return digits.map(lambda text: "1" + text[:10])
        case "head_name" | "name" | "doctor":
            return name
        case "region":
            return st.sampled_from(["152223", "990001"])
    return digits.map(lambda text: f"{fact.name}-{text}")


def values_of(fact: FactSpec) -> st.SearchStrategy[Any]:
    """Values of a fact that would be known again wherever they stood."""
    kind: Type = fact.type
    match kind:
        case NumberType(decimals=decimals, lo=lo, hi=hi):
            least = int(max(lo, min(hi, 10_000 * 10**decimals)))
            return st.integers(least, int(hi)).map(lambda n: n / 10**decimals if decimals else n)
        case DateType():
            return st.dates(date(1930, 1, 1), date(2015, 12, 31))
        case ChoiceType(values=values):
            return st.sampled_from(values)
        case BooleanType():
            return st.booleans()
        case TextType():
            return texts_of(fact)


def row_of(facts: Mapping[str, FactSpec]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: values_of(fact) for name, fact in facts.items()})


COLLECTIONS = PACK.facts.collections
POSTABLE = {column.name for column in PACK.notices["first"].columns if column.of == "household"} - MASKED
FULL = st.builds(
    lambda facts, rows: {
        **facts,
        **rows,
        **{name: KNOWN[name] for name in (*POSTABLE, "household_id")},
        "members_complete": True,
    },
    row_of({name: fact for name, fact in PACK.facts.household.items() if name not in POSTABLE}),
    st.fixed_dictionaries(
        {name: st.lists(row_of(rows.facts), min_size=1, max_size=3) for name, rows in COLLECTIONS.items()}
    ),
)


def hidden_in(household: Household) -> set[str]:
    """The personal and secret values of a household in the ways in which they may be written, as letters and digits."""
    found: set[str] = set()
    tables = [(household, PACK.facts.household)]
    tables += [(row, rows.facts) for name, rows in COLLECTIONS.items() for row in getattr(household, name)]
    for record, facts in tables:
        for name, fact in facts.items():
            value = getattr(record, name)
            if fact.sensitivity == "public" and name != "doctor":
                continue
            if isinstance(value, date):
                found |= {value.isoformat(), day(value, "zh"), day(value, "en"), f"{value:%Y%m%d}"}
            elif isinstance(value, str) and fact.values:
                found |= {fact.values[value].zh} if len(fact.values[value].zh) > 2 else set()
            elif isinstance(value, str):
                found.add(value)
            elif isinstance(value, int | float) and value >= 1000:
                found |= {f"{value}", f"{value:.0f}", f"{value:.2f}"}
    return {squeezed(text) for text in found}


def shown_by(made: Notice) -> str:
    pages = (write(language) for write in (made.text, made.to_html) for language in LANGUAGES)
    return squeezed("\n".join((*pages, repr(made), str(made))))


@settings(max_examples=60)
@given(FULL)
def test_a_notice_of_a_household_full_of_personal_data_holds_none_of_it(facts: dict[str, Any]) -> None:
    household = PACK.household(facts)
    full = case(values={**VALUES, "inner": facts["address"]}, actor=facts["members"][0]["id_number"])
    made = post(household, full)
    shown = shown_by(made)
    assert [text for text in hidden_in(household) if text in shown] == []
    bare = post(home(head_name=facts["head_name"]))
    assert made == bare  # nor does it hang on anything that it does not list


def plainly(text: str) -> str:
    return text


def spaced(text: str) -> str:
    return " ".join(text)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def in_numerals(text: str) -> str:
    return "".join("〇一二三四五六七八九"[int(c)] if c in "0123456789" else c for c in text)


@settings(max_examples=60)
@given(FULL, st.data())
def test_personal_data_that_slipped_into_free_text_stays_out_of_notice_and_error(
    facts: dict[str, Any], data: st.DataObject
) -> None:
    secrets = [facts["phone"], facts["bank_account"], facts["savings_book"], facts["head_name"], facts["doctor"]]
    secrets += [member[name] for member in facts["members"] for name in ("name", "id_number", "phone", "licence")]
    slipped = data.draw(st.sampled_from(secrets))
    written = data.draw(st.sampled_from([plainly, spaced, wide, in_numerals]))(slipped)
    where = data.draw(st.sampled_from(["village", "group", "remark"]))
    text = f"巴彦{written}嘎查"
    household = PACK.household({**facts, where: text} if where != "remark" else facts)
    values = {**VALUES, "remark": text} if where == "remark" else VALUES
    with pytest.raises(DataError) as error:
        post(household, case(values=values))
    assert {problem.place.field for problem in error.value.problems} == {where}
    told = "\n".join((*map(error.value.text, LANGUAGES), repr(error.value), repr(error.value.problems)))
    assert squeezed(slipped) not in squeezed(told)
