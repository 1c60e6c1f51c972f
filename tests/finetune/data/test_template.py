"""Chat templates as models really have them: what each is taken to want, and what becomes of rows in it."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from finetune.data.conversation import Call, Utterance
from finetune.data.examples import encode
from finetune.data.layouts import read_conversation
from finetune.data.prepare import Reading, describe_template, try_encode
from finetune.data.render import CLOSED, IN_TURN, NO_TEXT, NO_THOUGHT, render_turns
from finetune.data.template import Habits, Template, load_template
from tests.tiny_student import row, shipped, tokenizer

SPECIAL = re.compile(
    r"<\|[^|<> ]+\|>|<｜[^｜<>]+｜>|<\|?turn\|?>|<\|?tool_\w+\|?>"
    r"|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
)
MISTRAL = """{%- set asked = (messages | selectattr('role', 'equalto', 'user') | list)[-1] %}
{%- set system = messages[0].content if messages[0].role == 'system' %}
{%- for m in messages if m.role != 'system' %}
{%- if m.role == 'user' %}
{%- if tools and m == asked %}{{- '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{% endif %}
{{- '[INST]' + (system + '\\n\\n' if loop.last and system else '') + m.content + '[/INST]' }}
{%- elif m.tool_calls is defined %}
{{- '[TOOL_CALLS][' }}
{%- for call in m.tool_calls %}
{%- if call.id | length != 9 %}{{ raise_exception('call ids should have 9 letters') }}{% endif %}
{{- (call.function | tojson)[:-1] + ', "id": "' + call.id + '"}' + (']</s>' if loop.last else ', ') }}
{%- endfor %}
{%- elif m.role == 'assistant' %}{{- m.content + '</s>' }}
{%- else %}{{- '[TOOL_RESULTS]{"content": ' + m.content + ', "call_id": "' + m.tool_call_id + '"}[/TOOL_RESULTS]' }}
{%- endif %}
{%- endfor %}"""
"""In the form of Mistral-Nemo's: ids of nine letters, and system prompt and tools beside the last user's words only."""
DEEPSEEK = """{{- (messages[0].content if messages[0].role == 'system' else '') }}
{%- set ns = namespace(asked=false) %}
{%- for m in messages %}
{%- if m.role == 'user' %}{% set ns.asked = true %}{{- '<｜User｜>' + m.content }}
{%- elif m.role == 'assistant' %}
{{- ('<｜Assistant｜></think>' if ns.asked else '') + m.content }}{% set ns.asked = false %}
{%- if m.tool_calls is defined %}
{{- '<｜tool▁calls▁begin｜>' }}
{%- for call in m.tool_calls %}
{{- '<｜tool▁call▁begin｜>' + call.function.name + '<｜tool▁sep｜>' + call.function.arguments + '<｜tool▁call▁end｜>' }}
{%- endfor %}
{{- '<｜tool▁calls▁end｜>' }}
{%- endif %}
{{- '<｜end▁of▁sentence｜>' }}
{%- elif m.role == 'tool' %}{{- '<｜tool▁output▁begin｜>' + m.content + '<｜tool▁output▁end｜>' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt and ns.asked %}{{- '<｜Assistant｜></think>' }}{% endif %}"""
"""In the form of DeepSeek-V3.1's: arguments as text, and no tools."""
HERMES = """{%- if tools %}{{- '<|im_start|>system\\n<tools>' + (tools | tojson) + '</tools><|im_end|>\\n' }}{% endif %}
{%- for m in messages %}
{{- '<|im_start|>' + m.role + '\\n' }}
{%- if m.tool_calls is defined %}
{%- for call in m.tool_calls %}{{- '<tool_call>\\n' + (call.function | tojson) + '\\n</tool_call>' }}{% endfor %}
{%- elif m.role == 'tool' %}
{%- if m.name is not defined %}{{ raise_exception('a tool result needs a name') }}{% endif %}
{{- '<tool_response>' + m.name + ': ' + m.content + '</tool_response>' }}
{%- else %}{{- m.content }}{% endif %}
{{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}"""
"""In the form of Hermes 3's as vLLM has it: no text beside a call, and results that name their tool."""
FULL = Habits(thought_key="")
LLAMA_STOPS = ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"]
GLM_STOPS = ["<|endoftext|>", "<|user|>", "<|observation|>"]
CASES: dict[str, tuple[str, list[str], Habits]] = {
    "qwen2_5": (shipped("qwen2_5"), ["<|im_end|>"], FULL),
    "qwen3": (shipped("qwen3"), ["<|im_end|>"], Habits()),
    "llama3_1": (shipped("llama3_1"), LLAMA_STOPS, Habits(thought_key="", parallel=False, text_beside_calls=False)),
    "llama3_2": (shipped("llama3_2"), LLAMA_STOPS, Habits(thought_key="", parallel=False, text_beside_calls=False)),
    "gptoss": (
        shipped("gptoss"),
        ["<|return|>", "<|call|>", "<|endoftext|>"],
        Habits(parallel=False, thought_and_text=False),
    ),
    "glm4moe": (shipped("glm4moe"), GLM_STOPS, Habits(closings={"calls": "<|observation|>", "text": "<|user|>"})),
    "deepseekv3": (shipped("deepseekv3"), ["<｜end▁of▁sentence｜>"], Habits(True, thought_key="", tools=False)),
    "nemotron_3_nano": (shipped("nemotron_3_nano"), ["<|im_end|>"], Habits()),
    "gemma4": (
        shipped("gemma4"),
        ["<turn|>", "<|tool_response>"],
        Habits(text_beside_calls=False, thought_and_text=False),
    ),
    "deepseek": (DEEPSEEK, ["<｜end▁of▁sentence｜>"], Habits(True, thought_key="", tools=False)),
    "mistral": (MISTRAL, ["</s>"], Habits(short_ids=True, thought_key="", text_beside_calls=False)),
    "hermes": (HERMES, ["<|im_end|>"], Habits(named_results=True, thought_key="", text_beside_calls=False)),
}


def load(name: str, **arguments: Any) -> Template:
    text, stops, _ = CASES[name]
    words = tokenizer((*stops, *SPECIAL.findall(text)), stops[0])
    words.chat_template = text
    return load_template(words, words.convert_tokens_to_ids(stops), arguments=arguments)


def say(name: str, plain: dict[str, Any], **arguments: Any) -> tuple[list[str], Counter[str]]:
    """The answers that are learned, and what was left out."""
    notes = Counter[str]()
    return [turn.answer for turn in render_turns(read_conversation(plain), load(name, **arguments), notes)], notes


@pytest.mark.parametrize("name", CASES)
def test_template_is_read_right_without_its_name(name: str) -> None:
    assert load(name).habits == CASES[name][2]


@pytest.mark.parametrize("name", CASES)
def test_every_template_keeps_the_row_and_ends_its_answers(name: str) -> None:
    answers, _ = say(name, row())
    assert all(answer.endswith(tuple(CASES[name][1])) for answer in answers)
    assert "".join(answers).count("Oslo airport") == 1
    assert encode(read_conversation(row()), load(name))


def test_calls_of_one_answer_are_said_one_after_the_other() -> None:
    answers, notes = say("llama3_1", row())
    assert answers[:2] == [
        '{"name": "get_weather", "parameters": {"city": "Oslo"}}<|eot_id|>',
        '{"name": "get_weather", "parameters": {"city": "Oslo airport"}}<|eot_id|>',
    ]
    assert notes == {IN_TURN: 1, NO_TEXT: 1}


def test_text_that_a_template_shows_behind_its_call_is_left_out_and_earlier_turns_are_kept() -> None:
    answers, notes = say("gemma4", row())
    assert answers[0].startswith('<|tool_call>call:get_weather{city:<|"|>Oslo<|"|>}')
    assert answers[0].endswith("<tool_call|><|tool_response>")
    assert notes == {NO_TEXT: 1}
    assert len(encode(read_conversation(row()), load("gemma4"))) == 1


def test_a_second_call_stands_behind_the_first_ones_result() -> None:
    first, second, *_ = render_turns(read_conversation(row()), load("llama3_1"))
    assert "clear" not in first.prompt
    assert "clear" in second.prompt
    assert "fog" not in second.prompt


def test_glm_stops_at_the_token_of_the_next_role() -> None:
    answers, _ = say("glm4moe", row())
    assert answers[0].startswith("\n<think></think>\nLet me look.\n<tool_call>get_weather\n")
    assert answers[0].endswith("</tool_call><|observation|>")
    assert answers[1] == "\n<think></think>\nOslo is clear.<|user|>"


def test_thought_that_the_prompt_opens_is_closed_in_the_templates_way() -> None:
    answers, notes = say("nemotron_3_nano", row())
    assert answers[1] == "</think>Oslo is clear.<|im_end|>"
    assert not notes
    answers, _ = say("nemotron_3_nano", row(), enable_thinking=False)
    assert answers[1] == "Oslo is clear.<|im_end|>"


def test_thought_that_the_template_cannot_close_is_closed_and_counted() -> None:
    answers, notes = say("deepseekv3", row())
    assert answers[0].startswith("\n</think>\n\nLet me look.<｜tool▁calls▁begin｜>")
    assert answers[1] == "Oslo is clear.<｜end▁of▁sentence｜>"
    assert notes == {CLOSED: 2}


def test_reasoning_is_learned_where_it_is_shown_and_counted_where_not() -> None:
    plain = row()
    plain["messages"][5]["reasoning"] = "No clouds."
    assert say("qwen3", plain)[0][1] == "<think>\nNo clouds.\n</think>\n\nOslo is clear.<|im_end|>"
    assert say("gptoss", plain)[0][2].startswith("<|channel|>analysis<|message|>No clouds.<|end|>")
    answers, notes = say("qwen2_5", plain)
    assert answers[1] == "Oslo is clear.<|im_end|>"
    assert notes == {NO_THOUGHT: 1}


def test_mistral_gets_ids_of_nine_letters_and_the_prompt_that_inference_sends() -> None:
    first, second, _ = render_turns(read_conversation(row()), load("mistral"))
    assert first.prompt.endswith("[INST]Be brief.\n\nHow is Oslo?[/INST]")
    assert '"id": "call00001"' in first.answer
    assert '"call_id": "call00002"' in second.prompt
    assert "Be brief." not in second.prompt


def test_tools_that_a_template_shows_nowhere_stand_behind_the_system_prompt() -> None:
    template = load("deepseek")
    first = render_turns(read_conversation(row()), template)[0]
    assert first.prompt.startswith(
        "Be brief.\n\n## Tools\n\nYou have access to the following tools:\n\n### get_weather\n"
    )
    assert "arguments" not in first.answer
    assert '<｜tool▁sep｜>{"city":"Oslo"}<｜tool▁call▁end｜>' in first.answer
    saved = template.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], tools=row()["tools"], tokenize=False
    )
    assert "### get_weather" in saved
    assert describe_template(Reading(8), template)


def test_results_name_their_tool_where_the_template_wants_it() -> None:
    assert "get_weather: " in render_turns(read_conversation(row()), load("hermes"))[1].prompt


def test_repeated_turns_are_told_with_what_keeps_them() -> None:
    template = load("qwen3")
    read = Reading(10_000)
    examples = read.add(try_encode(("r:1", row()), template))
    assert read.copies == pytest.approx(sum(map(len, examples)) / max(map(len, examples)))
    (line,) = describe_template(read, template)
    assert "--chat-template qwen3_training keeps it" in line
    kept = load_template(tokenizer(), [1], "qwen3_training")
    once = Reading(10_000)
    once.add(try_encode(("r:1", row()), kept))
    assert describe_template(once, kept) == []


def test_parallel_calls_whose_results_name_no_call_are_refused_where_they_must_be_parted() -> None:
    plain = row()
    for message in plain["messages"][3:5]:
        message["tool_call_id"] = ""
    assert "the results of these name no call" in try_encode(("r:1", plain), load("llama3_1")).fault
    assert try_encode(("r:1", plain), load("qwen2_5")).fault == ""


def test_message_holds_arguments_as_the_template_wants_them() -> None:
    said = Utterance("assistant", calls=(Call("f", {"a": 1}, "x"),))
    as_object, as_text = (load(name).message(said)["tool_calls"] for name in ("qwen2_5", "deepseek"))
    assert json.loads(json.dumps(as_object))[0]["function"]["arguments"] == {"a": 1}
    assert json.loads(json.dumps(as_text))[0]["function"]["arguments"] == '{"a":1}'
