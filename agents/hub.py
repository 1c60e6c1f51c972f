"""Whether a model or data set is on this machine, or the Hugging Face hub can be asked for it.

The hub's library asks five times for each file, for a minute and more, before it says that nobody answers.
"""

import importlib
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from agents.errors import UsageError
from agents.teacher.wire.reach import CONNECT_S


def is_name(name: str) -> bool:
    """Whether the hub could know it: `name` or `owner/name`, and no path.

    >>> is_name("Qwen/Qwen3-0.6B"), is_name("./student"), is_name("runs/student/model"), is_name("~/student")
    (True, False, False, False)
    """
    return bool(re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)?", name))


def is_here(who: str, name: str, fix: str, beside: Sequence[str] = ()) -> bool:
    """Whether the model lies on this machine, and nobody is to be asked for it; else the hub answers.

    `beside` are other names of the same. Told within five seconds.
    Raises: UsageError: it is neither here, nor can the hub be reached.
    """
    if Path(name).exists() or not is_name(name):
        return True
    hub, constants = importlib.import_module("huggingface_hub"), importlib.import_module("huggingface_hub.constants")
    if constants.HF_HUB_OFFLINE:
        return True
    problem = _ask(constants.ENDPOINT)
    if not problem:
        return False
    if any(isinstance(hub.try_to_load_from_cache(each, "config.json"), str) for each in (name, *beside)):
        return True
    place = urlsplit(constants.ENDPOINT).netloc
    raise UsageError(
        f"{who}: no such folder, nor a model on this machine, and {place} cannot be reached ({problem}); {fix}"
    )


def refuse_unreachable(who: str, fix: str) -> None:
    """Raises: UsageError: the hub does not answer."""
    constants = importlib.import_module("huggingface_hub.constants")
    if not constants.HF_HUB_OFFLINE and (problem := _ask(constants.ENDPOINT)):
        raise UsageError(f"{who}, and {urlsplit(constants.ENDPOINT).netloc} cannot be reached ({problem}); {fix}")


def _ask(url: str) -> str:
    """Why nobody answers there, asked through the proxies of the environment; empty where somebody does."""
    import httpx  # here, so that --help does without

    problems = [f"no answer within {CONNECT_S:g} s"]

    def ask() -> None:
        try:
            httpx.head(url, timeout=CONNECT_S)
            problems.append("")
        except httpx.TransportError as error:
            problems.append(type(error).__name__)

    # a daemon, for a name may take longer to look up than anybody waits, and nothing ends that
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(CONNECT_S)
    return problems[-1]
