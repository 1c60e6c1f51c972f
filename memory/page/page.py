"""Sections -> one HTML page that opens from disk: no network, no outside link, only the script it was made with."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def page(
    title: str, sections: Iterable[str], *, style: str = "", script: str = "", data: Mapping[str, str] = {}
) -> str:
    """The page; `data` becomes `<script type=text/plain>` elements by id, which no browser runs.

    Its policy admits this script and this style by their hashes and nothing else, so neither markup smuggled into a
    section nor a `style=` attribute has an effect. Sections are HTML; escape what goes into them.
    Raises: ValueError: script or data would end its own element.
    """
    style = STYLE + style
    policy = f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {_hash(style)}"
    policy += f"; script-src {_hash(script)}" if script else ""
    held = "".join(
        f'<script type="text/plain" id="{escape(name)}">{_inert(text)}</script>' for name, text in data.items()
    )
    run = f"<script>{_inert(script)}</script>" if script else ""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>
<style>{style}</style></head><body><h1>{escape(title)}</h1>
{"".join(sections)}{held}{run}</body></html>
"""


def section(heading: str, *bodies: str, note: str = "") -> str:
    """A headed part of a page, its id the heading; charts among the bodies stand side by side where there is room."""
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    head = f'<section id="{escape(heading.lower().replace(" ", "-"))}"><h2>{escape(heading)}</h2>{below}'
    return f'{head}<div class="charts">{"".join(bodies)}</div></section>'


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; floats at four digits, None as a dash."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if type(value) is int else escape(str(value))


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inert(text: str) -> str:
    # a browser ends an element at its closing tag wherever it stands, in a string of JavaScript too
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("page: script or data holds '</script' or '<!--'; encode it, as base64 for example")
    return text
