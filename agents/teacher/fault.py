"""Why a request brought no answer: what an endpoint said of it, in whatever shape, and what that means for the run."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import orjson

from agents.errors import TDScalingError


class Fault(StrEnum):
    """Why a request brought no answer. All but `rejected` and `spent` may pass when the same request is sent again."""

    CONNECTION = "connection"
    """Nothing listens there: the request never arrived."""
    TIMEOUT = "timeout"
    CUT = "cut"
    """The connection ended within the answer; what it cost is unknown."""
    SERVER = "server"
    """HTTP 5xx, 408 or 409, or an error in an HTTP 200."""
    THROTTLED = "throttled"
    """Too many requests, or requests too fast."""
    MALFORMED = "malformed"
    """An answer that is no chat completion, or that the endpoint itself could not read."""
    OVERLONG = "overlong"
    REJECTED = "rejected"
    """HTTP 4xx: the request, the key or the model is wrong."""
    SPENT = "spent"
    """No credit, or the day's quota is used up: no other request will pass either."""


class WireError(TDScalingError):
    """One attempt that brought no answer; the text may quote what the endpoint said, secrets included."""

    def __init__(
        self,
        fault: Fault,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        param: str = "",
        wait_s: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.fault, self.status, self.code, self.param = fault, status, code, param
        self.wait_s = wait_s
        """What the endpoint asks to wait; 0 where it does not say."""


_SPENT = re.compile(
    r"insufficient[ _-]?(balance|credit|quota|fund)|(balance|credits?|funds?) (is |are )?(too low|insufficient|depleted"
    r"|exhausted|not enough)|not enough (balance|credit|fund|quota)|out of (credit|quota|fund)"
    r"|no (remaining |more )?(credit|balance|quota)|payment[ _]required|top up|in arrears|arrearage|余额不足|欠费"
    r"|used all available credits|credits? expired|free tier of the model has been exhausted|usage limits\. You will"
    r"|billing hard limit|budget has been exceeded"
    r"|account (is|was|has been) (suspended|deactivated|disabled|terminated)|unpaid (invoice|bill)",
    re.IGNORECASE,
)
_CAPPED = re.compile(
    r"exceeded your current quota|billing|recharge|(spend|spending|usage|budget|cost)( hard)? limit"
    r"|budget.{0,20}exceeded|exceeded.{0,20}budget|key limit exceeded"
    r"|(quota|limit).{0,40}\b(day|daily|month|monthly|week|weekly)\b"
    r"|\b(daily|monthly|weekly|per[ -]day|per[ -]month)\b.{0,40}(quota|limit)|per[ -]?day|\b[TR]PD\b"
    r"|per \d{5,}s|ByDay",
    re.IGNORECASE,
)
"""Words of a spent quota where the status says as much; elsewhere they may be a prompt's that is quoted."""
_PACE = re.compile(
    r"per[ -]?(min|sec)|/ ?min\b|\b[TR]P[MS]\b|concurren|retrydelay|try again in|retry in", re.IGNORECASE
)
_DAY = re.compile(r"per[ -]?(day|month|week)|per \d{5,}s|ByDay|\b(daily|monthly|weekly)\b|\b[TR]PD\b", re.IGNORECASE)
_MISCALLED = re.compile(
    r"tool_use_failed|failed_generation|error parsing (the )?(tool|function)"
    r"|json_validate_failed|failed to (call a function|generate json|parse (the )?"
    r"(tool|function|model))|output_parse_failed|malformed_(function|tool)_call|tool call validation failed"
    r"|(could not|cannot|unable to) parse (the )?(tool|function|model|generated)",
    re.IGNORECASE,
)
"""The model's own words were no call or no JSON: the next attempt may well be."""
_FAST = re.compile(
    r"rate[ _-]?limit|rate exceeded|too many requests|RESOURCE_EXHAUSTED|throttl|slow down|qps"
    r"|并发数?过高|请求过[多快]|限流",
    re.IGNORECASE,
)
_OVERSIZED = re.compile(r"request too large|(limit|max)\D{0,9}(\d+)\W{1,3}requested\D{0,3}(\d+)", re.IGNORECASE)
"""One request asks for more than a minute allows, which no wait will change."""
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|title|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_UNFIT = re.compile(
    r"grammar|schema conversion|convert.{0,20}schema|requires? --jinja|not support tools|unexpected keyword argument"
    r"|(unknown|unrecogni[sz]ed|unsupported|unexpected) (field|parameter|argument|keyword)",
    re.IGNORECASE,
)
"""llama.cpp and its kin say HTTP 500 of a definition that they cannot turn into a grammar, others of a field."""
_STARTING = re.compile(
    r"model (is |was |has been )?(currently |still |being )?(re|un)?load(ing|ed)\b|model has crashed"
    r"|(please )?(try again (later|shortly|in (a|\d))|retry (later|shortly|in (a|\d)))|loading, please retry",
    re.IGNORECASE,
)
"""What LM Studio and serverless hosts say with a 4xx while a model comes and goes."""
PASSING = frozenset({408, 409, 423, 424, 425, 498, 499})
"""4xx that say nothing of the request: too late, busy, an upstream that failed, a client that was taken for gone."""
_STATUS = {
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
    "DEADLINE_EXCEEDED": 504,
    "PERMISSION_DENIED": 403,
    "UNAUTHENTICATED": 401,
    "NOT_FOUND": 404,
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
}
"""Google's names for an HTTP status."""


def refusal(status: int | None, raw: object, retry_after: str = "") -> WireError:
    """The error that an endpoint answered with: `raw` is its body as bytes, or as JSON that was read already.

    `status` is None where it came with HTTP 200; then the body may say what it stands for.
    """
    body = raw
    if isinstance(raw, bytes):
        try:
            body = orjson.loads(raw)
        except ValueError:
            body = None
    words, code, param = _complaint(body)
    if not words:
        words = raw[:20_000].decode(errors="replace") if isinstance(raw, bytes) else str(raw)[:300]
        if _PAGE.match(words):  # a gateway's own page, of which people want to know the title
            titles = dict.fromkeys(" ".join(title.split()) for _, title in _TITLE.findall(words))
            words = f"a web page: {'; '.join(titles) or 'without a title'}"
        words = words[:300]
    meant = status or next((int(c) for c in code.split() if c.isdigit() and 400 <= int(c) < 600), None)
    meant = meant or next((_STATUS[c] for c in code.split() if c in _STATUS), None)
    wait_s = seconds(retry_after) or _asks_to_wait(f"{words} {_text(body)}" if body else words)
    head = f"HTTP {meant}: " if meant else ""
    fault = fault_of(meant, code, f"{words} {_text(body)}")
    return WireError(fault, f"{head}{words}", status=meant, code=code, param=param, wait_s=wait_s)


def fault_of(status: int | None, code: str, words: str) -> Fault:
    """What a status, an error code and the endpoint's own words come to.

    >>> fault_of(429, "", "Rate limit reached for tokens per minute (TPM)"), fault_of(429, "", "tokens per day (TPD)")
    (<Fault.THROTTLED: 'throttled'>, <Fault.SPENT: 'spent'>)
    """
    whole = f"{code} {words}"
    if _MISCALLED.search(whole):
        return Fault.MALFORMED
    # Google says "exceeded your current quota ... billing" of a limit per minute too, and tells the delay.
    paced = bool(_PACE.search(whole)) and not _DAY.search(whole)
    if status == 402 or (_SPENT.search(whole) and not paced and status in {None, 400, 401, 403, 429}):
        return Fault.SPENT
    if status in {None, 403, 429} and not paced and _CAPPED.search(whole):
        return Fault.SPENT
    sizes = _OVERSIZED.search(words)
    if sizes and status in {400, 413, 429} and (sizes[2] is None or int(sizes[3]) > int(sizes[2])):
        return Fault.REJECTED
    if status == 429 or (status in {None, 400, 403, 413} and _FAST.search(whole)):
        return Fault.THROTTLED
    if status == 500 and _UNFIT.search(whole):
        return Fault.REJECTED
    if status is None or (status >= 500 and status != 501) or status in PASSING:
        return Fault.SERVER
    if status in {400, 404, 422} and _STARTING.search(words):
        return Fault.SERVER
    return Fault.REJECTED


def _complaint(body: object) -> tuple[str, str, str]:
    """Words, codes and the parameter named, from the shapes in which endpoints and gateways tell an error."""
    if isinstance(body, list):
        body = body[0] if body else None
    if isinstance(body, str):
        return body, "", ""
    if not isinstance(body, Mapping):
        return "", "", ""
    error = next((body[key] for key in ("error", "detail", "errors", "base_resp") if body.get(key)), body)
    if isinstance(error, Mapping) and isinstance(inner := error.get("message"), Mapping | list):
        return _complaint(inner)  # an error within an error, as Mistral's
    if isinstance(error, list):  # FastAPI's list of what is wrong with a body, and its like
        phrases, param = list[str](), ""
        for fault in error:
            if not isinstance(fault, Mapping):
                phrases.append(str(fault))
                continue
            place = fault.get("loc")
            where = ".".join(map(str, place)) if isinstance(place, list) else ""
            param = param or (str(place[-1]) if isinstance(place, list) and place else "")
            phrases.append(f"{where} {fault.get('msg') or fault.get('message') or fault.get('detail') or ''}".strip())
        return "; ".join(phrases[:5]), "", param
    if not isinstance(error, Mapping):
        return str(error) if error is not body else "", "", ""
    keys = ("message", "Message", "msg", "status_msg", "error_msg", "error", "detail", "title", "text")
    words = next((text for text in map(error.get, keys) if isinstance(text, str) and text), "")
    if not words and error is body.get("errors"):  # by field
        words = "; ".join(
            f"{field} {', '.join(map(str, said))}" for field, said in error.items() if isinstance(said, list)
        )
    metadata = error.get("metadata")
    upstream = metadata.get("raw") if isinstance(metadata, Mapping) else None  # a gateway quotes the vendor behind it
    words = f"{words} ({upstream})" if upstream else words
    codes = [error.get(key) for key in ("code", "status", "type", "status_code", "error_code")]
    named = error.get("param")
    code = " ".join(str(c) for c in codes if isinstance(c, str | int) and not isinstance(c, bool))
    return words, code, named if isinstance(named, str) else ""


def is_error(body: Mapping[str, object]) -> bool:
    """Whether a body that came with HTTP 200 tells an error."""
    error = body.get("error") or body.get("errors")
    if isinstance(error, Mapping) and body.get("choices"):
        error = any(error.values())  # a gateway's form for errors, with nothing filled in
    if error or body.get("object") == "error":
        return True
    base = body.get("base_resp")
    if isinstance(base, Mapping) and base.get("status_code"):
        return True
    speaks = any(isinstance(body.get(key), str) for key in ("message", "msg", "detail", "error_msg"))
    return speaks and not body.get("choices") and not body.get("content")


def _text(body: object) -> str:
    """Which quota and how long to wait, where they lie deep in a body; never a prompt that it quotes."""
    return " ".join(_strings(body, 6))[:4000]


def _strings(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping) and depth:
        for key, inner in value.items():
            if isinstance(inner, str) and key == "retryDelay":
                yield f"retry in {inner}"
            elif isinstance(inner, str) and key in {"quotaId", "quotaMetric", "reason", "type", "code", "status"}:
                yield inner
            else:
                yield from _strings(inner, depth - 1)
    elif isinstance(value, list) and depth:
        for inner in value:
            yield from _strings(inner, depth - 1)


def _asks_to_wait(words: str) -> float:
    """Seconds that the words name.

    >>> _asks_to_wait("Please try again in 1m26.4s."), _asks_to_wait("Retry in 900ms"), _asks_to_wait("later")
    (86.4, 0.9, 0.0)
    """
    match = re.search(
        r"(?:(?:again|retry|available) (?:in|after)|please wait) (?:about )?"
        r"(?:(\d+) ?h(?:ours?)?\b ?|(\d+)h)?(?:(\d+) ?m(?:in(?:ute)?s?)?\b ?|(\d+)m(?!s))?(?:([\d.]*\d)\s*(ms|s)?)?",
        words,
        re.IGNORECASE,
    )
    if not match or not any(match.groups()[:5]):
        return 0.0
    hours, short_hours, minutes, short_minutes, rest, unit = match.groups()
    whole = 3600 * int(hours or short_hours or 0) + 60 * int(minutes or short_minutes or 0)
    return whole + float(rest or 0) / (1000 if unit == "ms" else 1)


def seconds(retry_after: str) -> float:
    """What a `Retry-After` header asks for, as seconds or as a date; 0 where it says neither.

    >>> seconds("1.5"), seconds("30s"), seconds("500ms"), seconds("60, 60"), seconds("1m30s"), seconds("soon")
    (1.5, 30.0, 0.5, 60.0, 90.0, 0.0)
    """
    if match := re.match(r"\s*(\d+(?:\.\d+)?)\s*(ms|s)?\s*(?:,|$)", retry_after):
        return float(match[1]) / (1000 if match[2] == "ms" else 1)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        try:
            moment = datetime.fromisoformat(retry_after)
        except ValueError:
            return _asks_to_wait(f"retry in {retry_after}")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def one_line(error: Exception | str) -> str:
    """What an error says, without secrets, in at most 300 characters."""
    return " ".join(redact(str(error)).split())[:300]


def redact(text: str) -> str:
    """The text without anything that looks like a secret or is one of the environment's.

    >>> redact("Incorrect API key provided: sk-ab*****yz.")
    'Incorrect API key provided: ***.'
    """
    secrets = [value for name, value in os.environ.items() if re.search("KEY|TOKEN|SECRET", name) and len(value) > 7]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"\bsk-[\w*-]+|(?<=Bearer )\S+", "***", text)
