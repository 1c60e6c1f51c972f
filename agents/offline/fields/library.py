"""Papers by their number, files by their ending, tables by their first rows: what an identifier alone tells."""

from datetime import datetime, timedelta
from random import Random

from pydantic import JsonValue

from agents.offline.trade.readings import COLUMNS
from agents.offline.trade.subject import PLACES, Subject, load_table
from agents.schema import JsonObject

PAPERS: list[JsonObject] = load_table("papers")
"""Works that anybody can look up, each under its number."""
_KINDS = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "md": "text/markdown",
    "txt": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "zip": "application/zip",
    "py": "text/x-python",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
"""Ending of a file -> its kind."""
_SHOWN = {
    "status": ("paid", "shipped", "paid", "cancelled", "delivered"),
    "device": ("phone", "desktop", "phone", "tablet"),
    "path": ("/", "/prices", "/product/desk-lamp", "/cart"),
    "reason": ("damaged", "wrong size", "changed mind"),
    "sku": ("LMP-2041", "BLK-1187", "POS-3302"),
}


def cite(by_words: JsonObject) -> JsonObject | None:
    """The work whose number an argument gives; None for any other."""
    numbers = {str(value).removeprefix("arXiv:") for value in by_words.values()}
    return next((dict(paper) for paper in PAPERS if {paper.get("doi"), paper.get("arxiv_id")} & numbers), None)


def list_works(by_words: JsonObject) -> JsonObject | None:
    """The works of the author whom an argument names; None for anybody else."""
    authors = [str(value) for key, value in by_words.items() if {"author", "name"} & set(key.split())]
    works = [dict(paper) for paper in PAPERS if authors and authors[0].rpartition(" ")[2] in str(paper["author"])]
    return {"papers": works, "total": len(works)} if works else None


def tell_file_type(by_words: JsonObject) -> JsonObject | None:
    """The kind of the file that the call names, by its ending."""
    named = next((str(value) for value in by_words.values() if "." in str(value)), "")
    ending = named.rpartition(".")[2].lower()
    return {"path": named, "mime_type": _KINDS[ending], "extension": ending} if ending in _KINDS else None


def sample_rows(by_words: JsonObject, moment: datetime) -> JsonObject | None:
    """The first rows of the table that the call names; None where nobody knows its columns."""
    table = next((str(value).rpartition(".")[2] for value in by_words.values() if isinstance(value, str)), "")
    count = next((value for key, value in by_words.items() if "limit" in key.split() and isinstance(value, int)), 5)
    if table not in COLUMNS:
        return None
    rows = [
        {column: draw_cell(column, kind, table, n, moment) for column, kind in COLUMNS[table].items()}
        for n in range(min(max(count, 1), 20))
    ]
    return {"table_name": table, "rows": rows, "row_count": len(rows)}


def draw_cell(column: str, kind: str, table: str, row: int, moment: datetime) -> JsonValue:
    rng = Random(f"{table}/{column}/{row}")
    if column in _SHOWN:
        return _SHOWN[column][row % len(_SHOWN[column])]
    if kind in ("timestamp", "date"):
        when = moment - timedelta(days=3 * row + 2, minutes=37 * row)
        return f"{when:%Y-%m-%d}" if kind == "date" else f"{when:%Y-%m-%dT%H:%M:%SZ}"
    if kind == "bigint":
        return 40_000 + 7 * row if column.startswith(table[:4]) else rng.randint(1000, 9999)
    if kind == "integer":
        return rng.randint(1, 24)
    if kind == "numeric":
        return rng.randrange(900, 24_000) / 100
    somebody = Subject(f"{table}/{row}", "data", "", moment.date(), row, PLACES[row % len(PLACES)])
    told = {"name": somebody.name, "email": somebody.email, "city": somebody.place.city}
    return told.get(column, f"{rng.getrandbits(48):012x}")
