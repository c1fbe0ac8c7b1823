"""What nobody may post of a household, how a name is masked, and numbers that hide in free text.

The floor stands here and not in a pack: a county adds to what is forbidden, and takes nothing away.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fanpin.facts import FactSpec
from fanpin.i18n import Label
from fanpin.records import ALWAYS_SECRET, MASK

# What an illness costs tells of it, so the floor is wider than what is never shown in reports.
NEVER = ALWAYS_SECRET | {"out_of_pocket", "compliant_out_of_pocket", "insurance_payout", "basic_medical_insurance"}
_HEALTH = Label("健康状况", "health")

# A fact that a pack adds is known by its words, whatever its name and sensitivity. Words, since a pack's author means
# well and forgets: one who sets out to hide what a fact is can't be caught by any list.
_WORDS: Mapping[Label, re.Pattern[str]] = MappingProxyType(
    {
        Label("证件号码", "ID numbers"): re.compile(
            r"证件|证号|身份证|\b(id|identity|passport)[ _]*(card|number|num|no)\b"
        ),
        Label("联系电话", "phone numbers"): re.compile(
            r"电话|手机|联系方式|\b(tele)?phones?\b|\b(mobile|tel|wechat)\b|微信"
        ),
        Label("银行账号", "bank accounts"): re.compile(
            r"银行|[账帐][号户]|卡号|存折|\bbank\b|\b(account|card)[ _]*(number|num|no)\b|\baccounts?\b"
        ),
        _HEALTH: re.compile(
            r"健康|病|残|医|手术|住院|药|孕|\bhealth\b|\bill(ness)?\b|disease|disab|medic|hospital|surg|diagnos|sick"
        ),
    }
)


def never(name: str, *words: str) -> Label | None:
    """What of the floor something tells, by its name and the words that it goes by; None where it is none of it.

    >>> never("id_card", "身份证号").zh, never("village", "村")
    ('证件号码', None)
    """
    said = " ".join([name.replace("_", " "), *words]).lower()
    found = next((kind for kind, pattern in _WORDS.items() if pattern.search(said)), None)
    return found or (_HEALTH if name in NEVER else None)


def never_fact(fact: FactSpec) -> Label | None:
    """The same of a fact, by its name, labels, headings, and the words of its values."""
    labels = (word for label in (fact.label, *fact.values.values()) for word in (label.zh, label.en))
    return never(fact.name, *labels, *fact.headers, *fact.values)


# Names

STYLES = ("张某某", "张某", "张**", "张*")
_TWO = re.compile(
    "欧阳|上官|皇甫|令狐|诸葛|司徒|司马|申屠|夏侯|端木|慕容|尉迟|公孙|长孙|宇文|淳于|澹台|濮阳|呼延|万俟|东方|轩辕|钟离|鲜于|"
    "闻人|赫连|拓跋|独孤|南宫|司空|太史|公冶|闾丘|完颜|纳兰|西门|百里|单于|仲孙|宗政|亓官|司寇|颛孙|巫马"
)
_DOT = re.compile("[·•‧・･.．]")


def masked_name(name: str, style: str = STYLES[0]) -> str:
    """The family name, and marks for the rest: as many as it has characters, two at most, or always one.

    Of a name with a dot, and of one in other letters, the first letter is left; where it begins with none, nothing is.

    >>> [masked_name(name) for name in ("张三", "张三丰", "欧阳娜娜", "欧阳", "乌云其木格", "阿不都·买买提", "John")]
    ['张某', '张某某', '欧阳某某', '欧某', '乌某某', '阿某某', 'J**']
    >>> [masked_name("张三丰", style) for style in STYLES], masked_name("张")
    (['张某某', '张某', '张**', '张*'], '张某')
    """
    text = "".join(name.split())
    family = text[:2] if len(text) > 2 and _TWO.match(text) and not _DOT.search(text) else text[:1]
    if not family.isalpha():
        family = ""
    mark = style[1] if not family or _is_han(family[0]) else "*"
    return family + mark * min(max(len(text) - len(family), 1), len(style) - 1)


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK")


# Numbers in free text

_NUMERALS = str.maketrans("零〇○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖", "00012345678912123456789")
_CARD = re.compile(r"\d{13}")
LONGEST_WORD = 40
_LONG = re.compile(r"\d(?:[\W_]{0,9}\d){6}")


def plain(text: str) -> str:
    """A text with its digits as 0 to 9, full-width forms and Chinese numerals too."""
    narrow = unicodedata.normalize("NFKC", text).translate(_NUMERALS)
    return "".join(str(unicodedata.decimal(c, c)) for c in narrow)


def holds_number(text: str) -> bool:
    """Whether seven digits or more stand in a row, as in numbers of persons, phones and cards, whatever parts them.

    >>> [holds_number(text) for text in ("1组2号", "１３９ 0000-0000", "幺三九〇〇〇〇〇〇〇〇", "2024年3月1日")]
    [False, True, True, False]
    """
    return _LONG.search(plain(text)) is not None


def holds_card(text: str) -> bool:
    """Whether thirteen digits or more stand together: no phone has so many, and every card and number of a person has.

    >>> holds_card("0482-6121234、12317"), holds_card("6222020000000000000")
    (False, True)
    """
    return _CARD.search(plain(text)) is not None


def shown_word(word: str) -> str:
    """A word of which no pack knows, as it may be told: not one as long as a remark, nor one with a long number.

    >>> shown_word("入户走访"), shown_word("电话 139 0000 0000")
    ('入户走访', '***')
    """
    return MASK if len(word) > LONGEST_WORD or holds_number(word) else word


def squeezed(text: str) -> str:
    """A text as its letters and digits alone, to be looked for in another."""
    return "".join(c for c in plain(text).lower() if c.isalnum())


def tells(text: str, hidden: Iterable[str], least: int) -> bool:
    """Whether a text holds one of some others that have so many letters and digits at least, whatever parts them."""
    within = squeezed(text)
    return any(len(one) >= least and one in within for one in map(squeezed, hidden))
