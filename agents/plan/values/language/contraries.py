"""Roles of which a value has one at most: where somebody arrives on a day, it is not the day of leaving."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

# a block holds roles that exclude one another; `*` ends a word that goes on, `_` is a blank; written folded
_TABLE = r"""
leaving: depart* fl(?:y|ying|ight)_out fahrt fahren leav* left_at set*_off take*_off took_off abfahr* abflug abfliegen
 fahrt_ab fliegt_ab abreise* part(?:e|es|ir|ida|iamo|ire|enza|ons|ent) sal(?:e|ida|ir|imos|go) vertrek* sai(?:r|da)
 wyja* wyjezdza* odjazd* odlot* avgang* avgar avresa* aker
arriving: arriv* land* gets?_(?:in|there) get_(?:in|there) reach* ankunft ankomm* komm(?:e|t|en)_(?:.*_)?an lleg* cheg*
 aankom* przyj* przylot* ankomst* anlander framme

outbound: hin fliegen_.*_hin outbound fl(?:y|ying)_out going_out out_on hinflug* hinfahrt* hinreise* aller ida andata
 heenreis heenvlucht wylot utresa*
inbound: return* back inbound ruckflug* ruckfahrt* ruckreise* zuruck* retour vuelta ritorno regreso volta terugreis
 terugvlucht terug powrot* hemresa* tillbaka

check-in: check*[_-]?in arriv* anreise* einzug move_in moving_in einchecken ankomst* anreisen przyjazd
check-out: check*[_-]?out leav* depart* abreise* auszug move_out moving_out auschecken avresa* wyjazd

beginning: (?:first|1th)_(?:day|date|night|month) erster?_tag premier_jour primer_dia primo_giorno ab_dem ab_der as_of
 starting a_partir_d[eu'] vanaf fran_och_med start* begin* began begun open* beginn* debut* commence* empieza* empezar
 empezamos comienz* inicio inici* inizi* comeca* comecar anfangen fangt anfang gestartet los_geht geht_los zaczyna*
 zaczn* rozpocz* poczat* borja* oppna*
ending: last_(?:day|date|night|month) letzter?_tag dernier_jour ultimo_(?:dia|giorno) back_(?:on|in|at|by)
 (?:out_of_.*|out|over|done|finished|through|full|ready|complete|home)_by wieder_da de_retour de_vuelta end
 end(?:s|ed|ing) runs?_out run_out ran_out expir* finish* clos(?:e|es|ed|ing) until till ende endet enden fin finit
 finir termina terminan terminar termine finisce vence acaba* fecha* sluit* einde* eindig* ablauf* lauft*_ab schliess*
 koniec konczy* konca slut slutar stanger deadline

written: dated issued issue_date invoice_date ausgestellt rechnungsdatum date_de_facture emision emessa
due: due payable deadline fallig* echeance vencimiento scadenza vervaldatum
paid: paid payment_date bezahlt* paye pagad* pagat* betaald
ordered: ordered order_date placed_(?:it|the_order) bestellt* bestelldatum commande[er]* pedid* ordinat* besteld*
shipped: shipped dispatched sent_out ship(?:ping|ment)_date versandt* verschickt* expedie* enviad* spedit* verzonden
delivered: delivered delivery_date deliver(?:y|_it|_them)? arrived received zugestellt* geliefert* lieferdatum livre*
 livraison entregad* entrega consegna* bezorgd* dostaw* leverans*

collecting: pick*[_-]?up pick_\w+_up collect* abhol* abzuholen recog* ritir* ophal* odbior* hamta*
handing-back: drop*[_-]?off drop_\w+_off bring*_back brought_back hand*_back return* abgeb* zuruckgeb* zuruckbring*
 devol* restitu* inlever* zwrot* lamna*

buying: buy* purchas* bought paid kauf* gekauft achet* compr*
selling: sell* sold worth valued? verkauf* vend* verkop*

least: min min\. minimum minimal* mindest* at_least lowest lower_limit (?:no|not)_less_than no_fewer_than or_more
 (?:and|or)_(?:over|older|above|up|more) mindestens au_moins minimo al_menos como_minimo almeno minstens
 starting_(?:at|from) co_najmniej minst not_(?:under|below) nothing_(?:under|below) no_(?:cheaper|lower)_than
most: max max\. maximum maximal* hochst* at_most highest upper_limit (?:no|not)_more_than up_to hochstens au_plus
 au_maximum maximo como_mucho al_massimo massimo hoogstens maximaal or_less or_fewer (?:and|or)_(?:under|younger|below)
 not_exceed* nothing_(?:over|above) not_(?:over|above) najwyzej hogst ceiling cap(?:ped)?_at

occurring: happen* occur* took_place accident* incident* unfall* passiert* geschah
noting: report* notif* filed filing gemeldet meldung

keeping: keep* leave retain* stay* behalt* bleib* gard* laiss* conserv* dej[ae]* manten* behoud* zostaw* behall*
removing: cancel* delet* remov* drop get_rid_of return(?:ed|ing)? send_back storn* losch* entfern* annul* supprim*
 elimin* borr* cancell* verwijder* usun* anuluj* radera avboka

balance: balance (?:only_)?have_.*left left remaining kontostand guthaben solde saldo i_(?:only_)?have
spending: transfer* send* pay(?:ing|s)? withdraw* spend* uberweis* zahl* virer paye[rz] enviar pagar inviare pagare

deposit: deposits? kaution caution fianza deposito caucao borg kaucja
rent: rent rental_price monthly_rent miete loyer alquiler affitto aluguel renda huur(?:prijs)? czynsz hyra
tax: vat (?<!before_)(?<!after_)(?:sales_)?tax* mwst mehrwertsteuer ust tva iva btw podatek moms
discount: discount* (?:percent|%)_off rabatt remise reduction descuento sconto desconto korting rabat* rebate
tip: tip gratuity trinkgeld pourboire propina mancia gorjeta fooi napiwek dricks
postage: shipping_(?:cost|fee|costs|charge)s? postage versandkosten porto frais_de_port gastos_de_envio
salary: salary salaries wages? gehalt salaire sueldo salario stipendio loon pensja lon
interest: interest_rate zinssatz taux_d'interet tipo_de_interes tasso

width: width wide breit* large?ur ancho* anchura larghezza breed* breedte largura szerokosc bred bredd
height: height high tall hoch hohe hauteur haut alto altura altezza hoog hoogte wysokosc hog hojd
length: length long lang lange longueur largo longitud lunghezza lungo lengte comprimento dlugosc dlugie langd
depth: depth deep tief* profond* profund* diep* glebok* djup*
weight: weight weigh(?:s|ing|ed)? heavy wieg(?:t|en) gewicht schwer poids pes[eo]r? pesa peso weegt zwaar waga wazy
 vager vikt
thickness: thickness thick dick dicke epais* grosor espesor spessore dik dikte

sending: sender came_from sent_by wrote writes (?:e?mailed|texted|asked|sent)_(?:me|us|in) hat_(?:mir|uns) m'a nous_a
 absender* expediteur remitente mittente afzender nadawc* nadal* wyslal* avsandare from_my
receiving: recipient receiver addressee went_to sent_to forward* send pass_(?:it|this) (?:write|reply)_to weiter*
 envoie* empfanger* destinataire destinatario ontvanger odbiorc* mottagare transfere* reenvia* inoltra* goes_to

born: born birth* geboren geburt* nee? naiss\w+ naissance nacid* naci nacimiento nat[oa] nascit\w+ nascid* nascimento
 geboorte* urodz* fodd fodelse*
died: died death passed_away gestorben todes* deces mort[eo]? fallec* overled* zmarl*
residing: resid* live[ds]? living wohn* habit* vivo vive abito woon* mieszka* bor
graduated: graduat* finished_(?:school|university|college) abschluss diplom* laure* afgestudeerd
married: married wedding marriage heirat* hochzeit* mari(?:e|ee|age) casad* boda spos* matrimonio trouw* slub
hired: hired hire_date joined_(?:the|us|in) eingestellt eintritt* embauch* contratad* assunt*

being-at: current_location (?:i'm|i_am|we're|we_are|live|lives|based|staying|currently)_in
going-to: destination* (?:fly*|go|going|travel*|driv\w+|head*|move|moving)_to ziel(?:ort|flughafen)?

first-name: first_name given_name forename vorname prenom nombre nome_proprio imie fornamn voornaam
last-name: last_name surname family_name nachname nom_de_famille apellido* cognome sobrenome apelido achternaam nazwisko
 efternamn
middle-name: middle_name maiden_name geburtsname

authoring: author* wr(?:ote|ites?|itten) created? creator autor* verfass* geschrieben auteur ecrit escrito scritto
reporting: reporter report(?:ed|s|ing) (?:ge)?meld* signal* fil(?:ed|ing) rais(?:ed|ing) flagg\w+ segnal\w+ zglosi*
assigned: assign* hand* g[ia]ve weis* zuweis* wijs* toewijz* assegn* asign* attribu* confie* przypisz tilldela*
reviewing: review(?:s|er|ers|ed|ing)? approv* sign_off gepruft pruf(?:t|er)
watching: watcher* watching follow(?:er|s|ers) beobachter

grown-up: adults? erwachsene* adultes? adult[oi]s? volwassene* dorosl* vuxna? grown-ups?
child: child* kids? kinder* kind enfants? nin[oa]s? bambin[ioea] crianca* dziec* barn
infant: infants? bab(?:y|ies) toddlers? saugling* bebes? neonat[oi] niemowl*
senior: seniors? pensioners? rentner* retraite* jubilad*
animal: pets? dogs? cats? hunde? katzen? haustiere? chiens? chats? perros? gatos? cani gatti honden katten ps[yow]*

n-people: people persons? personen personnes? personas? persone pessoas? osob[ay]? personer
n-room: rooms? zimmer chambres? habitaci\w+ camere? kamers? pokoj* rum quartos?
n-night: nights? nacht(?:e|en)? nuits? noches? nott[ei] noites? noc[ey] natter
n-ticket: tickets? fahrkarten? billets? entradas? bigliett[oi] bilhetes? kaartjes? bilet\w* biljett\w*
n-bag: bags? suitcases? koffer bagages? maletas? valig\w+ malas? koffers walizk\w+ vaskor

bedroom: bedrooms? schlafzimmer* chambres?_a_coucher dormitorios? habitaciones camere_da_letto quartos? slaapkamers?
 sypialni*
bathroom: bathrooms? toilets? wcs? bad(?:er|ezimmer)? salles?_de_bains? banos? bagn[oi] banheiros? badkamers? lazien*
bed: beds? betten lits camas letti bedden lozk*
storey: floors? stor(?:ey|ies|eys) stock(?:werk*)? etages? plantas? pian[oi] andares? verdieping* pietr*
parking: parking_(?:spaces?|spots?|lots?) stellplatz* parkplatz*

addressed: (?:send|mail|forward|address|write)_(?:it|this|that|them|the_\w+)_to main_recipient
cc: cc copy copied in_copy kopie copie copia kopii kopia
bcc: bcc blind_copy blind_carbon hidden_copy
reply-to: reply[_-]to replies_(?:should_)?go

mobile: mobile cell(?:phone)? handy* mobil* portable movil cellulare telemovel celular mobiel komork*
landline: landline home_(?:phone|number) festnetz* fixe fijo fisso vast stacjonarn*
work-phone: (?:work|office|business|desk)_(?:phone|number|line) dienst* buronummer
fax: fax

billing: billing bill_(?:it|this|that)?_?to invoice_(?:address|it_to) rechnungs(?:adresse|anschrift) facturation
 facturacion fatturazione factuuradres
shipping: shipping ship_(?:it|them|this)?_?to deliver* liefer(?:adresse|anschrift|n) livr(?:aison|ez|er) envio entrega
 spedizione consegna bezorg*

brightness: brightness dim dimm* helligkeit luminosite brillo luminosita brilho helderheid jasnosc ljusstyrka
volume: volume loud* lautstarke volumen glosnosc volym
contrast: contrast* kontrast*
temperature: temperature* thermostat* heating heat heizung temperatur* chauffage temperatura
humidity: humidity luftfeuchtigkeit humidite humedad umidita
fan: fan(?:_speed)? lufter ventilat*

calories: calories kcal kalorien kilocalories calorias calorie
protein: proteins? eiweiss proteines? proteinas? proteine
carbohydrate: carbs? carbohydrates? kohlenhydrate* glucides carbohidratos carboidrati
fat: fats? fett grasas? grassi lipides
sugar: sugars? zucker sucre azucar zuccheri
fibre: fib(?:re|er) ballaststoffe* fibres fibra
salt: salt salz sel sal sodium

systolic: systolic oberer upper_number
diastolic: diastolic unterer lower_number

latitude: lat latitude north south nord sud norte sur zuid noord breitengrad latitud latitudine
longitude: lon lng longitude east west ost ouest este oeste oost langengrad longitud longitudine

warming-up: warm*[_-]?up aufwarm* echauffement
cooling-down: cool*[_-]?down abkuhl* abwarm*

home-side: home_(?:team|side|club) heim* hosts domicile locales
away-side: away visitors gast(?:mannschaft|team) exterieur visitantes guests_scored

patient: patient*
doctor: doctor dr\.? physician arzt* medecin medico dokter lekarz*

tenant: tenant* mieter* locataire inquilin* huurder*
landlord: landlord* vermieter* proprietaire* propietari* verhuurder*

teacher: teacher* instructor* lehrer* professeur* profesor* insegnante docent
student: student* pupil* schuler* eleves? alumn* studente leerling*

shoe: shoe* schuh* chaussure* zapat* scarp* schoen*
shirt: shirt* t-shirt* hemd* chemise* camisa* camicia
trousers: trousers pants jeans hosen? pantalon* broek*
waist: waist taille cintura
chest: chest bust brust*

timeout: timeouts? time_out
retry: retr(?:y|ies) attempts? versuche?
interval: intervals? every
"""


class Role(NamedTuple):
    block: int
    name: str
    words: str

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)

    def is_in(self, text: str) -> bool:
        """Whether one of the words stands in the text; the pattern is made only where one may."""
        return any(start in text for start in _starts(self.words)) and self.pattern.search(text) is not None


@cache
def _starts(words: str) -> frozenset[str]:
    """The letters that each word surely begins with.

    >>> sorted(_starts("fl(?:y|ying)_out eleves? alumn*"))
    ['alumn', 'eleve', 'fl']
    """
    return frozenset(re.split(r"[a-z]\?|[^a-z]", word)[0] for word in words.split())


@cache  # of the members' many are never asked for
def _pattern(words: str) -> re.Pattern[str]:
    """`_` is a blank; a `*` behind a letter is any ending."""
    parts = [re.sub(r"(?<=[a-z])\*", lambda _: r"\w*", word.replace("_", " ")) for word in words.split()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


@lru_cache(maxsize=1)
def blocks() -> tuple[tuple[Role, ...], ...]:
    return read_blocks(_TABLE)


def read_blocks(table: str) -> tuple[tuple[Role, ...], ...]:
    """The roles of each block of a table."""
    parted = [re.split(r"\n(?=\S)", block.strip()) for block in table.split("\n\n")]
    return tuple(
        tuple(Role(n, line.partition(":")[0], line.partition(":")[2]) for line in lines)
        for n, lines in enumerate(parted)
    )


@lru_cache(maxsize=4096)
def roles_in(described: str) -> tuple[tuple[Role, tuple[Role, ...]], ...]:
    """The role that a description asks for, with those that exclude it; none where it has two of one block.

    >>> [(own.name, [other.name for other in others]) for own, others in roles_in("day of arrival (check-in)")]
    [('arriving', ['leaving']), ('check-in', ['check-out'])]
    """
    asked = []
    for block in blocks():
        own = [role for role in block if role.is_in(described)]
        if len(own) == 1:
            asked.append((own[0], tuple(role for role in block if role is not own[0])))
    return tuple(asked)


def role_beside(around: tuple[str, str], roles: tuple[Role, ...]) -> Role | None:
    """The one of them that is named nearest before a place, else nearest behind it."""
    before, behind = around
    ends = [(match.end(), -n) for n, role in enumerate(roles) for match in role.pattern.finditer(before)]
    if ends:
        return roles[-max(ends)[1]]
    starts = [(match.start(), n) for n, role in enumerate(roles) for match in role.pattern.finditer(behind)]
    if starts:
        return roles[min(starts)[1]]
    # wir kommen um acht an
    return next((role for role in roles if role.pattern.search(f"{before} {behind}")), None)
