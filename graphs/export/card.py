"""The card of an exported dataset, README.md: every figure is counted from the rows that it is written beside."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from agents.errors import UsageError
from agents.schema import Mode, Row
from graphs.export.formats import Format
from graphs.export.rows import Manifest, as_json, definitions, is_learned, mode_of, services
from memory.measure.diversity import duplicate_rate, entropy_bits, entropy_interval, is_saturated, vendi
from memory.measure.modes import Measures
from memory.statistics import Floats, mean

CARD = """---
license: {licence}
task_categories: [text-generation]
tags: [tool-use, function-calling, agents, synthetic, tdscaling]
size_categories: [{size}]
configs:
- config_name: default
  data_files:
{files}
---

# {title}

{rows} synthetic tool-use trajectories in {leaves} leaves of a tool corpus, made with TDScaling, an independent
implementation of *Beyond Quantity: Trajectory Diversity Scaling for Code Agents* (arXiv:2602.03219).

## Parts

No two parts share a service, or a near-copy (cosine {duplicate} or more).

{parts}

## What is in it

{facts}

## How different the rows are

Definitions are TDScaling's own. Entropies are in bits; n is {rows} rows for all. Equal rows are at the floor, rows of
which no two are alike at the ceiling.

{diversity}

## Tokens of a row

Messages and tools as JSON text, without a chat template.

{tokens}

## Who made it

{teachers}

Terms of the teachers: **fill in** under which terms of use their answers may be shared and trained on.

## Columns

{columns}

## Licences of the tool definitions

{licences}
"""
COLUMNS = {
    Format.PARQUET: """- `messages`: OpenAI chat messages; the `arguments` of a call are JSON text. `learn` is
  false where a student should not learn to say the message, such as a call that was refused.
- `tools`: the offered functions, as JSON text. `json.loads` gives what a chat template takes.
- `slot`, `leaf`, `mode`: place in the run, `domain.class` of the tools, coarse reasoning mode [ours].
- `details`: blueprint, verdict, novelty, locks, where each observation came from, the licence of each tool, as JSON.
""",
    Format.TRL: """- `prompt`, `completion`: chat messages, the arguments of a call as objects; train with
  `assistant_only_loss=True`.
- `tools`: the offered functions, as a chat template takes them.
""",
    Format.DPO: """- `prompt`: chat messages up to the first turn in which two conversations by one blueprint differ.
- `chosen`, `rejected`: that turn of the accepted one, and of the one that went wrong; `reason` says how.
- `tools`: the offered functions, as a chat template takes them.
""",
}
LEAVES = 50
"""Of the two-level K-Means: 10 domains of 5 classes."""
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True)
class Notes:
    """What the rows themselves do not tell."""

    tokenizers: Sequence[str] = ()
    """Names or folders of tokenizers that rows are also counted with."""
    benchmarks: str = "not checked; --against FILE does"
    copies: str = "not compared; --compare RUN|FILE does"
    scrubbed: str = "no live observation"


def may_replace(path: Path) -> bool:
    """Whether a card may be written there: nothing is there yet, or what a card begins with."""
    return not path.exists() or path.read_bytes()[:4] in (b"---\n", b"---\r")


def write(
    rows: Sequence[Row],
    parts: Mapping[str, Sequence[Row]],
    vectors: Floats,
    manifest: Manifest,
    title: str,
    layout: Format,
    notes: Notes,
) -> str:
    """The card as Markdown; vectors are those of the rows, in their order."""
    teachers = _object(manifest, "teachers")
    # A set has one licence only where every tool's definition states the same.
    licences = Counter(licence or "not stated" for row in rows for licence in row.get("tool_licences", {}).values())
    one_licence = len(licences) == 1 and "not stated" not in licences
    counted = [lengths(rows, name) for name in ("", *notes.tokenizers)]
    return CARD.format(
        licence=next(iter(licences)).lower() if one_licence else "other",
        size=next((size for limit, size in SIZES if len(rows) < limit), "n>1M"),
        files="\n".join(f"  - split: {part}\n    path: data/{part}.parquet" for part in parts),
        title=title,
        rows=len(rows),
        leaves=len({row["directive"]["leaf"] for row in rows}),
        duplicate=0.95,
        parts=_table(
            ("part", "rows", "services"),
            [(name, len(part), len(set[str]().union(*map(services, part)))) for name, part in parts.items()],
        ),
        facts=_table(("", ""), facts(rows, manifest, notes).items()),
        diversity=_table(("measure", "value", "95% interval", "floor", "ceiling"), diversity(rows, vectors)),
        tokens=_table(("tokenizer", "median", "95%", "longest"), counted),
        teachers=_table(("role", "model"), [(r, _object(teachers, r).get("model")) for r in sorted(teachers)]),
        columns=COLUMNS[layout],
        licences="\n".join(f"- {licence}: {count} offered tools" for licence, count in licences.most_common()),
    )


def facts(rows: Sequence[Row], manifest: Manifest, notes: Notes) -> dict[str, object]:
    """Counts of what the rows hold, and where they come from."""
    origins = Counter(str(seen["origin"]) for row in rows for seen in row.get("origins", {}).values())
    called = Counter(tool for row in rows for tool in _measures(row).tools)
    by_service = Counter(s for row in rows for s in sorted({tool.rpartition("/")[0] for tool in _measures(row).tools}))
    assistant = [message for row in rows for message in row["messages"] if message["role"] == "assistant"]
    config, corpus = (_object(manifest, key) for key in ("config", "corpus"))
    name, most = next(iter(by_service.most_common(1)), ("none", 0))
    agreeing = [row["difficulty"] for row in rows if "difficulty" in row]
    difficulty = f"{math.fsum(agreeing) / len(agreeing):.3f} (mean)" if agreeing else "not measured"
    refusals = sum(int(str(row.get("thinking", {}).get("refused", 0))) for row in rows)
    return {
        "modes": ", ".join(f"{mode} {count}" for mode, count in Counter(map(mode_of, rows)).most_common()),
        "tools called": f"{len(called)} of {corpus.get('tools')}",
        "services called": f"{len(by_service)}, the most frequent, {name}, in {most / len(rows):.1%} of the rows",
        "messages": sum(len(row["messages"]) for row in rows),
        "assistant messages": len(assistant),
        "of these not to be learned": sum(not is_learned(message) for message in assistant),
        "of these with reasoning": sum(bool(message.get("reasoning_content")) for message in assistant),
        "reasoning that the gate refused": refusals,
        "difficulty": difficulty,
        "observations": ", ".join(f"{count} {origin}" for origin, count in sorted(origins.items())),
        "private data in live observations": notes.scrubbed,
        "benchmarks": notes.benchmarks,
        "near-copies of rows elsewhere": notes.copies,
        "strategy, seed, window": f"{config.get('strategy')}, {config.get('seed')}, {config.get('window')}",
        "tool corpus": f"{corpus.get('tools')} tools, sha256 {corpus.get('sha256')}",
        "version of TDScaling": manifest.get("git_commit"),
    }


def diversity(rows: Sequence[Row], vectors: Floats) -> list[tuple[str, str, str, str, str]]:
    """Measure, value, 95% interval, floor and ceiling: what `python -m evals.diversity` says of the same rows.

    An entropy cannot exceed log2 of the rows, nor log2 of the classes that there are.
    """
    measures = [_measures(row) for row in rows]
    labels = {
        "H_dom": ([measure.leaf for measure in measures], LEAVES),
        "coarse H_mode": ([str(measure.mode) for measure in measures], len(Mode)),
        "H_mode": ([measure.signature for measure in measures], len(rows)),
    }
    lines = []
    for name, (values, classes) in labels.items():
        counts = list(Counter(values).values())
        bits, estimate = entropy_bits(counts), entropy_interval(counts)
        saturated = " (saturated)" if is_saturated(bits, len(rows)) else ""
        corrected = f"{estimate.value:.3f} corrected, {estimate.low:.3f} to {estimate.high:.3f}"
        most = f"{math.log2(min(classes, len(rows))):.3f}"
        lines.append((name, f"{bits:.3f}{saturated}", corrected, "0", most))
    cac = mean([measure.cac for measure in measures])
    edges = f"{cac.low:.3f} to {cac.high:.3f}" if math.isfinite(cac.low) else "one row"
    lines.append(("mean CAC", f"{cac.value:.3f}", edges, "0", "none"))
    whole = "of all rows, no sample"
    lines.append(("effective number of rows (Vendi)", f"{vendi(vectors):.3f}", whole, "1", str(len(rows))))
    lines.append(("share of near-copies", f"{duplicate_rate(vectors):.4f}", whole, "0", "1"))
    return lines


def lengths(rows: Sequence[Row], tokenizer: str) -> tuple[str, int, int, int]:
    """Name, and the median, 95% and largest number of tokens of a row; without a name, Llama 2's tokenizer."""
    texts = [as_json({"messages": row["messages"], "tools": definitions(row)}) for row in rows]
    if tokenizer:
        if find_spec("transformers") is None:
            raise UsageError("--tokenizer: needs the transformers library; pip install transformers")
        from transformers import AutoTokenizer

        try:
            encode = AutoTokenizer.from_pretrained(tokenizer)
        except (OSError, ValueError) as error:
            raise UsageError(f"--tokenizer {tokenizer}: {str(error).strip().splitlines()[0]}") from None
        counts = [len(ids) for ids in encode(texts, add_special_tokens=False)["input_ids"]]
    else:
        from tokenizers import Tokenizer

        package = find_spec("wordllama")
        file = Path(str(package and package.origin)).parent / "tokenizers" / "l2_supercat_tokenizer_config.json"
        carried = Tokenizer.from_file(str(file))
        counts = [len(encoding.ids) for encoding in carried.encode_batch(texts, add_special_tokens=False)]
    median, high = np.percentile(counts, (50, 95))
    return tokenizer or "Llama 2 (carried)", round(float(median)), round(float(high)), max(counts)


def _measures(row: Row) -> Measures:
    return Measures.model_validate(row["measures"])


def _object(values: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def _table(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    rule = ["---"] * len(heads)
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (heads, rule, *lines))
