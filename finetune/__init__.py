"""Training. Without the `train` extra every command of it ends with one line and exit code 2."""

import sys
from importlib.util import find_spec

if missing := [name for name in ("torch", "transformers", "accelerate") if not find_spec(name)]:
    print(f"error: finetune needs {', '.join(missing)}; install the extra: pip install -e '.[train]'", file=sys.stderr)
    raise SystemExit(2)
