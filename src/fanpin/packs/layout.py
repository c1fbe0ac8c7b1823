"""How a pack is laid out in a workbook: its sheets, their columns, and what of the pack stands in each, as data.

A sheet is a chain of levels: a step's row stands within its procedure. Whatever has no column stands as YAML in the
column `REST`; so only what people fill in needs a column.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from attrs import field, frozen

from fanpin.i18n import Label
from fanpin.measures import GROUPS
from fanpin.packs.cell_forms import (
    AMOUNT,
    CHOICES,
    CODE,
    DAY,
    NUMBER,
    ORDER,
    RULE,
    STARTED_AND_ENDED,
    TEXT,
    YES_NO,
    CellForm,
    lines,
    of_words,
    pairs,
    several,
)
from fanpin.rules import HANDLERS
from fanpin.steps import LEVELS

Path = tuple[str, ...]


@frozen(eq=False)
class Column:
    """A column: where its part stands within an entry (nowhere: the entry itself), its heading, its form."""

    path: Path
    label: Label
    form: CellForm = field(default=TEXT, repr=False)
    note: Label = field(default=Label("", ""), repr=False)
    width: float = 14

    @property
    def heading(self) -> str:
        """The heading as it stands in the workbook: Chinese, and the key that the YAML has."""
        return f"{self.label.zh}\n{self.label.en}"


@frozen(eq=False)
class Level:
    """Entries of a table of the pack by name, or the items of a list where there is no `key`.

    With `is_passed` the entries themselves are those of another sheet; here stands a part of them that fits whole, or
    nothing. `only` are the names that are meant, by words; `beside` are columns that stand behind those of lower
    levels; `empty` is a column's word that says that the list is there and has nothing in it.
    """

    path: Path
    key: Column | None
    columns: tuple[Column, ...] = ()
    beside: tuple[Column, ...] = ()
    is_passed: bool = False
    only: Mapping[str, Label] | None = None
    empty: tuple[Column, str] | None = None


@frozen(eq=False)
class Layout:
    """A sheet. With `has_rest` it holds the whole of its entries; else only what fits, and the rest is elsewhere."""

    title: Label
    about: Label
    levels: tuple[Level, ...]
    has_rest: bool = True
    is_upright: bool = False  # one entry, a column a row

    @property
    def columns(self) -> Iterator[Column]:
        """All columns, in order."""
        for level in self.levels:
            yield from (level.key,) if level.key else ()
            yield from level.columns
        for level in self.levels:
            yield from level.beside
        yield from (REST,) if self.has_rest else ()


REST = Column(
    ("*",),
    Label("其他(YAML)", "other"),
    TEXT,
    Label("表里没有列的内容，照 YAML 写成 键: 值，例如 note: …", "what has no column, as YAML"),
    30,
)


def _c(at: str, zh: str, form: CellForm = TEXT, note: str = "", width: float = 14) -> Column:
    """A column; `at` is its path with dots, of which the last keys are the English of its heading."""
    path = tuple(at.split(".")) if at else ()
    return Column(path, Label(zh, ".".join(path[-2:]) or "value"), form, Label(note, ""), width)


def _key(
    zh: str,
    en: str = "name",
    note: str = "小写英文字母开头，只用小写字母、数字和下划线；规则里用它",
    form: CellForm = CODE,
) -> Column:
    return Column(("?", en), Label(zh, en), form, Label(note, ""), 28)


_rule = partial(_c, form=RULE, width=46)
_yes = partial(_c, form=YES_NO, width=10)
_number = partial(_c, form=NUMBER, width=12)
_NAMES = several()
_names = partial(_c, form=_NAMES, width=24)
_LABEL = (
    _c("label.zh", "名称", TEXT, "给人看的中文名称", 22),
    _c("label.en", "英文名称", TEXT, "给人看的英文名称", 22),
)
_SOURCE = _c("source", "依据", TEXT, "文件名和文号", 36)
_NOTE = _c("note", "备注", TEXT, "", 30)
_REGION = _c("region", "地区", CODE, "行政区划代码：2、4、6、9 或 12 位数字；空着就不分地区", 12)
_ALIASES = _names("aliases", "别名")


def _words(**words: str) -> CellForm:
    return of_words({code: Label(zh, code) for code, zh in words.items()})


# Facts

_TYPES = _words(money="金额", number="数", whole="整数", yes_no="是否", date="日期", choice="选项", text="文字")
_SENSITIVITY = _words(public="可公开", personal="个人信息", secret="敏感信息")
_FACT = (
    _c("type", "类型", _TYPES, width=10),
    _c("unit", "单位", CODE, "金额必填，例如 CNY/person/year；别的如 month、m2", 16),
    _c("values", "可选值", CHOICES, "类型是“选项”的填。一行一个：代码：中文 / English", 30),
    _c("other", "别的值", _words(allowed="允许"), "选项以外的值算不算已知", 10),
    _number("decimals", "小数位"),
    _number("at_least", "最小"),
    _number("at_most", "最大"),
    _c("since", "最早", DAY),
    _c("until", "最晚", DAY),
    _c("sensitivity", "敏感程度", _SENSITIVITY, "不填算个人信息", 12),
    _names("headers", "表头", note="数据表里这一列可能用的表头"),
    _c("none", "“无”是", CODE, "填“无”时当作什么值；空着的仍是不知道", 10),
    _names("none_marks", "算“无”的词"),
    _rule("applies", "适用条件", note="什么时候才问这一项", width=26),
)  # fmt: skip


# Procedures

_LEVEL = of_words(LEVELS)
_DEMANDS = (
    _c("by", "由谁办", pairs(several(_LEVEL, or_one=True)), "一行一个角色：village_cadre：村（嘎查）", 30),
    _names("evidence", "材料"),
    _names("needs", "先要有", note="已办且没有作废的环节；几个之一写成 a or b"),
    _names("right_after", "紧接在"),
    _names("other_person_than", "不得同一人"),
    _c("count", "至少几次", pairs(), width=22),
    _c("every", "有始有终", STARTED_AND_ENDED, "开始的每一个都要有结束：a → b", 24),
    _names("says", "要填报"),
    _c("holds", "要成立", lines(), width=30),
)
_STEP = (
    *_LABEL,
    _ALIASES,
    *_DEMANDS,
    _yes("once", "只办一次"),
    _yes("repeats", "可以重复"),
    _yes("optional", "可以不办"),
    _c("per", "逐个办", CODE, "例如每项措施各走各的：measure"),
    _names("clears", "作废"),
    _c("back_to", "退回到", CODE),
    _names("blocks", "挡住"),
    _names("until", "挡到"),
    _yes("ends", "结束"),
    _names("after", "结束以后还可以"),
    _c("standing", "办后身份", CODE),
    _SOURCE,
    _NOTE,
)
_WORKFLOW, _STEP_KEY, _DEMAND = _key("流程", "workflow"), _key("环节", "step"), _key("要求", "also")
_OF_WORKFLOW = Level(("workflows",), _WORKFLOW, is_passed=True)
_OF_STEP = Level(("steps",), _STEP_KEY, is_passed=True)
_DAYS = _words(calendar="自然日", working="工作日", months="月")
_GAPS = Level(
    ("gaps",),
    _key("期限", "gap"),
    (
        *_LABEL,
        _c("since", "从哪个环节", several(or_one=True), width=22),
        _c("which", "从哪一次", _words(first="第一次", latest="最近一次"), width=10),
        _c("at_least", "至少", RULE, "数、参数名或规则", 18),
        _c("at_most", "至多", RULE, "数、参数名或规则", 18),
        _c("days", "按什么数", _DAYS, width=10),
        _SOURCE,
    ),
)


_UNTIL = of_words({"replaced": Label("直到有新的", "replaced")}, DAY)
TO_FILL = "待填写"
_VALUE = _c("value", "值", AMOUNT, "还没有公布的写“待填写”；小数照原样，例如 0.30", 16)
_DATED = (
    _c("from", "从哪天", DAY, "这个值从哪天起", 13),
    _c("until", "到哪天", _UNTIL, "到哪天为止；还在用的写“直到有新的”", 13),
    _number("for", "整年", note="只管一个年度的写年份，不写起止", width=9),
    _REGION,
)
_CERTAINTY = _words(A="A", B="B", C="C", X="X", M="M")
_ROW = (
    *_DATED,
    _VALUE,
    _SOURCE,
    _c("certainty", "可靠程度", _CERTAINTY, "A 多个来源一致，B 一个官方页面，C 其他，X 相互矛盾，M 推断", 10),
)  # fmt: skip

PACK = Layout(
    Label("规则包", "pack"),
    Label("规则包自己的名称、版本、以哪个包为基础", ""),
    (
        Level(
            (),
            None,
            (
                _c("name", "代码", CODE, "小写英文字母开头，只用小写字母、数字和下划线"),
                _c("label.zh", "中文名称"),
                _c("label.en", "英文名称"),
                _c("version", "版本", CODE, "每次改动写一个新的"),
                _c("extends", "基础包", CODE, "以哪个包为基础；这里只写与它不同的。例如 national"),
                _c("region", "地区", CODE, "没有写地区的户按它算；行政区划代码"),
                _c("note.zh", "说明", TEXT, "读者必须知道的"),
                _c("note.en", "英文说明"),
                _number("facts_valid_months", "情况有效期", note="事实几个月以内有效"),
                _c("without", "去掉", lines(CODE), "基础包里不要的，例如 risks.industry_failure"),
            ),
        ),
    ),
    is_upright=True,
)


def _sheet(zh: str, en: str, about: str, *levels: Level, has_rest: bool = True) -> Layout:
    return Layout(Label(zh, en), Label(about, ""), levels, has_rest)


def _entries(section: str, key: str, *columns: Column, form: CellForm = CODE) -> Level:
    return Level((section,), _key(key, form=form), columns)


_DEFINITION, _RESULT = _key("定义"), _key("结果")
_HANDLER = of_words(HANDLERS)
_KEYS = tuple(
    _c(f"at.{n}", f"键{n}", several(or_one=True), "选项的代码、是或否、整数 3、3..5、6..", 14) for n in range(1, 7)
)

LAYOUTS = (
    PACK,
    _sheet(
        "参数",
        "parameters",
        "金额线、比例、天数。一个值一行；同一参数有几个值（不同年份、不同地区）的，每行都写参数名",
        Level(
            ("parameters",),
            _key("参数"),
            (*_LABEL, _c("unit", "单位", CODE, "例如 CNY/year、CNY/person/year、day；没有单位写 1", 18)),
            (
                _c("basis", "口径", width=24),
                _yes("wider", "上级的算数", note="没有本地的行时，用上级地区的"),
                _number("at_least", "最小"),
                _number("at_most", "最大"),
                _NOTE,
            ),
        ),
        Level(("values",), None, _ROW, empty=(_VALUE, TO_FILL)),
    ),
    _sheet(
        "风险",
        "risks",
        "每项风险什么时候成立",
        _entries(
            "risks",
            "风险",
            *_LABEL,
            _rule("when", "成立条件", note="规则文本，写法见“规则的写法”一页"),
            _c(
                "need",
                "影响哪一项",
                _words(
                    food="吃",
                    clothing="穿",
                    education="义务教育",
                    medical="基本医疗",
                    housing="住房安全",
                    water="饮水安全",
                ),
                "没有保障的是“两不愁三保障”和饮水里的哪一项；只是有隐患的不填",
                12,
            ),
            _c("kind", "种类", CODE, "本县自己的分类，等级可以读"),
            _SOURCE,
            _NOTE,
        ),
    ),
    _sheet(
        "类别",
        "categories",
        "监测对象的类别，从上到下，第一个成立的算",
        _entries("categories", "类别", *_LABEL, _rule("when", "成立条件"), _SOURCE, _NOTE),
    ),
    _sheet(
        "等级",
        "grades",
        "风险等级，最重的写在最上面，第一个成立的算",
        _entries(
            "grades",
            "等级",
            *_LABEL,
            _rule("when", "成立条件"),
            _c("handled_by", "由谁办理", several(_HANDLER), width=22),
            _SOURCE,
            _NOTE,
        ),
    ),
    _sheet(
        "定义",
        "definitions",
        "规则里用的算法：公式写在这里；分段、对照表、评分表各有一张表",
        _entries(
            "definitions",
            "定义",
            *_LABEL,
            _rule("is", "公式"),
            _c("unit", "单位", CODE, "", 18),
            _c("of", "逐行", CODE, "按集合的每一行算的写集合名，例如 members"),
            _SOURCE,
            _NOTE,
        ),
    ),
    _sheet(
        "分段",
        "bands",
        "按分段算的金额，从低到高一段一行",
        Level(
            ("definitions",),
            _DEFINITION,
            (
                _rule("bands.of", "算什么", width=24),
                _c("bands.rate_of", "比例用于", _words(slice="各段分别", whole="全部按所在档"), width=14),
            ),
            (
                _rule("bands.entry", "起算线", width=18),
                _rule("bands.deductible", "起付线", width=18),
                _rule("bands.used", "此前已计", note="没有就写 none", width=18),
                _rule("bands.cap", "封顶", width=18),
            ),
            is_passed=True,
        ),
        Level(
            ("bands", "bands"),
            None,
            (
                _rule("up_to", "到多少", note="最后一段不封顶的空着", width=18),
                _yes("included", "含本数"),
                _rule("rate", "比例", width=18),
            ),
        ),
        has_rest=False,
    ),
    _sheet(
        "对照表",
        "tables",
        "按几个键查的数，一个值一行；“键”一栏一行一个，后面键1、键2 依次是它们的取值",
        Level(
            ("definitions",),
            _DEFINITION,
            (_c("table.keys", "键", lines(), width=24),),
            (_yes("table.wider", "上级的算数"),),
            is_passed=True,
        ),
        Level(("table", "rows"), None, (*_KEYS, *_ROW)),
        has_rest=False,
    ),
    _sheet(
        "评分表",
        "score",
        "一项一行；同一组只写一次组名也可以",
        Level(("definitions",), _DEFINITION, is_passed=True),
        Level(
            ("score", "groups"),
            _key("组", "group"),
            (
                _c("label.zh", "组的名称"),
                _c("label.en", "组的英文名称"),
                _c("counts", "怎样计", _words(one="只有一项", highest="取最高", several="逐项相加"), width=12),
            ),
        ),
        Level(
            ("items",),
            _key("项", "item"),
            (
                _c("label.zh", "项的名称", width=22),
                _c("label.en", "项的英文名称", width=22),
                _rule("when", "成立条件"),
                _number("points", "分数"),
            ),
        ),
        has_rest=False,
    ),
    _sheet(
        "事实",
        "facts",
        "本县增加的事实；已有的事实见“可用名称”，不用写",
        Level(
            (),
            _key(
                "属于",
                "of",
                "农户的，还是每名成员的",
                of_words(_OF := {"facts": Label("农户", "household"), "members": Label("成员", "members")}),
            ),
            only=_OF,
        ),
        Level((), _key("事实"), (*_LABEL, *_FACT)),
    ),
    _sheet(
        "附表",
        "collections",
        "挂在户下面的一行行记录，例如账单；一个事实一行",
        Level(
            ("collections",),
            _key("附表", "collection"),
            (_c("label.zh", "附表名称"), _c("label.en", "附表英文名称"), _number("max_rows", "最多几行")),
        ),
        Level(("facts",), _key("事实"), (*_LABEL, *_FACT)),
    ),
    _sheet(
        "由谁认定",
        "decided_by",
        "不在门口问、由哪一级认定的事实；成员的写 members.health",
        _entries("decided_by", "事实", _c("", "由谁认定", _HANDLER, width=18)),
        has_rest=False,
    ),
    _sheet(
        "计入范围",
        "counted",
        "集合里算哪些行，例如在家人口",
        _entries("counted", "范围", *_LABEL, _c("of", "哪个集合", CODE), _rule("where", "条件"), _SOURCE, _NOTE),
    ),
    _sheet(
        "结果",
        "results",
        "等级以外的结果：给多少、认不认定、算哪一种、在什么限额以内",
        _entries(
            "results",
            "结果",
            *_LABEL,
            _c("of", "逐行", CODE, "给每名成员的写 members"),
            _rule("amount", "金额", width=26),
            _c(
                "round.to",
                "取整到",
                _words(yuan="元", jiao="角", fen="分", whole="个位", tenth="一位小数", hundredth="两位小数"),
                width=10,
            ),
            _c("round.how", "怎样取整", _words(half_up="四舍五入", up="进位", down="舍去"), width=10),
            _c("when", "条件", pairs(), width=36),
            _c("left_to", "由谁决定", pairs(key=_HANDLER), "一行一个：县（旗）：什么情况下", 30),
            _yes("ordered", "档次有高低"),
            _rule("limits.of", "限额限什么", width=18),
            _rule("limits.at_least", "不低于", width=18),
            _rule("limits.at_most", "不高于", width=18),
            _yes("limits.soft", "一般限额", note="写明理由可以超出"),
            _SOURCE,
            _NOTE,
        ),
    ),
    _sheet(
        "结果档次",
        "one_of",
        "一个结果有几种或几档的，从上到下，第一个成立的算",
        Level(("results",), _RESULT, is_passed=True),
        Level(("one_of",), _key("档次", "kind"), (*_LABEL, _rule("when", "成立条件"))),
        has_rest=False,
    ),
    _sheet(
        "结果排除",
        "barred",
        "什么情况不给，什么情况解除",
        Level(("results",), _RESULT, is_passed=True),
        Level(("barred",), _key("排除", "bar"), (_rule("if", "什么情况"), _rule("unless", "除非"))),
        has_rest=False,
    ),
    _sheet(
        "措施",
        "measures",
        "帮扶措施针对哪些风险，适合谁",
        _entries(
            "measures",
            "措施",
            *_LABEL,
            _ALIASES,
            _c("group", "类别", of_words(GROUPS), width=16),
            _yes("development", "开发式"),
            _names("answers", "针对的风险"),
            _rule("suits", "适合谁(规则)", width=30),
            _c("suits.zh", "适合谁(一句话)", width=26),
            _c("suits.en", "适合谁(英文)", width=26),
            _SOURCE,
            _NOTE,
        ),
    ),
    _sheet(
        "流程",
        "workflows",
        "每个流程一行；环节写在“环节”表",
        Level(
            ("workflows",),
            _WORKFLOW,
            (
                *_LABEL,
                _c("line", "先后", ORDER, width=46),
                _c("lines", "几条线", pairs(ORDER), "几条线并行的，一行一条", 46),
                _number("due_soon", "提前几天提醒"),
                _c("zone", "时区", CODE),
                _SOURCE,
                _NOTE,
            ),
        ),
    ),
    _sheet("环节", "steps", "每个环节一行；期限写在“环节期限”表", _OF_WORKFLOW, Level(("steps",), _STEP_KEY, _STEP)),
    _sheet(
        "环节期限",
        "gaps",
        "一个环节离别的环节多久：至少、至多",
        _OF_WORKFLOW,
        _OF_STEP,
        _GAPS,
        has_rest=False,
    ),
    _sheet(
        "环节另有要求",
        "also",
        "某种情况下，一个环节另外要求什么",
        _OF_WORKFLOW,
        _OF_STEP,
        Level(("also",), _DEMAND, (_rule("when", "什么情况"), *_DEMANDS, _SOURCE)),
        has_rest=False,
    ),
    _sheet(
        "另有要求的期限",
        "also_gaps",
        "“环节另有要求”里的期限：离别的环节至少、至多多久",
        _OF_WORKFLOW,
        _OF_STEP,
        Level(("also",), _DEMAND, is_passed=True),
        _GAPS,
        has_rest=False,
    ),
    _sheet(
        "角色和材料",
        "words",
        "流程里用的角色、材料、身份、逐个办的东西",
        Level(
            (),
            _key(
                "是什么",
                "kind",
                "角色、材料、身份，还是逐个办的",
                of_words(
                    _WORDS_OF := {
                        "roles": Label("角色", "roles"),
                        "papers": Label("材料", "papers"),
                        "standings": Label("身份", "standings"),
                        "tracks": Label("逐个办的", "tracks"),
                    }
                ),
            ),
            only=_WORDS_OF,
        ),
        Level(
            (),
            _key("代码"),
            (_c("zh", "名称", width=22), _c("en", "英文名称", width=22), _names("aliases", "别名", width=50)),
        ),
    ),
    _sheet(
        "填报值",
        "values",
        "环节可以填报的值；流程的条件只读这些",
        _entries(
            "values",
            "填报值",
            *_LABEL,
            _c(
                "is",
                "取自",
                _words(grade="等级", category="类别", risk="风险", measure="措施"),
                "取值就是本包的等级、类别、风险或措施",
                10,
            ),
            *_FACT,
        ),
    ),
    _sheet(
        "放假",
        "days_off",
        "本地自己放的假，一段一行",
        Level(("days_off",), None, (_c("from", "从哪天", DAY), _c("until", "到哪天", DAY), *_LABEL, _REGION, _SOURCE)),
        has_rest=False,
    ),
    _sheet(
        "公示",
        "notices",
        "张贴在村里的公示和公告；证件号码、电话、银行账号、健康状况任何公示都不得写",
        _entries(
            "notices",
            "公示",
            *_LABEL,
            _c("workflow", "流程", CODE),
            _c("step", "环节", CODE),
            _c("at_least", "张贴几天", RULE, "参数名或天数；流程里下一环节要等的不用写"),
            _c("days", "按什么数", _words(calendar="自然日", working="工作日"), width=10),
            _names("fields", "写哪几项"),
            _names("risks", "写哪些风险"),
            _c(
                "names",
                "姓名怎样遮盖",
                of_words({name: Label(name, name) for name in ("张某某", "张某", "张**", "张*")}),
            ),
            _c("before.zh", "名单前的话", width=46),
            _c("before.en", "名单前的话(英文)", width=46),
            _c("after.zh", "名单后的话", width=46),
            _c("after.en", "名单后的话(英文)", width=46),
            _SOURCE,
            _NOTE,
        ),
    ),
    _sheet(
        "不得公示",
        "forbidden",
        "本县另外禁止公示的事实，只能增加",
        _entries("forbidden", "事实", _c("", "依据", width=40)),
        has_rest=False,
    ),
)

GUIDE = Label("使用说明", "guide")
KNOWN_NAMES = Label("可用名称", "names")
IGNORED = (GUIDE, KNOWN_NAMES)  # sheets that are written for their reader, and not read back
