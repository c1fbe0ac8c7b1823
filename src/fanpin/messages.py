"""Every message of fanpin, Chinese and English: what is wrong, and how to mend it.

Style: one sentence that starts lower case in English and ends without a full stop; the thing written stands in
quotes; the help says what to write instead. A slot such as `{name}` is filled from a problem's details.
"""

from attrs import frozen

from fanpin.i18n import Label


@frozen
class Message:
    """The two sentences of one code."""

    what: Label
    help: Label = Label("", "")


def _m(zh: str, en: str, help_zh: str = "", help_en: str = "") -> Message:
    return Message(Label(zh, en), Label(help_zh, help_en))


MESSAGES: dict[str, Message] = {
    "missing-extra": _m(
        "“{feature}”需要的可选组件没有安装",
        "'{feature}' needs an optional part that is not installed",
        "请运行：pip install 'fanpin[{extra}]'",
        "run: pip install 'fanpin[{extra}]'",
    ),
    "unknown-name": _m("这里没有名为“{name}”的{kind}", "there is no {kind} '{name}' here"),
    # expressions
    "wrong-type": _m(
        "“{what}”需要{expected}，这里是{got}",
        "'{what}' needs {expected}, and this is {got}",
    ),
    "unlike-units": _m(
        "“{what}”两边单位不同：{a}与{b}",
        "the two sides of '{what}' have unlike units: {a} and {b}",
        "先换算到同一单位，例如总额除以人数（/ size）再比较",
        "bring both to one unit first, for example divide a total by `size`",
    ),
    "money-literal": _m(
        "规则里直接写了金额 {value}",
        "an amount of money, {value}, is written in the rule itself",
        "把它写进 parameters.yaml，给出名称、单位（{unit}）、起止日期和来源，规则里写参数名",
        "put it into parameters.yaml with a name, the unit {unit}, its days and source, and write that name here",
    ),
    "too-large": _m(
        "这个值可能大到 {digits} 位，超出可精确计算的范围",
        "this value may grow to {digits} digits, beyond what can be counted exactly",
        "缩小所用事实的上下限（facts.yaml 里的 at_most），或少用几位小数",
        "narrow the bounds of the facts used (`at_most` in facts.yaml), or use fewer decimals",
    ),
    "may-divide-by-zero": _m(
        "除数可能为零",
        "the divisor may be zero",
        "把除法改写成乘法（medical > 0.3 * income），或写 max(x, 1)",
        "multiply out instead (medical > 0.3 * income), or write max(x, 1)",
    ),
    "rounding-step": _m(
        "“{name}”要写明取到哪一位：{steps}",
        "'{name}' must say to what it rounds: {steps}",
    ),
    "rounding-of-other": _m(
        "算出来的是{got}，不能取到 {step}，只能取到 {steps}",
        "this comes out as {got}, and can't be rounded to {step}, only to {steps}",
        "本是金额而没有单位的，给它所读的对照表、参数写上 unit，例如 unit: CNY/year",
        "where it is money without a unit, give the table or parameter that it reads one, such as unit: CNY/year",
    ),
    "amount-in-rule": _m(
        "给付的数直接写在规则里",
        "what is paid is written in the rule itself",
        "写进 parameters.yaml，给出名称、单位（例如 CNY/year）、起止日期和来源，这里写参数名；按类别不同的，用对照表",
        "put it into parameters.yaml with a name, a unit such as CNY/year, its days and source, and write its name; "
        "use a table where it differs by class",
    ),
    "round-not-said": _m(
        "round 要写明取到哪一位（to）和怎样取（how）",
        "round says to what (to) and how (how)",
        "例如 round: {{to: yuan, how: half_up}}（四舍五入到元；up 进位，down 舍去）",
        "such as round: {{to: yuan, how: half_up}}; how: half_up, up or down",
    ),
    "unlike-part": _m(
        "{part} 的单位是{b}，{of} 的单位是{a}，两者要相同",
        "{part} is in {b}, and {of} in {a}: both must be alike",
        "总额与人均之间，先除以人数（/ size）或乘以人数；金额写成参数，给出单位",
        "multiply by `size`, or divide by it, between totals and what is per person; make amounts of money parameters",
    ),
    "date-too-far": _m(
        "这个日期可能超出日历（公元1年至9999年）",
        "this day may lie outside the calendar, which goes from the year 1 to 9999",
        "缩小时段，或缩小所用事实的上下限",
        "shorten the span, or narrow the bounds of the facts used",
    ),
    "bands-of-quotients": _m(
        "分段计算只能用于精确的数，不能用除出来的数",
        "bands take exact numbers, not quotients",
        "先取整，例如 round_half_up(…, 'fen')",
        "round first, such as round_half_up(…, 'fen')",
    ),
    "may-be-negative": _m(
        "分段计算的 {what} 可能为负数",
        "{what} of bands may be below zero",
        "写 max(…, 0)，或给所用的事实、参数写 at_least: 0",
        "write max(…, 0), or at_least: 0 for the fact or parameter that it reads",
    ),
    "limits-may-cross": _m(
        "分段的上限随户情况变化，不能保证一段比一段高",
        "the limits of these bands hang on facts, and may not rise from band to band",
        "上限用参数；按人口分档的，先把金额除以人口、取整后再分段",
        "let limits be parameters; where they go by persons, divide the amount by persons and round it first",
    ),
    "rate-of-missing": _m(
        "分段计算没有写 rate_of",
        "the bands don't say rate_of",
        "写 slice：各段分别按本段比例算；写 whole：全部按所在档次的比例算。例：3 万元以内 50%、超过 3 万元 60%，"
        "共 4 万元：slice 得 15,000 + 6,000 = 21,000 元，whole 得 40,000 × 60% = 24,000 元",
        "slice: each part at the rate of its own band; whole: all of it at the rate of the band in which it lies. "
        "With 50 % up to 30,000 and 60 % above, 40,000 yuan give 15,000 + 6,000 = 21,000 by slices, and "
        "40,000 × 60 % = 24,000 whole",
    ),
    "band-without-end": _m(
        "只有最后一段可以没有 up_to",
        "only the last band may have no up_to",
        "给前面的各段写上限",
        "say up to where each of the others goes",
    ),
    "bands-without-end": _m(
        "按全额计算（whole）时，最后一段不能有 up_to：超过它的怎么算没有说",
        "with rate_of whole the last band has no up_to: it would not say what is paid above it",
        "去掉最后一段的 up_to；要封顶，写 cap",
        "leave out the last up_to; write a cap where there is one",
    ),
    "one-form": _m(
        "一个定义只写 is、bands、table、score 之一",
        "a definition has one of is, bands, table, score",
        "留下一个，其余拆成另外的定义",
        "keep one, and let the others be definitions of their own",
    ),
    "one-result": _m(
        "一个结果只写 amount、one_of、limits 之一",
        "a result has one of amount, one_of, limits",
        "拆成几个结果",
        "let them be results of their own",
    ),
    "amount-and-round": _m(
        "金额（amount）要写明怎样取整（round），没有金额就不写",
        "an amount says how it is rounded, and nothing else does",
        "例如 round: {{to: yuan, how: half_up}}（四舍五入到元；up 进位，down 舍去；yuan、jiao、fen）",
        "such as round: {{to: yuan, how: half_up}}; how: half_up, up or down; to: yuan, jiao or fen",
    ),
    "condition-twice": _m(
        "when 和 barred 里都有“{name}”",
        "'{name}' is both under when and under barred",
        "给其中一个换个名称",
        "give one of them another name",
    ),
    "limits-of-nothing": _m(
        "限额既没有 at_least，也没有 at_most",
        "these limits have neither at_least nor at_most",
        "写明不低于多少，或不超过多少",
        "write what the number must at least be, or may at most be",
    ),
    "result-of-nothing": _m(
        "这个结果什么也没有规定",
        "this result says nothing",
        "写 amount、one_of、limits，或者 when、barred 条件",
        "write amount, one_of or limits, or conditions: when, barred",
    ),
    "applies-without-none": _m(
        "写了 applies 或 none_marks，却没有写 none：不适用时算多少？",
        "applies and none_marks need none: what is the fact where it does not apply?",
        "例如 none: 0；日期写 none: never",
        "such as none: 0, or none: never for a day",
    ),
    "none-is-no-value": _m(
        "{name} 的 none 写的是 {value}，这个事实不能有这样的值",
        "none of {name} is {value}, which the fact can't be",
        "写它的类型和上下限以内的值，或 never（下限）、no_limit（上限）",
        "write a value of its type within its bounds, or never (the lower bound), no_limit (the upper)",
    ),
    "table-value": _m(
        "对照表的值要写成数，不能是别的参数的倍数",
        "a value of a table is a number, no multiple of a parameter",
        "写出数来，或在定义里相乘",
        "write the number, or multiply in another definition",
    ),
    "table-key": _m(
        "{key} 不能作对照表的键：键是选项、是否，或者整数",
        "{key} can't be a key of a table: a key is a choice, yes or no, or a whole number",
        "金额分档用 bands；有小数的先取整",
        "use bands for amounts; round what has decimals first",
    ),
    "table-cell": _m(
        "对照表这一行的键，写法和键的类型不合",
        "the keys of this row of the table are not written as their kind is",
        "选项写代码或 [a, b]；是否写 yes、no；整数写 3、3..5、6..",
        "a choice as its code or [a, b]; yes or no; whole numbers as 3, 3..5, 6..",
    ),
    "table-rows-overlap": _m(
        "对照表的这一行与第 {line} 行的那一行，对同一户都适用，键却写得不一样",
        "this row of the table and that in line {line} answer for the same household, with different keys",
        "把键改成互不重叠；同一格在不同日期的值，键要写得完全一样",
        "let the keys not overlap; for values of one cell on different days write the keys just alike",
    ),
    "table-no-row": _m(
        "对照表“{label}”没有与已知情况对应的行",
        "the table '{label}' has no row for what is known",
        "核对这一户的情况，或在规则包里补上这一行（键：{keys}）",
        "check the household's facts, or add the row to the pack (keys: {keys})",
    ),
    "score-twice": _m(
        "评分表“{label}”里只计一项的一组，有两项同时成立",
        "in the score card '{label}' two items hold of a group of which one counts",
        "核对这一户的情况；确实可以并存的，在规则包里写 counts: several（都计）或 counts: highest（就高）",
        "check the household's facts; where both may hold, write counts: several, or counts: highest, in the pack",
    ),
    "less-for-more": _m(
        "“{label}”按全额分档，第 {band} 档的比例比前一档低：费用刚过上限的户，反而得到的少",
        "'{label}' pays all of it at the rate of its band, and band {band} has a lower rate than the one before: "
        "just above the limit less is paid than at it",
        "核对文件：多半是分段（rate_of: slice）",
        "look at the document: often slices are meant (rate_of: slice)",
    ),
    "rate-over-all": _m(
        "“{label}”第 {band} 档的比例，连同加点，可能超过 100%：给的比花的还多",
        "the rate of band {band} of '{label}', with what is added, may be above 100 %: more is paid than spent",
        "百分之六十五写 0.65，提高 5 个百分点写 0.05",
        "write 65 % as 0.65, and five points more as 0.05",
    ),
    "table-has-gaps": _m(
        "对照表“{label}”有的情况没有行：{gaps}",
        "the table '{label}' has no row for some cases: {gaps}",
        "补上这些行，不给的写 0；遇到没有行的情况，结果不能计算。确实不会出现的可以不管",
        "add the rows, with 0 for who gets nothing: where none fits, a result can't be worked out; "
        "cases that never occur can stay away",
    ),
    "limits-of-no-number": _m(
        "“{label}”的下限高于上限：没有数能在限额以内",
        "the lower limit of '{label}' is above the upper: no number is within",
        "核对两个限额，是不是写反了",
        "look whether the two are swapped",
    ),
    "limits-fall": _m(
        "“{label}”的上限 {day} 起不是一档比一档高：“{lower}”不低于“{upper}”",
        "from {day} on the limits of '{label}' do not rise: '{lower}' is not below '{upper}'",
        "核对参数；后一档落空，什么也不算",
        "look at the parameters; nothing falls into the later band",
    ),
    "unlike-rows": _m(
        "“{label}”是平均数，但加总的人和人数不是同一批人",
        "'{label}' is an average, but what is summed and what is counted are not the same rows",
        "用 counted 定义“算哪些人”，求和与人数都用它",
        "define who counts once, under counted, and use it for the sum and for the number",
    ),
    "sum-of-quotients": _m(
        "不能对除出来的数求和：各种引擎的求和次序不同，结果可能差一点",
        "quotients can't be summed: engines add in different orders, and the last digit would differ",
        "先求和再除，或对每一行先取整，例如 round_half_up(…, 'fen')",
        "divide after summing, or round each row first, such as round_half_up(…, 'fen')",
    ),
    "too-long": _m(
        "表达式太长，最多 {limit} 个字符",
        "the text is too long; at most {limit} characters",
        "把其中一部分写成 definitions 里的定义",
        "write parts of it as definitions",
    ),
    "too-deep": _m(
        "表达式嵌套太深，最多 {depth} 层",
        "the text is nested too deeply; at most {depth} levels",
        "把其中一部分写成 definitions 里的定义",
        "write parts of it as definitions",
    ),
    "empty-text": _m("这里应写一个表达式，现在是空的", "a rule's text is expected here, and there is none"),
    "foreign-character": _m(
        "不认识字符“{character}”",
        "the character '{character}' can't stand here",
        "用半角写法：{write}",
        "write {write}",
    ),
    "syntax": _m("这个表达式从这里起读不懂", "this can't be read from here on", "{hint}", "{hint}"),
    "forbidden": _m(
        "规则里不能用{form}",
        "{form} can't be used in a rule",
        "可用的写法见文档“写一个规则包”",
        "the docs page 'Write a pack' lists what can",
    ),
    "stray-text": _m(
        "文字 '{value}' 不能放在这里",
        "the text '{value}' can't stand here",
        "文字只用于选项的比较，例如 food == 'not_met' 或 food in {{'met'}}",
        "text is only compared with a choice, such as food == 'not_met' or food in {{'met'}}",
    ),
    "bad-number": _m(
        "数字 {text} 写法不对或太大",
        "the number {text} is written wrongly or too large",
        "用普通小数，最多六位小数",
        "write a plain decimal with at most six decimals",
    ),
    "bare-row": _m(
        "“{row}”是一行，不是一个值",
        "'{row}' is a row, not a value",
        "写它的某个事实，例如 {row}.in_school；数行数写 count({row} for {row} in members)",
        "name one of its facts, such as {row}.in_school; to count rows write count({row} for {row} in members)",
    ),
    "bare-collection": _m(
        "“{name}”是一组行，不是一个值",
        "'{name}' is a collection of rows, not a value",
        "用 any、all、count、sum、min、max 归并，例如 count({name})",
        "fold it with any, all, count, sum, min or max, such as count({name})",
    ),
    "bare-choice": _m(
        "“{name}”是选项，要和它的取值比较",
        "'{name}' is a choice and must be compared with its values",
        "写 {name} == '{example}' 或 {name} in {{'{example}'}}",
        "write {name} == '{example}' or {name} in {{'{example}'}}",
    ),
    "text-fact": _m(
        "“{name}”是文字，文字不能决定结果",
        "'{name}' is text, and text decides nothing",
        "把它改成有固定取值的选项（choice）",
        "make it a choice with fixed values",
    ),
    "no-row": _m(
        "这里没有名为“{row}”的行",
        "there is no row '{row}' here",
        "先写 … for {row} in members，才能写 {row}.{attr}",
        "`{row}.{attr}` needs a `for {row} in members` around it",
    ),
    "other-row": _m(
        "这里的行叫“{here}”，不叫“{row}”",
        "the row is called '{here}' here, not '{row}'",
        "写 {here}.{attr}",
        "write {here}.{attr}",
    ),
    "compared-boolean": _m(
        "是否型的值不用比较",
        "a yes-or-no needs no comparison",
        "直接写它本身，或写 not 加它本身",
        "write it alone, or `not` before it",
    ),
    "bad-in": _m(
        "in 后面要写一组取值或一个时间窗",
        "`in` is followed by a set of values or a window of time",
        "例如 food in {{'met', 'at_risk'}}，或 d in last(12, months, before=on)",
        "such as food in {{'met', 'at_risk'}}, or d in last(12, months, before=on)",
    ),
    "not-a-choice": _m("只有选项可以和文字比较，这里是{got}", "only a choice is compared with text, and this is {got}"),
    "unknown-choice": _m(
        "“{name}”没有取值“{value}”",
        "'{name}' has no value '{value}'",
        "它的取值：{known}",
        "its values: {known}",
    ),
    "known-in-rule": _m(
        "规则里不能用 known()：多知道一件事，结果不应因此变松",
        "known() can't be used in a rule: learning a fact must never loosen a result",
        "直接写这个事实；缺失时结果自然是“尚不能确定”",
        "write the fact itself; while it is missing the result is unknown by itself",
    ),
    "bare-round": _m(
        "round 没有说明怎么取整",
        "`round` does not say how it rounds",
        "写 round_half_up(x, 'yuan')、round_up 或 round_down",
        "write round_half_up(x, 'yuan'), round_up or round_down",
    ),
    "bare-span": _m(
        "时段只能和日期相加减",
        "a span is only added to a date or taken from it",
        "例如 on - {unit}(3)",
        "such as on - {unit}(3)",
    ),
    "bare-window": _m(
        "时间窗只能写在 in 后面",
        "a window of time stands only after `in`",
        "例如 d in {name}(…)",
        "such as d in {name}(…)",
    ),
    "unknown-function": _m(
        "没有名为“{name}”的函数",
        "there is no function '{name}'",
        "可用的函数：{known}",
        "functions: {known}",
    ),
    "needs-all-households": _m(
        "规则里没有“{name}”：排名、名额、百分位要看所有的户，规则一次只看一户",
        "there is no '{name}': ranks, quotas and percentiles need all households, and a rule sees one",
        "在别处排好，把名次和总数作为事实给进来，规则里比较，如 rank_in_village <= places",
        "rank elsewhere, give the rank and the total as facts, and compare those: rank_in_village <= places",
    ),
    "needs-other-times": _m(
        "规则里没有“{name}”：规则不记得上一次，也不看别的行",
        "there is no '{name}': a rule remembers no other time, and a row sees no other row",
        "把那时的值作为事实给进来；按年累计的金额用分段计算的 used",
        "give the value of that time as a fact; for totals of the year bands have used",
    ),
    "average-of-rows": _m(
        "规则里没有“{name}”：平均数要写明除以谁的人数",
        "there is no '{name}': an average says by how many it is divided",
        "写 sum(m.out_of_pocket for m in members) / max(count(members), 1)",
        "write sum(m.out_of_pocket for m in members) / max(count(members), 1)",
    ),
    "function-of-text": _m(
        "规则里没有“{name}”：文字不能决定结果",
        "there is no '{name}': text decides nothing",
        "把事实改成选项（choice），写 kind in {{'a', 'b'}}；行数写 count(members)",
        "make the fact a choice, and write kind in {{'a', 'b'}}; the number of rows is count(members)",
    ),
    "no-lists": _m(
        "规则里不能用{form}：行没有先后，也不能列出来",
        "{form} can't be used in a rule: rows have no order, and can't be listed",
        "对行用 any、all、count、sum、min、max，可加筛选，如 sum(m.out_of_pocket for m in members if m.employed)",
        "write any, all, count, sum, min or max of rows, with a filter: "
        "sum(m.out_of_pocket for m in members if m.employed)",
    ),
    "wrong-arguments": _m("“{name}”的写法不对", "'{name}' is not written like that", "写法：{usage}", "write {usage}"),
    "nested-collection": _m(
        "一组行里不能再套一组行",
        "rows can't be folded within rows",
        "把里面的一层写成户一级的定义",
        "make the inner one a definition of the household",
    ),
    "row-hides": _m(
        "行名“{row}”和别的名称重复",
        "the row's name '{row}' is already the name of something else",
        "换一个行名，例如 m",
        "choose another name, such as m",
    ),
    "risk-in-rows": _m(
        "风险“{name}”属于全户，不能写在某一行里",
        "the risk '{name}' belongs to the household and can't stand within a row",
        "把它移到 for 的外面",
        "move it outside the `for`",
    ),
    # parameters, rules, grading
    "missing-parameter": _m(
        "参数“{label}”（{name}）在 {day}、地区 {region} 没有有效的值",
        "the parameter '{label}' ({name}) has no value in force on {day} for region {region}",
        "在 parameters.yaml 里补上这一行：\n    {yaml}",
        "add the row to parameters.yaml:\n    {yaml}",
    ),
    "row-ends-early": _m(
        "参数“{name}”的这一行 {since} 开始，却在 {until} 结束",
        "this row of '{name}' begins on {since} and ends on {until}, before it",
    ),
    "rows-overlap": _m(
        "参数“{name}”在 {day}（地区 {region}）同时有两个值",
        "'{name}' has two values on {day} (region {region})",
        "给前一行写上结束日期，或写 until: replaced",
        "give the earlier row its last day, or write until: replaced",
    ),
    "value-out-of-bounds": _m(
        "参数“{name}”的值 {value} 超出声明的范围 {lo} 至 {hi}",
        "the value {value} of '{name}' lies outside its bounds {lo} to {hi}",
    ),
    "cycle": _m(
        "互相引用成了圈：{chain}",
        "these are made of each other, in a circle: {chain}",
        "其中至少一个要不靠别的就能算出",
        "one of them must be made of something else",
    ),
    "unit-differs": _m(
        "“{name}”声明的单位是 {said}，算出来的是{got}",
        "'{name}' is declared in {said}, and comes out as {got}",
    ),
    "not-yes-or-no": _m(
        "这里要写一个条件，算出来的是{got}", "a condition is expected here, and this comes out as {got}"
    ),
    "not-monotone": _m(
        "等级不能因为风险变多而变轻：有{fewer}时是{higher}，有{more}时却是{lower}",
        "more risks must never give a lower grade: with {fewer} it is {higher}, with {more} it is {lower}",
        "用 count(risks) >= 2 而不是 == 2，并把最重的等级写在最前面",
        "write count(risks) >= 2 rather than == 2, and put the gravest grade first",
    ),
    "grading-too-wide": _m(
        "等级条件点名的风险太多，无法逐一检查是否单调（超过 {limit} 种组合）",
        "the grades name too many risks to check that they are monotone (over {limit} combinations)",
        "按属性写条件，例如 any(r.has_need for r in risks)",
        "write conditions over attributes, such as any(r.has_need for r in risks)",
    ),
    "size-differs": _m(
        "家庭人口是 {size}，登记的成员有 {listed} 人",
        "the household's size is {size}, and {listed} members are listed",
        "核对家庭人口和成员名单；在此之前按两者之间计算",
        "check the size and the list of members; until then the truth is taken to lie between them",
    ),
    "too-many-decimals": _m(
        "数值多于 {decimals} 位小数，已取到最近的一位",
        "a value has more than {decimals} decimals, and was taken to the nearest",
    ),
    "facts-too-old": _m(
        "情况登记于 {as_of}，超过 {months} 个月，按未知处理",
        "the facts are of {as_of}, over {months} months old, and count as unknown",
        "重新入户核实",
        "visit the household again",
    ),
    "facts-after-day": _m(
        "情况的日期晚于研判日期，仍按这些情况研判",
        "the facts are of a later day than the grading, and were used all the same",
        "核对采集日期；补算以前某一天的，用那一天的情况",
        "check the day of collection; to grade a day that is past, give the facts of that day",
    ),
    "does-not-apply": _m(
        "“{label}”在这里不适用，却填了值；按不适用处理",
        "'{label}' does not apply here, and is given a value; it was not used",
        "清空它，或核对决定它是否适用的情况",
        "leave it empty, or check the facts by which it would apply",
    ),
    "stored": _m("{said}", "{said}"),
    # packs
    "no-pack": _m(
        "这个文件夹里没有 pack.yaml",
        "there is no pack.yaml in this folder",
        "规则包是一个文件夹：pack.yaml、facts.yaml、parameters.yaml、rules.yaml",
        "a pack is a folder with pack.yaml, facts.yaml, parameters.yaml and rules.yaml",
    ),
    "unknown-pack": _m("找不到规则包“{name}”", "there is no pack '{name}'", "已安装：{known}", "installed: {known}"),
    "unknown-file": _m("规则包里没有这种文件", "a pack has no such file", "可用的文件：{known}", "its files: {known}"),
    "file-too-large": _m("文件超过 {limit} MB", "the file is larger than {limit} MB"),
    "not-utf-8": _m(
        "文件不是 UTF-8 编码",
        "the file is not in UTF-8",
        "在编辑器里另存为 UTF-8（记事本：另存为 → 编码 UTF-8）",
        "save it as UTF-8 in your editor (Notepad: Save as → Encoding: UTF-8)",
    ),
    "bad-yaml": _m(
        "YAML 写法有误：{why}",
        "this is not well-formed YAML: {why}",
        "检查缩进、冒号后的空格和引号；写在 {{ }} 里的规则若有逗号，要整个加上引号",
        "check the indentation, the space after each colon, and the quotes; within {{ }} a rule with a comma is quoted",
    ),
    "yaml-tab": _m("缩进用了制表符（Tab 键）", "a tab is used to indent", "只用空格缩进", "indent with spaces only"),
    "wrong-shape": _m("这里应是{expected}", "expected {expected}"),
    "yaml-alias": _m(
        "不能用锚点和别名（& 和 *）",
        "anchors and aliases (& and *) can't be used",
        "把内容写两遍，或写成 definitions 里的定义",
        "write the content twice, or make it a definition",
    ),
    "yaml-too-deep": _m("嵌套太深", "this is nested too deeply"),
    "key-not-text": _m("键必须是一个词", "a key must be a word"),
    "key-twice": _m("键“{key}”写了两次（第一次在第 {line} 行）", "the key '{key}' stands twice (first on line {line})"),
    "key-of-other-file": _m("“{key}”应写在 {file} 里", "'{key}' belongs in {file}"),
    "unknown-key": _m("{file} 里没有“{key}”这个键", "{file} has no key '{key}'", "可用的键：{known}", "keys: {known}"),
    "unknown-key-of": _m("这里没有“{key}”这个键", "there is no key '{key}' here", "可用的键：{known}", "keys: {known}"),
    "missing-key": _m("缺少“{key}”", "'{key}' is missing"),
    "wrong-value": _m("这里应是{expected}，现为：{got}", "expected {expected}, found {got}"),
    "wrong-number": _m(
        "这里应是数字，现为：{got}",
        "expected a number, found {got}",
        "只写数字，不写单位、逗号、百分号：600、12000、0.65；单位写在 unit 里",
        "write the number alone, without unit, commas or per cent: 600, 12000, 0.65; the unit has a key of its own",
    ),
    "unknown-unit": _m(
        "不认识单位“{part}”",
        "there is no unit '{part}'",
        "单位由 CNY person household year month day mu km m2 point room 组成，例如 CNY/person/year",
        "units are made of CNY person household year month day mu km m2 point room, such as CNY/person/year",
    ),
    "choice-values": _m(
        "values（取值）和 type: choice（选项）要一起写",
        "`values` and type: choice go together",
        "选项要列出取值，例如 values: {{coal: {{zh: 煤, en: coal}}}}；不是选项就去掉 values",
        "a choice lists its values, such as values: {{coal: {{zh: 煤, en: coal}}}}; what is none has no `values`",
    ),
    "year-and-days": _m("写 for（年份）就不写 from 和 until", "write either `for` a year, or `from` and `until`"),
    "row-without-from": _m(
        "这一行没有写从哪天起",
        "this row does not say from when it holds",
        "写 from: 2024-01-01，或 for: 2024",
        "write from: 2024-01-01, or for: 2024",
    ),
    "row-without-until": _m(
        "这一行没有写到哪天止：旧标准不能自动延续",
        "this row does not say until when it holds: an old line never goes on by itself",
        "写 until: 2024-12-31；若以后有新值才停用，写 until: replaced",
        "write until: 2024-12-31, or until: replaced if it holds until a new row begins",
    ),
    "extends-cycle": _m("规则包互相继承成了圈（“{name}”）", "packs extend each other in a circle ('{name}')"),
    "nothing-to-leave-out": _m("基础包里没有“{path}”，无从去掉", "the base has no '{path}' to leave out"),
    "fact-exists": _m(
        "事实“{name}”已经有了",
        "the fact '{name}' exists already",
        "直接使用它，或换一个名称",
        "use it as it is, or choose another name",
    ),
    "money-without-unit": _m(
        "“{name}”是金额，单位里要有 CNY",
        "'{name}' is money, and its unit must have CNY in it",
        "例如 unit: CNY/year",
        "such as unit: CNY/year",
    ),
    "bounds-reversed": _m("“{name}”的下限 {lo} 大于上限 {hi}", "the bounds of '{name}' are reversed: {lo} and {hi}"),
    "too-many-decimals-in-row": _m(
        "参数“{name}”的金额最多两位小数（分）",
        "an amount of '{name}' has at most two decimals (fen)",
    ),
    "name-twice": _m(
        "“{name}”作为{kind}的名称，已经是{other}的名称",
        "'{name}' is the name of a {kind}, and of a {other} already",
        "换一个名称",
        "choose another name",
    ),
    "plugin-failed": _m(
        "插件“{plugin}”出错，已跳过：{error}", "the plugin '{plugin}' failed and was left out: {error}"
    ),
    "pack-twice": _m(
        "规则包“{name}”由两个插件提供：{first} 和 {second}；用前一个",
        "the pack '{name}' comes from two plugins, {first} and {second}; the first is used",
    ),
    # household
    "fact-number": _m(
        "应为 {lo} 至 {hi} 之间的数",
        "a number from {lo} to {hi} is needed",
        "只写数字；只知道大致范围时写 lo（最少）和 hi（最多）两个数",
        "write the number alone; where only a range is known, give it as lo and hi",
    ),
    "fact-whole-number": _m(
        "应为 {lo} 至 {hi} 之间的整数",
        "a whole number from {lo} to {hi} is needed",
        "只写数字；只知道大致范围时写 lo（最少）和 hi（最多）两个数",
        "write the number alone; where only a range is known, give it as lo and hi",
    ),
    "fact-day": _m(
        "应为 {lo} 至 {hi} 之间的日期",
        "a day from {lo} to {hi} is needed",
        "写 2024-03-05，只知道月份时写 2024-03",
        "write 2024-03-05, or 2024-03 where only the month is known",
    ),
    "fact-choice": _m("应为其中之一：{known}", "one of these is needed: {known}"),
    "fact-yes-no": _m("应为是或否", "yes or no is needed", "写 true 或 false，也可写“是”或“否”", "write true or false"),
    "fact-text": _m("应为 1 至 {most} 个字符的文字", "a text of 1 to {most} characters is needed"),
    "fact-code": _m("编码的写法不对", "the code is not written like that", "写法：{form}", "write {form}"),
    "fact-rows": _m("应为若干行，最多 {most} 行", "rows are needed, at most {most} of them"),
    "fact-missing": _m("缺少这一项，它必须填写", "this is missing, and it is required"),
    "fact-unknown": _m("没有名为“{name}”的事实", "there is no fact '{name}'"),
    "fact-name": _m(
        "“{name}”不能作为事实的名称，它另有所指",
        "'{name}' can't be the name of a fact; it means something else",
        "换一个名称，例如 {name}_stated",
        "choose another name, such as {name}_stated",
    ),
    "fact-unfit": _m("这个值不合要求", "the value does not fit"),
    "record-expected": _m(
        "应为一组“名称：值”",
        "names with their values are needed here",
        '例如 {{"household_id": "1", "size": 3}}',
        'such as {{"household_id": "1", "size": 3}}',
    ),
    "json-unreadable": _m("这不是完整的 JSON", "this is no complete JSON"),
    "range-reversed": _m(
        "范围的下端不能高于上端",
        "the low end of a range can't be above its high end",
    ),
    "id-length": _m(
        "证件号码应为 18、20 或 22 位，这里是 {given} 位",
        "an ID number has 18, 20 or 22 characters, and this has {given}",
        "在表格里把这一列设为文本，以免末几位变成 0",
        "in a spreadsheet make its column text, or the last digits turn into 0",
    ),
    "id-characters": _m(
        "证件号码只由数字组成，第 18 位可以是 X",
        "an ID number is of digits, and X may be the 18th",
    ),
    "id-check-digit": _m(
        "证件号码的校验位不对",
        "the check digit of the ID number is wrong",
        "请对照证件逐位核对",
        "compare it with the document, digit by digit",
    ),
    "id-birth-date": _m("证件号码里的出生日期不存在", "the birth date in the ID number does not exist"),
    "id-disability": _m(
        "证件号码第 19 位应为残疾类别 1 至 7，第 20 位应为残疾等级 1 至 4",
        "the 19th digit of the ID number is the class of disability, 1 to 7, and the 20th its grade, 1 to 4",
    ),
    "id-region-unknown": _m(
        "成员 {ordinal} 的证件号码开头不是任何省份的代码",
        "the ID number of member {ordinal} starts with the code of no province",
        "请对照证件核对",
        "compare it with the document",
    ),
    "id-birth-differs": _m(
        "成员 {ordinal} 的出生日期与证件号码不一致",
        "the birth date of member {ordinal} differs from that in the ID number",
        "请核对哪一个有误",
        "find out which of the two is wrong",
    ),
    "more-members-than-size": _m(
        "列出的成员（{members} 人）多于家庭人口数",
        "more members are listed ({members}) than the household's size says",
        "请核对家庭人口数，或去掉已不在本户的成员",
        "check the size, or take out who no longer belongs to the household",
    ),
    # household end
    # tables: cells, rows, columns, files
    "cell-number": _m(
        "应为 {lo} 至 {hi} 之间的数，写的是“{shown}”",
        "a number from {lo} to {hi} is needed, and '{shown}' is written",
        "只写数字，或一个范围，例如 5000-6000；现按缺失处理",
        "write the number alone, or a range such as 5000-6000; it counts as missing",
    ),
    "cell-whole-number": _m(
        "应为 {lo} 至 {hi} 之间的整数，写的是“{shown}”",
        "a whole number from {lo} to {hi} is needed, and '{shown}' is written",
        "只写数字，或一个范围，例如 2-3；现按缺失处理",
        "write the number alone, or a range such as 2-3; it counts as missing",
    ),
    "cell-vague": _m(
        "“{shown}”不是确定的数，也不是有两端的范围",
        "'{shown}' is neither a number nor a range with two ends",
        "写一个范围，例如 5000-6000；现按缺失处理",
        "write a range such as 5000-6000; it counts as missing",
    ),
    "cell-range-reversed": _m(
        "范围“{shown}”的前一个数大于后一个数",
        "the range '{shown}' begins with the larger number",
        "小的写在前面；现按缺失处理",
        "write the smaller one first; it counts as missing",
    ),
    "cell-day": _m(
        "应为 {lo} 至 {hi} 之间的日期，写的是“{shown}”",
        "a day from {lo} to {hi} is needed, and '{shown}' is written",
        "写 2024-03-05，只知道月份时写 2024-03；现按缺失处理",
        "write 2024-03-05, or 2024-03 where only the month is known; it counts as missing",
    ),
    "cell-serial-day": _m(
        "应为日期，“{shown}”像是 Excel 的日期序号",
        "a day is needed, and '{shown}' looks like Excel's own number of a day",
        "在 Excel 里把这一列设为日期格式再另存；现按缺失处理",
        "give the column a date format in Excel and save again; it counts as missing",
    ),
    "cell-choice": _m(
        "应为其中之一：{known}；写的是“{shown}”",
        "one of these is needed: {known}; '{shown}' is written",
        "现按缺失处理",
        "it counts as missing",
    ),
    "cell-yes-no": _m(
        "应为是或否，写的是“{shown}”",
        "yes or no is needed, and '{shown}' is written",
        "写“是”或“否”；现按缺失处理",
        "write yes or no; it counts as missing",
    ),
    "cell-digits-lost": _m(
        "“{shown}”是被表格软件当成数字的长编号，后几位已经丢失",
        "'{shown}' is a long code that a spreadsheet took for a number, and its last digits are lost",
        "把这一列设为文本格式，再从原表填写；现按缺失处理",
        "make the column text and fill it in again from the source; it counts as missing",
    ),
    "cell-formula": _m(
        "这一格是公式，文件里没有它算出的结果",
        "the cell is a formula, and the file does not hold its result",
        "在 Excel 里打开这个文件，保存一次；现按缺失处理",
        "open the file in Excel and save it once; it counts as missing",
    ),
    "cells-disagree": _m(
        "{headings} 是同一项，却写得不一样",
        "{headings} are the same fact and say different things",
        "只留一列；现按缺失处理",
        "keep one of the columns; it counts as missing",
    ),
    "ends-reversed": _m(
        "{headings}：下限大于上限",
        "{headings}: the lower end is above the upper end",
        "小的写在下限一列；现按缺失处理",
        "write the smaller one into the column of the lower end; it counts as missing",
    ),
    "row-too-short": _m(
        "这一行只有 {got} 格，表头有 {want} 列；其余按缺失处理",
        "the row has {got} cells under {want} headings; the rest counts as missing",
    ),
    "row-too-long": _m(
        "这一行有 {got} 格，表头只有 {want} 列，分不清哪格是哪一项",
        "the row has {got} cells under {want} headings, so which is which can't be told",
        "文字里有“{delimiter}”时要加引号",
        "put text that holds '{delimiter}' in quotes",
    ),
    "row-garbled": _m(
        "这一行里有认不出的字：编码和别的行不一样，或已经是乱码",
        "characters of this row can't be read: it is in another encoding than the others, or was garbled before",
        "按别的行的编码重新填写这一行，或把整个文件存为 UTF-8",
        "write the row anew in the encoding of the others, or save the whole file as UTF-8",
    ),
    "row-quote": _m(
        "这一行的引号没有配对",
        "the quotes of this row don't match",
        "删去多余的引号，或把文字里的引号写成两个",
        "take out the stray quote, or double the quotes within text",
    ),
    "row-without-id": _m(
        "这一行没有户编号，不知道是哪一户",
        "the row has no household id, so whose it is can't be told",
        "填上户编号；合并的单元格先拆开，每行都填",
        "fill it in; take merged cells apart, and fill in every row",
    ),
    "row-id-digits-lost": _m(
        "这一行的户编号被表格软件当成了数字，后几位已经丢失，不知道是哪一户",
        "a spreadsheet took the household id for a number and lost its last digits, so whose the row is can't be told",
        "把这一列设为文本格式，再从原表填写",
        "make the column text and fill it in again from the source",
    ),
    "row-id-twice": _m(
        "第 {rows} 行用的是同一个户编号，不知道哪一行是对的",
        "rows {rows} bear the same household id, and which is right can't be told",
        "每户只留一行",
        "keep one row a household",
    ),
    "row-id-disagrees": _m(
        "{headings} 都是户编号，却写得不一样",
        "{headings} are both the household id and differ",
        "只留一列",
        "keep one of the columns",
    ),
    "member-without-household": _m(
        "户表里没有这个户编号",
        "no row of the households bears this id",
        "核对户编号，或在户表里补上这一户",
        "check the id, or add the household",
    ),
    "member-of-bad-row": _m(
        "这一户在户表里的那一行读不了",
        "the row of this member's household can't be read",
        "先改好户表",
        "mend the table of households first",
    ),
    "rows-too-many": _m(
        "这一户列了 {got} 名成员，最多 {most} 名；成员名单按缺失处理",
        "the household has {got} members listed, and at most {most} are taken; the list counts as missing",
        "核对成员表里的户编号",
        "check the household ids in the table of members",
    ),
    "column-unknown": _m(
        "不认识“{name}”这一列，没有读",
        "the column '{name}' is not known, and was not read",
    ),
    "column-kind": _m(
        "这一列应为{expected}，现在是 {got}",
        "this column should hold {expected}, not {got}",
        "先转换这一列的类型，或改名不用",
        "convert the column first, or rename it so that it is not read",
    ),
    "column-doubled": _m(
        "事实“{fact}”有不止一列",
        "the fact '{fact}' stands in more than one column",
        "只留一列，或只留下限、上限两列",
        "keep one column, or the two of its ends",
    ),
    "column-half": _m(
        "范围要有下限和上限两列：{fact}__lo 和 {fact}__hi",
        "a range needs both ends: {fact}__lo and {fact}__hi",
        "补上另一列，可以是空列",
        "add the other column, which may be empty",
    ),
    "column-heading": _m(
        "不能确定这一列就是“{label}”：括号里可能是别的单位或年份",
        "whether this column is '{label}' can't be said: the brackets may name another unit or year",
        "单位相同就改名为 {fact}",
        "if it is the same, rename it to {fact}",
    ),
    "column-nameless": _m("第 {number} 列没有表头，没有读", "column {number} has no heading, and was not read"),
    "column-of-other-table": _m(
        "“{name}”这一列属于{table}，没有读",
        "the column '{name}' belongs in the table of {table}, and was not read",
    ),
    "column-unit": _m(
        "“{name}”这一列的单位不是{unit}，没有读",
        "the column '{name}' is not in {unit}, and was not read",
        "先换算成{unit}",
        "convert it to {unit} first",
    ),
    "column-twice": _m(
        "{headings} 是同一项；两列不一致的行按缺失处理",
        "{headings} are the same fact; where they differ it counts as missing",
        "只留一列",
        "keep one of them",
    ),
    "rows-above-heading": _m("表头上面的 {count} 行没有读", "{count} rows above the headings were not read"),
    "file-not-found": _m("没有这个文件", "there is no such file"),
    "file-unreadable": _m("文件打不开：{why}", "the file can't be opened: {why}"),
    "file-is-folder": _m("这是文件夹，不是文件", "this is a folder, not a file"),
    "file-unwritable": _m("文件写不进去：{why}", "the file can't be written: {why}"),
    "file-busy": _m(
        "没有权限写这个文件",
        "the file may not be written",
        "如果它正在 Excel 里打开，请先关闭",
        "close it first, if it is open in Excel",
    ),
    "folder-not-found": _m("要写入的文件夹不存在", "the folder to write into does not exist"),
    "file-not-text": _m(
        "文件既不是 UTF-8 也不是 GBK（GB18030）编码",
        "the file is in neither UTF-8 nor GBK (GB18030)",
        "在 Excel 里另存为“CSV UTF-8（逗号分隔）”",
        "save it in Excel as 'CSV UTF-8 (Comma delimited)'",
    ),
    "file-kind": _m(
        "这是{kind}，这里读的是 CSV、Excel（.xlsx）和 Parquet",
        "this is {kind}, and CSV, Excel (.xlsx) and Parquet are read here",
        "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”；或者让导出它的系统导出 .xlsx 或 CSV",
        "open it in Excel or WPS and save it as an 'Excel Workbook (.xlsx)', or export it as .xlsx or CSV",
    ),
    "file-password": _m(
        "这个工作簿有密码，打不开",
        "the workbook has a password, and can't be opened",
        "在 Excel 或 WPS 里去掉打开密码，再保存",
        "take the password off in Excel or WPS, and save it",
    ),
    "file-damaged": _m(
        "文件已损坏，打不开",
        "the file is damaged, and can't be opened",
        "重新导出，或在 Excel 里打开后另存一份",
        "export it again, or open it in Excel and save it anew",
    ),
    "file-no-sheet": _m(
        "文件里没有“{name}”这张工作表；有的是：{known}",
        "the file has no sheet '{name}'; it has {known}",
    ),
    "file-without-sheets": _m(
        "这个文件没有工作表之分，不能按名称选",
        "the file has no sheets that could be named",
        "不写工作表的名称",
        "leave out the name of the sheet",
    ),
    "table-sheets-left": _m(
        "没有读的工作表：{names}",
        "sheets that were not read: {names}",
    ),
    "money-unit-noted": _m(
        "这里写着金额单位是“{unit}”，而{headings}的表头没有写单位，不知道是多少元",
        "a note says that money is in '{unit}', and no unit stands in {headings}, so how much it is can't be told",
        "在每个金额列的表头写明单位，例如“工资性收入（万元）”；或者都换算成元，再把这句改成“单位：元”",
        "give the amounts in yuan and change the note to 'unit: yuan'; or write the unit into each heading, "
        "such as 'wage income (万元)'",
    ),
    "table-for-both": _m(
        "户表和成员表用的是同一张表",
        "one table is given both for the households and for the members",
        "成员表用 -m 写另一个文件，或用 --members-sheet 写另一张工作表",
        "name another file with -m, or another sheet with --members-sheet, for the members",
    ),
    "tables-swapped": _m(
        "这里的表头多数属于另一张表，例如{headings}；户表和成员表是不是写反了？",
        "most headings here belong in the other table, such as {headings}; are households and members swapped?",
        "户表写在最前面（或 --sheet 后面），成员表写在 -m（或 --members-sheet）后面",
        "the households come first (or after --sheet), the members after -m (or --members-sheet)",
    ),
    "table-empty": _m("文件里没有表头", "the file has no headings"),
    "table-without-id": _m(
        "找不到户编号这一列",
        "there is no column of household ids",
        "第一行写表头，户编号的表头可以是：{known}",
        "put headings in the first row; that of the household id may be: {known}",
    ),
    "frame-without-id": _m(
        "找不到户编号这一列",
        "there is no column of household ids",
        "把那一列命名为 {name}",
        "name that column {name}",
    ),
    "ids-unlike": _m(
        "这里的户编号是{got}，户表里的是{own}，对不上",
        "the household ids here are {got}, and those of the households are {own}, so that none would be found",
        "两边改成同一种",
        "make both the same",
    ),
    # tables end
    # command line
    "output-suffix": _m(
        "结果不能写成这种文件",
        "the results can't be written as such a file",
        "文件名应以其中之一结尾：{known}",
        "end its name with one of {known}",
    ),
    "sheet-too-long": _m(
        "工作表“{sheet}”有 {got} 行，Excel 最多放 {most} 行",
        "the sheet '{sheet}' has {got} rows, and Excel takes at most {most}",
        "写成 .csv 或 .parquet",
        "write a .csv or .parquet instead",
    ),
    "cell-too-long": _m(
        "工作表“{sheet}”里有一格文字太长，Excel 放不下",
        "a text in the sheet '{sheet}' is too long for a cell of Excel",
        "写成 .csv 或 .parquet",
        "write a .csv or .parquet instead",
    ),
    "previous-unlike": _m(
        "这不是 fanpin 写出的研判结果",
        "this is no result that fanpin wrote",
        "选上月 fanpin grade 写出的文件（{known}），表头和“说明”工作表不要改动",
        "give the file that `fanpin grade` wrote last month ({known}), its headings and its sheet 'about' unchanged",
    ),
    "previous-value": _m(
        "上月结果的“{column}”里有这个规则包没有的值，不能比较",
        "last month's results hold values under '{column}' that this pack does not have, and can't be compared",
        "用写出它的那个规则包，或不写 --previous",
        "use the pack that it was made with, or leave out --previous",
    ),
    "previous-not-before": _m(
        "上月结果的研判日期是 {before}，不早于这次的 {on}",
        "last month's results are of {before}, which is not before {on}",
        "核对 --previous 的文件和 --on 的日期",
        "check the file of --previous, and the day of --on",
    ),
    "previous-of-others": _m(
        "上月结果里没有一户在这次的表里",
        "no household of last month's results is in this month's tables",
        "核对 --previous 的文件；户编号如在 Excel 里变成了数字，末几位会变成 0",
        "check the file of --previous; ids that Excel turned into numbers have lost their last digits",
    ),
    "output-is-input": _m(
        "结果不能写进读入的文件",
        "the results can't be written into a file that is read",
        "换一个文件名",
        "choose another name",
    ),
    "output-twice": _m(
        "两种结果不能写进同一个文件",
        "two kinds of results can't be written into one file",
        "给 -o 和 --problems 不同的文件名",
        "give -o and --problems different names",
    ),
    "file-exists": _m(
        "文件已经有了，没有改动",
        "the file is there already, and was left as it is",
        "换一个文件夹，或先删去它",
        "choose another folder, or delete it first",
    ),
    "no-household": _m(
        "表里的 {count} 户中没有这个户编号",
        "none of the {count} households of the table bears this id",
    ),
    # procedures and measures
    "unknown-zone": _m(
        "没有“{name}”这个时区",
        "there is no time zone '{name}'",
        "全国都写 Asia/Shanghai",
        "write Asia/Shanghai for all of China",
    ),
    "alias-twice": _m(
        "“{word}”既指“{name}”，又指“{other}”",
        "'{word}' means both '{name}' and '{other}'",
        "一个说法只能指一个环节：改掉其中一个",
        "a word may mean one step only: change one of the two",
    ),
    "every-without-tracks": _m(
        "“{started}”和“{ended}”没有共同的分项，不能逐项对应",
        "'{started}' and '{ended}' have no tracks in common, so that one can't be held against the other",
        "两个环节写同一个 per，例如 per: measure",
        "give both the same per, such as per: measure",
    ),
    "step-out-of-reach": _m(
        "环节“{name}”永远办不到：它要求的前置环节都到不了",
        "nothing leads to the step '{name}': what it needs can never be there",
        "核对 line、needs、right_after、count 里写的环节",
        "look at the steps that line, needs, right_after and count name",
    ),
    "clock-never-starts": _m(
        "“{name}”的期限“{gap}”永远不会起算：{since}只能在它之后",
        "the time '{gap}' of '{name}' never starts to run: {since} only comes after it",
        "since 写在它之前办的环节",
        "name a step under since that comes before it",
    ),
    "step-beside-lines": _m(
        "“{name}”不在任何一条线里，也没有环节等它：不办它，也能往下走",
        "'{name}' stands in no line, and no step waits for it: the others go on without it",
        "写进 line，或由后面的环节 needs；本来可办可不办的，写 optional: yes",
        "put it into a line, or let a later step need it; if it may be left out, write optional: yes",
    ),
    "blocks-for-good": _m(
        "“{name}”一旦发生，就再也办不了{blocked}：没有环节能解除它",
        "once '{name}' came, nothing lifts what it blocks: {blocked}",
        "写 until，列出解除它的环节",
        "name under until the steps that lift it",
    ),
    "block-with-a-hole": _m(
        "“{name}”挡住了{blocked}，却没有挡住它们之间的{left}",
        "'{name}' blocks {blocked}, and not {left} between them",
        "线里加了环节的，把它也写进 blocks",
        "a step that was put into the line belongs under blocks, too",
    ),
    "other-than-itself": _m(
        "“{name}”的 other_person_than 写的是它自己，等于没有要求",
        "'{name}' is to be taken by another person than itself, which asks nothing",
        "写要由别人办的那个环节",
        "name the step that another person took",
    ),
    "value-never-asked": _m(
        "“{name}”的条件“{text}”要看“{value}”，却没有环节要求填报：没有人填报时，这条要求不起作用",
        "the condition '{text}' of '{name}' reads '{value}', which no step demands: unsaid, nothing is asked",
        "在它之前的环节写 says: [{value}]",
        "write says: [{value}] at a step before it",
    ),
    "clock-by-chance": _m(
        "“{name}”的期限“{gap}”从{since}起算，可是不办{since}也能办“{name}”：那时就没有期限",
        "the time '{gap}' of '{name}' runs from {since}, without which '{name}' may come, too: then it has no limit",
        "把{since}写进 line，或写进“{name}”的 needs；可办可不办的，写 optional: yes",
        "put {since} into a line, or let '{name}' need it; if it may be left out, write optional: yes",
    ),
    "gap-of-no-day": _m(
        "“{name}”的期限“{gap}”从 {day} 起谁也做不到：至少 {least}，至多 {most}",
        "nobody can keep the time '{gap}' of '{name}' from {day} on: at least {least}, at most {most}",
        "核对 at_least 和 at_most，以及它们读的参数",
        "look at at_least and at_most, and the parameters that they read",
    ),
    "no-day-in-procedures": _m(
        "流程里的条件和时限不能用 on",
        "a condition or a length in a procedure can't read the day",
        "时限写 gaps，例如 total: {{since: clue, at_most: 15}}",
        "write a time under gaps, such as total: {{since: clue, at_most: 15}}",
    ),
    "wrong-kind-of-text": _m("这里应是“{expected}”，写的是“{got}”", "this should be {expected}, and it is {got}"),
    "gap-without-length": _m(
        "这个时限没有写多长",
        "this time does not say how long it is",
        "写 at_least（至少满多久）或 at_most（最多多久）",
        "write at_least (so long must pass) or at_most (so long it may take)",
    ),
    "idle-key": _m(
        "没有“{other}”，“{key}”不起作用",
        "'{key}' does nothing without '{other}'",
        "写上 {other}，或去掉 {key}",
        "write {other} too, or leave {key} out",
    ),
    "once-and-repeats": _m("一个环节不能既 once 又 repeats", "a step can't be both once and repeats"),
    "line-and-lines": _m(
        "line 和 lines 只能写一个",
        "write line or lines, not both",
        "有几条线的，都写进 lines，各起一个名称",
        "with more than one, give each a name under lines",
    ),
    "risks-without-measure": _m(
        "没有措施针对这些风险：{labels}",
        "no measure answers these risks: {labels}",
        "在 measures.yaml 里加上措施，answers 写这些风险；不用帮扶措施的，without: [measures]",
        "add measures to measures.yaml that name them under answers, or leave measures out: without: [measures]",
    ),
    # public notices: what a pack may say
    "notice-length": _m(
        "张贴多久应写参数名或天数，如 notice_days 或 5",
        "for how long it hangs is a parameter's name or a number of days, such as notice_days or 5",
    ),
    "notice-length-unsaid": _m(
        "没有写明张贴多久，流程里也没有哪个环节要等“{step}”满期",
        "it is not said for how long it hangs, nor does one step of the procedure wait for '{step}'",
        "加上 at_least，写参数名或天数；按工作日的再写 days: working",
        "add at_least, a parameter's name or a number of days, and days: working where working days count",
    ),
    "notice-field-never": _m(
        "“{name}”涉及{kind}，任何公示都不得公布",
        "'{name}' tells of {kind}, which no notice may tell",
        "去掉这一项；规则包改不了这一条",
        "leave it out: no pack can allow it",
    ),
    "notice-field-forbidden": _m(
        "“{name}”已列入禁止公示的项目：{why}",
        "'{name}' is among what may not be posted: {why}",
        "去掉这一项",
        "leave it out",
    ),
    "notice-field-personal": _m(
        "“{name}”不是可以公开的项目",
        "'{name}' is not public",
        "只能公示 sensitivity 为 public 的事实和填报值、等级、类别，以及遮盖后的户主姓名",
        "only public facts and values, grades, categories, and the name of the head under its mask can be",
    ),
    "notice-risks-unsaid": _m(
        "要公示风险，没有写明可以公布哪几项",
        "risks are to be posted, and it is not said which ones may be named",
        "加上 risks，逐项列出；没有列出的风险写作“其他”",
        "add risks, and list them one by one; any other is called 'other'",
    ),
    "notice-braces": _m(
        "花括号里只能写空位的名称",
        "only the name of a slot stands in braces",
        "写成 {{contact}}；要写花括号本身，写两个",
        "write {{contact}}; a brace itself is written twice",
    ),
    "notice-without-contact": _m(
        "公示没有写明向谁反映",
        "the notice does not say where objections go",
        "在 before 或 after 里写上 {{contact}}",
        "write {{contact}} into before or after",
    ),
    "forbidden-only-grows": _m(
        "禁止公示的项目只能增加，不能去掉",
        "what may not be posted can be added to, and nothing can be taken away",
    ),
    # public notices: what may not be posted, or not yet
    "notice-of-nobody": _m("公示里一户也没有", "there is no household in the notice"),
    "notice-twice": _m("这一户与第{other}户是同一户", "this is the same household as number {other}"),
    "notice-line-blank": _m("没有写明{what}", "it is not said {what}"),
    "notice-other-household": _m("办件不是这一户的", "the case is of another household"),
    "notice-other-workflow": _m(
        "办件走的是“{workflow}”，这个公示属于“{other}”",
        "the case runs '{workflow}', and this notice belongs to '{other}'",
    ),
    "notice-out-of-turn": _m(
        "{day}还不能进行“{step}”",
        "'{step}' can't come on {day}",
        "先办完前面的环节；办件的 allowed(日期) 会列出可以进行的环节",
        "the steps before it come first; allowed(day) of the case lists those that may come",
    ),
    "notice-other-day": _m(
        "“{step}”记在{came}，张贴日期却是{day}",
        "'{step}' is recorded on {came}, and the notice is to be posted on {day}",
    ),
    "notice-value-missing": _m(
        "“{label}”还没有确定的值，不能公示",
        "nothing certain is known of '{label}', so that it can't be posted",
    ),
    "notice-tells-number": _m(
        "这里像是有证件号码、电话或卡号，没有生成公示",
        "this looks like a number of a person, a phone or a card, and no notice was made",
        "从这一项里去掉号码；只有联系方式里可以写电话",
        "take the number out of it; only the contact line may have a phone",
    ),
    "notice-tells-name": _m(
        "这里写有家庭成员的全名，没有生成公示",
        "this holds the full name of somebody in the household, and no notice was made",
        "从这一项里去掉姓名",
        "take the name out of it",
    ),
    "notice-end-unknown": _m(
        "{until}以后的工作日还没有公布，算不出公示到哪一天",
        "the working days after {until} are not announced yet, so that its last day can't be told",
        "更新 chinesecalendar，或等放假安排公布",
        "update chinesecalendar, or wait until the days off are announced",
    ),
    # procedures: what was wrong with a step
    "step-no-actor": _m(
        "“{step}”没有写明经办人",
        "'{step}' names nobody who did it",
        "由{expected}办理，并写明经办人",
        "let {expected} do it, and name who did",
    ),
    "step-role": _m(
        "“{step}”应由{expected}办理，这里{got}",
        "'{step}' is for {expected}, and here {got}",
        "改由{expected}办理",
        "let {expected} do it",
    ),
    "step-level": _m(
        "“{step}”应在{expected}一级办理，这里{got}",
        "'{step}' is done at the level of {expected}, and here {got}",
        "交{expected}办理",
        "hand it to {expected}",
    ),
    "step-same-person": _m(
        "“{step}”不能由办过{expected}的同一人办理",
        "'{step}' can't be done by who did {expected}",
        "换一人办理",
        "let somebody else do it",
    ),
    "step-papers": _m(
        "“{step}”缺少材料：{expected}", "'{step}' lacks papers: {expected}", "附上这些材料后再办", "attach them first"
    ),
    "step-order": _m(
        "“{step}”之前要先有{expected}，而且仍然有效",
        "'{step}' needs {expected} before it, still in force",
        "先办{expected}；退回过的要重新办",
        "do {expected} first; what was sent back is to be done again",
    ),
    "step-not-right-after": _m(
        "“{step}”要紧接在{expected}之后，上一环节是{got}",
        "'{step}' comes right after {expected}, and the step before is {got}",
        "按顺序办理",
        "keep to the order",
    ),
    "step-no-track": _m(
        "“{step}”没有写明是哪一项{expected}",
        "'{step}' does not say which {expected} it is of",
        "填写{expected}编号（of）；台账里在别的栏的，用 --columns 写明哪一栏是 of",
        "fill in the number of the {expected} (of); where a log has it elsewhere, tell --columns which column is of",
    ),
    "step-again": _m(
        "“{step}”已于 {got} 办过，仍然有效",
        "'{step}' was done on {got}, and is still in force",
        "不必再办；要重办的先退回",
        "it need not be done again; to do so, send it back first",
    ),
    "step-early": _m(
        "“{step}”太早：从 {since} 起须满{length}，{got} 还差{over}",
        "'{step}' comes too early: from {since} {length} must pass, and {got} is {over} short of that",
        "期满后再办",
        "wait until the time has passed",
    ),
    "step-late": _m(
        "“{step}”超过期限：从 {since} 起应在{length}内，{got} 已超{over}",
        "'{step}' is late: it was due within {length} from {since}, and {got} is {over} past that",
    ),
    "step-not-announced": _m(
        "“{step}”是否合乎期限还不能定：从 {since} 起{length}，到 {got} 的放假安排还没有公布",
        "whether '{step}' is in time can't be said: {length} from {since}, days off are unannounced up to {got}",
    ),
    "step-not-decided": _m(
        "“{step}”是否合乎期限还不能定：从 {since} 起{length}，这要看一项没有填报的情况",
        "whether '{step}' keeps its time can't be said: {length} from {since} hangs on what nobody declared",
    ),
    "step-time-reversed": _m(
        "“{step}”的时间 {got} 早于上一环节的 {expected}",
        "'{step}' is of {got}, before the step that precedes it, of {expected}",
        "核对日期和先后次序",
        "check the days and the order",
    ),
    "step-count": _m(
        "“{step}”之前{expected}至少要有{least}，现有{got}",
        "'{step}' needs at least {least} of {expected}, and there are {got}",
        "补足后再办",
        "do what is missing first",
    ),
    "step-unfinished": _m(
        "“{step}”之前{started}的都要有{ended}，还差：{got}",
        "before '{step}' every {started} needs its {ended}; missing: {got}",
        "先办完这些",
        "finish these first",
    ),
    "step-blocked": _m(
        "{got}尚未了结，不能办“{step}”",
        "'{step}' can't be done while {got} is open",
        "先了结{got}",
        "settle {got} first",
    ),
    "step-after-end": _m(
        "本件已因“{expected}”办结，这是办结后的第{got}件事",
        "the case had ended with '{expected}'; this is number {got} after the end",
        "另开一件，或先重新打开",
        "open another case, or reopen this one first",
    ),
    "step-not-said": _m(
        "“{step}”没有填报{expected}", "'{step}' does not declare {expected}", "填报{expected}", "declare {expected}"
    ),
    "step-not-so": _m(
        "“{step}”要求：{expected}；没有满足{got}",
        "'{step}' demands: {expected}; it does not hold{got}",
        "{way_out}",
        "{way_out}",
    ),
    "step-not-a-value": _m(
        "“{step}”填报的“{expected}”不是可以填的值",
        "'{step}' declares '{expected}' with what is no value of it",
        "{way_out}",
        "{way_out}",
    ),
    "step-no-such-value": _m(
        "规则包里没有可以填报的“{expected}”，“{step}”填报了它",
        "'{step}' declares '{expected}', which is no value of the pack",
        "用规则包里的名称",
        "use a name of the pack",
    ),
    "step-unknown-step": _m(
        "没有名为“{got}”的环节",
        "there is no step '{got}'",
        "用规则包里的环节名或别名",
        "use a step of the pack, or an alias of one",
    ),
    "step-id-conflict": _m(
        "编号 {got} 已有一条内容不同的记录",
        "the id {got} is that of another event with other content",
        "核对哪一条是对的；更正用新的编号",
        "check which is right; give a correction an id of its own",
    ),
    # cases
    "cases-of-several-households": _m(
        "这些办件不是同一户的",
        "these cases are of several households",
        "一户一户地算：只给同一户的办件",
        "give the cases of one household at a time",
    ),
    "cases-without-households": _m(
        "公示的办件有 {cases} 个，户有 {households} 个，不能一一对应",
        "the cases of the notice number {cases} and the households {households}: they don't pair off",
        "按同样的次序，每个办件给一户",
        "give one household for each case, in the same order",
    ),
    # event logs
    "column-map-unreadable": _m(
        "栏目对照表读不出来",
        "the map of columns can't be read",
        "写成 YAML，每行一个，左边是栏，右边是表里的表头：case: 单号",
        "write it as YAML, one to a line, the heading of the table to the right: case: case no.",
    ),
    "column-map-reversed": _m(
        "栏目对照表左右写反了",
        "the map of columns has its sides the wrong way round",
        "左边是栏，右边是表里的表头：case: 单号",
        "the field to the left, the heading of the table to the right: case: case no.",
    ),
    "log-column-missing": _m(
        "对照表说“{name}”在“{heading}”一栏，表里没有这一栏",
        "'{name}' is said to stand under '{heading}', and there is no such column",
    ),
    "log-without": _m(
        "办理记录里没有“{name}”一栏",
        "the log has no column for '{name}'",
        "表头可以用：{headings}；或用 columns 写明是哪一栏{has}",
        "known headings are {headings}; or say in `columns` which it is{has}",
    ),
    "log-columns-left": _m(
        "没有用到的表头：{headings}",
        "headings of no use here: {headings}",
        "其中有经办人、角色、层级、材料，或流程要填报的值的，在对照表（columns）里写明是哪一栏",
        "where one of them is the actor, role, level, papers or a value that the procedure asks for, say so in the map "
        "of columns",
    ),
    "log-cell-empty": _m(
        "“{heading}”是空的，这一行没有检查",
        "'{heading}' is empty, and the row was not checked",
        "补上后再检查",
        "fill it in",
    ),
    "log-not-a-time": _m(
        "“{heading}”读不出日期或时间，这一行没有检查",
        "'{heading}' is no day or time, and the row was not checked",
        "写成 2024-03-01 或 2024-03-01 08:30",
        "write 2024-03-01 or 2024-03-01 08:30",
    ),
    "log-not-a-number": _m(
        "“{heading}”不是数，排不出先后，这一行没有检查",
        "'{heading}' is no number that says the order, and the row was not checked",
        "写成数，或者去掉这一栏，按行的先后检查",
        "write a number, or leave the column out, so that the rows are in order",
    ),
    "log-digits-lost": _m(
        "“{heading}”被表格软件当成了数字，后几位已经丢失，这一行没有检查",
        "a spreadsheet took '{heading}' for a number and lost its last digits, and the row was not checked",
        "把这一列设为文本格式，再从原表填写",
        "make the column text and fill it in again from the source",
    ),
    "events-unreadable": _m(
        "读不出办件的事件",
        "the events of a case can't be read",
        "写成一个列表，或在 events 下写成列表：- {{step: 入户核实, at: 2024-03-01}}",
        "write a list, or one under `events`: - {{step: home_visit, at: 2024-03-01}}",
    ),
    "event-key-unknown": _m("没有“{name}”这一项", "there is no '{name}' here"),
    "event-unfit": _m(
        "“{field}”没有写，或写得不对",
        "'{field}' is missing or not written as it should be",
        "step 和 at 必填；at 写成 2024-03-01 或 2024-03-01T08:30；evidence 是列表",
        "step and at are needed; at as 2024-03-01 or 2024-03-01T08:30; evidence is a list",
    ),
    "which-case": _m(
        "表里有 {count} 个办件，要说明是哪一个：{some}",
        "there are {count} cases, and none was named: {some}",
        "用 --case 写办件编号",
        "name one with --case",
    ),
    "no-case": _m("表里没有这个办件", "there is no such case in the table"),
    "no-workflow": _m(
        "规则包“{pack}”没有工作流程",
        "the pack '{pack}' has no procedure",
        "在 workflow.yaml 里写，或用 extends 沿用别的规则包的",
        "write one in workflow.yaml, or extend a pack that has some",
    ),
    "dataset-needs-folder": _m(
        "文件夹里的办理记录，结果要写进另一个文件夹",
        "the check of a folder is written into another folder",
        "用 -o 写文件夹的名称，不带后缀",
        "name one with -o, without a suffix",
    ),
    "dataset-without-options": _m(
        "写进文件夹时，读不了的行在其中的 problems.csv 里，也没有工作表可选",
        "in a folder the rows that could not be read are in its problems.csv, and there are no sheets to choose from",
        "去掉 --problems 和 --sheet",
        "leave out --problems and --sheet",
    ),
    "which-workflow": _m(
        "规则包有几个工作流程，要说明是哪一个",
        "the pack has several procedures, and none was named",
        "用其中一个：{known}",
        "name one of {known}",
    ),
    "dataset-source": _m(
        "办理记录要是 Parquet 或 CSV（UTF-8）文件，或一个放 Parquet 文件的文件夹",
        "a log is a Parquet or CSV (UTF-8) file, or a folder of Parquet files",
        "核对路径和文件类型",
        "check the path and the kind of file",
    ),
    "dataset-not-empty": _m(
        "这个文件夹里有别的文件，没有改动",
        "the folder holds other files, and was left as it is",
        "换一个空文件夹",
        "choose an empty folder",
    ),
    "dataset-of-other": _m(
        "这个文件夹里是另一次检查：记录、规则包、日期或栏目不同",
        "the folder holds the check of something else: another log, pack, day or columns",
        "换一个文件夹，或删去它再来",
        "choose another folder, or delete it first",
    ),
    # cases of a pack
    "no-cases": _m(
        "这里没有写例子的文件",
        "there is no file of cases here",
        "在规则包的文件夹里写 cases.yaml，写法见 docs/zh/howto/test-a-pack.md",
        "write cases.yaml into the pack's folder, as docs/en/howto/test-a-pack.md shows",
    ),
    "project-exists": _m(
        "这个文件夹已经有了，没有改动",
        "the folder is there already, and was left as it is",
        "换一个名称，或先删去它",
        "choose another name, or delete it first",
    ),
    "project-name": _m(
        "“{name}”不能作规则包的名称",
        "'{name}' can't be the name of a pack",
        "小写英文字母开头，只用小写字母、数字和下划线，例如 wo_xian",
        "a lower-case letter first; lower-case letters, digits and _, such as our_county",
    ),
    "project-name-taken": _m(
        "已经有名为“{name}”的规则包", "there is a pack '{name}' already", "换一个名称", "choose another name"
    ),
    "project-name-module": _m(
        "“{name}”是 Python 的一个模块，不能再叫这个名称",
        "'{name}' is a module of Python's, and can't be another's name",
        "换一个名称",
        "choose another name",
    ),
    "no-such-violation": _m(
        "没有“{kind}”这种不合流程之处",
        "there is no kind of violation '{kind}'",
        "可以写：{known}",
        "write: {known}",
    ),
    "case-unfit": _m("这里要写{expected}", "this should be {expected}"),
    # a pack's workbook
    "book-of-no-pack": _m(
        "这不是规则包的工作簿：没有“{sheet}”表",
        "this is no workbook of a pack: it has no sheet '{sheet}'",
        "先用 fanpin pack to-excel 写出一个，在上面改",
        "write one with fanpin pack to-excel, and change that",
    ),
    "book-sheet": _m(
        "不认识这张工作表",
        "this sheet is not known",
        "表名改回原来的；自己的草稿表，名称前面加 #",
        "give it its old name; a sheet of your own has a name that begins with #",
    ),
    "book-no-headings": _m(
        "这张表里没有找到列标题“{heading}”",
        "the heading '{heading}' is not in this sheet",
        "把列标题那一行补上，可以从新写出的工作簿里复制",
        "put the row of headings back; it can be copied from a new workbook",
    ),
    "book-heading": _m(
        "不认识列标题“{heading}”", "the heading '{heading}' is not known here", "可以用：{known}", "known are: {known}"
    ),
    "book-heading-twice": _m(
        "列标题“{heading}”有两个", "there are two headings '{heading}'", "删去一列", "delete one column"
    ),
    "book-without-name": _m(
        "这一行没有写“{heading}”",
        "this row does not say its '{heading}'",
        "写上代码，或清空这一行",
        "write its name, or clear the row",
    ),
    "book-name-twice": _m(
        "“{name}”在 {first} 已经有了",
        "'{name}' is at {first} already",
        "换一个代码，或删去一行",
        "choose another name, or delete a row",
    ),
    "book-said-twice": _m(
        "这里写的与 {first} 不一样",
        "this differs from what {first} says",
        "同一项只写一次，或写得一样",
        "say it once only, or say the same",
    ),
    "book-word": _m(
        "“{heading}”不能写“{got}”", "'{heading}' can't be '{got}'", "可以写：{known}", "write one of: {known}"
    ),
}
