"""What people say for what a flag is about, or against it, without its name: let her know; only this once; no hurry."""

import re
from functools import lru_cache

# what the description speaks of, what says yes to it, and what says no; written folded
_TABLE = (
    (r"notif\w*|inform\w*|benachrichtig\w*|prevenir|avertir|avis(?:ar|are|er)|meddela|underratta|verwittig\w*"
     r"|powiadom\w*|(?:tell|alert|e-?mail|message)\w* (?:the |all )?(?:\w+s|people|everyone)"
     r"|mails? to (?:the )?(?:attendees|participants|guests|others)", r"let (?:\w+ ){1,6}know|tell (?:them|him|her"
     r"|everyone|everybody)|(?:sag|gib)\w* (?:ihm|ihr|ihnen|allen) bescheid|previen\w*|avis[aeo]\w*|avertis\w*"
     r"|fais(?:-lui)? savoir|give (?:them|everyone) a heads-up|informier\w*|informe[sz]?|dis-le|meddela"
     r"|laat (?:het )?\w+ weten", r"quietly|silently|discreetly|without (?:telling|notifying|informing|sending)"
     r"|keep it quiet|on the quiet|(?:nobody|no one|none of them) (?:needs?|has|have|should|must|is) (?:to )?(?:know"
     r"|be told|be informed|get|hear)|(?:don't|do not|never|no need to) (?:tell|notify|inform|let|bother|alert|mail"
     r"|e-?mail|message)|sans prevenir|sin avisar|senza avvis\w+|ohne (?:\w+ ){0,3}(?:bescheid|zu informieren"
     r"|zu benachrichtigen)|heimlich|discretement|en silencio|in stilte|i tysthet"),
    (r"recurr\w*|repeat\w*|rep[ei]t\w*|herhal\w*|upprepa\w*|powtarza\w*|repeats|wiederh\w+", r"every (?:day|week"
     r"|month|year|\w+day)|weekly|daily|monthly|jede woche|jeden \w+|chaque \w+|cada \w+|ogni \w+|elke \w+",
     r"(?:only|just) (?:this )?once|(?<!at )once(?=[.,;!]| and| then|$)|one-off|einmalig|nur einmal|juste une fois"
     r"|bara en gang|tylko raz|maar een keer|une seule fois|una sola vez|solo una volta|eenmalig"),
    (r"gifts?|present|geschenk|cadeau|regalo", r"(?:a|as a|it's a) (?:present|gift)|for (?:his|her|their"
     r"|my \w+'s) birthday|geschenk|cadeau|regalo", r"for myself|it's for me|keep it myself"),
    (r"online|virtual|remote\w*|video", r"zoom|teams|google meet|skype|video ?call|remotely|from home|per video"
     r"|en visio\w*|por videollamada", r"face to face|in person|on[- ]?site|in (?:my|our|your|the) office|vor ort"
     r"|en personne|en persona|di persona"),
    (r"wheelchair|accessib\w+|barrier\w*|step-free", r"wheelchair|(?:can't|cannot) (?:do|climb|manage"
     r"|use) (?:the )?stairs|rollstuhl|fauteuil roulant|silla de ruedas|sedia a rotelle|rolstoel",
     r"stairs are (?:fine|ok|no problem)"),
    (r"refundable|refund|free cancel\w+|cancel\w+ (?:is )?free", r"(?:my|our|the) money back"
     r"|cancel\w* (?:it )?(?:for free|free of charge|without (?:any |a )?(?:fees?|charges?|costs?))|free cancel\w+"
     r"|kostenlos stornier\w*|annuler gratuitement", r"non-?refundable"),
    (r"round[- ]?trip|return (?:trip|flight|ticket|journey)", r"there and back|both ways|hin und zuruck"
     r"|aller[- ]retour|ida y vuelta|andata e ritorno|ida e volta|(?:a )?return (?:ticket|trip|flight|fare|to)",
     r"one[- ]way|(?:not|no) (?:coming|way) back|nur hin\w*|aller simple|solo ida|solo andata"),
    (r"all[- ]?day|whole day|full day|ganztag\w*", r"(?:the )?(?:whole|entire|full)[- ]day|all[- ]day(?: long)?"
     r"|ganztagig\w*|den ganzen tag|toute la journee|todo el dia|tutto il giorno|o dia todo|de hele dag|caly dzien"
     r"|hela dagen", r"(?:only|just) (?:\w+ )?(?:in )?the (?:morning|afternoon|evening)|half a day"),
    (r"private|confidential|secret|privat", r"(?:nobody|no one) else|(?:only|just) (?:for )?(?:me|us)\b|between (?:us"
     r"|you and me)|nur fur mich", r"(?:everyone|everybody|anyone|anybody) (?:can|may|should|is)|for all to see"
     r"|open to all"),
    (r"public|visible to (?:all|everyone)", r"(?:everyone|everybody|anyone|anybody) (?:can|may|should|is)"
     r"|for all to see|open to all", r"(?:nobody|no one) else|(?:only|just) (?:for )?(?:me|us)\b"),
    (r"recorded|recording|record", r"(?:hit|press|start) record\w*|get it on tape|mitschneiden|aufzeichnen",
     r"off the record"),
    (r"(?:vat|tax|taxes) (?:is |are )?includ\w+|includ\w+ (?:vat|tax\w*)|gross", r"(?:with|including"
     r"|incl\.?) (?:the )?(?:vat|tax\w*)|gross|brutto|inkl\w*\.? mwst|mit mwst|ttc|iva incluid[oa]|iva inclusa",
     r"(?:plus|excluding|excl\.?|without) (?:the )?(?:vat|tax\w*)|\bnet\b|netto|zzgl\w*|hors taxes?|mas iva|piu iva"),
    (r"furnished|furniture|mobliert", r"with (?:the )?furniture|(?<!un)furnished|mobliert|meublee?|amueblad[oa]"
     r"|arredat[oa]", r"(?:own|my) furniture|unfurnished|unmobliert|non meuble"),
    (r"pets?|animals?|dogs?|haustier\w*", r"(?:bring\w*|with|take|taking|have|has|got|comes with) (?:my|our|the|a|her"
     r"|his) (?:\w+ )?(?:dogs?|cats?|puppy)|(?:dog|cat)(?:'s| is)? coming|mit (?:unserem |meinem )?hund",
     r"without (?:the )?(?:dog|cat|pets?)"),
    (r"renew\w*|prolong\w*|verlanger\w*", r"by itself|automatically|keeps? (?:on )?going", r"(?:run|runs|ran) out"
     r"|lapse|end there|just expire"),
    (r"non-?\s?stop|direct|without (?:stops|changes)", r"(?:no|without(?: any)?|don't want(?: any| a)?"
     r"|zero) (?:layovers?|stops?|stopovers?|changes|connections?|changing)|straight (?:there|through)|ohne umsteigen"
     r"|sans escale|sin escalas|senza scali", r"(?:(?:one|1|a|2|two) )?(?:stops?|changes?|layovers?) (?:is|are"
     r"|would be) (?:fine|ok|okay|no problem)|don't mind (?:changing|a stop|stops|a change|a layover)"),
    (r"smok\w+|raucher\w*", r"(?<!non-)(?<!non )(?:(?:i|we|he|she|they|both)(?: both)? smokes?|smokers?"
     r"|smoking)(?! is)|(?<!nicht)raucher\w*", r"(?:none|neither) of us smokes?|(?:don't|doesn't|never) smoke\w*"
     r"|non-?\s?smok\w+|nichtraucher\w*|no smoking"),
    (r"confirm\w*|settled", r"(?:it|that|this)(?:'s| is) (?:confirmed|settled|definite)|bestatigt|confirmee?"
     r"|confirmad[oa]", r"provisional\w*|not (?:yet )?confirmed|tentative\w*"),
    (r"urgen\w+|emergency|rush|dringend|eilig", r"asap|as soon as possible|right away|immediately|straight away"
     r"|(?:can't|cannot) wait|sofort|umgehend|tout de suite|cuanto antes|subito", r"no (?:rush|hurry)|(?:isn't"
     r"|not) (?:a|any) (?:rush|hurry)|take your time|whenever you|can wait|keine eile|pas presse|sin prisa"
     r"|senza fretta"),
    (r"overwrit\w+|replac\w+ existing", r"(?:just )?(?:overwrite|replace) (?:it|them|whatever|what|the)", r"(?:don't"
     r"|do not|never) (?:touch|overwrite|replace)|keep (?:the|what)"),
    (r"dry[- ]?run|simulat\w+|nothing is (?:changed|written)", r"(?:just|only) (?:show|tell) me what would"
     r"|without changing|(?:don't|do not) change anything|simulate", r"for real|really do it"),
    (r"recursiv\w+|subfolders?|subdirector\w+", r"(?:with|including|and) (?:all |the )*sub(?:folders?|directories)"
     r"|everything (?:below|under|in it|inside)|all levels", r"only the top|(?:not|without) (?:the )?sub\w+"),
    (r"parking", r"(?:somewhere|a place|a spot) to park|(?:come|coming|arrive) by car|with (?:the|our|my) car",
     r"no car|without a car|come by train"),
    (r"newsletter|marketing|subscri\w+|offers", r"sign me up|keep me (?:posted|updated)|send me (?:news|offers"
     r"|updates)", r"no (?:spam|ads|advertis\w+|newsletters?|marketing)|(?:don't|stop) send\w* me|unsubscribe"),
    (r"first[- ]time|new (?:customer|patient|client|here)", r"(?:my|our|the|for the) 1th time|(?:my|our"
     r"|the) first time|never been|new here", r"been (?:here |there |with you )?before|already a (?:customer|patient"
     r"|client)|regular"),
)  # fmt: skip
_NEGATED = re.compile(
    r"(?:n't|\b(?:not|no|never|quit|stopped|gave up|no longer|used to|without|nicht|kein\w*|pas|sin"
    r"|senza|niet|geen|inte|ne|non|nao|nie|ikke))(?: \w+){0,2} $|\bn'$"
)
_NEGATED_BEHIND = re.compile(
    r"[^.,;:!?]{0,40}?\b(?:inte|ej|ikke|nicht|nichts|niet|niets|pas|rien|inget|none of|nobody|no one|niemand\w*)\b"
)
_REMEMBER = re.compile(
    r"(?:\b(?:do|does|did)n't|\b(?:do not|never)) forget(?: to)?|\bvergiss (?:bitte )?nicht"
    r"|\bn'oublie\w* pas(?: d[e'])?|\bno (?:te )?olvid\w+|\bnon dimentic\w+(?: di)?|\bvergeet niet(?: om)?"
    r"|\bglom inte(?: att)?|\bnao (?:te )?esquec\w+|\bnie zapomnij"
)


@lru_cache(maxsize=1)
def wishes() -> tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(tuple(re.compile(rf"(?<!\w)(?:{part})(?!\w)") for part in row) for row in _TABLE)  # type: ignore[misc]


def is_negated(folded: str, match: re.Match[str]) -> bool:
    """Whether a negation stands before it, or behind it as in German and Swedish."""
    before = _NEGATED.search(folded, 0, match.start())
    return before is not None or _NEGATED_BEHIND.match(folded, match.end()) is not None


@lru_cache(maxsize=8192)
def wish_in(folded: str, described: str) -> bool | None:
    """Whether a text is for what a flag is about; None where it tells neither so, or both.

    >>> wish_in("do it quietly please", "whether the customer is notified"), wish_in("no", "whether it is urgent")
    (False, None)
    """
    told = set()
    folded = _REMEMBER.sub("", folded)
    for about, yes, no in wishes():
        if about.search(described):
            told |= {not is_negated(folded, match) for match in yes.finditer(folded)}
            told |= {False for _ in no.finditer(folded)}
    return told.pop() if len(told) == 1 else None
