"""The layouts by name: what makes their records, and what is written beside them."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import partial

from agents.errors import FormatError
from agents.schema import Row
from graphs.export.layouts import chat, pairs, text, traces
from graphs.export.rows import Manifest, Record

Layout = Callable[[Row], Iterable[Record]]
"""A row's records. Raises FormatError where the layout cannot hold the row."""


class Format(StrEnum):
    """The layouts that `python -m graphs.export` writes."""

    TRL = "trl"
    OPENAI = "openai"
    AXOLOTL = "axolotl"
    SHAREGPT = "sharegpt"
    HERMES = "hermes"
    ANTHROPIC = "anthropic"
    RESPONSES = "responses"
    ATIF = "atif"
    AGENT_TRACES = "agent-traces"
    PARQUET = "parquet"
    NEMO_GYM = "nemo-gym"
    VERIFIERS = "verifiers"
    DPO = "dpo"


FOLDERS = frozenset((Format.TRL, Format.PARQUET, Format.DPO))
"""Layouts that are a `datasets` folder, split by service; the others are JSON lines."""


def layout(name: Format, manifest: Manifest, others: Iterable[Row] = ()) -> Layout:
    """What makes the records of a layout; `others` are rows that may have gone wrong, for pairs."""
    if name is Format.DPO:
        return partial(pairs.dpo, others=pairs.by_blueprint(others))
    teachers = manifest.get("teachers")
    assistant = teachers.get("assistant") if isinstance(teachers, dict) else None
    model = assistant.get("model") if isinstance(assistant, dict) else None
    if name is Format.TRL:
        return chat.trl
    if name is Format.NEMO_GYM:
        from graphs.export.layouts import decisions  # reads values in seven languages, which --help need not wait for

        return decisions.nemo_gym
    if name is Format.VERIFIERS:
        from graphs.export.layouts import episodes

        return episodes.verifiers
    if name is Format.AGENT_TRACES:
        return partial(traces.session, model=model)
    by_format: dict[Format, Callable[[Row], Record]] = {
        Format.OPENAI: chat.openai,
        Format.AXOLOTL: chat.axolotl,
        Format.SHAREGPT: text.sharegpt,
        Format.HERMES: text.hermes,
        Format.ANTHROPIC: chat.anthropic,
        Format.RESPONSES: chat.responses,
        Format.ATIF: partial(traces.atif, model=model),
    }
    record = by_format[name]
    return lambda row: [record(row)]


def convert(rows: Iterable[Row], make: Layout) -> Iterator[tuple[Row, list[Record]]]:
    """Rows with their records; a row that the layout cannot hold is left out, and why is printed."""
    for row in rows:
        try:
            records = list(make(row))
        except FormatError as error:
            print(f"left out: {error}")
            continue
        yield row, records


SETTINGS: dict[Format, tuple[str, str]] = {
    Format.AXOLOTL: (
        "axolotl.yaml",
        """# The data's part of an Axolotl configuration; add base_model and your training settings.
datasets:
  - path: {file}
    ds_type: json
    type: chat_template
    field_messages: messages
    field_tools: tools
    roles_to_train: [assistant]
    message_field_training: train
    train_on_eos: turn
""",
    ),
    Format.SHAREGPT: (
        "dataset_info.json",
        """{{
  "tdscaling": {{
    "file_name": "{file}",
    "formatting": "sharegpt",
    "columns": {{"messages": "conversations", "system": "system", "tools": "tools"}},
    "tags": {{
      "role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt",
      "observation_tag": "observation", "function_tag": "function_call"
    }}
  }}
}}
""",
    ),
}
"""Name and text of the settings file that a layout's reader needs; `{{file}}` is the rows' file."""
