"""What people say for a member of an enumeration without its name: turn it down, he called us, it came in pieces."""

import re
from functools import lru_cache

from agents.plan.values.language.contraries import Role, read_blocks
from agents.plan.values.language.wishes import is_negated

# a block holds members of which one excludes the others, with all their names; `*` ends a word that goes on, `_` is
# a blank; written folded
_TABLE = r"""
phone: (?:he|she|they|who|customer|client|someone|somebody)_(?:just_)?(?:called|rang|phoned)
 (?:called|rang|phoned)_(?:us|me|in|about) (?:on|over|by)_(?:the_)?phone gave_(?:us|me)_a_(?:call|ring) telefonisch
 am_telefon rief_(?:uns|mich)?_?an angerufen par_telephone nous_a_appele por_telefono llamo al_telefono ha_chiamato
 por_telefone ligou telefonicznie zadzwonil* ringde per_telefon gebeld
email: (?:e-?mailed|wrote_an_e-?mail) (?:by|via|in_an)_e-?mail per_(?:e-?)?mail par_(?:e-?)?mail por_(?:correo|e-?mail)
 mailade gemaild
chat: (?:in|via|over)_(?:the_)?chat chatted
sms: texted text_(?:me|us|him|her|them) (?:send|drop|shoot)_(?:me|us|him|her|them)_a_text
 (?:by|via|in_a)_text(?:_message)? text_message per_sms
letter: (?:by|in_a)_(?:post|letter|mail) per_(?:post|brief) par_courrier por_carta listownie
in_person: in_person face_to_face on[_-]site came_(?:by|to_the_office|in) dropped_by personlich vor_ort en_personne
 en_persona di_persona pessoalmente osobiscie persoonlijk

approve: go_ahead_with_it fine_by_me sign(?:ed|ing)?_(?:it_|this_)?off green_light (?:let|wave)_it_through
 give_it_the_(?:ok|nod) you_have_my_ok that's_(?:approved|granted) von_mir_aus geht_klar d'accord_pour
reject: say_no_to turn(?:ed|ing|s)?_(?:it|this|that|him|her|them|the_\w+)?_?down turn(?:ed|ing)?_down say_no_to
 knock(?:ed|ing)?_(?:it_)?back can't_(?:approve|allow|sign) won't_(?:approve|allow|sign) lehne_.*\bab weise_.*\bzuruck

accept: accept* nimm_.*_an akzeptier* acept* accett* aceit* tacka_ja zaakceptuj przyjmij i'm_in count_me_in
 i'll_(?:be_there|come|join|take_it) (?:see|join)_you_there bin_dabei je_serai_la alli_estare ci_saro
decline: refus* lehn*_.*_ab declin* rechaz* rifiut* recus* wijs*_.*_af sla_.*_af tacka_nej odrzuc turn*_.*\bdown
 sag*_.*_ab can't_(?:make_it|come|join|attend) i'm_out won't_(?:come|be_there|make_it) have_to_pass count_me_out
 kann_(?:leider_)?nicht_kommen sage?_ab
tentative: (?:with|as)_a_maybe
 (?:reponds|sag|antworte|svara|responde|rispondi)*_(?:peut-etre|vielleicht|kanske|forse|talvez|quizas?)
 (?:maybe|might|perhaps|possibly)_(?:i'll_)?(?:come|join|be_there|make_it) not_sure_(?:yet|if_i|whether)
 weiss_(?:noch_)?nicht

in_transit: (?:en|in|em)_transit[oi]? on_(?:its|the|their)_way unterwegs onderweg pa_vag en_(?:route|camino) in_viaggio
 a_caminho w_drodze
awaiting: en_attente in_attesa pendient[ei]s?

in_progress|doing: (?:working|started|busy|already)_on_it i'm_on_it under_way underway in_arbeit bin_dran en_cours
 en_curso
 in_corso em_andamento w_toku pagar pagaende in_bearbeitung in_behandeling mee_bezig en_progreso
open: offen(?:e|en|er|es)? ouvert(?:e|s|es)? abiert[oa]s? apert[oiae] abert[oa]s? open(?:staande?)? oppn[ae] otwart[yea]
closed: geschlossen(?:e|en|er|es)? ferme(?:e|s|es)? cerrad[oa]s? chius[oiae] fechad[oa]s? gesloten stangd* zamkniet*
done|completed|finished: (?:it's|is|are|that's|all|been|i've)_(?:all_)?(?:finished|done|completed|sorted) erledigt
 fertig termine listo
 fatto pronto klaar gotowe klart termine(?:e|s|es) (?:termin|complet|acab)ad[oa]s? terminat[oiae] conclus[oiae]s?
 afgerond* fardig* ukonczon*
resolved: (?:been|is|was|it's|got|have|i've|we_have|we've)_(?:fixed|solved|sorted_out) works?_(?:fine_)?again
 back_to_normal geht_wieder gelost behoben
blocked: stuck can't_(?:go_on|continue|proceed)_(?:until|without|before) held_up_by blockiert
cancelled: call(?:ed|ing)?_(?:it|this|that)?_?off scrap(?:ped)? (?:it|that)'s_off abgesagt abgeblasen annulat[oiae]
 annullat[oiae] avbokad* installd* geannuleerd* anulowan*
shipped: spedit[oiae] verzonden skickad* enviad[oa]s? expedie(?:e|s|es)? verschickt* versandt* wyslan*
delivered: consegnat[oiae] bezorgd geleverd levererad* entregad[oa]s? entregues? livree?s? geliefert* zugestellt*
 dostarczon*
on_hold: park_(?:it|this|that) put_(?:it|this|that)_(?:on_ice|aside|to_one_side|on_the_back_burner)
 wait_with_(?:it|this) auf_eis zuruckgestellt pausier*
pending: not_(?:yet_)?(?:decided|confirmed|answered) steht_noch_aus en_attente staa[nt]_nog_open vantande pendient[ei]s?
 pendent[ei]s? in_sospeso oczekujac*

damaged: broken crack* smashed scratch* torn dent(?:s|ed)? in_pieces shattered fell_apart kaputt zerbrochen
 beschadigt casse* abime* rot[oa] danad[oa] danneggiat* rotto quebrad* kapot uszkodzon* trasig
wrong_item: not_what_i_(?:ordered|bought|asked_for) sent_(?:me|us)_(?:the_wrong|something_else|another)
 (?:the_)?wrong_(?:item|one|product|thing|model|colour|color) etwas_anderes_(?:geschickt|bekommen)
 falsche[nrs]?_(?:artikel|ware)
wrong_size: too_(?:small|big|tight|large|loose|long|short) (?:doesn't|don't|didn't)_fit zu_(?:klein|gross|eng|weit)
 trop_(?:petit|grand)* demasiado_(?:pequen|grand)*
changed_mind: changed_(?:my|our)_minds? (?:don't|do_not)_(?:want|need|like)_(?:it|them)_(?:any_?more|after_all)?
 (?:didn't|don't)_like gefallt_(?:mir_)?nicht
late: too_late took_(?:too_long|ages|forever) (?:after|past)_the_date zu_spat trop_tard

refund: (?:my|our|the)_money_back reimburs* geld_zuruck rembours* reembols* rimbors*
replacement: (?:a|the)_new_one swap_(?:it|them) another_one replac* ersatz* umtausch*
store_credit: vouchers? store_credit gift_card gutschein* bon_d'achat vale

female: (?:grand)?(?:mother|daughter|ma) mum mom sister wife aunt niece girl* woman lady tochter schwester mutter oma
male: (?:grand)?(?:father|son|pa) dad brother husband uncle nephew boy* man gentleman sohn bruder vater opa

cash: in_cash cash bar_(?:be)?zahl* in_bar especes en_efectivo contanti dinheiro contant gotowka kontant
card: (?:by|with|on|use)_(?:my_|the_|a_)?(?:credit_|debit_)?card visa mastercard amex mit_karte par_carte con_tarjeta
invoice: bill_(?:me|us) send_(?:me|us)_(?:an_|the_)?(?:invoice|bill) on_account auf_rechnung sur_facture
bank_transfer: wire_(?:it|the)? (?:bank|wire)_transfer transfer_(?:it|the_money) uberweis* virement transferencia
 bonifico przelew* overboek*
cash_on_delivery: pay_(?:when_it_(?:comes|arrives)|the_(?:courier|driver|postman)|at_the_door) (?:cash_)?on_delivery
 nachnahme

driving|car: driv(?:e|ing) by_car in_(?:my|the|our)_car mit_dem_auto en_voiture en_coche in_macchina de_carro samochodem
 med_bil
transit|public_transport: (?:by|on)_(?:bus|tram|train|tube|metro|subway) public_transport
 mit_(?:dem_bus|der_bahn|offentlichen) en_bus
 en_metro
walking|foot: on_foot walk(?:ing)? zu_fuss a_pied a_pie a_piedi a_pe te_voet pieszo till_fots
cycling|bicycling|bike: by_(?:bike|bicycle) cycl(?:e|ing) on_my_bike mit_dem_(?:rad|fahrrad) a_velo en_bici* in_bici*
 de_bicicleta
 rowerem
plane: by_plane by_air fly(?:ing)? mit_dem_flugzeug en_avion in_aereo
train: by_(?:train|rail) mit_dem_zug mit_der_bahn en_train en_tren in_treno pociagiem

vegetarian: (?:no|don't_(?:\w+_)?eat(?:_any)?|doesn't_eat|eat_no|without)_meat meat-?free kein_fleisch ohne_fleisch
 pas_de_viande pas_la_viande sin_carne senza_carne
vegan: no_animal_products nothing_(?:from|of)_animals plant-?based rein_pflanzlich
gluten_free: no_gluten without_gluten (?:coeliac|celiac) gluten-?free glutenfrei sans_gluten sin_gluten senza_glutine
lactose_free: no_(?:milk|dairy|lactose) dairy-?free lactose_intoleran* laktosefrei sans_lactose sin_lactosa

full_time: full-?time forty_hours 40_hours vollzeit temps_plein tiempo_completo tempo_pieno voltijds heltid
part_time: part-?time half_days teilzeit temps_partiel media_jornada tempo_parziale deeltijd deltid
freelance: self-?employed freelanc* freiberuflich selbststandig
internship: intern praktik* stage

vacation|holiday|annual_leave: (?:days?|week|weeks|time)_off on_(?:holiday|leave|vacation) (?:summer|winter)_holiday
 urlaub conges vacaciones
 ferie ferias urlop semester
sick|sick_leave: (?:off_)?(?:sick|ill) (?:got|have|has|with)_(?:the_|a_)?(?:flu|fever|cold|migraine)
 not_(?:well|feeling_well)
 unwell krank* malade enferm* malat* doente ziek chor[ya] sjuk
parental: matern* patern* parental baby_(?:is|was|will) elternzeit mutterschutz conge_parental

express: (?:as_)?(?:fast|quick)(?:ly|est)?_as_(?:possible|you_can) fastest overnight next[_-]day
 (?:by|arrive|here)_tomorrow expedited eilig* schnellstmoglich le_plus_vite
standard: (?:normal|regular|usual|ordinary)_(?:shipping|delivery|post|mail) no_(?:rush|hurry)
 (?:the_)?cheap(?:est)?_(?:shipping|delivery) takes_its_time keine_eile pas_presse
pickup: (?:pick|collect)_(?:it|them)_(?:up_)?(?:myself|ourselves|there|at|in|from) pick_(?:it|them)_up
 come_(?:by_)?(?:and|to)_(?:get|fetch|collect) hole?_.*_ab selbst_ab

public: (?:everyone|everybody|anyone|anybody)_(?:can|may|should)_(?:see|read|find) fur_alle_sichtbar visible_to_all
private: (?:only|just)_(?:for_)?(?:me|myself|us) (?:nobody|no_one)_else keep_it_to_(?:myself|ourselves)
 nur_(?:fur_)?mich

one_way: (?:not|no|without|\w+n't_(?:need|want))_(?:coming_back|(?:a_)?return)
 (?:just|only)_(?:going|the_way_there|there) nur_hin(?:fahrt|flug)? aller_simple solo_ida solo_andata
round_trip|return: there_and_back and_back both_ways hin_und_zuruck aller[_-]retour ida_y_vuelta andata_e_ritorno
 ida_e_volta
 tam_i_z_powrotem tur_och_retur

low: (?:not|\w+n't)_(?:that_|so_|very_|really_)?(?:urgent|important) (?:no|not_in_a)_(?:rush|hurry)
 whenever_you_(?:can|have|get)
 nicht_(?:so_)?(?:eilig|dringend|wichtig) pas_urgent
urgent|critical: asap right_away immediately straight_away (?:can't|cannot)_wait sofort umgehend tout_de_suite
 cuanto_antes
 subito

beginner: never_(?:done|played|tried|learned|studied|been) new_to_(?:it|this) just_start* from_scratch
 no_(?:prior_)?experience absolute_beginner von_null noch_nie debutant*
intermediate: some_experience know_the_basics fortgeschrittene_anfanger so-so
advanced: very_experienced for_(?:many_)?years fluent* quite_good_at pro_level

twin: (?:two|2)_(?:single|separate|twin)?_?beds (?:two|2)_singles zwei_einzelbetten 2_einzelbetten getrennte_betten
 deux_lits 2_lits 2_camas 2_letti
double: (?:one|a|1)_(?:big|large|double|queen|king)_bed doppelbett double_bed un_grand_lit cama_(?:doble|matrimonial)
 letto_matrimoniale

room_only: no_(?:meals|food|breakfast) without_(?:meals|breakfast) (?:just|only)_the_room nur_ubernachtung
half_board: breakfast_and_(?:dinner|supper|evening_meal) halbpension demi-?pension media_pension mezza_pensione
full_board: all_(?:three_)?meals (?:three|3)_meals_a_day vollpension pension_complete pension_completa
all_inclusive: everything_included

automatic: automatic automatik
manual: stick_shift gear_stick manual schaltgetriebe

petrol: petrol gasoline benzin essence gasolina benzina bensin benzyn*
diesel: diesel gazole gasoil
electric: electric ev elektro* electrique electrico elettric*
hybrid: hybrid*

pause: pause take_a_break hold_(?:it|on)_for_now unterbrich* pausier*
resume: (?:carry|go|keep)_on continue resume weitermachen mach*_weiter reprend* continu* riprend*
restart: reboot* restart* turn_it_off_and_on_again neu_?start* redemarr* reinici* riavvi*
stop: stop* halt shut_(?:it_)?down beende* anhalten arret* deten* ferm*
start: start* launch* kick_off fire_up boot_(?:it_)?up

metric: metric* kilomet(?:re|er)s? kilos? centimet(?:re|er)s? celsius metrisch* metrique
imperial: imperial miles? feet pounds? fahrenheit

created_at: creation_(?:date|time) date_(?:of_creation|created) when_(?:it|they)_(?:was|were)_(?:created|made|opened)
 erstell*
updated_at: (?:last|recently)_(?:updated?|modified|changed|edited) (?:last_)?(?:update|change)_(?:date|time)
 (?:geandert|aktualisiert)

ios: iphones? ipads?
android: android samsung

happy: happy glad delighted pleased
unhappy: unhappy angry annoyed disappointed upset furious
"""


_DENIES = re.compile(r"n't\b|\b(?:no|not|pas|kein\w*|nicht|ohne|without|sans|sin|sem|senza|geen|niet|nothing)\b")


@lru_cache(maxsize=1)
def members() -> dict[str, tuple[Role, tuple[Role, ...]]]:
    """Name of a member -> what people say for it, and for those that it excludes."""
    blocks = read_blocks(_TABLE)
    return {
        name: (role, tuple(other for other in block if other is not role))
        for block in blocks
        for role in block
        for name in role.name.split("|")
    }


def is_undone(folded: str, name: str) -> bool:
    """Whether what the name denies is denied here: the ones I haven't read yet are unread."""
    done = name.removeprefix("un")
    return (
        len(done) > 3
        and done != name
        and re.search(rf"(?:n't|\b(?:not|never))(?: \w+)? {re.escape(done)}\w?\b", folded) is not None
    )


def is_told_by_denying(folded: str, name: str, denying: frozenset[str]) -> bool:
    """Whether the other words deny something themselves: of "I don't eat meat" nothing is left out."""
    if is_undone(folded, name):
        return True
    match = members()[name][0].pattern.search(folded) if name in members() else None
    return match is not None and not denying.isdisjoint(re.findall(r"[^\W_]+", match[0]))


@lru_cache(maxsize=4096)
def is_told(folded: str, name: str) -> bool:
    """Whether a text says the member of that name in other words, and none that it excludes.

    >>> is_told("sorry, i'm turning it down", "reject"), is_told("it broke, so i want another", "wrong_item")
    (True, False)
    """
    if is_undone(folded, name):
        return True
    name = next((form for form in (name, name.removesuffix("ed"), name.removesuffix("d")) if form in members()), "")
    if not name:
        return False
    own, others = members()[name]
    is_said = any(_DENIES.search(match[0]) or not is_negated(folded, match) for match in own.pattern.finditer(folded))
    return is_said and not any(other.pattern.search(folded) for other in others)
