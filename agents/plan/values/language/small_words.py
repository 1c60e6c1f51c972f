"""What tells one language from another: small words and accents. Written folded."""

_STOPS = """
en: the a is are to of and in for on please at with it that you my me can i we from this by was be your not have will
 let could past half morning noon midnight an he she they his her our their or but if when what which who how why where
 there here then than also just now up out about no yes do does did don't would should make it's i'm i'll i'd we're has
 had were been get got take give send book set put add need want like thanks hello hi after before until so only more
 least
de: der die das ist und ich wir nicht ein eine am um zu den dem fur auf mit bitte bis im von es wird uhr nach vor gerne
 guten ach nee gleich brauchen mir passt hatte halb morgens abends nachmittags mitternacht sie er wer was wie wo wann
 warum dann denn auch noch schon nur mehr sehr aber oder wenn dass weil als bei aus uber unter zwischen gegen ohne seit
 ab habe haben hast hatten war waren sind bin bist sein werden wurde kann konnen konnte muss mussen soll sollen mochte
 will wollen machen geht gehen kommt kommen gib mach buche bestelle stelle schick schicke sende trag setz mein meine
 meinen meinem deine unser unsere ihr ihre ihnen uns euch dich sich kein keine keinen diese dieser dieses jeden jede
 alle heute morgen gestern danke hallo ja einen einem einer zum zur beim vom ins
fr: le la les des est et je nous un une du pour sur avec au aux il que qui en ce cette vous s'il plait a ans bonjour
 voudrais serons faudrait jour heures matin soir midi minuit numero elle ils elles tu mon ma mes notre nos votre vos
 leur leurs son sa ses ces cet mais ou donc car si quand comme plus moins tres bien aussi encore deja ne pas n'est c'est
 j'ai j'aimerais qu'il d'un d'une l' suis es sommes etes etait sera seront ai avons avez ont peux peut pouvez pourriez
 veux faire mettez mets envoyez envoie reservez reserve merci chez entre vers jusqu'a depuis apres avant demain
 aujourd'hui oui non rien tout tous toute par
es: el la los las es y yo un una de del para por con que en se hola favor quiero somos mi a gracias necesito tarde
 manana noche nos al lunes dia mediodia tu su sus mis nuestro nuestra nuestros ella ellos ellas nosotros usted ustedes
 pero o si cuando como mas menos muy tambien ya no ni lo le les unos unas este esta estos estas ese esa eso aqui hay he
 ha han hemos tengo tiene tenemos puede puedes podria quisiera querria ser estar estan son era sera haz pon manda envia
 reserva apunta vamos va voy hasta desde sobre entre sin hoy ayer buenas buenos necesitamos hacer cada todo todos
it: il la le gli e un una di del della per con che in si sono vorrei alle dal al buongiorno prego grazie ordinare
 pomeriggio sera mattina mezzogiorno mezzanotte anzi lo i uno mio mia miei mie tuo tua suo sua nostro nostra loro lui
 lei noi voi ma o se quando come piu meno molto anche gia non ci ne mi ti sei siamo siete era sara ho hai ha abbiamo
 avete hanno posso puo puoi potrebbe voglio vorremmo andare fare essere metti manda invia prenota fissa facciamo questo
 questa quello quella da dalla dallo dai nel nella sul sulla alla allo ai fino tra fra oggi domani ieri no buonasera
 ciao ogni tutto tutti
pt: o a os as e um uma de do da para por com que em se ola preciso fica dia obrigado obrigada nao pode manha tarde noite
 voce meio meia eu tu ele ela nos eles elas meu minha meus minhas seu sua nosso nossa mas ou quando como mais menos
 muito tambem ja nem lhe me te uns umas este esta isto isso esse essa aqui ha tenho tem temos podes podia gostaria
 queria quero ser estar estao sao era sera vamos vou vai ate desde sobre entre sem hoje ontem amanha sim precisamos
 fazer cada tudo todos ao aos na no nas pela pelo
nl: de het een is en ik we wij niet naar op om van voor met kun je graag tot bij deze dat wil goedemiddag uur ochtends
 avonds middags bestellen half kwart hij zij ze jij u hun ons onze mijn jouw uw zijn was waren ben bent heb heeft hebben
 had hadden maar of als dan wanneer hoe wat wie waar ook nog al geen meer minder heel erg wilt willen kan kunt kunnen
 moet moeten mag zou zal zet stuur boek maak doe geef tussen tegen zonder sinds vanaf onder uit door dit die er hier
 daar vandaag morgen gisteren ja nee dank bedankt hallo alle elke
pl: sie jest dla prosze poprosze chce chcialbym chcialabym potrzebuje mam od ze przez dzien dobry godzinie godziny osob
 osoby zl zlotych bilety sztuk jutro w na za o po do rano poludniu wieczorem i to moze nie tak ja ty on ona my wy oni
 moj moja moje nasz nasza ale albo lub jesli kiedy jak co kto gdzie wiecej mniej bardzo tez juz jestem jestesmy sa byl
 bedzie bedziemy beda moge mozesz mozemy musi trzeba chcemy prosimy poprosimy zrob ustaw wyslij zarezerwuj zamow kup daj
 zacznijmy spotkajmy u przy przed pod nad miedzy bez dzis dzisiaj wczoraj dziekuje czesc ten ta te tego tej ktory okolo
 kazdy wszystkie wszystko tylko
sv: och jag vi det att som ar den ett med for inte har till av pa kan ska vill tack hej stycken borjar klockan kl nagon
 fran eller men om oss mig ni du personer behover kostar boka en over halv kvart dagar morgonen kvallen han hon de dem
 min mitt mina din ditt var vara er era sin sitt varit ha hade blir bli skulle ville maste far kunna gor gora lagg satt
 skicka stall ge ta kom kommer ga gar utan mellan mot sedan efter fore innan nar hur vad vem dar nu idag imorgon igar ja
 nej ocksa bara mer mindre mycket alla varje detta denna dessa
"""
STOPS = {line[:2]: frozenset(line[3:].split()) for line in _STOPS.strip().replace("\n ", " ").split("\n")}
SMALL = {
    "en": {"hours", "weeks", "days", "months", "years", "o'clock"},
    "de": {"stunden", "stunde", "wochen", "tage", "tagen", "monate", "jahre", "prozent", "grad", "stuck", "halb"}
    | {"viertel"},
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
    **dict.fromkeys("üß", ("de",)), **dict.fromkeys("äö", ("de", "sv")), "å": ("sv",),
    **dict.fromkeys("łżśćńęąź", ("pl",)), **dict.fromkeys("ñ¿¡", ("es",)), **dict.fromkeys("ãõ", ("pt",)),
    **dict.fromkeys("œû", ("fr",)), "à": ("fr", "it", "pt"), "è": ("fr", "it"), "ê": ("fr", "pt"), "ç": ("fr", "pt"),
    "é": ("fr", "es", "pt"), "ù": ("fr", "it"), "ò": ("it",), "ì": ("it",), "ó": ("es", "pt", "pl"), "ú": ("es", "pt"),
    "í": ("es", "pt"), "á": ("es", "pt"), "ô": ("fr", "pt"), "ë": ("nl", "fr"), "ï": ("nl", "fr"),
}  # fmt: skip
