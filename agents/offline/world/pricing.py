"""One price: what something costs `from` is what the cheapest of its offers costs."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.schema import JsonObject

_FROM = frozenset(("from", "lowest", "cheapest", "starting"))
_PRICES = frozenset(("price", "fare", "rate", "rent", "cost", "night"))


def is_least(key: str) -> bool:
    """Whether a field says what the cheapest costs: from_price, lowestFare."""
    about = split(key)
    return about[:1] != () and about[0] in _FROM and about[-1] in _PRICES


def find_least(result: JsonValue) -> float | None:
    """What the cheapest costs of the offers that a result lists; nothing where it lists none."""
    return next((min(read_price(record[key]) for record in offers) for offers, key in iter_offers(result)), None)


def iter_offers(result: JsonValue) -> Iterator[tuple[list[JsonObject], str]]:
    """Each list of a result whose records all have a price, with the field that holds it."""
    for items in result.values() if isinstance(result, dict) else ():
        records = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        keys = [key for key in (records or [{}])[0] if split(key)[-1:] and split(key)[-1] in _PRICES]
        key = next((key for key in keys if not is_least(key)), "")
        if key and all(read_price(record.get(key)) > 0 for record in records):
            yield records, key


def read_price(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def agree_on_least(
    value: JsonObject, known: JsonObject, least: Mapping[str, float], arguments: Mapping[str, JsonValue]
) -> None:
    """Offers of which it is `known` from what price on they are cost that at least, and one of them just that.

    What is listed after its offers were costs from the `least` of them on. What is looked for by its price stays.
    """
    start = next((read_price(known[key]) for key in known if is_least(key)), 0.0)
    if start and not any(_PRICES & set(split(key)) for key in arguments):
        for offers, key in iter_offers(value):
            ratio = start / min(read_price(offer[key]) for offer in offers)
            whole = start.is_integer() and all(isinstance(offer[key], int) for offer in offers)
            for offer in offers:
                price = read_price(offer[key]) * ratio
                offer[key] = round(price) if whole else round(price, 2)
    for items in value.values():
        for record in items if isinstance(items, list) else ():
            if isinstance(record, dict) and (key := next(filter(is_least, record), "")):
                found = next((least[str(part)] for part in record.values() if str(part) in least), None)
                record[key] = record[key] if found is None else int(found) if found.is_integer() else found
