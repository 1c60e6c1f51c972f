"""Sums of money as people write them, with the sign of the currency."""

import re

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_SIGNED = re.compile(rf"([{''.join(SIGNS.values())}])(\d+(?:\.\d+)?)")
_BEFORE = r"\b(?:to|of|is|at|for|amount|salary|price|cost|fee|deposit|budget|tip|insured|estimate|value) "
"""What stands before a sum in an answer."""


def write_sum(value: float, currency: str) -> str:
    """
    >>> write_sum(190, "EUR"), write_sum(37.5, "GBP")
    ('€190', '£37.50')
    """
    return f"{SIGNS[currency]}{value:.2f}".removesuffix(".00")


def keep_signs(answer: str, said: str) -> str:
    """The answer with each sum that the person said with its currency in that currency, where it stands alone.

    >>> keep_signs("I've changed the instalment of customer 110 to 110.", "Make it €110, please.")
    "I've changed the instalment of customer 110 to €110."
    >>> keep_signs("It costs 1,200 EUR.", "I have $1200."), keep_signs("a salary of 59,000, from May", "at €59000")
    ('It costs 1,200 EUR.', 'a salary of €59,000, from May')
    """
    for sign, number in set(_SIGNED.findall(said)):
        for shown in {number, f"{float(number):,.2f}", f"{float(number):,.2f}".removesuffix(".00")}:
            alone = rf"({_BEFORE}){re.escape(shown)}(?![\d%]|[.,:]\d| [A-Z]{{3}}\b)"
            answer = re.sub(alone, rf"\g<1>{sign}{shown}", answer)
    return answer
