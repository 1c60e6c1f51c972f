"""Units by every word and sign for them: dimension and factor to the dimension's base."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
# 365.25 / 12 days, so that 12 months are a year; compare/quantities.py allows for months of 30 and 31 days
MONTH, YEAR = 30.4375 * _DAY, 12 * 30.4375 * _DAY
_TIME = {
    "ms millisecond milliseconds millisekunden millisecondes milisegundos millisecondi 毫秒 ミリ秒": 0.001,
    "s sec secs second seconds sek sekunde sekunden seconde secondes seconden segundo segundos secondo secondi 秒"
    " 秒間": 1.0,
    "sekund sekunder sekundy": 1.0,
    "min mins minute minutes minuten minuto minutos minuti minuut minut minuty minute minuter 分钟 分鐘 分間": _MINUTE,
    "kwadranse kwadransow": 15 * _MINUTE,
    "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren godzin godziny godzine godzina"
    " timme timmar timmes 小时 小時 個小時 个小时"
    " 時間": _HOUR,
    "d day days tag tage tagen jour jours dia dias giorno giorni dag dagen dni dzien dnia dagar 日間 天": _DAY,
    # three nights of a stay are three days of a schema
    "night nights nacht nachte nachten nuit nuits noche noches notte notti noite noites": _DAY,
    "week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane weken veckor vecka tydzien"
    " tygodni"
    " tygodnie 週間 周 星期 个星期 週": 7 * _DAY,
    "fortnight fortnights": 14 * _DAY,
    "decade decades jahrzehnt jahrzehnte": 120 * MONTH,
    "month months monat monate monaten mois mes meses mese mesi maand maanden manad manader miesiac miesiace miesiecy"
    " 个月 個月 ヶ月 か月 カ月": MONTH,
    "quarter quarters": 3 * MONTH,
    "year years yr yrs jahr jahre jahren an ans annee annees ano anos anno anni jaar rok roku lat lata 年間": YEAR,
}
_MASS = {
    "mcg μg microgram micrograms mikrogramm microgrammes microgramos microgrammi": 1e-6,
    "mg milligram milligrams milligramm milligrammes miligramos milligrammi": 0.001,
    "克 グラム g gram grams gramm gramme grammes gramos grammi gramas grama": 1.0,
    "公斤 千克 キロ kg kilo kilos kilogramow kilogramy kilogram kilograms kilogramm kilogrammes kilogramos chilo chili"
    " quilo quilos": 1000.0,
    "t ton tonne tonnes tonnen toneladas tonnellate ton": 1e6,
    "lb lbs pound pounds": 453.59237,
    "oz ounce ounces": 28.349523125,
}
_LENGTH = {
    "mm": 0.001,
    "cm centimetre centimetres centimeter centimeters zentimeter": 0.01,
    "m metre metres meter meters metros metri metr metry metrow": 1.0,
    "公里 千米 キロメートル km kilometre kilometres kilometer kilometers kilometros chilometri quilometros": 1000.0,
    "mi mile miles meilen": 1609.344,
    "ft foot feet": 0.3048,
    "inch inches zoll": 0.0254,
    "yard yards yd yds": 0.9144,
}
_VOLUME = {
    "ml millilitre millilitres milliliter milliliters mililitros millilitri": 0.001,
    "cl centilitre centilitres": 0.01,
    "l liter liters litre litres litro litros litri litr litry litrow": 1.0,
    "gallon gallons gal": 3.785411784,
    "quart quarts": 0.946352946,
    "pint pints": 0.473176473,
    "cup cups": 0.24,
}
_AREA = {
    "sqm m2 quadratmeter metros² m^2 qm": 1.0,
    "sqft ft2": 0.09290304,
    "sqkilometres sqkilometre sqkilometers sqkilometer sqkm km2 quadratkilometer": 1e6,
    "sqmiles sqmile": 1609.344**2,
    "sqyards sqyard sqyd": 0.83612736,
    "hectare hectares ha hektar hectareas ettari hectaren": 1e4,
    "acre acres": 4046.8564224,
}
_SPEED = {"kmh": 1 / 3.6, "mph": 0.44704, "mps": 1.0, "knots knot": 0.514444}
_ENERGY = {"wh": 1.0, "kwh": 1e3, "mwh": 1e6, "kcal kilocalories": 1.163, "kj": 1 / 3.6}
_POWER = {"watt watts": 1.0, "kw kilowatt kilowatts": 1e3}
_BYTES = {
    "b byte bytes": 1.0,
    "kb kilobyte kilobytes": 1e3,
    "mb megabyte megabytes meg megs": 1e6,
    "gb gigabyte gigabytes gig gigs": 1e9,
    "tb terabyte terabytes": 1e12,
    "kib ki kibibyte kibibytes": 1024.0,
    "mib mi mebibyte mebibytes": 1024.0**2,
    "gib gi gibibyte gibibytes": 1024.0**3,
    "tib ti tebibyte tebibytes": 1024.0**4,
}
_DEGREES = {"celsius": "°c celsius centigrade", "fahrenheit": "°f fahrenheit"}
_OTHERS = {"kelvin": "kelvin", "megabits": "mbit mbits mbps megabit megabits"}
_PERCENT = {"% percent pct prozent pourcent porcento percento procent": 1.0}
_MONEY = {
    "EUR": "欧元 ユーロ € euro euros eur", "USD": "美元 ドル $ us$ usd dollar dollars dolares dollari bucks",
    "GBP": "£ gbp quid sterling", "JPY": "日元 ¥ jpy yen 円", "CNY": "块 块钱 人民币 cny rmb yuan 元",
    "CHF": "chf franken francs franchi sfr", "INR": "₹ inr rupee rupees", "BRL": "r$ brl reais", "KRW": "₩ krw won 원",
    "PLN": "pln zloty zlotys zlote zlotych zł zl", "SEK": "sek kronor", "NOK": "nok", "DKK": "dkk",
    "HUF": "huf forint forints", "RON": "ron lei", "ZAR": "zar rand", "SGD": "sgd s$", "HKD": "hkd hk$",
    "NZD": "nzd nz$", "THB": "thb baht ฿", "ILS": "ils shekel shekels ₪", "AED": "aed dirham dirhams", "TRY": "₺ lira",
    "RUB": "rub rubles roubles ₽", "UAH": "uah hryvnia ₴", "TWD": "twd", "IDR": "idr rupiah", "VND": "vnd dong ₫",
    "PHP": "₱", "ARS": "ars", "NGN": "ngn naira ₦", "KES": "kes", "CAD": "cad c$", "AUD": "aud a$", "MXN": "mxn pesos",
    "CZK": "czk", "BTC": "btc bitcoin",
}  # fmt: skip
_TABLES = {"length": _LENGTH, "bytes": _BYTES, "mass": _MASS, "volume": _VOLUME, "time": _TIME, "%": _PERCENT}
_TABLES |= {"area": _AREA, "speed": _SPEED, "energy": _ENERGY, "power": _POWER}
UNITS = {
    word: (dimension, factor)
    for dimension, table in _TABLES.items()
    for words, factor in table.items()
    for word in words.split()
}
# money last: `sek` is a second to a German and the krona to a bank
UNITS |= {word: (scale, 1.0) for scale, words in (_DEGREES | _OTHERS).items() for word in words.split()}
UNITS |= {word: (code, 1.0) for code, words in _MONEY.items() for word in words.split()}
# `mi` is a mebibyte too, but only right behind its number (reading/amounts.py);
# the other has a blank in it, at which the words of the tables are parted
UNITS |= {"scandinavian mile": ("length", 1e4), "mi": ("length", 1609.344), "pounds sterling": ("GBP", 1.0)}
CURRENCIES = frozenset(_MONEY)
_DURATION = re.compile(
    r"P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
FACTORS = (YEAR, MONTH, 604800.0, 86400.0, 3600.0, 60.0, 1.0)


def duration_of(value: str) -> float | None:
    """Seconds of an ISO 8601 duration; None where it is none."""
    match = _DURATION.fullmatch(value)
    if not match or not any(match.groups()):
        return None
    return sum(float(part) * factor for part, factor in zip(match.groups(), FACTORS, strict=True) if part)


def duration_of_parts(value: Mapping[str, JsonValue]) -> float | None:
    """Seconds of `{"hours": 2, "minutes": 15}`; None where the keys are no units of time."""
    parts = [(UNITS.get(key.lower(), ("", 0.0)), part) for key, part in value.items()]
    if len(parts) < 2 or any(unit[0] != "time" or not isinstance(part, int | float) for unit, part in parts):
        return None
    return sum(unit[1] * part for unit, part in parts if isinstance(part, int | float))
