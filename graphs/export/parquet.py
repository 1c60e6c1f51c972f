"""Accepted rows as a `datasets` folder: data/train.parquet and a card, README.md, to load, to keep or to push to a hub.

Columns are of one type in every row: what differs from tool to tool (parameters, blueprints, locks) is JSON text,
because Arrow would merge the objects of all rows into one and fill what a row lacks with nulls.
"""

import importlib.util
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.errors import UsageError
from graphs.export.formats import Row, tools

CARD = """---
license: {licence}
task_categories: [text-generation]
tags: [tool-use, function-calling, agents, synthetic, tdscaling]
configs:
- config_name: default
  data_files: data/train.parquet
---

# {title}

{rows} synthetic tool-use trajectories in {leaves} leaves of a tool corpus, made with TDScaling, an independent
implementation of *Beyond Quantity: Trajectory Diversity Scaling for Code Agents* (arXiv:2602.03219).

| | |
| --- | --- |
{facts}

## Columns

- `messages`: OpenAI chat messages; the `arguments` of a call are JSON text.
- `tools`: the offered functions, as JSON text. `json.loads` gives what a chat template takes.
- `slot`, `leaf`, `mode`: place in the run, `domain.class` of the tools, coarse reasoning mode [ours].
- `details`: blueprint, verdict, novelty, locks, where each observation came from and the licence of each tool, as JSON.

## Licences of the tool definitions

{licences}
"""


def columns(row: Row) -> dict[str, Any]:
    """One row with columns that Arrow can hold."""
    apart = ("messages", "tools", "slot")
    return {
        "slot": row["slot"],
        "leaf": row["directive"]["leaf"],
        "mode": (row.get("measures") or {}).get("mode") or row["directive"]["mode"],
        "messages": [_message(message) for message in row["messages"]],
        "tools": json.dumps(tools(row), ensure_ascii=False),
        "details": json.dumps({key: row[key] for key in row if key not in apart}, ensure_ascii=False),
    }


def _message(message: Row) -> dict[str, Any]:
    """Every message has every key; a reader drops those that are null."""
    keys = ("role", "content", "tool_calls", "tool_call_id")
    return {key: message.get(key) for key in keys}


def write(rows: Sequence[Row], out: Path, manifest: dict[str, Any], push: str = "") -> None:
    """Write the folder; with `push` (owner/name) also put it on the hub, where the caller has to be logged in.

    Raises: UsageError: the datasets library is missing, or the hub refused.
    """
    if importlib.util.find_spec("datasets") is None:
        raise UsageError("--format parquet: needs the datasets library; pip install -e '.[train]'")
    from datasets import Dataset

    text = card(rows, manifest, push.rpartition("/")[2] or "TDScaling trajectories")
    (out / "data").mkdir(parents=True, exist_ok=True)
    Dataset.from_list([columns(row) for row in rows]).to_parquet(out / "data" / "train.parquet")
    (out / "README.md").write_text(text, encoding="utf-8")
    if push:
        _push(out, push)


def _push(folder: Path, name: str) -> None:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        HfApi().create_repo(name, repo_type="dataset", exist_ok=True)
        HfApi().upload_folder(repo_id=name, repo_type="dataset", folder_path=folder)
    except (HfHubHTTPError, LocalTokenNotFoundError, OSError) as error:
        first = str(error).strip().splitlines()[0]
        raise UsageError(f"--push {name}: {first}; the files are in {folder}, see `hf auth login`") from None


def card(rows: Sequence[Row], manifest: dict[str, Any], title: str) -> str:
    """The dataset card: what is in it, what made it, whose definitions it uses."""
    config, corpus = manifest.get("config", {}), manifest.get("corpus", {})
    origins = Counter(seen["origin"] for row in rows for seen in row.get("origins", {}).values())
    used = Counter(licence or "not stated" for row in rows for licence in row.get("tool_licences", {}).values())
    teachers = manifest.get("teachers", {})
    facts = {
        "teachers": ", ".join(f"{role}: {teacher.get('model')}" for role, teacher in sorted(teachers.items())),
        "observations": ", ".join(f"{count} {origin}" for origin, count in sorted(origins.items())),
        "seed, window": f"{config.get('seed')}, {config.get('window')}",
        "tool corpus": f"{corpus.get('tools')} tools, sha256 {corpus.get('sha256')}",
        "version of TDScaling": manifest.get("git_commit"),
    }
    return CARD.format(
        title=title,
        rows=len(rows),
        leaves=len({row["directive"]["leaf"] for row in rows}),
        licence=next(iter(used)).lower() if len(used) == 1 and "not stated" not in used else "other",
        facts="\n".join(f"| {name} | {value} |" for name, value in facts.items()),
        licences="\n".join(f"- {licence}: {count} offered tools" for licence, count in used.most_common()),
    )
