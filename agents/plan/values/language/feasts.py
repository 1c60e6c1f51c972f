"""Days of the year by the names of their feasts, written folded."""

from agents.plan.values.language.rewriting import read_rewrites

FEASTS = read_rewrites(r"""
leap: leap day => 29 february
last final letzte letzter letzten dernier ultimo laatste: (?:(?:the )?(?:last|final) day of (?:the year )?
 |letzte[nr]? tag (?:des jahres )?|dernier jour de (?:l'annee )?|ultimo (?:dia
 |giorno) (?:del ano |do ano |dell'anno )?(?:de |di |del )?|laatste dag van (?:het jaar )?)(\d{4}) => 31 december \1
eve silvester silvesterabend nochevieja sylvestre: new year'?s eve|silvester(?:abend)?|nochevieja
 |(?:la )?saint-sylvestre => 31 december
year years neujahr neujahrstag: new year'?s day|neujahr(?:stag)? => 1 january
eve heiligabend nochebuena veille vigilia vispera vespera: christmas eve|heiligabend|nochebuena|(?:la )?veille de noel
 |(?:la )?vigilia di natale|(?:la )?vispera de navidad|vespera de natal => 24 december
christmas navidad noel natale natal weihnachtstag kerstdag: christmas day|(?:el )?dia de navidad|(?:le )?jour de noel
 |(?:il )?giorno di natale|dia de natal|1th weihnachtstag|1\. weihnachtstag|eerste kerstdag => 25 december
capodanno nuevo jour: capodanno|(?:el )?dia de ano nuevo|(?:le )?jour de l'an => 1 january
boxing stephen stephens stephanstag: boxing day|st\.? stephen'?s day|stephanstag => 26 december
thanksgiving: thanksgiving(?: day)? => the 4th thursday of november
labor: labor day => the 1th monday of september
memorial: memorial day => the last monday of may
mothers mother muttertag: muttertag => the 2th sunday of may
independence: independence day => 4 july
veterans: veterans'? day => 11 november
juneteenth: juneteenth => 19 june
patrick patricks: st\.? patrick'?s day => 17 march
bastille: bastille day => 14 july
assumption ferragosto assomption: assumption day|ferragosto|(?:l')?assomption => 15 august
midsummer midsummers: midsummer'?s? day => 24 june
einheit: tag der deutschen einheit => 3 october
halloween: halloween => 31 october
valentine valentines valentinstag: valentine'?s day|valentinstag => 14 february
""")  # fmt: skip
