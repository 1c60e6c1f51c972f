"""Whether an answer that a live server calls a success tells of a failure [ours].

Many servers put their errors into ordinary text, with `isError=false`; taken as results they would teach a student to
say "done". An answer is a failure by one of these rules, and by nothing else:

1. A JSON object says so of itself, in its own top level: `success`, `ok` or `succeeded` is false, `isError` is true, or
   an exit code is not 0.
2. A JSON object is an envelope, which holds nothing but words of errors (ENVELOPE), and carries an error, a status that
   is one, or a code of neither 0 nor 200 to 399. A record that has a `status` among fields of its own is a record.
3. A text begins with the word of an error and what is wrong, or it is a traceback, or it ends with a program's exit
   code that is not 0. Texts that go on for more than LONG characters, and lines of a log, are documents.
"""

import re
from http import HTTPStatus

from agents.schema import JsonObject

LONG = 4000
FALSE_IN_FAILURES = ("success", "succeeded", "ok", "successful")
TRUE_IN_FAILURES = ("isError", "is_error", "failed", "has_error", "hasError")
EXITS = ("exit_code", "exitCode", "exit_status", "exitStatus", "returncode", "return_code", "returnCode")
CODES = ("code", "status", "statusCode", "status_code", "http_status", "httpStatus")
CARRYING = ("error", "errors", "err", "exception", "error_message", "errorMessage", "fault")
_WORDS = """success ok message msg reason detail details description type title name stack trace traceback hint path
instance data result results request_id requestId trace_id traceId timestamp documentation_url help suggestion
error_code errorCode error_type errorType"""
ENVELOPE = frozenset((*_WORDS.split(), *CODES, *CARRYING, *EXITS, *FALSE_IN_FAILURES, *TRUE_IN_FAILURES))
_BAD = "error errored failed failure fail exception denied unauthorized forbidden timeout"
BAD_STATUS = frozenset(_BAD.split())

_CAUSE = r"(?!\s*(?:0|none|no|nil|null|n/a)\W*$)\s*\S"
_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)
BEGINNINGS = tuple(
    re.compile(pattern)
    for pattern in (
        # Error: ..., [ERROR] ..., Fatal error - ..., Database error: ...; not "Error: 0" and not "Failed: 3, passed: 9"
        rf"(?i:(?:[a-z][\w./'-]* ){{0,3}}error"
        rf"(?: \w?\d+| (?:while|when|in|during|on|from) [^:]{{1,60}}| ?\([^)]*\))?[*_`]*\s*(?::| [-–—] )){_CAUSE}",
        rf"\[(?i:error|fatal|failed)\]\s*[:-]?{_CAUSE}",
        rf"(?i:fatal|exception|failure|panic|abort(?:ed)?)\s*(?::|!){_CAUSE}",
        rf"(?i:failed)\s*:(?!\s*\d){_CAUSE}",
        # ValueError: ..., sqlite3.OperationalError: ..., java.io.IOException: ...
        rf"(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Failure|Timeout|Warning(?=: error))(?:\s*\([^)]*\))?\s*:{_CAUSE}",
        r"(?i:error) (?i:executing|calling|running|reading|writing|processing|occurred|while|during|fetching|parsing|"
        r"creating|loading|opening|connecting|getting|invoking|searching|retrieving|deleting|updating|querying)\b",
        r"(?i:an? (?:unexpected |internal |unknown )?(?:error|exception) (?:has )?occurred)\b",
        r"(?i:failed|unable|not able) to \w+",
        r"(?i:could not|couldn't|cannot|can't) \w+",
        r"(?i:(?:access|permission|request|operation) (?:is )?(?:denied|forbidden|not permitted|failed|timed out))\b",
        r"(?i:(?:unknown|invalid|unsupported|missing|no such|unrecognized) (?:[\w-]+ ){0,3}[\w-]+\s*(?::|'|\"|`))",
        rf"(?i:(?:HTTP(?:/\d(?:\.\d)?)? )?[45]\d\d(?::| -)? (?:{_PHRASES})\b)",
        r"HTTP(?:/\d(?:\.\d)?)? (?:(?i:error|status) )?(?:(?i:code) )?[45]\d\d\b",
        r"E[A-Z]{3,}: \S",  # ENOENT: no such file or directory
        r"(?i:command (?:failed|exited|not found)|process exited with (?:code|status) [1-9])",
    )
)
ALONE = re.compile(
    r"(?i)[\w'\" ./:-]{1,80}(?:not found|does not exist|is not (?:defined|permitted|valid)|not allowed)[.!]?$"
)
"""What only a text of one line says of itself."""
ORNAMENT = re.compile(r"^[\W_]*(?=\[(?i:error|fatal|failed)\])|^[^\w\[]+")
EXIT = re.compile(r"(?i)\b(?:exit(?:ed)?(?: with)?|return(?:ed)?)[ _-]?(?:code|status)\s*[:=]?\s*(-?[1-9]\d*)\W*$")
TRACEBACK = re.compile(r"^\s*Traceback \(most recent call last\):\s*$", re.MULTILINE)
RAISED = re.compile(r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration)?(?::.*)?$")
LOG_LINE = re.compile(r"^\W*(?:\d{4}-\d\d-\d\d|\d\d:\d\d|(?:INFO|WARN|WARNING|DEBUG|TRACE|NOTICE|ERROR)\b)")


def failure(result: object) -> str:
    """What went wrong, as the server words it; empty for a success.

    >>> failure("Error: no such table: orders"), failure("0 errors found")
    ('Error: no such table: orders', '')
    >>> failure({"success": False, "message": "quota spent"}), failure({"id": 7, "status": "failed"})
    ('quota spent', '')
    """
    if isinstance(result, dict):
        inner = result.get("result")
        if set(result) == {"result"} and isinstance(inner, str | dict):  # how the SDK wraps what is no object
            return failure(inner)
        return _words(result) if _is_failure(result) else ""
    if isinstance(result, list):
        texts = [failure(part) for part in result if isinstance(part, str | dict)]
        return "\n".join(texts) if texts and all(texts) else ""
    if not isinstance(result, str):
        return ""
    # Rule 3: a text.
    text = result.strip()
    lines = [line for line in text.splitlines() if line.strip()]
    if TRACEBACK.match(text) or (TRACEBACK.search(text) and RAISED.match(lines[-1])):
        return text
    if not lines or len(text) > LONG or (len(lines) > 1 and sum(bool(LOG_LINE.match(line)) for line in lines) > 1):
        return ""
    first = ORNAMENT.sub("", lines[0].strip())
    alone = len(lines) == 1 and ALONE.match(first)
    ends_badly = EXIT.search(lines[-1])
    return text if any(beginning.match(first) for beginning in BEGINNINGS) or alone or ends_badly else ""


def _is_failure(result: JsonObject) -> bool:
    """Rules 1 and 2: a JSON object."""
    exits = [result[key] for key in EXITS if isinstance(result.get(key), int)]
    if any(exits) or any(result.get(key) is False for key in FALSE_IN_FAILURES):
        return True
    if any(result.get(key) is True for key in TRUE_IN_FAILURES):
        return True
    # What holds anything besides words of errors is a record, whatever its status says.
    if not result or not ENVELOPE.issuperset(result) or result.get("data") or result.get("results"):
        return False
    carried = any(result.get(key) not in (None, False, "", "none", "None") and result[key] != [] for key in CARRYING
                  if not isinstance(result.get(key), int) or result.get(key) is True)  # fmt: skip
    codes = [result[key] for key in CODES if isinstance(result.get(key), int) and not isinstance(result[key], bool)]
    status = str(result.get("status", "")).lower() in BAD_STATUS and len(result) > 1
    return carried or status or any(code and not 200 <= code < 400 for code in codes)


def _words(result: JsonObject) -> str:
    """The first text in it that says what is wrong."""
    for key in (*CARRYING, "message", "msg", "reason", "detail", "details", "title", "description", "stderr", "status"):
        value = result.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict):
            value = _words(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return "; ".join(f"{key}: {value}" for key, value in result.items() if isinstance(value, str | int))
