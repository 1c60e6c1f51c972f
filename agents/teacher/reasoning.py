"""A model's thinking told apart from what it says: tags of many families, closed or not."""

import re

_NAMES = r"(?:seed:)?(?:think(?:ing)?|thoughts?|reasoning|scratchpad|inner_monologue)"
_OPEN = rf"<\s*{_NAMES}(?:\s[^<>]*)?>|\[THINK(?:ING)?\]|◁think▷|<\|(?:START_THINKING|begin_of_thought|think)\|>"
_CLOSE = rf"<\s*/\s*{_NAMES}\s*>|\[/THINK(?:ING)?\]|◁/think▷|<\|(?:END_THINKING|end_of_thought|/think)\|>"
_HARMONY = r"<\|channel\|>\s*final\s*(?:<\|[^|]*\|>[^<]*)*?<\|message\|>"
"""gpt-oss without its parser: the last channel is what is said."""
OPEN = re.compile(_OPEN, re.IGNORECASE)
END = re.compile(f"{_CLOSE}|{_HARMONY}", re.IGNORECASE)
TAG = re.compile(f"{_OPEN}|{_CLOSE}", re.IGNORECASE)
MARKUP = re.compile(
    rf"{_OPEN}|{_CLOSE}|<\|[^|<>]{{1,40}}\|>|</?tool_calls?>|\[/?TOOL_CALLS?\]|<function=[\w.-]+>|<｜[^｜]{{1,40}}｜>",
    re.IGNORECASE,
)
"""What belongs to a chat template or to a model's thinking, and never to words that somebody is told."""

_ENDS = re.compile(r"(?:<\|(?:return|end|eot_id|im_end|endoftext|end_of_text|eom_id)\|>|</s>|<end_of_turn>)\s*$")
"""Marks of an answer's end that a server forgot to cut off."""


def split(text: str) -> tuple[str, str]:
    """Reasoning and what is said: all up to the last closing tag is reasoning, and all after a tag never closed.

    The closing tag alone is enough: templates that open it in the prompt leave the model only that.

    >>> split("<think>a {b}</think> Hi.")
    ('a {b}', 'Hi.')
    >>> split("so it is</think>Hi."), split("Hi."), split("Hi. <think>and then")
    (('so it is', 'Hi.'), ('', 'Hi.'), ('and then', 'Hi.'))
    """
    if "<" not in text and "[" not in text and "◁" not in text:
        return "", text
    text = _ENDS.sub("", text)
    thoughts: list[str] = []
    closings = list(END.finditer(text))
    if closings:
        thoughts.append(text[: closings[-1].start()])
        text = text[closings[-1].end() :].lstrip()
    if opening := OPEN.search(text):
        thoughts.append(text[opening.end() :])
        text = text[: opening.start()].rstrip()
    return "\n".join(filter(None, (TAG.sub("", thought).strip() for thought in thoughts))), text
