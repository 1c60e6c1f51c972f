"""Days of the year by the names of their feasts, written folded."""

from agents.plan.values.language.rewriting import rewrite

FEASTS = (
    rewrite("leap", r"leap day", "29 february"),
    rewrite(
        "last final letzte letzter letzten dernier ultimo laatste",
        r"(?:(?:the )?(?:last|final) day of (?:the year )?|letzte[nr]? tag (?:des jahres )?|dernier jour de "
        r"(?:l'annee )?|ultimo (?:dia|giorno) (?:del ano |do ano |dell'anno )?(?:de |di |del )?|laatste dag van"
        r" (?:het jaar )?)(\d{4})",
        r"31 december \1",
    ),
    rewrite(
        "eve silvester silvesterabend nochevieja sylvestre",
        r"new year'?s eve|silvester(?:abend)?|nochevieja|(?:la )?saint-sylvestre",
        "31 december",
    ),
    rewrite("year years neujahr neujahrstag", r"new year'?s day|neujahr(?:stag)?", "1 january"),
    rewrite(
        "eve heiligabend nochebuena veille vigilia vispera vespera",
        r"christmas eve|heiligabend|nochebuena|(?:la )?veille de noel|(?:la )?vigilia di natale"
        r"|(?:la )?vispera de navidad|vespera de natal",
        "24 december",
    ),
    rewrite(
        "christmas navidad noel natale natal weihnachtstag kerstdag",
        r"christmas day|(?:el )?dia de navidad|(?:le )?jour de noel|(?:il )?giorno di natale|dia de natal"
        r"|1th weihnachtstag|1\. weihnachtstag|eerste kerstdag",
        "25 december",
    ),
    rewrite("capodanno nuevo jour", r"capodanno|(?:el )?dia de ano nuevo|(?:le )?jour de l'an", "1 january"),
    rewrite("boxing stephen stephens stephanstag", r"boxing day|st\.? stephen'?s day|stephanstag", "26 december"),
    rewrite("thanksgiving", r"thanksgiving(?: day)?", "the 4th thursday of november"),
    rewrite("labor", r"labor day", "the 1th monday of september"),
    rewrite("memorial", r"memorial day", "the last monday of may"),
    rewrite("mothers mother muttertag", r"muttertag", "the 2th sunday of may"),
    rewrite("independence", r"independence day", "4 july"),
    rewrite("veterans", r"veterans'? day", "11 november"),
    rewrite("juneteenth", r"juneteenth", "19 june"),
    rewrite("patrick patricks", r"st\.? patrick'?s day", "17 march"),
    rewrite("bastille", r"bastille day", "14 july"),
    rewrite("assumption ferragosto assomption", r"assumption day|ferragosto|(?:l')?assomption", "15 august"),
    rewrite("midsummer midsummers", r"midsummer'?s? day", "24 june"),
    rewrite("einheit", r"tag der deutschen einheit", "3 october"),
    rewrite("halloween", r"halloween", "31 october"),
    rewrite("valentine valentines valentinstag", r"valentine'?s day|valentinstag", "14 february"),
)
