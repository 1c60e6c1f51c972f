"""Words by which a speaker takes something back, denies it or sets something better against it. Written folded."""

import re

CORRECTION = re.compile(
    r"\b(?:no,? wait|wait,? no|oh,? wait|wait,|oh no|scratch that|make that|no,? sorry|well,|sorry|i mean[t]?|actually"
    r"|make (?:that|it)"
    r"|correction|rather|hang on|hold on|w?hoops|oops|strike that|on second thoughts?|i misspoke|my (?:mistake|bad)"
    r"|let me correct"
    r"|forget that|no:|stopp|vertan|ach quatsch|attendez|je me trompe|espera|perdona|aspetta|scusa|espere|desculpa"
    r"|wacht"
    r"|ach ne[ei]n?|nee|nein|quatsch|besser gesagt|vielmehr|korrektur|non,|pardon|plutot|enfin non|mejor dicho|no,"
    r"|perdon|digo"
    r"|anzi|ho sbagliato|alias|ou melhor|quer dizer|of nee|ik bedoel|ich mein(?:e|te)|je veux dire|quiero decir"
    r"|voglio dire|nicht,|\.\.\. ?(?:h+m+|u+h+m*|e+r+m*|actually|no|ach|eh))(?!\w)"
)
PAUSE = re.compile(r"(?: [^\W\d_]+){0,2} ?(?:\.\.\.|,|;|-|--) ?(?:(?:u+h+m*|e+r+m*|h+m+|no|oh|ah),? )?(?:\.\.\. )?")
SORRY = re.compile(
    r"(?: [^\W\d_]+){0,2},? (?:sorry|i mean[t]?|rather|actually|that is|pardon|entschuldigung|meine ich|ich meine"
    r"|je veux dire"
    r"|perdon|perdona|quiero decir|scusa|scusate|cioe|desculpa|quer dizer|sorry hoor|bedoel ik|przepraszam|znaczy"
    r"|forlat"
    r"|menar jag)\b"
)
"""Stands behind what is better: "three nights... four, sorry"."""
TAKING_BACK = frozenset((
    "well", "hmm", "hm", "uh", "uhm", "er", "erm", "ach", "eh",
    "wait", "no", "scratch", "sorry", "mean", "meant", "actually", "make", "correction", "rather", "nee", "nei",
    "neen", "nein", "quatsch", "gesagt", "vielmehr", "korrektur", "non", "pardon", "plutot", "dicho", "perdon",
    "digo", "anzi", "hang", "hold", "oops", "whoops", "hoops", "strike", "second", "misspoke", "mistake", "bad",
    "correct", "entschuldigung", "scusate", "cioe", "quer", "przepraszam", "znaczy", "forlat", "menar",
    "forget", "stopp", "vertan", "attendez", "trompe", "espera", "perdona", "aspetta", "scusa", "espere", "desculpa",
    "wacht", "meine", "meinte", "dire", "decir",
    "sbagliato", "alias", "melhor", "dizer", "bedoel", "nicht", "not", "pas", "niet", "nao",
))  # fmt: skip
"""One of these stands wherever something is corrected or denied."""
CONTRASTS = frozenset(
    ["but", "however", "whereas", "though", "although", "instead", "aber", "sondern", "doch", "jedoch", "mais", "pero"]
) | {"sino", "ma", "mas", "maar", "echter", "pourtant", "ale"}
CONTRAST = re.compile(rf"\b(?:{'|'.join(sorted(CONTRASTS))})\b")
"""Between two values of which the second may be wished for instead of the first."""
WISH = re.compile(
    r"\b(?:let's (?:go with|say|make|do|take|call)|go with|make it|want\w*|need\w*|prefer\w*|asked|ordered|requested"
    r"|meant|booked|should (?:have )?(?:be|been|read|say)"
    r"|(?:would|'d) (?:like|love|rather|want|need|prefer)|(?:work|suit|fit|be|are|is)s? (?:\w+ )?better"
    r"|(?:we|there)(?: are|'re)|i(?: am|'m)|is (?:really|actually|correct|right)|brauch\w*|mochte\w*|wollte\w*"
    r"|sollte\w*"
    r"|hatte gern|wunsch\w*|bevorzug\w*|lieber|besser|(?:wir|es) sind|veux|voulais|voulions|voudrai\w+|voulons"
    r"|prefere\w*"
    r"|faudrait|demande\w*|sommes|quiero|queria\w*|queremos|necesit\w+|prefiero|preferimos|pedi\w*|somos|vorrei|volevo"
    r"|voglio|vogliamo|preferisco|servono|chiesto|siamo|prefiro|quero|preciso|wil|wilde|willen|liever|nodig|gevraagd)\b"
)
NO_NOUNS = frozenset((
    "would", "works", "work", "should", "suits", "better", "please", "instead", "each", "only", "people", "per", "and",
    "are", "were", "was", "but", "because", "since", "until", "which", "who", "they", "she", "there", "then", "than",
    "also", "too", "now", "again", "actually", "really", "though",
))  # fmt: skip
"""Words behind a number that tell nothing of what it counts."""
NOT = re.compile(r"\b(?:not|nicht|pas|niet|nao)\b")
NEGATION = re.compile(
    r"\b(?:not|n't|nicht|kein|keine|pas|niet|geen|nao|isn't|never|nie|jamais|nunca)(?! (?:less|more|fewer|only|just"
    r"|before|after"
    r"|until|over|under|nur|mehr|plus|moins|meer|mais|menos)\b)(?: (?:\w{1,4}|\w+day"
    r"|\w+tag)){0,3} $"
)
