"""Each layout in the hands of the library that it is written for."""

import json
from pathlib import Path
from typing import Any

import anthropic.types
import datasets
import openai.types.chat
import openai.types.responses
import pytest
import trl
from pydantic import TypeAdapter
from transformers import AutoModelForCausalLM, AutoTokenizer

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
    messages = TypeAdapter(list[openai.types.chat.ChatCompletionMessageParam])
    tools = TypeAdapter(list[openai.types.chat.ChatCompletionToolParam])
    for record in records(Format.OPENAI, [*rows, parallel(), refused()]):
        assert len(messages.validate_python(record["messages"])) == len(record["messages"])
        assert len(tools.validate_python(record["tools"])) == len(record["tools"])


def test_responses_takes_items_and_tools(rows: list[Row]) -> None:
    items = TypeAdapter(openai.types.responses.ResponseInputParam)
    tools = TypeAdapter(list[openai.types.responses.FunctionToolParam])
    for record in records(Format.RESPONSES, [*rows, parallel(), refused()]):
        assert len(list(items.validate_python(record["input"]))) == len(record["input"])
        assert len(tools.validate_python(record["tools"])) == len(record["tools"])


def test_anthropic_takes_messages_and_tools(rows: list[Row]) -> None:
    messages = TypeAdapter(list[anthropic.types.MessageParam])
    tools = TypeAdapter(list[anthropic.types.ToolParam])
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


@pytest.mark.filterwarnings("ignore")  # TRL's and transformers' own, about their own defaults
@pytest.mark.parametrize("name", ["qwen2_5", "qwen3_training"])
def test_trl_learns_what_our_trainer_learns(name: str, tmp_path: Path) -> None:
    """And the newline around an answer that these templates count to it, which no server waits for."""
    tiny_student.save(tmp_path / "student")
    words = AutoTokenizer.from_pretrained(tmp_path / "student")
    words.chat_template = tiny_student.shipped(name)
    features = datasets.Features(dict.fromkeys(("prompt", "completion", "tools"), datasets.List(datasets.Json())))
    config = trl.SFTConfig(
        output_dir=str(tmp_path / "out"),
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
        AutoModelForCausalLM.from_pretrained(tmp_path / "student"),
        args=config,
        train_dataset=datasets.Dataset.from_list(records(Format.TRL, [parallel(), refused()]), features=features),
        processing_class=words,
    )
    words.chat_template = tiny_student.shipped(name)
    ours = load_template(words, [words.eos_token_id])
    for row, theirs in zip([parallel(), refused()], trainer.train_dataset, strict=True):
        (example,) = encode(read_conversation(row), ours)
        assert theirs["input_ids"][: len(example)] == example.ids_T.tolist()
        learned = {at for at, label in enumerate(theirs["labels"]) if label != -100}
        expected = {at for at, mine in enumerate(example.mask_T.tolist()) if mine}
        assert expected <= learned
        assert {words.decode([theirs["input_ids"][at]]) for at in learned - expected} == {"\n"}
        assert "three" not in words.decode([theirs["input_ids"][at] for at in sorted(learned)])
    assert trainer.train().training_loss > 0


def test_a_template_that_has_text_arguments_is_served_by_the_openai_layout() -> None:
    (record,) = records(Format.OPENAI, [parallel()])
    arguments = [call["function"]["arguments"] for m in record["messages"] for call in m.get("tool_calls", ())]
    assert [json.loads(text) for text in arguments] == [{"id": 1}, {"id": 2}]
