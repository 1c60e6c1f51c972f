"""Markup where an answer should be: a gateway's page, a login's, a fault in XML, an alert in a fragment [ours]."""

import re
from http import HTTPStatus

PAGE = re.compile(r"(?i)\s*<(?:!doctype html|html|head|title|body|h1)\b")
HEADING = re.compile(r"(?is)<(title|h1|h2|pre)\b[^>]*>\s*(.*?)\s*</\1>")
_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status >= HTTPStatus.MULTIPLE_CHOICES)
BAD_HEADING = re.compile(
    rf"(?i)(?:error|http(?: status)?)?:? ?[345]\d\d\W*(?:$|(?:error|"
    rf"gateway time-?out|service temporarily|{_PHRASES})\b)"
    rf"|(?:{_PHRASES})\W*$"
    r"|(?:\w+ )?error(?: page)?(?: \(?\d+\)?)?\W*$|(?:\w*error|\w*exception): |(?:sign|log) ?in(?:\W*$"
    r"| to | [-|–])|login"
    r"\W*$|just a moment|attention required|access denied|are you (?:a robot|human)|captcha|cannot (?:get"
    r"|post|put|delete"
    r"|patch) /|application error|(?:under |site )?maintenance\W*$|session expired"
)
"""Of a page that stands where an answer should: a gateway's, a login's, a wall's against robots."""
FAULT = re.compile(
    r"(?is)<(?:\w+:)?(?:error|fault|exception|tool_use_error|tool_error|errorresponse)\b[^>]*>"
    r"|<(?:[\w-]+:)?envelope\b.*<(?:[\w-]+:)?fault\b"
    r"|<\w+ [^>]*(?:class|role)=[\"'][^\"']*\b(?:alert-danger|alert-error|error|error-message|errors?)\b"
)
_LEAF = re.compile(r"<([\w.-]+)[^<>]*>([^<>]*)</\1>")
_ATTRIBUTE = re.compile(r"([\w.-]+)=[\"']([^\"']*)[\"']")
_FRAGMENT = re.compile(r"(?i)<(?:p|div|span|b|i|strong|em|pre|code|h[1-6])\b")


def is_failure_markup(text: str) -> bool:
    """Whether a document says by its headings or its outermost element that it is a failure.

    >>> is_failure_markup("<html><head><title>502 Bad Gateway</title></head></html>")
    True
    >>> is_failure_markup("<html><head><title>500 Days of Summer</title></head></html>")
    False
    """
    if PAGE.match(text):
        return any(BAD_HEADING.match(words) for _, words in HEADING.findall(text))
    return bool(FAULT.match(text))


def fields(text: str) -> dict[str, str]:
    """What a document in XML says by name: its outermost element's attributes and all that hold text alone."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    root = re.match(r"\s*<[\w:.-]+([^>]*)>", text)
    if not root or PAGE.match(text):
        return {}
    return {**dict(_ATTRIBUTE.findall(root[1])), **dict(_LEAF.findall(text))}


def bare(text: str) -> str:
    """The words of a fragment without its tags; any other text as it is."""
    return re.sub(r"<[^>]+>", "", text).strip() if _FRAGMENT.match(text) else text
