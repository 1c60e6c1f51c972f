"""A model's thinking told apart from what it says: tags of many families, closed or not."""

import json
import re
from collections.abc import Callable
from functools import lru_cache

_NAMES = (
    r"(?:[a-z]+:)?(?:think(?:ing)?(?:_process)?|thoughts?(?:_process)?|reasoning(?:_process)?|analysis|reflection"
    r"|scratchpad|inn?er_monologue|internal_monologue)"
)
_LEFT, _RIGHT = r"(?:<|＜|&lt;)", r"(?:>|＞|&gt;)"
"""Also in full width, and as a page would write them."""
_OPEN = (
    rf"{_LEFT}\s*{_NAMES}(?:\s[^<>]*?)?{_RIGHT}|\[(?:THINK(?:ING)?|REASONING)\]|◁think▷|<unused94>(?:thought\n)?"
    r"|<\|(?:START_THINKING|begin_of_thought|think(?:ing)?)\|>"
)
_CLOSE = (
    rf"{_LEFT}\s*/\s*{_NAMES}\s*{_RIGHT}|\[/(?:THINK(?:ING)?|REASONING)\]|◁/think▷|<unused95>"
    r"|<\|(?:END_THINKING|end_of_thought|/think(?:ing)?)\|>"
)
_HARMONY = r"<\|channel\|>\s*final\s*(?:<\|[^|]*\|>[^<]*)*?<\|message\|>"
"""gpt-oss without its parser: the last channel is what is said."""
OPEN = re.compile(_OPEN, re.IGNORECASE)
END = re.compile(f"{_CLOSE}|{_HARMONY}", re.IGNORECASE)
TAG = re.compile(f"{_OPEN}|{_CLOSE}", re.IGNORECASE)
MARKUP = re.compile(
    rf"{_OPEN}|{_CLOSE}|<\|[^|<>]{{1,40}}\|>|</?tool_calls?>|\[/?TOOL_CALLS?\]|<function=[\w.-]+>|<｜[^｜]{{1,40}}｜>"
    r"|<unused\d+>|```tool_code|^analysis(?=[A-Z])|</?(?:[\w-]+:)?(?:tool_call|function_?call|toolcall)s?>|</?｜\w+｜"
    r"|</?(?:[\w-]+:)?invoke(?: name=[^<>]*)?>|<(?:start|end)_function_(?:call|response)>|✿[A-Z]+✿"
    r"|Action Input[*_ \d]*:",
    re.IGNORECASE,
)
"""What belongs to a chat template or to a model's thinking, and never to words that somebody is told."""
_FIRST_SIGNS = ("<", "＜", "&", "◁", "[/", "[T", "[t", "[R", "[r", "```", "✿", "Action Input")
"""Nearly every text has none of these, and one look for each takes a tenth of a search by a pattern."""
_SIGN = re.compile(r"[<＜&◁✿]|\[/?[TR]|```tool|Action Input", re.IGNORECASE)
"""What all of it begins with, but for `analysis` at the beginning; JSON has many a bracket before something else."""

_ENDS = re.compile(
    r"(?:(?:<\|(?:return|end|eot_id|im_end|endoftext|end_of_text|eom_id)\|>|</s>|<end_of_turn>|<｜end▁of▁sentence｜>)\s*)+$"
)
"""Marks of an answer's end that a server forgot to cut off."""
_BEGINS = re.compile(
    r"^\s*(?:<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|<\|im_start\|>\s*assistant\b|<\|assistant\|>"
    r"|<start_of_turn>\s*model\b)\s*"
)
"""The same of its beginning."""
_BOX = re.compile(r"<\|(?:begin|end)_of_box\|>")
"""What GLM puts around the answer, or the part of it, that counts."""
_BARE = re.compile(
    r"^\s*(?:assistant)?analysis(?=[A-Z]).*?assistantfinal(?!ly)(?:json)?"  # harmony, its marks taken away
    r"|^\s*Here(?:'s| is) my thought process:.*?Here(?:'s| is) my response:"  # Granite
    r"|^\s*Thinking\.\.\.\n.*?\n\.\.\.done thinking\.",  # what `ollama run` prints
    re.DOTALL,
)
"""Thinking that begins an answer without any tag."""
_MARK = re.compile(r"[<＜◁]|&lt;|\[/?(?:THINK|REASONING)", re.IGNORECASE)
"""What all tags begin with; the brackets of JSON, which nearly every answer has, are none."""
_FOLDED = re.compile(r'<details\s[^<>]*type="reasoning"[^<>]*>(.*?)</details>', re.DOTALL)
"""Open WebUI's way to hide it."""
_WRAPPED = re.compile(
    r"^\s*(?:<(answer|output|response|solution|final_answer)>(.*?)(?:</\1>)?|<\|begin_of_solution\|>(.*?)(?:<\|end_of_solution\|>)?)\s*$",
    re.DOTALL | re.IGNORECASE,
)
"""What models that were told to think in tags put around the rest."""


@lru_cache(maxsize=64)  # an answer is asked about when it is recorded and when it is read
def has_markup(text: str) -> bool:
    """Whether MARKUP stands anywhere. To try all its forms at each letter takes six times as long.

    >>> has_markup("Done <|end|>"), has_markup("Done [1] <b>")
    (True, False)
    """
    if MARKUP.match(text):
        return True
    may_hold = any(sign in text for sign in _FIRST_SIGNS)
    return may_hold and any(MARKUP.match(text, sign.start()) for sign in _SIGN.finditer(text))


def split(text: str) -> tuple[str, str]:
    """Reasoning and what is said: all up to the last closing tag is reasoning, and all after a tag never closed.

    The closing tag alone is enough: templates that open it in the prompt leave the model only that.

    >>> split("<think>a {b}</think> Hi.")
    ('a {b}', 'Hi.')
    >>> split("so it is</think>Hi."), split("Hi."), split("Hi. <think>and then")
    (('so it is', 'Hi.'), ('', 'Hi.'), ('and then', 'Hi.'))
    >>> split('{"say": "<think>a</think>Hi."}')
    ('a', '{"say": "Hi."}')
    """
    thoughts = list[str]()
    if bare := _BARE.match(text):
        thoughts.append(bare[0].strip())
        text = text[bare.end() :].lstrip()
    if not any(sign in text for sign in _FIRST_SIGNS) or not _MARK.search(text):
        return "\n".join(thoughts), text
    text = _BOX.sub("", _BEGINS.sub("", _ENDS.sub("", text)))
    if TAG.search(text) and text.lstrip().startswith("{"):
        try:
            spoken = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:  # the tags are within what the answer's fields say
            told = json.dumps(map_texts(spoken, lambda part: _split_tags(part, thoughts)), ensure_ascii=False)
            return "\n".join(filter(None, thoughts)), told
    text = _split_tags(_FOLDED.sub(r"<think>\1</think>", text), thoughts)
    if thoughts and (wrapped := _WRAPPED.match(text)):
        text = (wrapped[2] or wrapped[3] or "").strip()
    return "\n".join(filter(None, thoughts)), text


def _split_tags(text: str, thoughts: list[str]) -> str:
    closings = list(END.finditer(text))
    if closings:
        thoughts.append(TAG.sub("", text[: closings[-1].start()]).strip())
        text = text[closings[-1].end() :].lstrip()
    if opening := OPEN.search(text):
        thoughts.append(TAG.sub("", text[opening.end() :]).strip())
        text = text[: opening.start()].rstrip()
    return text


def map_texts(value: object, change: Callable[[str], str]) -> object:
    """The JSON value with each of its texts changed; its keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: map_texts(inner, change) for key, inner in value.items()}
    return [map_texts(inner, change) for inner in value] if isinstance(value, list) else value
