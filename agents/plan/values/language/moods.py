"""How much a clause carries a wish: an order or a question does, a fragment may, what is told or was so does not."""

import re
from enum import IntEnum
from functools import lru_cache


class Mood(IntEnum):
    """The higher, the likelier a value in such a clause is the one that is wished for."""

    OTHERS = -1
    """What is told of somebody else: my brother weighs 92 kilos."""
    PAST = 0
    """What was, or is so for the moment."""
    TOLD = 1
    """What is told of a subject of its own, which is neither the speaker nor what was spoken of."""
    STATED = 2
    """What the speaker tells of himself or of what was spoken of: we're four; it's at 70."""
    BARE = 3
    """No sentence: two rooms, the window."""
    WISHED = 4


_COMMON_JOINTS = (
    r"and(?! (?:over|older|above|up|more|under|younger|below|less)\b)|but|then|und|aber|et|mais|puis|pero|ma|mas|maar"
    r"|so|because|since(?= [^,;]* (?:is|are|was|has)\b)|though|although|while|whereas|weil|denn|doch|sondern|parce que"
    r"|donc|porque|sino|perche|quindi|want|omdat|wiec|ale|men|since(?= i\b)"
)
_OWN_JOINTS = {"es": "y|e", "it": "e|ed", "pt": "e", "nl": "en", "pl": "i|a", "sv": "och"}
KIN = (
    r"(?:dad|father|mum|mom|mother|wife|husband|partner|boyfriend|girlfriend|brother|sister|son|daughter|kid|child"
    r"|uncle|aunt|cousin|grand\w+|friend|colleague|coworker|boss|manager|neighbou?r|ex|flatmate|roommate|landlord"
    r"|assistant|vater|mutter|frau|mann|bruder|schwester|sohn|tochter|freund\w*|kolleg\w*|chef\w*|nachbar\w*|pere|mere"
    r"|femme|mari|frere|soeur|fils|fille|ami\w*|collegue|padre|madre|mujer|marido|esposa|hermano|hermana|hijo|hija"
    r"|amigo|amiga|moglie|marito|fratello|sorella|figlio|figlia)"
)
_DETERMINER = (
    r"(?:the|my|our|his|her|their|your|this|that|these|those|some|one|both|all|der|die|das|mein\w*|unser\w*|sein\w*"
    r"|ihr\w*|le|la|les|l'|mon|ma|mes|notre|son|sa|ses|el|los|las|mi|su|nuestr\w|il|lo|gli|mio|mia|meu"
    r"|minha|het|de|mijn|onze|zijn|haar|moj\w?|jego|jej|min|mitt|hans|hennes|den|det|an?)"
)
_IS = (
    r"is|are|was|were|has|have|had|isn't|aren't|wasn't|weren't|hasn't|haven't|doesn't|don't|didn't|can't|won't|wouldn't"
    r"|couldn't|ist|sind|hat|haben|est|sont|ont|es|estan?|son|sono|ha|hanno|tem|zijn|heeft|jest|ar|har"
)
_DOES = (
    r"goes|comes|gets|does|costs|runs|lives|wants to|bleib(?:t|en)|steh(?:t|en)|lieg(?:t|en)|wohn(?:t|en)|arbeitet"
    r"|kommt|geht|fahrt|macht|schliesst|offnet|beginnt|endet|kostet|habite|vit|travaille|vient|part|arrive|ouvre|ferme"
    r"|coute|commence|reste|vive|trabaja|viene|abre|cierra|cuesta|empieza|llega|tiene|sigue|abita|lavora|apre|chiude"
    r"|costa|parte|arriva|resta|mora|vem|fecha|custa|chega|woont|werkt|komt|gaat|opent|sluit|kost|begint|vertrekt"
    r"|mieszka|pracuje|kosztuje|bor|arbetar|kommer|kostar"
)
# boxes in blue are a plural, somebody sits in Rome
_ACTS = (
    r"(?!always|news|plus|this|wants|needs)[a-z]{2,}[^s\W]s (?=in|at|on|from|to|for|the|an?|my|it|me|him|her|us|too|off"
    r"|as|these|those|@@|\d)"
)
_OPENING = (
    r"^\W*(?:(?:and|but|only|just|because|since|so|though|while|whereas|everyone|und|aber|weil|et|mais|y|pero|ma|mas"
    r"|maar|flights? to|tickets? to) )*"
)
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+)"
_TOLD = re.compile(
    rf"{_OPENING}(?:"
    rf"{_DETERMINER} (?:[\w.@/+'()-]+ ){{0,4}}?[\w.@/+()-]+?(?:'s| (?:{_IS}|{_DOES})(?!\w))"
    rf"|{_DETERMINER} (?!{_NUMBER} )(?:[\w.@/+'()-]+ ){{1,3}}?{_ACTS}|(?:my|our|his|her|their|the) \w+s (?:live|work"
    rf"|hurt|go|come|take|use|pay|want)\b|(?!(?:i|we|you|they|he|she|it|that|this|there|here|what|which|who"
    rf"|mine)\b)[\w@#/.'-]+(?: [\w@.-]+){{0,2}} (?:{_IS}|{_DOES})(?!\w)|(?:everyone|everybody|somebody|nobody|people"
    rf"|most)(?: \w+){{1,2}}s\b|[\w.-]+'s (?:[\w@]+ ){{0,3}}(?:is|was|has|are|were)\b|(?:(?:the|a) )?@@(?:'s| (?:would"
    rf"|no|ne|nicht|[a-z]{{3,}}ed|(?!always|plus|this)[a-z]{{2,}}[^s\W]s)(?!\w)))"
)
"""Begins with a subject of its own, of which something is told; `@@` is a value."""
_OTHERS = re.compile(rf"{_OPENING}{_DETERMINER} (?:\w+ )?{KIN}s?(?:'s)?(?!\w)(?! @@)")
_FINE = re.compile(
    r"(?:@@|\b\d+(?: [a-z]+)?)(?:'s| is| are| would be| will be| was| ist| est| es| e)?(?: (?:just|really|very|all"
    r"|perfectly))?"
    r" (?:fine|good|ok|okay|great|perfect|best|better|safer|enough|plenty|genug|genoeg|works?|suits?|do|it is|correct"
    r"|right(?! now)|what (?:i|we)|ideal|preferred|gut|besser|passt|geht|bien|mieux|mejor|meglio|bene|goed"
    r"|beter)(?!\w| as (?:it|they) )|\bit(?:'s| is) @@ (?:that|which|who|i|we)\b"
)
_WAS_SO = re.compile(
    r"\b(?:even (?:if|though)|as (?:it is|they are)|right now|currently|at the moment|at present"
    r"|for now|so far|as (?:of|it) (?:now|is)|already|still"
    r"|today(?=\W*$)|these days|originally|normally|usually|any ?more|no longer|nicht mehr|ya no|niet meer|non \w+ piu"
    r"|ne \w+ plus|before(?=\W*$)|yesterday|last (?:time|year|month|week|night|summer|winter|spring|autumn|\w+day)|ago"
    r"|used to|aktuell|momentan|derzeit|zurzeit|gerade|bisher|bereits|gestern|letzte[sn]? (?:jahr|mal|woche)"
    r"|actuellement|en ce moment|deja|encore|hier|l'an dernier|ahora mismo|de momento|actualmente|todavia|ayer"
    r"|el ano pasado|al momento|attualmente|ancora|gia|ieri|l'anno scorso|neste momento|atualmente|ontem|ano passado"
    r"|momenteel|op dit moment|nog|gisteren|vorig jaar|obecnie|teraz|nadal|wczoraj|just nu|fortfarande|igar)\b"
)
_DID = re.compile(
    r"\b(?:said|told|had|was|were|did|thought|got(?! to)|came|took|made|gave|paid|broke|began|bought|sent|wrote|met|won"
    r"|found|knew|saw|went|built|held|kept|born|(?!need)[a-z]{3,}[^\W_e]ed|\w+n't"
    r"|war|waren|hatte\w*|wurde\w*|sagte\w*|etait|avait|avions|era|eran|tenia\w*|habia\w*|aveva\w*|tinha|hadden|hade"
    r"|eravamo|erano|[a-z]{3,}aba[ns]?|[a-z]{3,}avamo|ficou|ficava)\b"
)
GOES_ON = re.compile(r"\s(?:and|und|et|y|e|en|i|och)\s")
"""Between two clauses that may share a subject."""
_STATED = re.compile(
    rf"{_OPENING}(?:(?:i|we|you|they|he|she|it|there|here|this|mine)(?:'\w+| \w+)|ich|wir|er|es|je|j'|nous|on|yo"
    rf"|nosotros"
    r"|io|noi|eu|ik|wij|we|jag|vi|vivo|vengo|estoy|soy|tengo|abito|moro|estou|sou|tenho|mieszkam|jestem)(?!\w)"
)
_WISH = re.compile(
    r"(?<!n't )(?<!not )\b(?:let's|go (?:for|with)|wants?|needs?|prefer|should|(?:would|'d) (?:\w+ )?(?:like|love"
    r"|rather|need)|(?:i|we)'d (?!been\b|had\b|\w+ed\b)|please|looking for|(?:i|we)'ll (?:take|have)|(?:'s|is|are|ist"
    r"|est|es|e) (?:for|fur|pour|para|per)|(?:for|fur|pour|para|per|voor)"
    rf" (?:my|our|mein\w*|ma|mon|mi|mia|mijn) {KIN}|suche\w*|cherch\w*|busc\w*|cerc\w*|procur\w*|zoek\w*|szuka\w*"
    r"|letar|(?:manda|mande|metti|prenot[ai]|reserv[ae]|ponga?|doe|zet|boek|stuur|geef|maak|envi[ae]|buche|schick|mach"
    r"|mets|envoie|prends|donne|voulons|voulez) (?!ich\b)|pls|(?:i|we)(?:'ve got| have) to|use|instead|make|put|set"
    r"|book|send|brauch\w*|mochte\w*|sollte\w*|hatte gern|lieber|bitte|veux|voudrai\w+|voulons|faudrait|quiero"
    r"|queremos|necesit\w+|prefiero|vorrei|vogli\w+|preferisco|servono|prefiro|quero|preciso|wil|willen|liever"
    r"|s'il (?:te|vous) plait|por favor|per favore|alstublieft|graag|prosze|tack)(?!\w)"
)
_NO_VERB = (
    rf"(?:{_DETERMINER}|{_NUMBER}|{_IS}|{KIN}|an?|i|we|you|they|he|she|it|there|here|of|for|from|in|on|at|to|by|with"
    r"|without|as|than|not|no|only|also|about|around|if|when|until|till|before|after|because|since|which|who|into"
    r"|over|under|up|down|mine|and|but|or|so|then|too|more|less|every|each|everything|everyone|everybody|nobody"
    r"|except|between|plus|maybe|well|yes|hi|hello|hey|sorry|thanks|normally|usually|originally|yesterday|last|next"
    r"|first|new|old|table|seat|room|flight|gate|page|chapter|port|order|version|dear|sizes?|either|any|what|where"
    r"|how|why|whose|now|just|once|today|twice|people|users|all|same|like|still)"
)
_ORDER = re.compile(
    rf"{_OPENING}(?:(?:please|then|so|now|also|kindly|tomorrow|today) )*(?!{_NO_VERB}\b)[a-z]{{2,}}"
    r"(?<!s)(?<!ed)(?<!ing) (?:it|that|them|me|us|him|her|the|an?|my|our|his|their|this|these|those|mine|ours|all|up"
    r"|out|down|back|@@)(?!\w)|\b(?:try|print|order|buy|add|take|give|log|note|get|say|go|pick|choose) [€$£#]?\d"
    r"|^\W*(?:can|could|will|would) (?:you|we|i)\b|^\W*what\b|^\W*\w+en sie\b|^\W*\w+ez\b|^\W*\w+(?:temi|teci)\b"
)
"""An order or a question."""
_MAYBE_ORDER = re.compile(
    rf"{_OPENING}(?!{_NO_VERB}\b)[a-z]{{2,}}(?<!s)(?<!ed)(?<!ing) (?:in|into|on|to|from|for|by)(?!\w)"
)
"""An order, or a noun with what belongs to it: write to Ann, flights to Rome."""


@lru_cache(maxsize=16)
def joints_of(language: str) -> re.Pattern[str]:
    """What parts the clauses of an utterance."""
    joints = f"{_COMMON_JOINTS}|{_OWN_JOINTS[language]}" if language in _OWN_JOINTS else _COMMON_JOINTS
    return re.compile(
        r",\s(?!(?:19|20)\d\d\b)|[;:!?]\s|(?<!\b[DdMm][rs])(?<!\bMrs)(?<!\b[Pp]rof)(?<!\bSt)\.\s(?!(?:Jan|Feb|M[aä]r"
        rf"|Apr|Ma[iyj]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz]))|\s(?:{joints})\s|\s?[–—]\s?|\s-\s",
        re.IGNORECASE,
    )


def wishes(clause: str) -> bool:
    """Whether a word for a wish stands in a folded clause."""
    return _WISH.search(clause) is not None


@lru_cache(maxsize=16384)
def mood_of(clause: str) -> Mood:
    """
    >>> [mood_of(clause).name for clause in ("scale it to 5", "we have 3 right now", "@@ is frozen", "two rooms")]
    ['WISHED', 'PAST', 'TOLD', 'BARE']
    """
    did, told = _DID.search(clause) is not None, _TOLD.search(clause) is not None
    if wishes(clause) or (not did and (_ORDER.search(clause) or (not told and _MAYBE_ORDER.search(clause)))):
        return Mood.WISHED
    if _FINE.search(clause):
        return Mood.BARE
    if _OTHERS.search(clause):
        return Mood.OTHERS
    if _WAS_SO.search(clause):
        return Mood.PAST
    if did or told:
        return Mood.TOLD
    return Mood.STATED if _STATED.search(clause) else Mood.BARE
