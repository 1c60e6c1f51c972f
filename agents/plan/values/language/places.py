"""Codes of places that no library of ours carries: airports (IATA), states of the USA and of Canada (ISO 3166-2)."""

_STATES = """
AL alabama|AK alaska|AZ arizona|AR arkansas|CA california|CO colorado|CT connecticut|DE delaware|FL florida|GA georgia
HI hawaii|ID idaho|IL illinois|IN indiana|IA iowa|KS kansas|KY kentucky|LA louisiana|ME maine|MD maryland
MA massachusetts|MI michigan|MN minnesota|MS mississippi|MO missouri|MT montana|NE nebraska|NV nevada
NH new hampshire|NJ new jersey|NM new mexico|NY new york|NC north carolina|ND north dakota|OH ohio|OK oklahoma
OR oregon|PA pennsylvania|RI rhode island|SC south carolina|SD south dakota|TN tennessee|TX texas|UT utah|VT vermont
VA virginia|WA washington|WV west virginia|WI wisconsin|WY wyoming|DC district of columbia
ON ontario|QC quebec|BC british columbia|AB alberta|MB manitoba|SK saskatchewan|NS nova scotia|NB new brunswick
NL newfoundland and labrador|PE prince edward island
"""
STATES = {entry[:2]: entry[3:] for line in _STATES.split("\n") for entry in line.split("|") if entry}
# what people call the airport; a city stands with its only large one, or behind a `+` with the one of several
_AIRPORTS = """
ATL atlanta|LAX los angeles|ORD o'hare,o hare,+chicago|MDW midway,+chicago|DFW dallas fort worth,+dallas|DEN denver
JFK kennedy,jfk,+new york|LGA la guardia,laguardia,+new york|EWR newark,+new york|SFO san francisco|SEA seattle,sea tac
LAS las vegas,vegas|MCO orlando|MIA miami|PHX phoenix|IAH houston intercontinental,+houston|HOU hobby,+houston
BOS boston,logan|MSP minneapolis|DTW detroit|PHL philadelphia|CLT charlotte|SLC salt lake city|SAN san diego|TPA tampa
PDX portland|AUS austin|BNA nashville|IAD dulles,+washington|DCA reagan,+washington|BWI baltimore|HNL honolulu
MSY new orleans|SJC san jose|OAK oakland|PIT pittsburgh|CLE cleveland|STL st louis,saint louis|MCI kansas city
YYZ pearson,toronto|YUL montreal,trudeau|YVR vancouver|YYC calgary|YOW ottawa|MEX mexico city,ciudad de mexico
CUN cancun|GRU guarulhos,+sao paulo|CGH congonhas,+sao paulo|GIG galeao,+rio de janeiro|EZE ezeiza,+buenos aires
BOG bogota|LIM lima|SCL santiago de chile|LHR heathrow,+london,+londres|LGW gatwick,+london,+londres
STN stansted,+london|LTN luton,+london|LCY london city,city airport,+london
MAN manchester|EDI edinburgh,edinburgo|GLA glasgow|BHX birmingham
BRS bristol|DUB dublin|CDG charles de gaulle,roissy,+paris|ORY orly,+paris|NCE nice|LYS lyon|MRS marseille|TLS toulouse
BOD bordeaux|AMS amsterdam,schiphol|BRU zaventem,brussels,brussel,bruxelles|FRA frankfurt,francfort|MUC munich,munchen
BER berlin,brandenburg|HAM hamburg|DUS dusseldorf|CGN cologne,koln|STR stuttgart|HAJ hannover,hanover|LEJ leipzig
ZRH zurich|GVA geneva,geneve,genf|BSL basel|VIE vienna,wien,vienne|SZG salzburg|MAD madrid,barajas|BCN barcelona,el prat
AGP malaga|PMI palma,mallorca|VLC valencia|SVQ sevilla,seville|BIO bilbao|LIS lisbon,lisboa,lissabon,lisbonne|OPO porto
FAO faro|FCO fiumicino,+rome,+roma,+rom|CIA ciampino,+rome,+roma|MXP malpensa,+milan,+milano|LIN linate,+milan,+milano
VCE venice,venezia,venedig|NAP naples,napoli|BLQ bologna|FLR florence,firenze|ATH athens,athen|CPH copenhagen,kopenhagen
OSL oslo,gardermoen|ARN arlanda,+stockholm|HEL helsinki|KEF keflavik,reykjavik|WAW warsaw,warschau,warszawa,chopin
KRK krakow|PRG prague,prag,praha|BUD budapest|OTP bucharest,bukarest|SOF sofia|IST istanbul|SAW sabiha,+istanbul
TLV tel aviv,ben gurion|CAI cairo,kairo|DXB dubai|DOH doha|AUH abu dhabi|JNB johannesburg|CPT cape town,kapstadt
NBO nairobi|ADD addis ababa|LOS lagos|CMN casablanca|DEL delhi,new delhi|BOM mumbai,bombay|BLR bangalore,bengaluru
SIN singapore,singapur,changi|KUL kuala lumpur|BKK suvarnabhumi,+bangkok|DMK don mueang,+bangkok|HKG hong kong
TPE taipei|ICN incheon,+seoul|GMP gimpo,+seoul|NRT narita,+tokyo,+tokio|HND haneda,+tokyo,+tokio|KIX kansai,+osaka
PVG pudong,+shanghai|PEK capital airport,+beijing,+peking
CAN guangzhou|MNL manila|CGK jakarta|SYD sydney|MEL melbourne|BNE brisbane|PER perth
AKL auckland
"""


def _by_kind(is_shared: bool) -> dict[str, tuple[str, ...]]:
    entries = [entry for line in _AIRPORTS.split("\n") for entry in line.split("|") if entry]
    names = {entry[:3]: [name for name in entry[4:].split(",") if (name[0] == "+") == is_shared] for entry in entries}
    return {code: tuple(name.lstrip("+") for name in called) for code, called in names.items()}


AIRPORTS = _by_kind(is_shared=False)
"""Code -> what the airport alone is called, cities with one among it."""
SHARED_CITIES = _by_kind(is_shared=True)
"""Code -> its city where that has other airports, too."""
_CITIES = """
munich munchen muenchen|cologne koln koeln colonia keulen|vienna wien vienne viena wenen|zurich zuerich zurigo
geneva geneve genf ginevra ginebra|basel bale basilea|rome roma rom|milan milano mailand milaan
venice venezia venedig venise venecia|florence firenze florenz florencia|naples napoli neapel|turin torino
genoa genova genua|paris parigi parijs|london londres londra londen|brussels bruxelles brussel bruselas
antwerp antwerpen anvers|the_hague den_haag la_haye|lisbon lisboa lissabon lisbonne lisbona|seville sevilla
prague prag praha praga|warsaw warschau warszawa varsovie varsovia|krakow krakau cracovie cracovia
moscow moskau moscou moscu mosca|athens athen athenes atenas atene|copenhagen kopenhagen copenhague kobenhavn
new_york nyc new_york_city nueva_york|san_francisco sf|beijing peking pekin pechino|tokyo tokio|cairo kairo le_caire
hamburg hambourg hamburgo amburgo|nuremberg nurnberg|hanover hannover|lyon lyons
marseille marseilles marsella marsiglia|strasbourg strassburg estrasburgo|nice nizza niza|bucharest bukarest|budapest
dublin dublino|edinburgh edimbourg edimburgo|berlin berlino berlijn|frankfurt francfort francoforte
barcelona barcelone barcellona|stockholm estocolmo stoccolma
"""
CITIES = {
    name.replace("_", " "): frozenset(other.replace("_", " ") for other in names.split())
    for names in _CITIES.strip().replace("\n", "|").split("|")
    for name in names.split()
}
"""What a city is called -> that and what it is called in other languages."""

_VARIETIES = """
BR brazil\\w*|brasil\\w*|bresil\\w*
PT european|iberian|portugal|europ\\w+
GB british|britisch\\w*|britanni\\w+|britisk|brittisk|uk|united kingdom|great britain
US american|amerikan\\w*|americain\\w*|(?:norte)?americano|us|usa|united states
CA canad\\w+|kanad\\w*|quebec\\w*
AU australi\\w+
IE irish|ireland
IN indian|india
ZA south african|south africa
MX mexic\\w+|mexik\\w*|messican\\w+
AR argentin\\w+
ES european|castilian|iberian|spain|europ\\w+
FR european|france|europ\\w+
CH swiss|switzerland|schweiz\\w*|suisse|suiz[oa]|svizzer\\w+
AT austria|austrian|osterreich\\w*|autrich\\w+|austriac\\w+
BE belgi\\w+|flemish
TW traditional|taiwan\\w*|traditionell\\w*|traditionnel|tradicional
Hant traditional|traditionell\\w*|traditionnel|tradicional
CN simplified|mainland|vereinfacht\\w*|simplifie|simplificado
Hans simplified|vereinfacht\\w*|simplifie|simplificado
"""
VARIETIES = {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in _VARIETIES.strip().split("\n")}
"""Region or script of a locale -> what people call a language there: Brazilian Portuguese, simplified Chinese."""
