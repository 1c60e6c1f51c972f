"""Numbers that a text only works something out from: half of the 200 euros, ten more than 50, one short of twelve."""

import re

_COMPARED = (
    r"(?:(?:more|less|fewer|longer|shorter|higher|lower|older|younger|bigger|smaller|larger|later|earlier|cheaper) than"
    r"|short of|shy of|mehr als|weniger als|langer als|kurzer als|de plus que|de moins que|mas que|menos que"
    r"|in piu d\w+"
    r"|in meno d\w+|a mais (?:do )?que|a menos (?:do )?que|meer dan|minder dan|wiecej niz|mniej niz|fler an|farre an)"
)
_USUAL = (
    r"(?: (?:the|our|my|those|these|usual|planned|original|normal|current|previous|last|old|die|der|den|les|las"
    r"|los|le|il|i|de|het))*"
)
_BEFORE = re.compile(
    rf"(?:\d[\d.,]*%?(?: (?!or )[^\W\d_]+){{0,2}} {_COMPARED}{_USUAL}"
    r"|\b(?:twice|double|triple|thrice|half|\d+(?: times)?|doppelt|halb|dobbelt|dubbel) (?:as|so) \w+"
    rf" (?:as|wie){_USUAL}|\b(?:twice|double|triple|thrice|half|third|3th|quarter|thirds|3ths|4th|quarters|percent"
    r"|%)(?: of| off| from)? (?:the|our|my|those|these)(?: (?:usual|planned|original|normal|current|previous|last"
    r"|old))*|\b(?:das doppelte|die halfte|le double|la moitie|el doble|la mitad|il doppio|la meta|o dobro|a metade"
    r"|het dubbele|de helft) (?:der|von(?: den)?|des?|du|di|dei|delle|dos|das|van(?: de)?)) (?:[€$£])?$"
)  # fmt: skip
_BEHIND = re.compile(
    rf"(?: (?!or )[^\W\d_]+){{0,2}} {_COMPARED}(?: (?:the|usual|planned))* [€$£]?\d|(?: [^\W\d_]+)?,? (?:plus|and|but"
    r"|minus) \d+ (?:more|extra|additional|fewer|less)\b|(?: [^\W\d_]+){0,2} (?:(?:isn't|aren't|is not|are not"
    r"|won't be|wasn't|weren't) enough|reich\w+ nicht|ne suffi\w+ pas|no (?:es|son) suficiente\w*|non bast\w+"
    r"|is niet genoeg|nie wystarcz\w*|racker inte|(?:is|are) too (?:many|few|much|little))"
)
TELLING = re.compile(
    rf"{_COMPARED}| as \w+ as |\b(?:twice|double|triple|half|3ths?|third|thirds|quarters?|percent|doppelt\w*|halfte"
    rf"|moitie|doble|mitad|doppio|meta|dobro|metade|dubbele|helft|more|extra|additional|fewer|less|enough|reich\w+"
    r"|suffi\w+|bast\w+|genoeg|wystarcz\w*|racker|too)\b|%"
)


def is_operand(text: str, start: int, end: int) -> bool:
    """Whether the number at this place is not meant itself."""
    return _BEFORE.search(text, max(0, start - 60), start) is not None or _BEHIND.match(text, end) is not None
