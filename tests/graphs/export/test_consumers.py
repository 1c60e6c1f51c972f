"""Each layout in the hands of the library that it is written for."""

import json
import re
from pathlib import Path
from typing import Any

import datasets
import pytest
import trl
from pydantic import TypeAdapter
from transformers import AutoModelForCausalLM

from agents.errors import RenderError
from finetune.data.examples import encode
from finetune.data.layouts import read_conversation
from finetune.data.template import load_template
from graphs.export import dataset, formats
from graphs.export.formats import Format
from tests import tiny_student
from tests.graphs.export.samples import parallel, refused

Row = dict[str, Any]
TEMPLATES = sorted(
    path.stem
    for path in (Path(trl.__file__).parent / "chat_templates").glob("*.jinja")
    if "tools" in path.read_text()  # DeepSeek's show none, and take arguments as text
)


def records(layout: Format, rows: list[Row]) -> list[Row]:
    make = formats.layout(layout, {})
    return [record for row in rows for record in make(row)]


def test_openai_takes_messages_and_tools(rows: list[Row]) -> None:
    from openai.types import chat  # with the other vendor's types four thousand modules: for these tests alone

    messages = TypeAdapter(list[chat.ChatCompletionMessageParam])
    tools = TypeAdapter(list[chat.ChatCompletionToolParam])
    for record in records(Format.OPENAI, [*rows, parallel(), refused()]):
        assert len(messages.validate_python(record["messages"])) == len(record["messages"])
        assert len(tools.validate_python(record["tools"])) == len(record["tools"])


def test_responses_takes_items_and_tools(rows: list[Row]) -> None:
    from openai.types import responses

    items = TypeAdapter(responses.ResponseInputParam)
    tools = TypeAdapter(list[responses.FunctionToolParam])
    for record in records(Format.RESPONSES, [*rows, parallel(), refused()]):
        assert len(list(items.validate_python(record["input"]))) == len(record["input"])
        assert len(tools.validate_python(record["tools"])) == len(record["tools"])


def test_anthropic_takes_messages_and_tools(rows: list[Row]) -> None:
    from anthropic import types

    messages = TypeAdapter(list[types.MessageParam])
    tools = TypeAdapter(list[types.ToolParam])
    for record in records(Format.ANTHROPIC, [*rows, parallel(), refused()]):
        assert len(messages.validate_python(record["messages"])) == len(record["messages"])
        assert len(tools.validate_python(record["tools"])) == len(record["tools"])


def test_the_datasets_library_sees_sessions_of_an_agent(run: Path, rows: list[Row], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="0"):
        dataset.main([str(run), "--format", "agent-traces", "--out", str(tmp_path / "traces")])
    sessions = datasets.load_dataset(str(tmp_path / "traces"), split="train", cache_dir=str(tmp_path / "cache"))
    assert set(sessions["session_id"]) == {f"slot-{row['slot']}" for row in rows}
    users = {f"slot-{row['slot']}": [m for m in row["messages"] if m["role"] == "user"] for row in rows}
    assert all(session["num_user_messages"] == len(users[session["session_id"]]) for session in sessions)
    assert all(session["prompt"] == users[session["session_id"]][0]["content"] for session in sessions)


def test_the_templates_of_trl_are_all_here() -> None:
    assert {"qwen2_5", "qwen3", "qwen3_6", "llama3_1", "gptoss", "glm4moe", "lfm2", "gemma4"} <= set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_trl_and_our_trainer_have_the_same_text(name: str, rows: list[Row]) -> None:
    words = tiny_student.tokenizer(template=name)
    ours = load_template(words, [words.eos_token_id])
    texts = 0
    for row in rows:
        (record,) = records(Format.TRL, [row])
        messages = [*record["prompt"], *record["completion"]]
        try:
            theirs = words.apply_chat_template(messages, tools=record["tools"], tokenize=False)
        except Exception:  # a template's own: Llama 3.1 has room for one call a turn
            continue
        conversation = read_conversation(row)
        said = [ours.message(utterance) for utterance in conversation.utterances]
        assert ours.render(said, conversation.tools, prompt=False) == theirs
        texts += 1
    assert texts >= len(rows) - 4


MARKS = re.compile(r"<\|?/?[a-z][\w:.-]*\|?>|<[a-z_]+\|>")
STOPS = {
    "llama3": ["<|eot_id|>", "<|eom_id|>"],
    "glm4moe": ["<|endoftext|>", "<|user|>", "<|observation|>"],
    "gptoss": ["<|return|>", "<|call|>"],
    "muse_glimmer": ["<|eot|>"],
    "gemma4": ["<turn|>", "<|tool_response>"],
    "diffusion_gemma": ["<turn|>", "<|tool_response>"],
}
"""What ends an answer, by family; elsewhere <|im_end|>."""
TABLE = re.compile(r"^\| \*([A-Za-z ]+)\* \|.*\| `([^|]*)` \|$", re.MULTILINE)
TRAINED = [name for name in TEMPLATES if not name.endswith("_training")]  # TRL takes a template's own twin by itself
WHOLE_ROWS = "whole rows"
OURS_ALONE = "our trainer alone"
KINDS = ("TRL alone", "other marks", "more examples", "same tokens")
"""From the worst."""


def documented() -> dict[str, str]:
    """Template -> what docs/export.md says of its tokens in TRL and in our trainer."""
    text = Path("docs/export.md").read_text(encoding="utf-8")
    return {name: kind for kind, names in TABLE.findall(text) for name in names.split("`, `")}


def trl_trainer(name: str, model: Any, samples: list[Row], out: Path) -> tuple[trl.SFTTrainer, Any, list[str]]:
    """TRL's trainer of these rows with a template, the tokenizer, and what ends an answer."""
    text = tiny_student.shipped(name)
    stops = next((stops for family, stops in STOPS.items() if name.startswith(family)), ["<|im_end|>"])
    words = tiny_student.tokenizer((*stops, *sorted({*MARKS.findall(text)} - {*stops})), stops[0], name)
    features = datasets.Features(dict.fromkeys(("prompt", "completion", "tools"), datasets.List(datasets.Json())))
    config = trl.SFTConfig(
        output_dir=str(out),
        max_length=None,
        assistant_only_loss=True,
        max_steps=1,
        per_device_train_batch_size=2,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        bf16=False,  # TRL's default; accelerate has one precision in a process, and other tests train in this one
    )
    trainer = trl.SFTTrainer(
        model,
        args=config,
        train_dataset=datasets.Dataset.from_list(records(Format.TRL, samples), features=features),
        processing_class=words,
    )
    words.chat_template = text
    return trainer, words, stops


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tiny_student.save(tmp_path_factory.mktemp("student"))
    model = AutoModelForCausalLM.from_pretrained(folder)
    model.resize_token_embeddings(1024)  # room for the marks of any template
    return model


def test_the_table_of_templates_has_all_of_them() -> None:
    assert sorted(documented()) == TRAINED


@pytest.mark.filterwarnings("ignore")  # TRL's and transformers' own, about their own defaults
@pytest.mark.parametrize("name", TRAINED)
def test_trl_learns_what_the_table_says(name: str, student: Any, tmp_path: Path) -> None:
    """A step in TRL's own trainer; what it learns beside an answer no server waits for."""
    kind = documented()[name]
    if kind == OURS_ALONE:
        with pytest.raises(ValueError, match="not training-compatible"):
            trl_trainer(name, student, [refused()], tmp_path)
        return
    samples = [refused(), parallel()]
    trainer, words, stops = trl_trainer(name, student, samples, tmp_path)
    ours = load_template(words, words.convert_tokens_to_ids(stops))
    kinds = set()
    for row, theirs in zip(samples, trainer.train_dataset, strict=True):
        learned = {at for at, label in enumerate(theirs["labels"]) if label != -100}
        spoken = words.decode([theirs["input_ids"][at] for at in sorted(learned)])
        assert ("three" in spoken) == (kind == WHOLE_ROWS and row["slot"] == refused()["slot"])
        assert row["messages"][-1]["content"] in spoken
        kinds.add(compare(row, ours, theirs, learned, words))
    assert trainer.train().training_loss > 0
    assert kind == WHOLE_ROWS or kind == next(worst for worst in KINDS if worst in kinds)


def compare(row: Row, ours: Any, theirs: Any, learned: set[int], words: Any) -> str:
    """How our trainer's tokens and mask of a row stand to TRL's."""
    try:
        examples = encode(read_conversation(row), ours)
    except RenderError:
        return "TRL alone"
    if len(examples) > 1 or theirs["input_ids"][: len(examples[0])] != examples[0].ids_T.tolist():
        return "more examples"
    expected = {at for at, mine in enumerate(examples[0].mask_T.tolist()) if mine}
    beside = words.decode([theirs["input_ids"][at] for at in sorted(learned - expected)])
    return "same tokens" if expected <= learned and re.fullmatch(r"(?:\s|</?think>)*", beside) else "other marks"


def test_a_template_that_has_text_arguments_is_served_by_the_openai_layout() -> None:
    (record,) = records(Format.OPENAI, [parallel()])
    arguments = [call["function"]["arguments"] for m in record["messages"] for call in m.get("tool_calls", ())]
    assert [json.loads(text) for text in arguments] == [{"id": 1}, {"id": 2}]
