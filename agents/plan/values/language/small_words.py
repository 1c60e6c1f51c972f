"""What tells one language from another: small words and accents. Written folded."""

_STOPS = {
    "en": "the a is are to of and in for on please at with it that you my me can i we from this by was be your not have"
    " will let could past half morning noon midnight",
    "de": "der die das ist und ich wir nicht ein eine am um zu den dem fur auf mit bitte bis im von es wird uhr"
    " nach vor gerne guten ach nee gleich brauchen mir passt hatte halb morgens abends nachmittags mitternacht",
    "fr": "le la les des est et je nous un une du pour sur avec au aux il que qui en ce cette vous s'il plait a ans"
    " bonjour voudrais serons faudrait jour heures matin soir midi minuit numero",
    "es": "el la los las es y yo un una de del para por con que en se hola favor quiero somos mi a las gracias"
    " necesito tarde manana noche nos al lunes dia mediodia",
    "it": "il la le gli e un una di del della per con che in si sono vorrei alle dal al buongiorno prego grazie"
    " ordinare pomeriggio sera mattina mezzogiorno mezzanotte anzi",
    "pt": "o a os as e um uma de do da para por com que em se ola preciso fica dia obrigado obrigada nao pode"
    " manha tarde noite voce as a meio meia",
    "nl": "de het een is en ik we wij niet naar op om van voor met kun je graag tot bij deze dat wil goedemiddag"
    " uur ochtends avonds middags bestellen half kwart",
    "pl": "sie jest dla prosze poprosze chce chcialbym chcialabym potrzebuje mam od ze przez dzien dobry godzinie"
    " godziny osob osoby zl zlotych bilety sztuk jutro w na za o po do rano poludniu wieczorem i to moze nie tak",
    "sv": "och jag vi det att som ar den ett med for inte har till av pa kan ska vill tack hej stycken borjar klockan kl"
    " nagon fran eller men om oss mig ni du personer behover kostar boka en over halv kvart dagar morgonen kvallen",
}
STOPS = {language: frozenset(words.split()) for language, words in _STOPS.items()}
SMALL = {
    "en": {"hours", "weeks", "days", "months", "years", "o'clock"},
    "de": {
        "stunden",
        "stunde",
        "wochen",
        "tage",
        "tagen",
        "monate",
        "jahre",
        "prozent",
        "grad",
        "stuck",
        "halb",
        "viertel",
    },
    "fr": {"semaines", "jours", "mois", "heures", "ans", "pour", "cent"},
    "es": {"semanas", "dias", "meses", "horas", "anos"},
    "it": {"settimane", "giorni", "mesi", "ore", "anni"},
    "pt": {"semanas", "dias", "meses", "horas", "anos", "reais"},
    "nl": {"weken", "dagen", "maanden", "uren", "stuks", "procent", "middags"},
    "pl": {"dni", "tygodnie", "tygodni", "miesiecy", "godzin", "sztuk", "procent", "minut", "minuty", "osob"},
    "sv": {"timmar", "timme", "veckor", "vecka", "dagar", "manader", "minuter", "stycken", "kronor", "procent"},
}
"""Units that only one language or two write so."""
# looked for before a text is folded: in a short sentence they may be all that tells its language
ACCENTS = {
    **dict.fromkeys("üß", ("de",)), **dict.fromkeys("äö", ("de", "sv")), "å": ("sv",), **dict.fromkeys("łżśćńęąź", ("pl",)), **dict.fromkeys("ñ¿¡", ("es",)), **dict.fromkeys("ãõ", ("pt",)),
    **dict.fromkeys("œû", ("fr",)), "à": ("fr", "it", "pt"), "è": ("fr", "it"), "ê": ("fr", "pt"), "ç": ("fr", "pt"),
    "é": ("fr", "es", "pt"), "ù": ("fr", "it"), "ò": ("it",), "ì": ("it",), "ó": ("es", "pt", "pl"), "ú": ("es", "pt"),
    "í": ("es", "pt"), "á": ("es", "pt"), "ô": ("fr", "pt"), "ë": ("nl", "fr"), "ï": ("nl", "fr"),
}  # fmt: skip
