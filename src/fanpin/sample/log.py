"""The small sample's log: what was done for the forty households, a row an event, as offices type it.

Most cases keep to the procedure of the pack `example`, closed or on their way; the others each have the one fault that
is named in `FAULTS`, and three rows can't be read.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from attrs import define, field

from fanpin.sample.forty import VILLAGES
from fanpin.sample.rows import Row

HEADINGS = (
    "办件编号", "户编号", "乡镇", "村", "环节", "办理日期", "经办人编号", "角色", "办理层级", "佐证材料", "措施编号",
    "线索渠道", "风险等级", "监测对象类别", "理由", "待补手续清单", "风险", "有劳动能力", "有发展意愿",
    "开发式帮扶措施数",
)  # fmt: skip
TOWNSHIPS = ("东沟镇", "白桦苏木")
_FIRST, _OF_JUNE = date(2024, 3, 4), date(2024, 4, 9)  # a clue every two days; the last of them in June
LATE = 32  # from this case on, they are of the weeks before the day of the sample
_GRADES = ("蓝", "黄", "红")
_CATEGORIES = ("边缘易致贫户", "脱贫不稳定户", "突发严重困难户")
_CHANNELS = ("网格员入户", "防贫监测110", "部门数据比对", "监督发现")
_DONE_BY = {"蓝": ("V", "村干部", "村"), "黄": ("T", "乡镇干部", "乡镇"), "红": ("B", "行业部门", "部门")}
_COUNTY = ("X", "农牧局", "旗")


@define
class Story:
    """A case on its way: whose it is, how grave, and what was done so far."""

    number: int
    rows: list[Row] = field(factory=list)

    @property
    def id(self) -> str:
        """Of the case."""
        return f"B2024{self.number:03}"

    @property
    def start(self) -> date:
        """The day of the clue; the later the number, the later."""
        return (_FIRST if self.number < LATE else _OF_JUNE) + timedelta(days=2 * self.number)

    @property
    def grade(self) -> str:
        """The colour that the township sets."""
        return _GRADES[self.number % 3]

    def do(self, step: str, day: int, who: tuple[str, str, str], papers: str = "", **said: str) -> None:
        """An event so many days after the clue; `who` is a letter for the number of staff, the role and the level."""
        letter, role, level = who
        cells = {
            "办件编号": self.id,
            "户编号": f"H{self.number:03}",
            "乡镇": TOWNSHIPS[self.number % len(VILLAGES) % 2],
            "村": VILLAGES[self.number % len(VILLAGES)],
            "环节": step,
            "办理日期": (self.start + timedelta(days=day)).isoformat(),
            "经办人编号": f"{letter}{self.number % 7 + 1:02}",
            "角色": role,
            "办理层级": level,
            "佐证材料": papers,
            **said,
        }
        self.rows.append([cells.get(heading, "") for heading in HEADINGS])

    def change(self, step: str, heading: str, text: str) -> None:
        """Another text in the last row of a step."""
        row = next(row for row in reversed(self.rows) if row[HEADINGS.index("环节")] == step)
        row[HEADINGS.index(heading)] = text

    def drop(self, step: str) -> None:
        """Take out the rows of a step."""
        self.rows[:] = [row for row in self.rows if row[HEADINGS.index("环节")] != step]


# ── what happens in good order ─────────────────────────────────────────────────────────────────────────────────────

GRID, VILLAGE, TOWNSHIP = ("W", "网格员", "村"), ("V", "村干部", "村"), ("T", "乡镇干部", "乡镇")


def clue(story: Story) -> None:
    """The first that is heard of it."""
    who = ("B", "行业部门", "部门") if story.number % 4 == 2 else GRID
    story.do("线索登记", 0, who, 线索渠道=_CHANNELS[story.number % 4])


def visited(story: Story) -> None:
    """To the application."""
    clue(story)
    story.do("入户核实", 1, GRID, "核查表")
    story.do("农户申请", 2, ("N", "农户", "农户"), "申请书、承诺授权书")


def posted(story: Story) -> None:
    """To the notice in the village."""
    visited(story)
    story.do("民主评议", 3, VILLAGE, "会议记录")
    story.do("村内公示", 4, VILLAGE, "公示照片")
    story.do("数据比对", 5, ("B", "行业部门", "部门"), "比对结果")


def reviewed(story: Story) -> None:
    """To the colour that the township sets."""
    posted(story)
    story.do("苏木乡镇审核", 9, TOWNSHIP, "审核表", 风险等级=story.grade)


def decided(story: Story) -> None:
    """To the entry in the system."""
    reviewed(story)
    entered(story)


def entered(story: Story) -> None:
    """From the review to the entry."""
    story.do("会商研判", 12, _COUNTY)
    if story.number % 3 == 0:
        story.do("抽查", 13, _COUNTY)
    settled(story, 14)
    story.do("第二次公示", 15, VILLAGE, "公示照片")
    story.do("系统录入", 20, TOWNSHIP)


def settled(story: Story, day: int) -> None:
    """The county's decision, with the category."""
    story.do("旗级审定", day, _COUNTY, "批复", 监测对象类别=_CATEGORIES[story.number % 3])


def helped(story: Story) -> None:
    """To the measures in place: one, or two side by side."""
    decided(story)
    tracks = ("M1", "M2")[: 1 + story.number % 2]
    for day, step in ((22, "制定帮扶措施"), (25, "开始帮扶")):
        for track in tracks:
            story.do(step, day, TOWNSHIP, 措施编号=track)
    for days, track in enumerate(tracks):
        story.do("措施到位", 38 + days, _DONE_BY[story.grade], "帮扶记录", 措施编号=track)


def closed(story: Story) -> None:
    """To the visit that closes the loop."""
    helped(story)
    labour = {"有劳动能力": "是", "有发展意愿": "是", "开发式帮扶措施数": "1"}
    story.do("回访核查", 42, GRID, **labour if story.number % 3 else {"有劳动能力": "否"})


# ── other ways, all of them lawful ─────────────────────────────────────────────────────────────────────────────────


def not_admitted(story: Story) -> None:
    """Visited, and there was nothing in it."""
    clue(story)
    story.do("入户核实", 2, GRID, "核查表")
    story.do("不予纳入", 3, VILLAGE, 理由="核实不属实")


def withdrawn(story: Story) -> None:
    """The household does not want it."""
    visited(story)
    story.do("撤回申请", 4, ("N", "农户", "农户"), "撤回申请书")


def sent_back(story: Story) -> None:
    """The township wants another visit; then on."""
    posted(story)
    story.do("退回", 6, TOWNSHIP, 理由="收入没有核清")
    story.do("入户核实", 7, GRID, "核查表")
    story.do("民主评议", 7, VILLAGE, "会议记录")
    story.do("村内公示", 7, VILLAGE, "公示照片")
    story.do("苏木乡镇审核", 12, TOWNSHIP, "审核表", 风险等级=story.grade)
    entered(story)


def objected(story: Story) -> None:
    """Somebody objects, and it is looked into."""
    posted(story)
    story.do("提出异议", 6, ("", "", ""))
    story.do("异议处理", 8, TOWNSHIP, "异议核查结论")
    story.do("苏木乡镇审核", 9, TOWNSHIP, "审核表", 风险等级=story.grade)
    entered(story)


def helped_first(story: Story) -> None:
    """A fire: help first, papers later."""
    clue(story)
    story.do("先行救助", 0, TOWNSHIP, 理由="房屋失火", 待补手续清单="申请书、评议")
    story.do("制定帮扶措施", 0, TOWNSHIP, 措施编号="M1")
    story.do("开始帮扶", 1, TOWNSHIP, 措施编号="M1")
    story.do("入户核实", 2, GRID, "核查表")


def heard_again(story: Story) -> None:
    """A second clue, which does not move the fifteen days."""
    visited(story)
    story.do("线索登记", 3, ("B", "行业部门", "部门"), 线索渠道="部门数据比对")


# ── faults, one a case ─────────────────────────────────────────────────────────────────────────────────────────────


def no_review(story: Story) -> None:
    """Posted without a review."""
    closed(story)
    story.drop("民主评议")


def short_notice(story: Story) -> None:
    """Three days of notice, and not five."""
    closed(story)
    story.change("苏木乡镇审核", "办理日期", (story.start + timedelta(days=7)).isoformat())


def late_decision(story: Story) -> None:
    """Decided on the nineteenth day."""
    reviewed(story)
    story.do("会商研判", 18, _COUNTY)
    settled(story, 19)


def no_minutes(story: Story) -> None:
    """A review without its minutes."""
    closed(story)
    story.change("民主评议", "佐证材料", "")


def half_the_papers(story: Story) -> None:
    """An application without the authorisation."""
    decided(story)
    story.change("农户申请", "佐证材料", "申请书")


def by_the_village(story: Story) -> None:
    """The village sets the colour."""
    decided(story)
    story.change("苏木乡镇审核", "角色", "村干部")
    story.change("苏木乡镇审核", "办理层级", "村")


def at_the_village(story: Story) -> None:
    """A department's comparison that is said to be of the village's level."""
    decided(story)
    story.change("数据比对", "办理层级", "村")


def nobody(story: Story) -> None:
    """Nobody is named who entered it."""
    closed(story)
    story.change("系统录入", "经办人编号", "")


def open_measure(story: Story) -> None:
    """Closed while a measure is under way."""
    closed(story)
    story.rows.pop(-2)


def no_colour(story: Story) -> None:
    """No colour is set."""
    decided(story)
    story.change("苏木乡镇审核", "风险等级", "")


def another_colour(story: Story) -> None:
    """A colour that there is not."""
    decided(story)
    story.change("苏木乡镇审核", "风险等级", "紫")


def other_step(story: Story) -> None:
    """A step that the procedure does not know."""
    decided(story)
    story.do("领导批示", 21, TOWNSHIP)


def wrong_month(story: Story) -> None:
    """The notice has the month before in its day, so it is earlier than the review."""
    decided(story)
    month_before = story.start + timedelta(days=4) - timedelta(days=30)
    story.change("村内公示", "办理日期", month_before.isoformat())


def twice(story: Story) -> None:
    """Reviewed by the township twice over, with nothing sent back."""
    reviewed(story)
    story.do("苏木乡镇审核", 10, TOWNSHIP, "审核表", 风险等级=story.grade)
    entered(story)


def after_the_end(story: Story) -> None:
    """A comparison after the case was closed."""
    not_admitted(story)
    story.do("农户申请", 5, ("N", "农户", "农户"), "申请书、承诺授权书")


def over_an_objection(story: Story) -> None:
    """The township goes on while an objection is open."""
    posted(story)
    story.do("提出异议", 6, ("", "", ""))
    story.do("苏木乡镇审核", 9, TOWNSHIP, "审核表", 风险等级=story.grade)
    story.do("异议处理", 10, TOWNSHIP, "异议核查结论")
    entered(story)


def late_visit(story: Story) -> None:
    """Nobody came for two weeks."""
    clue(story)
    story.do("入户核实", 14, GRID, "核查表")


Tell = Callable[[Story], None]
FAULTS: Mapping[Tell, str] = MappingProxyType(
    {
        no_review: "order",
        short_notice: "early",
        late_decision: "late",
        no_minutes: "papers",
        half_the_papers: "papers",
        by_the_village: "role",
        at_the_village: "level",
        nobody: "no_actor",
        open_measure: "unfinished",
        no_colour: "not_said",
        another_colour: "not_a_value",
        other_step: "unknown_step",
        wrong_month: "time_reversed",
        twice: "again",
        after_the_end: "after_end",
        over_an_objection: "blocked",
        late_visit: "late",
    }
)
STORIES: tuple[Tell, ...] = (
    closed, closed, no_review, not_admitted, short_notice, closed, no_minutes, nobody, closed, sent_back,
    late_decision, open_measure, closed, half_the_papers, closed, withdrawn, wrong_month, at_the_village, decided,
    no_colour, by_the_village, helped, another_colour, objected, twice, decided, after_the_end, decided,
    over_an_objection, other_step, decided, late_visit, not_admitted, reviewed, helped_first, clue, posted, heard_again,
    visited, clue,
)  # fmt: skip


def events() -> list[Row]:
    """The whole log. No argument and no machine changes it.

    >>> events()[0][:6]
    ['B2024001', 'H001', '白桦苏木', '柳树屯村', '线索登记', '2024-03-06']
    """
    return [*_told(), *_illegible()]


def _told() -> Iterator[Row]:
    for number, tell in enumerate(STORIES, 1):
        story = Story(number)
        tell(story)
        yield from story.rows


def _illegible() -> Iterator[Row]:
    """A day in words, a row of no case, and a comma too much."""
    for number, heading, text in ((41, "办理日期", "六月初"), (42, "办件编号", "")):
        story = Story(number)
        clue(story)
        story.change("线索登记", heading, text)
        yield from story.rows
    story = Story(43)
    clue(story)
    yield [*story.rows[0], "电话里说的，改天再去"]
