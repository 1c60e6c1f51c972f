"""Rows -> tokens: each answer stands behind the prompt that inference would send, and nothing is lost or cut unsaid."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import RenderError, UsageError
from finetune.data import examples as data
from finetune.data.render import Template, template
from tests.tiny_student import CHATML, LLAMA, TOOL, call, row, shipped, tokenizer

HERMES = {"specials": CHATML, "end": "<|im_end|>"}
TEMPLATES = {
    "qwen2_5": HERMES,  # also Hermes', and what SmolLM2 is given: its own has no tools
    "qwen3": HERMES,
    "qwen3_training": HERMES,
    "qwen3_instruct_2507": HERMES,
    "llama3_1": {"specials": LLAMA, "end": "<|eot_id|>"},
}


def chat(name: str) -> Template:
    words = tokenizer(**TEMPLATES[name], template=name)
    return template(words, [words.eos_token_id])


def speechless() -> dict[str, Any]:
    """Llama 3's template has room for one call a turn, and for no text beside it."""
    plain = row()
    plain["messages"][2] = {"role": "assistant", "content": "", "tool_calls": [call("get_weather", 1, city="Oslo")]}
    del plain["messages"][4]
    return plain


def answers(example: data.Example, words: Any) -> list[str]:
    """The learned runs of an example as text."""
    starts = [at for at in range(1, len(example)) if example.mask_T[at] and not example.mask_T[at - 1]]
    return [words.decode(example.ids_T[start:end]) for start, end in zip(starts, example.ends, strict=True)]


HERMES_CALLS = """Let me look.
<tool_call>
{"name": "get_weather", "arguments": {"city": "Oslo"}}
</tool_call>
<tool_call>
{"name": "get_weather", "arguments": {"city": "Oslo airport"}}
</tool_call><|im_end|>"""
SPOKEN = ["Oslo is clear.<|im_end|>", "You are welcome.<|im_end|>"]
EMPTY_THOUGHT = "<think>\n\n</think>\n\n"
LEARNED = {
    "qwen2_5": [[HERMES_CALLS, *SPOKEN]],
    "qwen3_instruct_2507": [[HERMES_CALLS, *SPOKEN]],
    "qwen3_training": [[EMPTY_THOUGHT + text for text in (HERMES_CALLS, *SPOKEN)]],
    "qwen3": [[EMPTY_THOUGHT + text] for text in (HERMES_CALLS, *SPOKEN)],
    "llama3_1": [
        [
            '{"name": "get_weather", "parameters": {"city": "Oslo"}}<|eot_id|>',
            "Oslo is clear.<|eot_id|>",
            "You are welcome.<|eot_id|>",
        ]
    ],
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_learned_tokens_are_the_answers_and_their_stop_token(name: str) -> None:
    plain, said = speechless() if name == "llama3_1" else row(), chat(name)
    examples = data.encode(plain, said)
    assert [answers(example, said.tokenizer) for example in examples] == LEARNED[name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_prompt_of_every_answer_is_what_inference_sends(name: str) -> None:
    plain, said = speechless() if name == "llama3_1" else row(), chat(name)
    sent = []
    for number, message in enumerate(plain["messages"]):
        if message["role"] == "assistant":
            before = json.loads(json.dumps(plain["messages"][:number]))
            for inner in (called["function"] for each in before for called in each.get("tool_calls", ())):
                inner["arguments"] = json.loads(inner["arguments"])
            prompt = said.tokenizer.apply_chat_template(before, tools=[TOOL], add_generation_prompt=True)
            sent.append(list(prompt["input_ids"]))
    examples = data.encode(plain, said)
    starts = [(example, at) for example in examples for at in _starts(example)]
    assert [example.ids_T[:at].tolist() for example, at in starts] == sent


def _starts(example: data.Example) -> list[int]:
    return [at for at in range(1, len(example)) if example.mask_T[at] and not example.mask_T[at - 1]]


def test_labels_are_the_next_learned_token() -> None:
    said = chat("qwen2_5")
    (example,) = data.encode(row(), said)
    learned = [label for label in example.labels_T if label != data.IGNORE]
    assert said.tokenizer.decode(learned) == HERMES_CALLS + "".join(SPOKEN)
    assert all(example.labels_T[at - 1] == example.ids_T[at] for at in range(1, len(example)) if example.mask_T[at])


def test_thinking_is_learned_and_later_sent_as_the_template_keeps_it() -> None:
    plain, said = row(), chat("qwen3")
    plain["messages"][2]["reasoning_content"] = "Two places."
    asked, thanked = data.encode(plain, said)  # Qwen3 keeps a thought until the user speaks again
    assert answers(asked, said.tokenizer) == [
        f"<think>\nTwo places.\n</think>\n\n{HERMES_CALLS}",
        EMPTY_THOUGHT + SPOKEN[0],
    ]
    assert "Two places." not in said.tokenizer.decode(thanked.ids_T)


def broken(**changes: Any) -> dict[str, Any]:
    plain = row()
    plain["messages"][2] = {**plain["messages"][2], **changes}
    return plain


NO_TEXT = shipped("qwen2_5").replace("'\\n' + message.content }}", "'' }}")
ONE_CALL = shipped("qwen2_5").replace("in message.tool_calls %}", "in message.tool_calls[:1] %}")
NO_STOP = shipped("qwen2_5").replace("{{- '<|im_end|>\\n' }}", "{{- '\\n' }}")
PREFILLED = shipped("qwen2_5").replace(
    "{{- '<|im_start|>assistant\\n' }}", "{{- '<|im_start|>assistant\\n<think>\\n' }}"
)
NO_RESULTS = shipped("qwen2_5").replace("{{- message.content }}\n        {{- '\\n</tool", "{{- '\\n</tool")
NO_TOOLS = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"


@pytest.mark.parametrize(
    ("text", "plain", "reason"),
    [
        (NO_TEXT, row(), "message 2: the chat template loses its text 'Let me look.'"),
        (ONE_CALL, row(), "message 2: the chat template loses the call of get_weather"),
        (NO_STOP, row(), "message 2: ends with"),
        (PREFILLED, row(), "message 2: the chat template changes the prompt once it is answered"),
        (NO_RESULTS, row(), "message 3: the chat template drops what the tool said"),
        (NO_TOOLS, {"messages": row()["messages"][6:], "tools": [TOOL]}, "the chat template does not show the tool"),
        (shipped("llama3_1"), row(), "the chat template failed: TemplateError: This model only supports single"),
        (shipped("qwen2_5"), broken(content="a<|im_end|>b"), "message 2: holds a stop token before its end"),
        (
            shipped("qwen2_5"),
            broken(tool_calls=[call("f", 1) | {"function": {"name": "f", "arguments": "[1]"}}]),
            "mess",
        ),
        (shipped("qwen2_5"), broken(content=[{"type": "image"}]), "messages.2.content: Input should be a valid string"),
        (shipped("qwen2_5"), {"messages": row()["messages"][:2]}, "no assistant turn"),
        (shipped("qwen2_5"), {"text": "plain"}, "messages: Field required"),
    ],
)
def test_row_that_cannot_be_said_is_refused(text: str, plain: dict[str, Any], reason: str) -> None:
    words = tokenizer()
    words.chat_template = text
    with pytest.raises(RenderError) as caught:
        data.encode(plain, template(words, [words.eos_token_id]))
    assert str(caught.value).startswith(reason)


def test_stop_token_must_be_the_students() -> None:
    words = tokenizer()
    with pytest.raises(RenderError, match="not with a stop token"):
        data.encode(row(), template(words, [words.convert_tokens_to_ids("<|endoftext|>")]))


def test_long_example_keeps_the_turns_that_fit() -> None:
    (example,) = data.encode(row(), chat("qwen2_5"))
    first, second, last = example.ends
    fitted = [data.fit([[example]], length) for length in (last, last - 1, second, first, first - 1)]
    assert [len(read.examples[0]) if read.examples else 0 for read in fitted] == [last, second, second, first, 0]
    assert [(read.shortened, read.dropped, read.turns_lost) for read in fitted] == [
        (0, 0, 0), (1, 0, 1), (1, 0, 1), (1, 0, 2), (0, 1, 3),
    ]  # fmt: skip


def test_refused_rows_are_counted_with_the_first_reason() -> None:
    said = chat("qwen2_5")
    read = data.fit(
        [data.attempt(f"r.jsonl:{n}", each, said) for n, each in enumerate([row(), {"messages": []}])], 4096
    )
    assert (read.rows, len(read.examples), read.refused) == (2, 1, ["r.jsonl:1: no assistant turn"])
    assert "refused 1 rows, the first is r.jsonl:1: no assistant turn" in read.told


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"messages": []}\n{oops\n', "rows.jsonl:2: not JSON"),
        ("[1]\n", "rows.jsonl:1: not a JSON"),
        ("", "no rows in"),
    ],
)
def test_broken_file_is_the_users_mistake(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "rows.jsonl").write_text(content)
    with pytest.raises(UsageError) as caught:
        data.read(tmp_path / "rows.jsonl")
    assert fault in str(caught.value)


def test_template_is_named_or_missing_with_what_there_is() -> None:
    words = tokenizer()
    assert template(words, [1], "llama3_1").tokenizer.chat_template == shipped("llama3_1")
    with pytest.raises(UsageError, match=r"no file nope, and no template of that name; names: .*qwen3"):
        template(words, [1], "nope")


def test_held_out_rows_depend_on_the_seed_alone() -> None:
    learned, held = data.split(list(range(40)), 0.1, seed=3)
    assert (learned, held) == data.split(list(range(40)), 0.1, seed=3)
    assert len(held) == 4
    assert sorted(learned + held) == list(range(40))
    assert held != data.split(list(range(40)), 0.1, seed=4)[1]
