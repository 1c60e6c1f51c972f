"""The model under test as BFCL's own handler of an OpenAI-compatible endpoint, and what of its text may be evaluated.

BFCL evaluates what a model wrote to decode it; the process that holds this is confined, and here the rest is refused.
"""

import ast
import json
import re
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from bfcl_eval.constants import eval_config
from bfcl_eval.constants.enums import ModelStyle, ReturnFormat
from bfcl_eval.constants.model_config import MODEL_CONFIG_MAPPING
from bfcl_eval.model_handler.api_inference.openai_completion import OpenAICompletionsHandler
from openai.types.chat import ChatCompletion

Row = dict[str, Any]
Ask = Callable[[list[Row], list[Row]], Row]
"""(messages, tools) -> the model's message."""


class Wired(OpenAICompletionsHandler):  # type: ignore[misc]
    """The official handler whose requests go to the process that holds the model."""

    def __init__(self, run: int, fc: bool, ask: Ask) -> None:
        name = f"run{run}"  # instances are kept by this name: another run must not find the last one's
        # all that the checkers look up of a model; the real table lists every vendor's
        MODEL_CONFIG_MAPPING[name] = SimpleNamespace(underscore_to_dot=fc)
        # past the parent, which would make a client and want a key
        super(OpenAICompletionsHandler, self).__init__(name, 0, name, fc)
        self.model_style = ModelStyle.OPENAI_COMPLETIONS
        self._ask = ask

    def generate_with_backoff(self, **request: Any) -> tuple[ChatCompletion, float]:
        messages = [
            message if isinstance(message, dict) else message.model_dump(exclude_none=True)
            for message in request["messages"]
        ]
        message = self._ask(messages, request.get("tools", []))
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}  # the parent counts
        rest = {"id": "", "created": 0, "model": "", "object": "chat.completion", "usage": usage}
        return ChatCompletion.model_validate({"choices": [choice], **rest}), 0.0

    def decode_execute(self, result: object, has_tool_call_tag: bool) -> list[str]:
        refuse_expressions(result, False)
        # an unknown function is an error to the model, as BFCL's own NameError is
        return [call if is_offered(call) else "not_offered()" for call in super().decode_execute(result, False)]

    def decode_ast(self, result: object, language: object, has_tool_call_tag: bool) -> object:
        # the other forms are read without evaluating anything
        if language == ReturnFormat.PYTHON:
            refuse_expressions(result, has_tool_call_tag)
        return super().decode_ast(result, language, has_tool_call_tag)


def refuse_expressions(text: object, tagged: bool) -> None:
    """Refuse arithmetic on names and calls, which BFCL evaluates while it decodes; on numbers it is left to it.

    The text is cut as BFCL cuts it before it parses it, so that what is refused here for its syntax is so there too.
    """
    if not isinstance(text, str) or "(" not in text:
        return
    cleaned = text.strip("`\n ")
    cleaned = cleaned if cleaned.startswith("[") else f"[{cleaned}"
    cleaned = cleaned if cleaned.endswith("]") else f"{cleaned}]"
    if tagged and (match := re.search(r"<TOOLCALL>(.*?)</TOOLCALL>", cleaned, re.DOTALL)):
        cleaned = match[1]
    tree = ast.parse(cleaned.strip().strip("'"), mode="eval")
    sums = [node for node in ast.walk(tree) if isinstance(node, (ast.BinOp, ast.Lambda))]
    if any(isinstance(part, (ast.Call, ast.Name, ast.Attribute)) for node in sums for part in ast.walk(node)):
        raise ValueError("an expression that is no value")


def is_offered(text: str) -> bool:
    """Whether the text is one call of a simulated tool with values; BFCL would evaluate anything."""
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            return False
        for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
            ast.literal_eval(value)
        return call.func.id in simulated_tools()
    except (SyntaxError, ValueError):
        return False


@cache
def simulated_tools() -> frozenset[str]:
    """Names of the simulated tools."""
    docs = [path.read_text() for path in eval_config.MULTI_TURN_FUNC_DOC_PATH.glob("*.json")]
    return frozenset(json.loads(line)["name"] for text in docs for line in text.splitlines())
