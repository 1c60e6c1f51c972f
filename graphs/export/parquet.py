"""Accepted rows as a `datasets` folder: data/{train,validation,test}.parquet and a card, README.md.

In `parquet`, columns are of one type in every row: what differs from tool to tool (parameters, blueprints, locks) is
JSON text. In `trl`, what a trainer takes as it is: objects, declared as the `datasets` library's own Json type. Without
it Arrow would merge the objects of all rows into one and fill what a row lacks with nulls, which templates then print.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agents import files
from agents.errors import UsageError
from agents.schema import Row
from graphs.export import card
from graphs.export.formats import Format, Layout, convert
from graphs.export.rows import Manifest, Record, as_json, definitions, mode_of
from graphs.export.split import split
from memory.embed.embedder import embedder
from memory.measure.acts import conversation_text

if TYPE_CHECKING:
    from datasets import Features

APART = ("messages", "tools", "slot")
"""Keys of a row that are columns of their own."""


def columns(row: Row) -> list[Record]:
    """One row with columns that Arrow can hold."""
    # Every message has every key, as Arrow wants it; a reader drops those that are null.
    keys = ("role", "content", "tool_calls", "tool_call_id", "reasoning_content", "learn")
    record: Record = {
        "slot": row["slot"],
        "leaf": row["directive"]["leaf"],
        "mode": mode_of(row),
        "messages": [{key: message.get(key) for key in keys} for message in row["messages"]],
        "tools": as_json(definitions(row)),
        "details": as_json({key: value for key, value in row.items() if key not in APART}),
    }
    return [record]


def _features(name: Format) -> "Features":
    from datasets import Features, Json, List, Value

    text, number = Value("string"), Value("int64")
    if name is Format.TRL:
        return Features(dict.fromkeys(("prompt", "completion", "tools"), List(Json())))
    if name is Format.DPO:
        return Features({**dict.fromkeys(("prompt", "chosen", "rejected", "tools"), List(Json())), "reason": text})
    call = {"id": text, "type": text, "function": {"name": text, "arguments": text}}
    message = dict.fromkeys(("role", "content", "tool_call_id", "reasoning_content"), text)
    messages = List({**message, "tool_calls": List(call), "learn": Value("bool")})
    return Features({"slot": number, "leaf": text, "mode": text, "messages": messages, "tools": text, "details": text})


def write(
    rows: Sequence[Row], name: Format, make: Layout, out: Path, manifest: Manifest, notes: card.Notes, push: str = ""
) -> dict[str, int]:
    """Write the folder; with `push` (owner/name) also put it on the hub, where the caller has to be logged in.

    Returns how many examples each part has. Raises: UsageError: the datasets library is missing, no row makes an
    example, or the hub refused.
    """
    if importlib.util.find_spec("datasets") is None:
        raise UsageError(f"--format {name}: needs the datasets library; pip install datasets")
    from datasets import Dataset

    vectors = embedder().embed([conversation_text(row) for row in rows]).astype(float)
    parts = {part: [rows[number] for number in numbers] for part, numbers in split(rows, vectors).items() if numbers}
    examples: dict[str, int] = {}
    (out / "data").mkdir(parents=True, exist_ok=True)
    for part, chosen in parts.items():
        records = [record for _, of_row in convert(chosen, make) for record in of_row]
        if not records:  # of pairs a part may have none
            continue
        Dataset.from_list(records, features=_features(name)).to_parquet(out / "data" / f"{part}.parquet")
        examples[part] = len(records)
    parts = {part: chosen for part, chosen in parts.items() if part in examples}
    if not parts:
        raise UsageError(f"--format {name}: no row makes an example; for dpo name a run with --beside")
    title = push.rpartition("/")[2] or "TDScaling trajectories"
    files.write_whole(out / "README.md", card.write(rows, parts, vectors, manifest, title, name, notes))
    if push:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

        try:
            HfApi().create_repo(push, repo_type="dataset", exist_ok=True)
            HfApi().upload_folder(repo_id=push, repo_type="dataset", folder_path=out)
        except (HfHubHTTPError, LocalTokenNotFoundError, OSError) as error:
            first = str(error).strip().splitlines()[0]
            raise UsageError(f"--push {push}: {first}; the files are in {out}, see `hf auth login`") from None
    return examples
