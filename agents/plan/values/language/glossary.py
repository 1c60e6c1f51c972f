"""What the words of schemas and of their enumerations are called in other languages and by other names, folded."""

import re
from functools import lru_cache

from agents.plan.values.language.spelling import stem

_GLOSSARY = """
cash: bar bargeld contant efectivo especes liquide contanti dinheiro gotowka numerario
credit: kredit crediet credito kreditowa
credit card: kreditkarte creditcard kreditkort
card: karte carte tarjeta carta cartao kaart karta
one way: hinfahrt hinflug oneway
bank transfer: uberweisung virement transferencia bonifico overschrijving overboeking przelew wire uberweisen
invoice: rechnung facture factura fattura fatura factuur faktura bill
economy: coach touristenklasse turista economica eco
business: affaires affari executiva negocios zakelijk
window: fenster fenetre hublot ventana ventanilla finestrino janela raam raamplaats okno okna
aisle: gang couloir pasillo corridoio corredor gangpad przejscie
middle: mitte mittelplatz milieu centro mezzo meio midden
vegetarian: vegetarisch vegetarier vegetarien vegetarienne vegetariano vegetariana veggie wegetarianski meatless
vegan: vegano vegana veganistisch vegetalien weganski
gluten: glutenfrei glutine
urgent: dringend eilig dringlich urgente urgentissimo spoed dringende pilne
high: maximum highest hoogste hochste hochster maximale maxima massima maximal hogsta hogst najwyzszy
high: top hoch hohe hoher hohes haute haut elevee alta alto elevada hoog hoge wysoki hog hoga hogt
low: lowest niedrigste laagste lagsta minimale minima minimal najnizszy
low: niedrig niedrige gering basse bas baja bajo bassa basso baixa baixo laag lage niski
medium: mittel mittlere moyenne moyen media medio medie gemiddeld normal sredni moderate
large: gross grosse grossen groot grote grand grande groot duzy big
small: klein kleine kleiner petit petite pequeno pequena piccolo piccola maly little
red: rot rote roten rouge rojo roja rosso rossa vermelho vermelha rood rode czerwony
blue: blau blaue blauen bleu bleue azul blu blauw blauwe niebieski
green: grun grune grunen vert verte verde groen groene zielony
black: schwarz schwarze noir noire negro negra nero nera preto preta zwart zwarte czarny
white: weiss weisse blanc blanche blanco blanca bianco bianca branco branca wit witte bialy
yellow: gelb gelbe jaune amarillo amarilla giallo gialla amarelo geel gele
gray: grau graue gris grigio cinza cinzento grijs grey
round trip: roundtrip return ruckfahrt ruckflug hinundruckfahrt
return: ruckfahrt retour vuelta ritorno volta
first: 1st premiere primera prima erste ersten erster eerste
left: links gauche izquierda sinistra esquerda
right: rechts droite derecha destra direita
dark: dunkel dunkle dunkl sombre oscuro scuro escuro donker
light: hell helle clair claro chiaro licht
delivered: entregado entregada consegnato entregue bezorgd geleverd
delivered: angekommen arrived llegado arrivato aangekomen geliefert zugestellt livre livree
pending: ausstehend offen attente pendiente pendente sospeso openstaand
cancelled: storniert annule annulee cancelado cancelada annullato geannuleerd canceled anulowane
shipped: versandt versendet verschickt expedie expediee enviado enviada spedito verzonden dispatched
open: geoffnet ouvert ouverte abierto abierta aperto aperta aberto aberta
closed: geschlossen ferme fermee cerrado cerrada chiuso chiusa fechado fechada gesloten
done: erledigt fertig termine hecho fatto feito klaar gedaan finished completed complete
public: offentlich publique publico pubblico publiek openbaar
private: privat privee prive privado privato
weekly: wochentlich hebdomadaire semanal settimanale wekelijks
monthly: monatlich mensuel mensual mensile mensal maandelijks
daily: taglich quotidien diario giornaliero dagelijks
breakfast: fruhstuck desayuno colazione ontbijt sniadanie cafe
lunch: mittagessen dejeuner almuerzo pranzo almoco middageten obiad
dinner: abendessen diner cena jantar avondeten kolacja supper
bedroom: schlafzimmer dormitorio slaapkamer sypialnia
kitchen: kuche cuisine cocina cucina cozinha keuken kuchnia
living room: wohnzimmer salon soggiorno woonkamer lounge
bathroom: bad badezimmer bano bagno banheiro badkamer lazienka
garage: garaje garagem
garden: garten jardin giardino jardim tuin yard
vacation: urlaub ferien vacances vacaciones vacanza ferias vakantie holiday holidays
sick: krank ill malade enfermo malato ziek doente unwell
xlsx: excel
csv: kommagetrennt
parking: parkplatz stationnement aparcamiento estacionamiento parcheggio parkeerplaats parkplatze
attachment: anhang anhange piece adjunto allegato allegati anexo bijlage bijlagen zalacznik attachments
folder: ordner dossier carpeta cartella pasta map mappen
subfolder: unterordner subcarpetas subcarpeta sottocartelle sottocartella subpastas submappen
luggage: gepack koffer bagage bagages equipaje maletas bagagli bagaglio bagagem bagage bags
insurance: versicherung assurance seguro assicurazione verzekering ubezpieczenie
newsletter: rundbrief infolettre boletin
notification: benachrichtigung benachrichtigungen notificacion notificaciones notifica notifiche notificacao melding
copy: kopie kopien copie copia copias kopia kopii kopi
receipt: quittung beleg recu recibo ricevuta bon bonnetje
gift: geschenk cadeau regalo presente prezent present
pet: haustier haustiere animaux mascota mascotas animali huisdier huisdieren dog dogs cat cats
smoking: raucher rauchen fumeur fumador fumatori roken smoker
wheelchair: rollstuhl fauteuil silla sedia rolstoel
child: kind kinder enfant enfants nino ninos bambino bambini crianca criancas kinderen dziecko dzieci
adult: erwachsene erwachsener erwachsenen adulte adultes adulto adultos adulti volwassene volwassenen dorosly dorosle
baby: saugling bebe neonato infant
room: zimmer chambre chambres habitacion habitaciones camera camere quarto quartos kamer kamers pokoj
single room: einzelzimmer
double room: doppelzimmer
window seat: fensterplatz
aisle seat: gangplatz
single: simple individual singola solteiro eenpersoons
double: doble doppia duplo tweepersoons matrimoniale
bed: bett betten lit lits cama camas letto letti bedden lozko
night: nacht nachte nuit nuits noche noches notte notti noite noites nachten
guest: gast gaste invite invites huesped huespedes ospite ospiti hospede gasten
person: personen personne personnes persona personas persone pessoa pessoas osob people
ticket: fahrkarte fahrkarten karten billet billets entrada entradas billete billetes biglietto biglietti bilhete bilety
seat: sitz platz platze siege asiento asientos posto posti assento stoel
flight: flug fluge vol vols vuelo vuelos volo voli voo voos vlucht lot
train: zug zuge tren trenes treno treni comboio trem trein pociag rail
bus: autobus omnibus autocar
car: auto wagen voiture coche carro macchina samochod
bike: fahrrad velo bicicleta bici fiets rower bicycle
email: mail e-mail courriel correo
phone: telefon telephone telefono telefoon anruf appel llamada chiamata call
mail: post poste correo posta correio
male: mannlich masculin homme hombre maschio masculino man mann
female: weiblich feminin femme mujer femmina feminino vrouw frau woman
spring: fruhling fruhjahr printemps primavera lente voorjaar wiosna
summer: sommer ete verano estate verao zomer lato sommar
autumn: fall herbst automne otono autunno outono herfst jesien
winter: hiver invierno inverno zima vinter
morning: morgen vormittag matin manana mattina manha ochtend
afternoon: nachmittag apres-midi tarde pomeriggio middag
evening: abend soir noche sera noite avond
hot: heiss chaud chaude caliente caldo calda quente heet
cold: kalt froid froide frio fria freddo fredda koud
milk: milch lait leche latte leite melk
sugar: zucker sucre azucar zucchero acucar suiker
beginner: anfanger debutant debutante principiante iniciante
customer: kunde kundin client cliente clientes klant
task: aufgabe tache tarea compito tarefa taak zadanie
meeting: besprechung treffen reunion reunione riunione vergadering spotkanie
reminder: erinnerung rappel recordatorio promemoria lembrete herinnering
price: preis prix precio prezzo preco prijs cena
title: titel titre titulo titolo
color: farbe couleur colore cor kleur colour
furnished: mobliert meuble amueblado arredato mobilado gemeubileerd
balcony: balkon balcon balcone varanda
refund: erstattung ruckerstattung remboursement reembolso rimborso terugbetaling
repair: reparatur reparation reparacion riparazione reparo reparatie
delivery: lieferung livraison entrega envio consegna bezorging levering
approve: approved accept accepted genehmigen genehmigt freigeben bewilligen bewilligt approuver approuve aprobar
 aprobado approvare approvato aprovar aprovado goedkeuren goedgekeurd zatwierdz zatwierdzone godkann greenlight
reject: rejected decline declined refuse refused deny denied ablehnen abgelehnt rejeter rejete refuser rechazar
 rechazado rifiutare respingere recusar recusado weigeren afwijzen afgewezen odrzuc odrzucone avsla
start: starten gestartet demarrer lancer iniciar empezar avviare iniziare comecar beginnen uruchom starta launch
stop: stoppen anhalten arreter detener parar fermare zatrzymaj stoppa halt
delete: remove erase rid loschen geloscht supprimer eliminar borrar eliminare cancellare apagar verwijderen usun radera
create: make new anlegen erstellen creer crear creare criar maken aanmaken utworz skapa
fridge: kuhlschrank refrigerateur frigo nevera frigorifero frigorifico koelkast lodowka kylskap refrigerator
oven: ofen backofen four horno forno piekarnik ugn
dishwasher: spulmaschine geschirrspuler geschirrspulmaschine lavavajillas lavastoviglie vaatwasser zmywarka diskmaskin
washing machine: waschmaschine lavadora lavatrice wasmachine pralka tvattmaskin washer
dryer: trockner seche-linge secadora asciugatrice droger suszarka torktumlare
married: verheiratet marie mariee casado casada sposato sposata getrouwd gehuwd zonaty mezatka gift
divorced: geschieden divorcee divorciado divorciada divorziato gescheiden rozwiedziony skild
widowed: verwitwet veuf veuve viudo viuda vedovo vedova weduwe weduwnaar wdowa widow widower
crib: babybett kinderbett berceau cuna culla wiegje lozeczko barnsang cot
sea: meer mer mar mare zee morze hav ocean
view: blick meerblick vue vista vistas aussicht uitzicht widok utsikt
mountain: berg berge montagne montana montagna bergen gory
lake: see lac lago meertje jezioro sjo
retired: rentner rentnerin rente pensioniert retraite retraitee jubilado jubilada pensionato gepensioneerd emeryt
 pensionar
student: studentin etudiant etudiante estudiante studente studentka
unemployed: arbeitslos chomage parado desempleado disoccupato werkloos bezrobotny arbetslos jobless
heating: heizung chauffage calefaccion riscaldamento aquecimento verwarming ogrzewanie varme
electricity: strom electricite electricidad elettricita eletricidade stroom prad el power
water: wasser eau agua acqua woda vatten
gas: erdgas gaz
lost: verloren perdu perdue perdido perdida perso persa perdi verlor zgubilem zgubiony tappat borttappad
stolen: gestohlen geklaut vole volee robado robada rubato rubata roubado gestolen skradziony stulen
broken: kaputt defekt casse cassee roto rota rotto rotta quebrado stuk zepsuty trasig
coffee: kaffee cafe caffe koffie kawa kaffe
tea: tee the te cha thee herbata
beer: bier biere cerveza birra cerveja piwo ol
wine: wein vin vino vinho wijn wino
bread: brot pain pan pane pao brood chleb brod
cheese: kase fromage queso formaggio queijo kaas ser ost
chicken: huhn hahnchen poulet pollo frango kip kurczak kyckling
fish: fisch poisson pescado pesce peixe vis ryba fisk
beef: rind rindfleisch boeuf ternera manzo carne rundvlees wolowina notkott
pork: schwein schweinefleisch porc cerdo maiale porco varkensvlees wieprzowina flask
soup: suppe soupe sopa zuppa soep zupa soppa
salad: salat salade ensalada insalata salada sla salatka sallad
cat: katze kater chat chatte gato gata gatto gatta kat kot katt kitten
dog: hund hundin chien chienne perro perra cane cachorro hond pies puppy
rabbit: kaninchen hase lapin conejo coniglio coelho konijn krolik kanin
bird: vogel oiseau pajaro uccello passaro ptak fagel
horse: pferd cheval caballo cavallo cavalo paard kon hast
second: 2nd zweite zweiter zweiten deuxieme segunda segundo seconda secondo tweede druga drugi andra
third: 3rd dritte dritter dritten troisieme tercera tercero terza terzo derde trzecia tredje
police: polizei policia polizia politie policja polis
pickup: abholung retrait recogida ritiro levantamento afhalen collection
"""
_ENGLISH = {
    spelled: tuple(line.split(":")[0].split())
    for line in reversed(_GLOSSARY.strip().replace("\n ", " ").split("\n"))
    for name in line.partition(":")[2].split()
    for spelled in (name, stem(name))
}
_ENDING = re.compile(r"(?:e[nrsm]?|s|n|in|innen)$")


@lru_cache(maxsize=16384)
def english_of(word: str) -> tuple[str, ...]:
    """What a schema calls it, also where it is declined; () where it is not in the glossary.

    >>> english_of("kreditkarte"), english_of("schwarzen"), english_of("and")
    (('credit', 'card'), ('black',), ())
    """
    return _ENGLISH.get(word) or _ENGLISH.get(_ENDING.sub("", word) if len(word) > 4 else "", ())
