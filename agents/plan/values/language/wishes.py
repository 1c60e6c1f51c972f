"""What people say for what a flag is about, or against it, without its name: let her know; only this once; no hurry."""

import re
from functools import lru_cache

# what the description speaks of, what says yes to it, and what says no; written folded
_TABLE = (
    (r"notif\w*|inform\w*|benachrichtig\w*|prevenir|avertir|avis(?:ar|are|er)|meddela|underratta|verwittig\w*"
     r"|powiadom\w*|(?:tell|alert|e-?mail|message)\w* (?:the |all )?(?:\w+s|people|everyone)"
     r"|mails? to (?:the )?(?:attendees|participants|guests|others)",
     r"let (?:\w+ ){1,6}know|tell (?:them|him|her|everyone|everybody)|(?:sag|gib)\w* (?:ihm|ihr|ihnen|allen) bescheid"
     r"|previen\w*|avis[aeo]\w*|avertis\w*|fais(?:-lui)? savoir|give (?:them|everyone) a heads-up|informier\w*"
     r"|informe[sz]?|dis-le|meddela|laat (?:het )?\w+ weten",
     r"quietly|silently|discreetly|without (?:telling|notifying|informing|sending)|keep it quiet|on the quiet"
     r"|(?:nobody|no one|none of them) (?:needs?|has|have|should|must|is) (?:to )?(?:know|be told|be informed|get|hear)"
     r"|(?:don't|do not|never|no need to) (?:tell|notify|inform|let|bother|alert|mail|e-?mail|message)|sans prevenir"
     r"|sin avisar|senza avvis\w+|ohne (?:\w+ ){0,3}(?:bescheid|zu informieren|zu benachrichtigen)|heimlich"
     r"|discretement"
     r"|en silencio|in stilte|i tysthet"),
    (r"recurr\w*|repeat\w*|rep[ei]t\w*|herhal\w*|upprepa\w*|powtarza\w*|repeats"
        r"|wiederh\w+", r"every (?:day|week|month|year|\w+day)|weekly|daily|monthly|jede woche|jeden \w+|chaque \w+"
     r"|cada \w+|ogni \w+|elke \w+", r"(?:only|just) (?:this )?once|(?<!at )once(?=[.,;!]| and| then|$)|one-off"
     r"|einmalig|nur einmal|juste une fois|bara en gang|tylko raz|maar een keer|une seule fois|una sola vez"
         r"|solo una volta|eenmalig"),
    (r"gifts?|present|geschenk|cadeau"
        r"|regalo", r"(?:a|as a|it's a) (?:present|gift)|for (?:his|her|their|my \w+'s) birthday|geschenk|cadeau"
            r"|regalo",
     r"for myself|it's for me|keep it myself"),
    (r"online|virtual|remote\w*"
        r"|video", r"zoom|teams|google meet|skype|video ?call|remotely|from home|per video|en visio\w*"
            r"|por videollamada",
     r"face to face|in person|on[- ]?site|in (?:my|our|your|the) office|vor ort|en personne|en persona|di persona"),
    (r"wheelchair|accessib\w+|barrier\w*"
        r"|step-free", r"wheelchair|(?:can't|cannot) (?:do|climb|manage|use) (?:the )?stairs|rollstuhl|fauteuil roulant"
     r"|silla de ruedas|sedia a rotelle|rolstoel", r"stairs are (?:fine|ok|no problem)"),
    (r"refundable|refund|free cancel\w+"
        r"|cancel\w+ (?:is )?free", r"(?:my|our|the) money back|cancel\w* (?:it )?(?:for free|free of charge"
     r"|without (?:any |a )?(?:fees?|charges?|costs?))|free cancel\w+|kostenlos stornier\w*|annuler gratuitement",
     r"non-?refundable"),
    (r"round[- ]?trip|return (?:trip|flight|ticket"
        r"|journey)", r"there and back|both ways|hin und zuruck|aller[- ]retour|ida y vuelta|andata e ritorno"
     r"|ida e volta|(?:a )?return (?:ticket|trip|flight|fare|to)", r"one[- ]way|(?:not|no) (?:coming|way) back"
     r"|nur hin\w*|aller simple|solo ida|solo andata"),
    (r"all[- ]?day|whole day|full day"
        r"|ganztag\w*", r"(?:the )?(?:whole|entire|full)[- ]day|all[- ]day(?: long)?|ganztagig\w*|den ganzen tag"
            r"|toute la journee"
     r"|todo el dia|tutto il giorno|o dia todo|de hele dag|caly dzien|hela dagen", r"(?:only"
         r"|just) (?:\w+ )?(?:in )?the (?:morning|afternoon|evening)|half a day"),
    (r"private|confidential|secret"
        r"|privat", r"(?:nobody|no one) else|(?:only|just) (?:for )?(?:me|us)\b|between (?:us|you and me)|nur fur mich",
     r"(?:everyone|everybody|anyone|anybody) (?:can|may|should|is)|for all to see|open to all"),
    (r"public|visible to (?:all"
        r"|everyone)", r"(?:everyone|everybody|anyone|anybody) (?:can|may|should|is)|for all to see|open to all",
     r"(?:nobody|no one) else|(?:only|just) (?:for )?(?:me|us)\b"),
    (r"recorded|recording"
        r"|record", r"(?:hit|press|start) record\w*|get it on tape|mitschneiden|aufzeichnen", r"off the record"),
    (r"(?:vat|tax|taxes) (?:is |are )?includ\w+|includ\w+ (?:vat|tax\w*)"
        r"|gross", r"(?:with|including|incl\.?) (?:the )?(?:vat|tax\w*)|gross|brutto"
     r"|inkl\w*\.? mwst|mit mwst|ttc|iva incluid[oa]|iva inclusa", r"(?:plus|excluding|excl\.?"
         r"|without) (?:the )?(?:vat|tax\w*)|\bnet\b|netto|zzgl\w*"
     r"|hors taxes?|mas iva|piu iva"),
    (r"furnished|furniture"
        r"|mobliert", r"with (?:the )?furniture|(?<!un)furnished|mobliert|meublee?|amueblad[oa]|arredat[oa]",
     r"(?:own|my) furniture|unfurnished|unmobliert|non meuble"),
    (r"pets?|animals?|dogs?"
        r"|haustier\w*", r"(?:bring\w*|with|take|taking|have|has|got|comes with) (?:my|our|the|a|her"
            r"|his) (?:\w+ )?(?:dogs?|cats?|puppy)"
     r"|(?:dog|cat)(?:'s| is)? coming|mit (?:unserem |meinem )?hund", r"without (?:the )?(?:dog|cat|pets?)"),
    (r"renew\w*|prolong\w*"
        r"|verlanger\w*", r"by itself|automatically"
            r"|keeps? (?:on )?going", r"(?:run|runs|ran) out|lapse|end there|just expire"),
    (r"non-?\s?stop|direct|without (?:stops"
        r"|changes)", r"(?:no|without(?: any)?|don't want(?: any| a)?|zero) (?:layovers?|stops?|stopovers?|changes"
            r"|connections?"
     r"|changing)|straight (?:there|through)|ohne umsteigen|sans escale|sin escalas|senza scali", r"(?:(?:one|1|a|2"
         r"|two) )?(?:stops?|changes?|layovers?)"
     r" (?:is|are|would be) (?:fine|ok|okay|no problem)|don't mind (?:changing|a stop|stops|a change|a layover)"),
    (r"smok\w+|raucher\w*", r"(?<!non-)(?<!non )(?:(?:i|we|he|she|they|both)(?: both)? smokes?|smokers?"
    r"|smoking)(?! is)|(?<!nicht)raucher\w*",
     r"(?:none|neither) of us smokes?|(?:don't|doesn't|never) smoke\w*|non-?\s?smok\w+|nichtraucher\w*|no smoking"),
    (r"confirm\w*"
        r"|settled", r"(?:it|that|this)(?:'s| is) (?:confirmed|settled|definite)|bestatigt|confirmee?|confirmad[oa]",
     r"provisional\w*|not (?:yet )?confirmed|tentative\w*"),
    (r"urgen\w+|emergency|rush|dringend"
        r"|eilig", r"asap|as soon as possible|right away|immediately|straight away|(?:can't|cannot) wait|sofort"
            r"|umgehend"
     r"|tout de suite|cuanto antes|subito", r"no (?:rush|hurry)|(?:isn't|not) (?:a|any) (?:rush|hurry)|take your time"
         r"|whenever you|can wait|keine eile"
     r"|pas presse|sin prisa|senza fretta"),
    (r"overwrit\w+|replac\w+ existing", r"(?:just )?(?:overwrite|replace) (?:it|them|whatever|what|the)",
     r"(?:don't|do not|never) (?:touch|overwrite|replace)|keep (?:the|what)"),
    (r"dry[- ]?run|simulat\w+|nothing is (?:changed"
        r"|written)", r"(?:just|only) (?:show|tell) me what would|without changing|(?:don't|do not) change anything"
     r"|simulate", r"for real|really do it"),
    (r"recursiv\w+|subfolders?"
        r"|subdirector\w+", r"(?:with|including|and) (?:all |the )*sub(?:folders?|directories)|everything (?:below"
            r"|under|in it|inside)"
     r"|all levels", r"only the top|(?:not|without) (?:the )?sub\w+"),
    (r"parking", r"(?:somewhere|a place|a spot) to park|(?:come|coming|arrive) by car|with (?:the|our|my) car",
     r"no car|without a car|come by train"),
    (r"newsletter|marketing|subscri\w+"
        r"|offers", r"sign me up|keep me (?:posted|updated)|send me (?:news|offers|updates)",
     r"no (?:spam|ads|advertis\w+|newsletters?|marketing)|(?:don't|stop) send\w* me|unsubscribe"),
    (r"first[- ]time|new (?:customer|patient|client"
        r"|here)", r"(?:my|our|the|for the) 1th time|(?:my|our|the) first time|never been|new here",
     r"been (?:here |there |with you )?before|already a (?:customer|patient|client)|regular"),
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
