"""What one endpoint does not take, learned from what it refused: a request is said again in its own way.

A field that it names as unknown is left out, and said once. Roles, tools and the way to ask for JSON are put
differently where it complains of those. The request itself, its digest and the row never change.
"""

import logging
import re
from collections.abc import Sequence

import orjson

from agents.schema import JsonObject
from agents.teacher.fault import Fault, WireError, one_line
from agents.teacher.wire import history
from agents.teacher.wire.wire_schema import LEVELS, tolerant

logger = logging.getLogger(__name__)
NEEDED = frozenset({"model", "messages", "tools", "response_format"})
"""What is never left out here. How JSON is asked for is for Teachers to change."""
LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""Two names of one field."""
_UNKNOWN = re.compile(
    r"unsupported|n[o']t support|unknown|unrecogni[sz]ed|unexpected|not (permitted|allowed|accept|recogni|a valid|valid"
    r"|available|implemented)|extra (fields|inputs)|deprecated|no longer|cannot (find field|be used|be set)"
    r"|incompatible|invalid (field|parameter|argument|name|key|property)|only the default"
    r"|only \S+ (is|are) (allowed|supported)|invalid seed"
    r"|seed.{0,40}(must|should|range|between|integer|int32|expected|less than|at most|<)|(may|can|must) only be"
    r"|additional propert|forbidden|unavailable",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    # not of a schema, as OpenAI says: "In context=('properties', 'days'), array schema missing items"
    r"context(?!=)|too long|too large|maximum.{0,20}length|exceeds",
    re.IGNORECASE,
)
_ALTERNATE = re.compile(
    r"roles? must (alternate|be alternat)|must alternate|alternat(e|ing) between|consecutive|same role"
    r"|unexpected role '?user'? after role '?tool",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"(system|developer)['\"]? (role|message|prompt|instruction)s?.{0,40}(not|n't|unsupported|disabled)"
    r"|role.{0,30}['\"]?(system|developer)|does not support ['\"]?system|(unsupported|invalid|unknown).{0,40}role"
    r"|developer instruction",
    re.IGNORECASE,
)
_STREAMS = re.compile(
    r"only.{0,20}stream|stream\W{0,4}(parameter )?(must be|to be|is required|=\s*true|mode is)|non-?stream"
    r"|without streaming|enable (the )?stream|streaming is (required|strongly)",
    re.IGNORECASE,
)
_WANTS_THOUGHTS = re.compile(
    r"reasoning_content.{0,60}(missing|required|must|passed back)|missing.{0,20}reasoning_content", re.IGNORECASE
)
SIGNATURE = {"google": {"thought_signature": "skip_thought_signature_validator"}}
"""What Gemini takes in place of the signature of a thought that it did not think here."""
_EMPTY = re.compile(
    r"content.{0,60}(empty|null|none|required|blank|must be a string|at least|minimum|missing)"
    r"|(empty|null).{0,30}content",
    re.IGNORECASE,
)
_TOOLS = re.compile(r"tool|function|schema|parameters|properties|\bitems\b|pattern|anyOf|oneOf|\$ref", re.IGNORECASE)
_DEFINITION = re.compile(
    r"tools?[\[.(]\d|schema|parameters|propert|\bitems\b|pattern|anyOf|oneOf|\$ref|function (name )?['\"`]"
    r"|function\.name|(function|tool) (name|definition|declaration)|grammar",
    re.IGNORECASE,
)
_RESULT = re.compile(r"tool_call_id|tool_calls?['\"` ]|role.{0,5}tool|messages?[\[.]\d", re.IGNORECASE)
_NO_TOOLS = re.compile(
    r"tool[ _-]?choice|(not|n't|no endpoints.*) support.{0,20}(tool|function)|tool use"
    r"|\b((tool|function)s?|(tool|function)[ _]call(ing|s)?)['\"`]? (is|are) (not|n't) (supported|enabled|available)",
    re.IGNORECASE,
)


class Dialect:
    """One endpoint's way of speaking. `learn` from each refusal, `say` each request."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.left_out: dict[str, str] = {}
        """Field -> what the endpoint said of it."""
        self.renamed: dict[str, str] = {}
        self.system, self.merged, self.empty_content = "system", False, True
        self.levels: dict[bytes, int] = {}
        """Tools -> how simply they are put, where the endpoint refused them as they are. Each set by itself: what is
        refused of one must not change what is sent of another, or rows would hang on which came first."""
        self.streams = self.wants_thoughts = self.wants_signatures = False

    @property
    def notes(self) -> list[str]:
        """What is done differently here, for the manifest."""
        notes = [f"without {field}" for field in self.left_out]
        notes += [f"{old} as {new}" for old, new in self.renamed.items()]
        notes += [f"system as {self.system}"] if self.system != "system" else []
        notes += ["roles alternate"] if self.merged else []
        notes += [] if self.empty_content else ["no empty content"]
        notes += ["answers streamed"] if self.streams else []
        notes += ["empty reasoning_content beside calls"] if self.wants_thoughts else []
        notes += ["a signature beside calls"] if self.wants_signatures else []
        level = max(self.levels.values(), default=0)
        return [*notes, f"tools simplified ({level})"] if level else notes

    def say(self, body: JsonObject) -> JsonObject:
        """The body as this endpoint takes it; a field that is None is left out."""
        spoken = {self.renamed.get(key, key): value for key, value in body.items() if value is not None}
        for field in self.left_out:
            spoken = _without(spoken, field.split("."))
        messages = history.shorten_ids(spoken["messages"])
        if self.system == "developer":
            messages = [{**m, "role": "developer"} if m["role"] == "system" else m for m in messages]
        elif self.system == "user":
            messages = history.fold_system(messages)
        # after the system message, which may have become a user's that now stands before another
        if self.merged:
            messages = history.join_roles(messages)
        if not self.empty_content:
            messages = history.fill_content(messages)
        if self.wants_thoughts or self.wants_signatures:
            signature = SIGNATURE if self.wants_signatures else None
            messages = history.dress_calls(messages, thoughts=self.wants_thoughts, signature=signature)
        spoken["messages"] = messages
        if self.streams:
            spoken |= {"stream": True, "stream_options": {"include_usage": True}}
        level = self.levels.get(orjson.dumps(spoken.get("tools")), 0) if self.levels else 0
        return {**spoken, "tools": tolerant(spoken["tools"], level)} if level else spoken

    def learn(self, error: WireError, body: JsonObject, sent: JsonObject) -> bool:
        """Whether the request would now be said otherwise than it was sent, so that it is worth another try."""
        if error.fault not in {Fault.REJECTED, Fault.SERVER} or error.status in {None, 401, 403, 429}:
            return self.say(body) != sent
        if self.say(body) != sent:  # another request has taught it meanwhile: that is tried before more is learnt
            return True
        words, rejected = str(error), error.status in {400, 404, 415, 422, 500, 501}
        rejected = rejected and error.fault is Fault.REJECTED
        blank = any(not message.get("content") for message in sent["messages"])
        # what an endpoint cannot do without goes first, then a field that is named: what follows is told from words
        # that another complaint may hold, too
        if rejected and not self.streams and _STREAMS.search(words):
            self.streams = True
            self._tell(words, "answers are streamed")
        elif rejected and not self.wants_thoughts and _WANTS_THOUGHTS.search(words):
            self.wants_thoughts = True
            self._tell(words, "calls are sent with an empty reasoning_content")
        elif rejected and not self.wants_signatures and "thought_signature" in words:
            self.wants_signatures = True
            self._tell(words, "calls are sent with the signature that stands for none")
        elif rejected and self._note_field(error, sent):
            pass
        elif _ALTERNATE.search(words) and not self.merged:
            self._tell(words, "roles alternate: messages of one role in a row are joined")
            self.merged = True
        elif _SYSTEM.search(words) and self.system != "user":
            developer = "developer" in words and "developer instruction" not in words.lower()
            self.system = "developer" if developer and self.system == "system" else "user"
            self._tell(words, f"no system message: it is sent as {self.system}")
        elif rejected and self.empty_content and blank and _EMPTY.search(words):
            self.empty_content = False
            self._tell(words, "no empty content: it is left out, or a space")
        elif rejected and sent.get("tools") and is_about_tools(words):
            tools, highest = orjson.dumps(body["tools"]), max(self.levels.values(), default=0)
            level = self.levels[tools] = min(LEVELS, self.levels.get(tools, 0) + 1)
            if self.say(body) == sent and level < LEVELS:  # there was nothing to mend at this level
                level = self.levels[tools] = LEVELS
            if level > highest:
                self._tell(words, f"tools are sent with simpler schemas ({level} of {LEVELS}); rows keep theirs")
        return self.say(body) != sent

    def _note_field(self, error: WireError, sent: JsonObject) -> bool:
        """A field that the endpoint names and does not know, or knows by another name."""
        words = str(error)
        for old, new in LIMITS.items():
            if old in sent and re.search(rf"\b{new}\b", words) and old not in self.renamed.values():
                self.renamed[old] = new
                self._tell(words, f"{old} is sent as {new}")
                return True
        inner = sent.get("response_format", {}).get("json_schema", {})
        usual = [key for key in sent if key not in NEEDED]
        usual += ["response_format.json_schema.strict"] if "strict" in inner else []
        fields = list[str]()
        for field in usual:
            name = re.escape(field.split(".")[-1])
            # beside a parameter that is named apart, words may hold others' names: quotation marks tell what is meant
            around = rf"['\"`]{name}['\"`]" if error.param else rf"(?<![\w-]){name}(?![\w-])"
            if error.param.split(".")[-1] == field.split(".")[-1] or re.search(around, words):
                fields.append(field)
        ours = error.param.split(".")[-1] in {"seed", "stream", "strict"}
        if not fields or not (ours or (_UNKNOWN.search(words) and not _TOO_LONG.search(words))):
            return False
        for field in fields:
            self.left_out[field] = " ".join(words.split())[:200]
            self._tell(words, f"{field} is left out")
        return True

    def _tell(self, words: str, change: str) -> None:
        logger.warning("teacher %s: %s (it said: %s)", self._name, change, one_line(words))


def is_about_tools(words: str) -> bool:
    """Whether an endpoint complains of a tool, and not that it knows no tools at all, or too many words."""
    return bool(_TOOLS.search(words)) and not _NO_TOOLS.search(words) and not _TOO_LONG.search(words)


def knows_no_tools(words: str) -> bool:
    """Whether an endpoint says that it takes no tools at all."""
    return bool(_NO_TOOLS.search(words))


def refuses_definitions(words: str) -> bool:
    """Whether it is a definition that it complains of, and not a call or a result in this conversation alone.

    >>> refuses_definitions("Invalid schema for function 'get'"), refuses_definitions("tool_call_id 'x' was not found")
    (True, False)
    """
    return is_about_tools(words) and bool(_DEFINITION.search(words)) and not _RESULT.search(words)


def _without(body: JsonObject, path: Sequence[str]) -> JsonObject:
    if path[0] not in body:
        return dict(body)
    if len(path) == 1:
        return {key: value for key, value in body.items() if key != path[0]}
    return {**body, path[0]: _without(body[path[0]], path[1:])}
