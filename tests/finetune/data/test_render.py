"""Rows -> tokens: each answer stands behind the prompt that inference would send, and nothing is lost or cut unsaid."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from agents.errors import RenderError, UsageError
from finetune.data import prepare
from finetune.data.conversation import Conversation, Json
from finetune.data.examples import IGNORE, Attempt, Example, encode
from finetune.data.layouts import read_conversation
from finetune.data.prepare import Reading
from finetune.data.render import Renderings, render_turns
from finetune.data.template import Template, load_template
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
    return load_template(words, [words.eos_token_id])


def speechless() -> dict[str, Any]:
    """Llama 3's template has room for one call a turn, and for no text beside it."""
    plain = row()
    plain["messages"][2] = {"role": "assistant", "content": "", "tool_calls": [call("get_weather", 1, city="Oslo")]}
    del plain["messages"][4]
    return plain


def answers(example: Example, words: Any) -> list[str]:
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
    plain, template = speechless() if name == "llama3_1" else row(), chat(name)
    examples = encode(read_conversation(plain), template)
    assert [answers(example, template.tokenizer) for example in examples] == LEARNED[name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_prompt_of_every_answer_is_what_inference_sends(name: str) -> None:
    plain, template = speechless() if name == "llama3_1" else row(), chat(name)
    sent = []
    for number, message in enumerate(plain["messages"]):
        if message["role"] == "assistant":
            before = json.loads(json.dumps(plain["messages"][:number]))
            for inner in (called["function"] for each in before for called in each.get("tool_calls", ())):
                inner["arguments"] = json.loads(inner["arguments"])
            prompt = template.tokenizer.apply_chat_template(before, tools=[TOOL], add_generation_prompt=True)
            sent.append(list(prompt["input_ids"]))
    examples = encode(read_conversation(plain), template)
    starts = [(example, at) for example in examples for at in _starts(example)]
    assert [example.ids_T[:at].tolist() for example, at in starts] == sent


def _starts(example: Example) -> list[int]:
    return [at for at in range(1, len(example)) if example.mask_T[at] and not example.mask_T[at - 1]]


def test_labels_are_the_next_learned_token() -> None:
    template = chat("qwen2_5")
    (example,) = encode(read_conversation(row()), template)
    learned = [label for label in example.labels_T if label != IGNORE]
    assert template.tokenizer.decode(learned) == HERMES_CALLS + "".join(SPOKEN)
    assert all(example.labels_T[at - 1] == example.ids_T[at] for at in range(1, len(example)) if example.mask_T[at])


def test_thinking_is_learned_and_later_sent_as_the_template_keeps_it() -> None:
    plain, template = row(), chat("qwen3")
    plain["messages"][2]["reasoning_content"] = "Two places."
    asked, thanked = encode(read_conversation(plain), template)  # Qwen3 keeps a thought until the user speaks again
    assert answers(asked, template.tokenizer) == [
        f"<think>\nTwo places.\n</think>\n\n{HERMES_CALLS}",
        EMPTY_THOUGHT + SPOKEN[0],
    ]
    assert "Two places." not in template.tokenizer.decode(thanked.ids_T)


def broken(**changes: Any) -> dict[str, Any]:
    plain = row()
    plain["messages"][2] = {**plain["messages"][2], **changes}
    return plain


SPLIT = shipped("qwen2_5").replace("{{- '<|im_end|>\\n' }}", "{{- '\\n' }}")
NO_RESULTS = shipped("qwen2_5").replace("{{- message.content }}\n        {{- '\\n</tool", "{{- '\\n</tool")
NO_TOOLS = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
NO_CITY = shipped("qwen2_5").replace(
    "tool_call.arguments | tojson", "tool_call.arguments | tojson | replace('Oslo', 'Town')"
)
NO_NAME = shipped("qwen2_5").replace(
    "{{- tool_call.name }}", "{{- 'get' if tool_call.name == 'get_weather' else tool_call.name }}"
)


@pytest.mark.parametrize(
    ("text", "plain", "reason"),
    [
        (NO_CITY, row(), "message 2: the chat template loses 'Oslo' in the call of get_weather"),
        (NO_NAME, row(), "message 2: the chat template loses the call of get_weather"),
        (SPLIT, row(), "message 2: ends with"),
        (NO_RESULTS, row(), "message 3: the chat template drops what the tool said"),
        (NO_TOOLS, {"messages": row()["messages"][6:], "tools": [TOOL]}, "the chat template does not show the tool"),
        (shipped("qwen2_5"), broken(content="a<|im_end|>b"), "message 2: holds a stop token before its end"),
        (shipped("qwen2_5"), {"messages": row()["messages"][:2]}, "no assistant turn"),
    ],
)
def test_row_that_cannot_be_said_is_refused(text: str, plain: dict[str, Any], reason: str) -> None:
    words = tokenizer()
    assert text == shipped("qwen2_5") or text != words.chat_template
    words.chat_template = text
    with pytest.raises(RenderError) as caught:
        encode(read_conversation(plain), load_template(words, [words.eos_token_id]))
    assert str(caught.value).startswith(reason)


def test_stop_token_must_be_the_students() -> None:
    words = tokenizer()
    with pytest.raises(RenderError, match="not with a stop token"):
        encode(read_conversation(row()), load_template(words, [words.convert_tokens_to_ids("<|endoftext|>")]))


def test_long_example_keeps_the_turns_that_fit() -> None:
    (example,) = encode(read_conversation(row()), chat("qwen2_5"))
    first, second, last = example.ends
    readings = [Reading(length) for length in (last, last - 1, second, first, first - 1)]
    fitted = [reading.add(Attempt("", (example,))) for reading in readings]
    assert [len(examples[0]) if examples else 0 for examples in fitted] == [last, second, second, first, 0]
    assert [(reading.shortened, reading.dropped, reading.turns_lost) for reading in readings] == [
        (0, 0, 0), (1, 0, 1), (1, 0, 1), (1, 0, 2), (0, 1, 3),
    ]  # fmt: skip


def test_refused_rows_are_counted_with_the_first_reason() -> None:
    template = chat("qwen2_5")
    attempts = [
        prepare.try_encode((f"r.jsonl:{n}", record), template) for n, record in enumerate([row(), {"messages": []}])
    ]
    read = Reading(4096)
    for attempt in attempts:
        read.add(attempt)
    assert (read.rows, read.examples, read.refused) == (2, 1, ["r.jsonl:1: no assistant turn"])
    assert "refused 1 rows, the first is r.jsonl:1: no assistant turn" in read.summary


def test_template_is_named_or_missing_with_what_there_is() -> None:
    words = tokenizer()
    assert load_template(words, [1], "llama3_1").tokenizer.chat_template == shipped("llama3_1")
    with pytest.raises(UsageError, match=r"no file nope, and no template of that name; names: .*qwen3"):
        load_template(words, [1], "nope")


@pytest.mark.parametrize("name", TEMPLATES)
def test_tokens_are_those_of_every_prompt_tokenised_whole(name: str) -> None:
    """Only what is new is tokenised; the plain way, each prompt from its start, gives the same examples."""
    template = chat(name)
    turns = render_turns(read_conversation(row()), template)
    runs: list[tuple[list[int], list[bool]]] = []
    for turn in turns:
        prompt, answer = template.tokenize([turn.prompt, turn.answer])
        if not runs or prompt[: len(runs[-1][0])] != runs[-1][0]:
            runs.append(([], []))
        tokens, mask = runs[-1]
        mask += [False] * (len(prompt) - len(tokens)) + [True] * len(answer)
        tokens += prompt[len(tokens) :] + answer
    examples = encode(read_conversation(row()), template)
    assert [(example.ids_T.tolist(), example.mask_T.tolist()) for example in examples] == runs


def test_answer_that_is_not_to_be_learned_is_read_and_not_said() -> None:
    plain, template = row(), chat("qwen2_5")
    plain["messages"][2]["learn"] = False
    plain["messages"][5]["weight"] = 0
    (example,) = encode(read_conversation(plain), template)
    assert answers(example, template.tokenizer) == [SPOKEN[1]]
    assert HERMES_CALLS in template.tokenizer.decode(example.ids_T)


def test_row_with_nothing_to_learn_is_refused() -> None:
    plain = row()
    for message in plain["messages"]:
        message["weight"] = 0
    with pytest.raises(RenderError, match="no assistant turn is to be learned"):
        encode(read_conversation(plain), chat("qwen2_5"))


def conversation(turns: int, thought: str = "") -> Conversation:
    """A user who asks for so many towns, one after the other, each looked up by one call."""
    messages = speechless()["messages"][:1]
    for n in range(turns):
        asked = json.dumps(speechless()["messages"][1:5]).replace("call_1", f"call_{n}").replace("Oslo", f"Town {n}")
        messages += json.loads(asked)
    for message in messages:
        if message["role"] == "assistant" and thought:
            message["reasoning_content"] = thought
    return read_conversation({"messages": messages, "tools": [TOOL]})


class Counting(Template):
    """A template that counts the messages it renders."""

    rendered: ClassVar[list[int]] = []

    def render(self, messages: Sequence[Json], tools: Sequence[Json], prompt: bool) -> str:
        self.rendered.append(len(messages))
        return super().render(messages, tools, prompt)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("thought", ["", "Hm."])
def test_windows_say_what_whole_prompts_say(name: str, thought: str) -> None:
    template, talk = chat(name), conversation(20, thought)
    messages = [template.message(utterance) for utterance in talk.utterances]
    renderings = Renderings(template, messages, talk.tools)
    for number, message in enumerate(messages):
        if message["role"] == "assistant":
            for count, prompt in ((number, True), (number + 1, False)):
                assert renderings.render(count, prompt) == template.render(messages[:count], talk.tools, prompt)


def test_twice_the_turns_are_twice_the_rendering() -> None:
    plain = chat("qwen2_5")
    template = Counting(plain.tokenizer, plain.stops, plain.arguments, plain.habits)
    costs = []
    for turns in (40, 80, 160):
        template.rendered.clear()
        encode(conversation(turns), template)
        costs.append(sum(template.rendered))
    assert costs[1] < 2.1 * costs[0]
    assert costs[2] < 2.1 * costs[1]
