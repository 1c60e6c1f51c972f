"""What a text names only to leave it out: "never to sales@x.org", "all but Anna", "instead of PayPal"."""

import re
from functools import lru_cache

from agents.plan.values.language.spelling import word_set

_SMALL = (
    r"(?:to|the|an?|for|on|at|in|my|with|by|via|from|der|die|das|den|dem|mit|an|zu|von|bei|im|le|la|les|l'|au|aux|du|el"
    r"|los|las|al|il|lo|gli|o|os|het|de|een|naar|met|per|par|con|com|para|pour)"
)
_WORDS = (
    r"\b(?:not|never|nicht|niemals|keine?[nmrs]?|pas|jamais|niet|geen|nooit|n[aã]o|nunca|non|nie"
    r"|nothing|nichts|rien|nada|niente|niets)"
)
_NOT, _IS_NOT = rf"(?:{_WORDS}|n't)", rf"(?:{_WORDS}|(?:is|was|are)n't)"
# what follows is meant all the same: not before nine, don't forget the milk, not only on Friday
_ALL_THE_SAME = (
    r"(?! ?(?:only|just|nur|seulement|solo|soltanto|s[oó]|alleen|before|after|later|earlier|until|more|less|fewer|than"
    r"|vor|nach|mehr|weniger|sp[aä]ter|fr[uü]her|avant|apr[eè]s|plus|moins|antes|despu[eé]s|m[aá]s|prima|dopo|pi[uù]"
    r"|meer|later|over|under|above|below|even|too|sure|yet)\b)"
)
_EXCEPT = (
    r"\b(?:except(?: for)?|excluding|instead of|rather than|other than|apart from|all but|(?:any|every) ?(?:where"
    r"|thing|one|body|day|time|\w+day|week|month|room|city|colou?r) but|all (?:(?:my|the|of the|other) )?\w+ (?:but"
    r"|except)|au[sß]{1,2}er|anstatt|anstelle|statt|sauf|au lieu d[eu']|except[eé]|excepto|salvo|en vez de|en lugar de"
    r"|tranne|eccetto|invece (?:di|del|che)|exceto|em vez de|behalve|in plaats van) "
)
_END = (
    r"(?=,|;|[.:!?](?:\s|$)|$|\s(?:but|just|sondern|aber|mais|sino|pero|ma|mas|maar"
    r"|and (?:leave|keep|add|use|put|set|take|make))\b)"
)
# of "not PROJ-119" or "never to Ben and Eva" what looks like a value; "I can't find PROJ-119" names it all the same
_VALUE = r"[^\s,;]*[\dA-Z@][^\s,;]*"
_DENIED = re.compile(
    rf"(?i:{_IS_NOT}{_ALL_THE_SAME} (?:{_SMALL} ){{0,2}}){_VALUE}"
    rf"(?: (?:(?:and|or|und|oder|et|ou|y|o|e|en|of) )?{_VALUE})*|(?i:{_EXCEPT}\S.*?{_END})|(?i:(?:^|[,;.] )(?:not"
    rf"|nicht|pas|no|non|niet) [^.;!?]{{1,40}}?(?=,? (?:but|sondern|mais|sino|ma|maar)\b))|(?i:\b(?:(?:stay|keep"
    rf"|steer)(?:ing)? (?:out|away|clear|off)(?: of| from)?|forget(?: about)?|(?:don't )?bother (?:with|about)"
    rf"|couldn't care less about|(?<!be )(?<!'re )(?<!'m )(?<!am )(?<!are )(?<!is )away from|different from|never mind"
    rf"|to hell with|spare me) (?:the )?(?!to\b|that\b|it\b)\S.*?{_END})|(?i:\bleave (?:\S+ ){{1,7}}?(?:out|open|alone"
    r"|untouched|unchanged|as is)\b)",
)
_FORBIDDEN = re.compile(
    r"(?:^|[.,;!?:] |\b(?:please|but|and|so|bitte) )(?:(?:please|so) )?(?:don't|do not|dont|never)"
    r" (?!forget|mind|miss|hesitate|wait|worry)"
    r"(?!.*\b(?:before|after|until|till|more|less|over|under|earlier|later|only|unless|without|any)\b)\S.*?"
    + _END,
    re.I,
)  # fmt: skip
"""An order not to do something; what the clause names is not to be done with."""
_LEFT_OUT = (
    r"\b(?:without|no|hold the|skip(?: the)?|(?:still|already) (?:got|have)|minus the|lose the|ohne"
    r"|sans|sin|senza|sem|zonder)\b"
)
_DISTANT = re.compile(
    rf"(?i:(?:{_NOT}|{_LEFT_OUT})(?! (?:forget|mind|miss|hesitate|wait)\b){_ALL_THE_SAME}.*?{_END})"
    rf"|(?i:\bdrop the .*?(?: from\b|{_END}))"
)
RATHER_THAN = re.compile(
    r"(\b(?:rather|sooner|prefer\w*|lieber|eher|plut[oô]t|prefiero|preferisco|liever)\b[^.;]*?) (?:than|over|als"
    r"|qu(?=')|que|che|dan)\b[^.,;]*",
    re.I,
)
NOT_LEFT_OUT = re.compile(
    r"(?:n't|\b(?:not|never|no longer|no known|nicht|keine?|pas|no es|non e|niet|geen|inte"
    r"|ingen)) (?:\w+ )?(?:allerg|intoleran)"
)
REFUSED = re.compile(
    r"(?:'s| is| are| was| were| would be| seems?| feels?| ist| sind| war| est| etait| es| era| fue| e| is| za)?"
    r"(?: (?:a bit|a little|a tad|far|much|way|simply|just|probably|etwas|viel|un peu|bien|un poco|un po'|iets|veel))?"
    r" (?:no good|bad(?! weather)|difficult|tricky|awkward|not (?:ideal|great|good|possible)|a problem|ungunstig"
    r"|schlecht|schwierig|out(?! of)|full|impossible|no use|a (?:bank |public )?holiday|(?:fully |already )?(?:booked"
    r"|taken|gone)|unavailable|not available|(?:too|zu|trop|demasiado|troppo|te) (?!much for)[^\W\d_]{3,})\b"
    r"|(?: just| really)? (?:doesn't|does not|won't|isn't|wouldn't|don't) (?:work|suit|fit|do|possible|good|an option)"
)
"""Stands behind what is turned down: Friday's no good."""
TELLING = word_set("""
    not never nicht niemals kein keine keinen keinem keiner keines keins pas jamais niet geen nooit nao nunca non nie t
    except excluding instead rather sooner prefer lieber eher plutot prefiero preferisco liever still already other
    apart but nothing nichts rien nada niente niets ausser anstatt anstelle statt sauf lieu excepte excepto salvo vez
    lugar tranne eccetto without hold skip drop minus lose ohne sans sin senza sem zonder no stay keep steer staying
    keeping forget bother care mind spare away different wont dont invece exceto behalve plaats leave
""")  # fmt: skip
"""One of these stands wherever something is left out."""


@lru_cache(maxsize=16384)
def without_denied(line: str, clauses: bool) -> str:
    """A line without what it leaves out; with `clauses` without all that follows a negation in its clause."""
    line = _FORBIDDEN.sub(",", line.replace("’", "'"))
    line = _DENIED.sub(",", RATHER_THAN.sub(r"\1,", line))
    return _DISTANT.sub(",", line) if clauses else line
