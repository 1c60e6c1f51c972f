"""Training: rows in, a student out. Importing this package needs nothing but the core; its commands need `train`."""

import os
from importlib.util import find_spec

from agents.errors import UsageError, installing


def require_extra() -> None:
    """Raises: UsageError: a package of the `train` extra is missing; the message says how to install it."""
    if missing := [name for name in ("torch", "transformers", "accelerate") if not find_spec(name)]:
        raise UsageError(f"finetune needs {', '.join(missing)}; install the extra: {installing('train')}")
    # Reading a model draws a bar for each of its tensors, on every rank; tqdm looks at this when it is imported.
    os.environ.setdefault("TQDM_DISABLE", "1")
