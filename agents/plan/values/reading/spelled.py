"""Numbers written as words, in a folded text, as digits."""

import re
from decimal import Decimal
from functools import lru_cache

from agents.plan.values.language import phrases, units
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.rewriting import Rewrite
from agents.plan.values.reading import in_parts

_WORD = re.compile(r"[^\W\d_]+")
_MIXED = re.compile(r"(?<![\d/.])(\d+) ([1-9])/([2-9])(?![\d/])")
_DOZEN = re.compile(
    rf"(?<!\d )\b(?:(?:a|ein|une|una|uma|een) )?(?:{'|'.join(sorted(words.DOZENS, key=len, reverse=True))})\b"
)
_CENTURIES = frozenset(["twenty", "nineteen", "zwanzig", "neunzehn"])
_POINTS = frozenset(["point", "komma", "virgule", "coma", "virgola", "virgula", "dot"])
# three point seven five: digit by digit
_POINT = re.compile(rf"\b(\d+) (?:{'|'.join(sorted(_POINTS))}) (\d(?: \d)+)(?! ?\d)")
# at 18 30, at 0 6 40: as they are spelled
_HOUR_AND_MINUTES = re.compile(
    r"\b(at|um|leaves|leave|lands|departs|arrives|starts) (0 \d|1\d|2[0-3]|\d) ([0-5]\d|0 \d)"
    r"(?! ?(?:\d|[-%€$:]|min|h\b|hour|day|week|month|year|percent|euro|dollar|pound|o'clock|uhr|in the"
    r"|p\.?m|a\.?m))(?!\w)"
)
_LESS = frozenset(["minus", "moins", "menos", "meno"])
_MINUS = re.compile(rf"(?<!\d )\b(?:{'|'.join(sorted(_LESS))}) (?=\d)")
_SPOKEN_SO = frozenset[str]().union(*(rewrite.needs for rewrite in phrases.REWRITES))
_ARTICLES = words.ARTICLES | {"eines"}
_ARTICLE_UNIT = re.compile(
    r"\b(?:another|an?|eine[rnms]?|ein|une?|una|um|uma|een|un') ?(?=(?:second|minute|hour|day|week|month|year|sekunde"
    r"|stunde|tag|woche|monat|jahr|seconde|heure|jour|semaine|mois|an\b|hora|dia|semana|mes|ano|minuto|ora|giorno"
    r"|settimana|mese|anno|uur|dag|maand|jaar|kilo|lit|million|thousand|fortnight|decade|mile|tonne?|gallon|pint|ounce"
    r"|inch|pound|foot\b|yard\b|gig|jahrzehnt|met(?:re|er)\b)\w*\b)"
)


_CHINESE: dict[str, int] = {
    **dict(zip("零〇一二三四五六七八九", (0, *range(10)), strict=True)), "两": 2, "兩": 2,
    "十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "만": 10**4, "억": 10**8,
}  # fmt: skip
_CHINESE_NUMBER = re.compile(
    r"\d+(?:\.\d+)?[万萬億亿만억]|[零〇一二两兩三四五六七八九十百千万萬億亿]{2,}|[一二两兩三四五六七八九十](?=[月日号號時时点點年个個名人位张張枚本台只匹杯円元天週周晚間间分秒歳岁階楼回次])"
)
# a number may stand right behind a word that is no part of a date or a time
_JOINED = re.compile(r"(?<=[\u3040-\u9fff])(?<![年月日号號時时点點午後前后上下早晚夜晨])(?=\d)")
_HALF_UNIT = re.compile(
    r"(?P<n>\d+)(?:[个個]半(?P<between>小时|小時|月|星期)|(?P<before>時間|年|ヶ月|か月|天|公斤|キロ)半)"
)
_SIZE = re.compile(r" \d{3}[ -]?([^\W\d_]+)")
_SCIENTIFIC = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)?e[-+]\d{1,2}(?![\w-])")
_POWER = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?) ?(?:x|×|\*|⋅|·|times|mal|fois|por|per|keer) ?10 ?(?:\^|\*\*) ?(-?\d{1,2})(?!\d)"
)


def chinese_in_digits(text: str) -> str:
    """
    >>> chinese_in_digits("一共三万五千。二〇二六年五月十四日, 1.5万円")
    '一共 35000。2026年5月14日, 15000円'
    """
    text = _HALF_UNIT.sub(half_unit, _CHINESE_NUMBER.sub(lambda match: str(value_of_chinese(match[0])), text))
    return _JOINED.sub(" ", _CHINESE_NUMBER.sub(lambda match: str(value_of_chinese(match[0])), text))


def half_unit(match: re.Match[str]) -> str:
    """2時間半 and 两个半小时 are 2.5 hours."""
    unit = match["before"] or (match["between"] if match["between"] in ("小时", "小時") else "个" + match["between"])
    return f"{match['n']}.5{unit}"


def value_of_chinese(number: str) -> int:
    if number[0].isdigit():
        return round(float(number[:-1]) * _CHINESE[number[-1]])
    if all(_CHINESE[sign] < 10 for sign in number):  # digit by digit
        return int("".join(str(_CHINESE[sign]) for sign in number))
    total = section = digit = 0
    for sign in number:
        value = _CHINESE[sign]
        if value < 10:
            digit = value
        elif value < 10**4:
            section, digit = section + (digit or 1) * value, 0
        else:
            total, section, digit = total + (section + digit or 1) * value, 0, 0
    return total + section + digit


def powers_in_digits(text: str) -> str:
    """
    >>> powers_in_digits("6.02 x 10^23 and 2*10^-3")
    '602000000000000000000000 and 0.002'
    >>> powers_in_digits("lr 3e-4, room 3e4")
    'lr 0.0003, room 3e4'
    """
    text = _SCIENTIFIC.sub(lambda match: f"{Decimal(match[0]):f}", text)
    return _POWER.sub(lambda match: f"{Decimal(f'{match[1]}e{match[2]}'):f}", text)


def with_digits(folded: str, language: str, present: frozenset[str]) -> str:
    """The text, whose words are `present`, with its spelled numbers as digits; ordinals end in `th` in any language.

    >>> text = "the twenty-second at half past one, two and a half thousand"
    >>> with_digits(text, "en", frozenset(text.replace(",", "").replace("-", " ").split()))
    'the 22th at half past 1, 2.5 thousand'
    """
    # most sentences have no word of a number
    text = folded
    if not words.scale_words().isdisjoint(present):
        text = in_parts.share_scale(text, words.number_words(language)[0], words.SCALES[language])
    inner = (*words.JOINT.get(language, ()), words.TIMES.get(language, "\n"))
    if not words.telling_words(language).isdisjoint(present) or any(part in folded for part in inner):
        text = Spelled(text, language).in_digits()
    if not _POINTS.isdisjoint(present):
        text = _POINT.sub(lambda m: f"{m[1]}.{m[2].replace(' ', '')}", text)
    for rewrite in rewrites_with(present & _SPOKEN_SO):
        text = rewrite.pattern.sub(rewrite.replacement, text)
    if not words.currency_heads().isdisjoint(present):
        text = currencies_as_codes(text)
    if text != folded:
        text = _HOUR_AND_MINUTES.sub(lambda m: f"{m[1]} {m[2].replace(' ', ''):0>2}:{m[3].replace(' ', '')}", text)
    if not _CENTURIES.isdisjoint(present):
        text = year_pair().sub(r"\1 \2\3", text)
    if "/" in text:
        text = _MIXED.sub(lambda m: f"{int(m[1]) + int(m[2]) / int(m[3]):g}", text)
    if not _LESS.isdisjoint(present):
        text = _MINUS.sub("-", text)
    if not in_parts.HINTS.isdisjoint(present):
        text = in_parts.in_one(text)
    return text if _ARTICLES.isdisjoint(present) else _ARTICLE_UNIT.sub("1 ", text)


@lru_cache(maxsize=1)
def year_pair() -> re.Pattern[str]:
    """May twenty twenty-six; of `in 20 15 minute slots` and `at 20 26` nothing is a year."""
    return re.compile(
        rf"\b((?:in|of|since|until|till|year|from|to|through|jahr|seit|bis|summer|autumn|winter|spring|{words.any_month()})"
        r"(?: the)?(?: \d{1,2}(?:th)?)?,?) (19|20) (\d\d)(?![\w:/%€$-]|[.,]\d"
        r"| (?:\d|min|h\b|hours?|days?|weeks?|months?|years?|percent|euros?|dollars?|pounds?|kilo))"
    )


@lru_cache(maxsize=4096)
def rewrites_with(present: frozenset[str]) -> tuple[Rewrite, ...]:
    return tuple(rewrite for rewrite in phrases.REWRITES if not rewrite.needs.isdisjoint(present))


_TWO_OR_THREE = re.compile(r"(?=\b([^\W\d_]+ [^\W\d_]+(?: [^\W\d_]+)?)\b)")


def currencies_as_codes(text: str) -> str:
    """
    >>> currencies_as_codes("450 swedish kronor, 3 dollars")
    '450 sek, 3 dollars'
    """
    named = {name for match in _TWO_OR_THREE.findall(text) for name in (match, match.rpartition(" ")[0])}
    for name in sorted(named, key=len, reverse=True):
        code = words.codes_of_currency().get(name, "").lower()
        text = text.replace(name, code) if code in units.UNITS else text
    return text


class Spelled:
    """The words of a text with their places, and the numbers that begin at each."""

    def __init__(self, folded: str, language: str) -> None:
        self.folded, self.language = folded, language
        self.spans = [match.span() for match in _WORD.finditer(folded)]
        self.words = [folded[start:end] for start, end in self.spans]
        self.table, self.starters = words.number_words(language)
        self.scales = words.SCALES[language]

    def in_digits(self) -> str:
        """The text with its numbers as digits."""
        out, place, at = [], 0, 0
        while at < len(self.words):
            digits, length = self.number_at(at)
            if length:
                out += [self.folded[place : self.spans[at][0]], digits]
                place = self.spans[at + length - 1][1]
                size = _SIZE.match(self.folded, place)  # three 750 ml bottles are no 3,750
                out += [" "] if size and size[1] in units.UNITS else []
            at += length or 1
        text = "".join(out) + self.folded[place:]
        return text if words.DOZENS.isdisjoint(self.words) else _DOZEN.sub("12", text)

    def is_joined(self, at: int) -> bool:
        """Whether only a blank or a hyphen parts the word from the one before."""
        return self.folded[self.spans[at - 1][1] : self.spans[at][0]] in (" ", "-")

    def number_at(self, at: int) -> tuple[str, int]:
        """Digits and number of words of the longest spelled number that begins at the word; ("", 0) where none does."""
        digits, used = self.below_thousand(at)
        if not used and self.words[at] in self.scales:
            # tausend and mille are 1,000 by themselves, English says `a thousand`
            is_whole = self.language != "en" or (at and self.words[at - 1] in ("a", "first", "last", "top", "next"))
            after_digits = self.folded[: self.spans[at][0]].rstrip()[-1:].isdigit()
            digits = "1" if is_whole and not after_digits else ""
        after = self.words[at + used] if at + used < len(self.words) else ""
        if "." in digits and after in self.scales and self.is_joined(at + used):  # anderthalb Millionen
            return str(round(float(digits) * self.scales[after])), used + 1
        if not digits or not digits.isdigit():
            return digits, used
        total, current, here = 0, int(digits), at + used
        while here < len(self.words) and (here == at or self.is_joined(here)):
            word = self.words[here]
            if word in self.scales:
                current *= self.scales[word]
                if self.scales[word] > 100:
                    total, current = total + current, 0
                here += 1
                continue
            skip = 1 if word in words.ANDS else 0
            more, length = self.below_thousand(here + skip)
            fits = (total and not current) or (current and current % 100 == 0 and len(more) < 3)
            fits = fits or (current and current % 1000 == 0 and len(more) < 4)
            if not length or not more.isdigit() or not fits or (skip and not self.is_joined(here + skip)):
                break
            current += int(more)
            here += skip + length
        return str(total + current), here - at

    def below_thousand(self, at: int) -> tuple[str, int]:
        """Digits and number of words of the longest number below a thousand, or of one written in one word."""
        if at >= len(self.words):
            return "", 0
        phrase = self.words[at]
        if phrase not in self.starters:
            times = words.TIMES.get(self.language, "\n")
            count = self.table.get(phrase.removesuffix(times), "") if phrase.endswith(times) else ""
            if count.isdigit():
                return f"{count} {times}", 1
            compound = self.compound(phrase)
            return (str(compound), 1) if compound else ("", 0)
        best, length = (self.table[phrase], 1) if phrase in self.table else ("", 0)
        # six words are the most: trois cent quatre vingt dix sept
        for size in range(2, 7):
            if at + size > len(self.words) or not self.is_joined(at + size - 1):
                break
            phrase += " " + self.words[at + size - 1]
            if phrase in self.table:
                best, length = self.table[phrase], size
        return best, length

    def compound(self, word: str) -> int | None:
        """`achtundsechzigtausendfunfhundert` is 68500: words that are written as one around their thousand."""
        for joint, scale in words.JOINT.get(self.language, {}).items():
            if joint in word:
                left, _, right = word.partition(joint)
                high = self.table.get(left, "1" if not left or left == "ein" else "")
                low = self.table.get(right.removeprefix("und"), "" if right else "0")
                if high.replace(".", "", 1).isdigit() and low.isdigit():
                    return int(float(high) * scale) + int(low)
        return None
