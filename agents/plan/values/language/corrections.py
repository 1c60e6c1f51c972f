"""Words by which a speaker takes something back, denies it or sets something better against it. Written folded."""

import re

from agents.plan.values.language.spelling import word_set

CORRECTION = re.compile(
    r"\b(?:no,? wait|wait,? no|oh,? wait|wait,|oh no|scratch that|make that|no,? sorry|well,|sorry|i mean[t]?|actually"
    r"|make (?:that|it)|correction|rather(?! than)|hang on|hold on|w?hoops|oops|strike that|on second thoughts?"
    r"|i misspoke"
    r"|my (?:mistake|bad)|let me correct|forget that|no:|stopp|vertan|ach quatsch|attendez|je me trompe|espera|perdona"
    r"|aspetta|scusa|espere|desculpa|wacht|ach ne[ei]n?|nee|nein|quatsch|besser gesagt|vielmehr|korrektur|non,|pardon"
    r"|plutot(?! qu)|enfin non|mejor dicho|no,|perdon|digo|anzi|ho sbagliato|alias|ou melhor|quer dizer|of nee"
    r"|ik bedoel"
    r"|ich mein(?:e|te)|je veux dire|quiero decir|or (?:rather|better|actually)|oder (?:doch|lieber|besser)|ou mieux"
    r"|o (?:mejor|meglio)|of (?:toch|liever)|albo|on reflection|come to think of it|thinking about it|moment,"
    r"|moment mal|halt,|attends|vanta|czekaj|poczekaj|lieber(?! als)|liever(?! dan)|hellre|raczej|voglio dire|nicht,"
    r"|\.\.\. ?(?:h+m+"
    r"|u+h+m*|e+r+m*|actually|no|ach|eh))(?!\w)"
)
OPENING = (
    r"(?:(?:oh|h+m+|u+m+|u+h+|e+r+m*|ah|ach|eh|well|ok|okay),? )?(?:no|wait|sorry|actually|scratch|make that|i mean"
    r"|correction|ach|nein|non|pardon|perdon|nee|nej|nie|or (?:rather|better|actually)|oder (?:doch|lieber|besser)"
    r"|ou (?:mieux|plutot|melhor)|o (?:mejor|meglio)|of (?:toch|liever)|albo|eller|on reflection|come to think"
    r"|thinking about|h[ao]ng on|hold on|moment|halt|attend[sz]|espera|espere|aspetta|alias|anzi|wacht|vanta|czekaj"
    r"|poczekaj|lieber|liever|hellre|raczej|plutot|mejor|meglio)"
)
"""Begins a sentence that sets right the one before it, and belongs to it."""
ENOUGH = re.compile(
    r"[^.;!?\d]{0,20}?\b(?:instead(?! of)|rather(?! than)|(?:will|would|'ll) do|(?:is|are) (?:enough|plenty|safer"
    r"|better)|reich(?:en|t)|genug[ea]n?|suffi\w+|bastan?o?|chegam?|(?:is|zijn) genoeg|volsta\w+|racker|wystarcz\w+"
    r"|stattdessen|then(?=[.!?]|$))(?!\w)"
)
"""Stands behind what is better: six will do."""
_REPAIR = re.compile(r"[.,;:!?…-](?:\s|$)")


def sets_right(text: str, old: int, start: int, end: int) -> bool:
    """Whether behind what ends at `old` better words say what stands from `start` to `end`.

    >>> sets_right("8, no, 6", 1, 7, 8), sets_right("8. 6 will do", 1, 3, 4), sets_right("8 and 6", 1, 6, 7)
    (True, True, False)
    """
    return CORRECTION.search(text, old, start) is not None or (
        start - old < 60 and _REPAIR.search(text, old, start) is not None and ENOUGH.match(text, end) is not None
    )


PAUSE = re.compile(r"(?: [^\W\d_]+){0,2} ?(?:\.\.\.|,|;|-|--) ?(?:(?:u+h+m*|e+r+m*|h+m+|no|oh|ah),? )?(?:\.\.\. )?")
SORRY = re.compile(
    r"(?: [^\W\d_]+){0,2},? (?:sorry|i mean[t]?|rather|actually|that is|pardon|entschuldigung|meine ich|ich meine"
    r"|je veux dire|perdon|perdona|quiero decir|scusa|scusate|cioe|desculpa|quer dizer|sorry hoor|bedoel ik"
    r"|przepraszam|znaczy|forlat|menar jag)\b"
)
"""Stands behind what is better: "three nights... four, sorry"."""
TAKING_BACK = word_set("""
    well hmm hm uh uhm er erm ach eh wait no scratch sorry mean meant actually make correction rather nee nei neen nein
    quatsch gesagt vielmehr korrektur non pardon plutot dicho perdon digo anzi hang hold oops whoops hoops strike second
    misspoke mistake bad correct entschuldigung scusate cioe quer przepraszam znaczy forlat menar forget stopp vertan
    attendez trompe espera perdona aspetta scusa espere desculpa wacht meine meinte dire decir reflection thinking think
    moment halt attends vanta czekaj poczekaj lieber liever hellre raczej mejor meglio better toch mieux doch besser
    albo sbagliato alias melhor dizer bedoel nicht not pas niet nao
""")  # fmt: skip
"""One of these stands wherever something is corrected or denied."""
CONTRASTS = frozenset(
    ["but", "however", "whereas", "though", "although", "instead", "aber", "sondern", "doch", "jedoch", "mais", "pero"]
) | {"sino", "ma", "mas", "maar", "echter", "pourtant", "ale"}
CONTRAST = re.compile(rf"\b(?:{'|'.join(sorted(CONTRASTS))})\b")
"""Between two values of which the second may be wished for instead of the first."""
WISH = re.compile(
    r"\b(?:let's (?:go with|say|make|do|take|call)|go with|make it|want\w*|need\w*|prefer\w*|asked|ordered|requested"
    r"|meant|booked|should (?:have )?(?:be|been|read|say)|(?:would|'d) (?:like|love|rather|want|need|prefer)|(?:work"
    r"|suit|fit|be|are|is)s? (?:\w+ )?better|(?:we|there)(?: are|'re)|i(?: am|'m)|is (?:really|actually|correct|right)"
    r"|brauch\w*|mochte\w*|wollte\w*|sollte\w*|hatte gern|wunsch\w*|bevorzug\w*|lieber|besser|(?:wir|es) sind|veux"
    r"|voulais|voulions|voudrai\w+|voulons|prefere\w*|faudrait|demande\w*|sommes|quiero|queria\w*|queremos|necesit\w+"
    r"|prefiero|preferimos|pedi\w*|somos|vorrei|volevo|voglio|vogliamo|preferisco|servono|chiesto|siamo|prefiro|quero"
    r"|preciso|wil|wilde|willen|liever|nodig|gevraagd)\b"
)
NO_NOUNS = word_set("""
    would works work should suits better please instead each only people per and are were was but because since until
    which who they she there then than also too now again actually really though
""")  # fmt: skip
"""Words behind a number that tell nothing of what it counts."""
NOT = re.compile(r"\b(?:not|nicht|pas|niet|nao)\b")
NEGATION = re.compile(
    r"\b(?:not|n't|nicht|kein|keine|pas|niet|geen|nao|isn't|never|nie|jamais|nunca)(?! (?:less|more|fewer|only|just"
    r"|before|after|until|over|under|nur|mehr|plus|moins|meer|mais|menos)\b)(?: (?:\w{1,4}|\w+day|\w+tag)){0,3} $"
)
