"""Trajectories -> a fine-tuned student: python -m finetune.sft

Reads a run's folder or anybody's rows, tokenises them through the student's own chat template, and trains on what the
assistant says. The same command runs on a laptop's CPU, on one GPU, and by `accelerate launch -m finetune.sft` on many.
"""

import errno
import os
import sys

from agents import cli
from agents.errors import UsageError
from finetune import require_extra
from finetune.config import PRESETS, Config, settle
from finetune.data.rows import check_there, parse_source
from finetune.model.place import source

SWITCHES = {
    "preset": cli.Switch(next(iter(PRESETS)), f"Other defaults, one of: {' '.join(PRESETS)}."),
    "resume": cli.Switch(False, "Go on from the last checkpoint in --out, with its options."),
}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
EXAMPLES = """Fine-tune a student on trajectories: assistant tokens only, packed, resumable.

\b
  python -m finetune.sft --data runs/default --model PATH --out runs/student
  python -m finetune.sft --data runs/a --data others.jsonl=0.5 --held-out-data exam.jsonl --model PATH
  python -m finetune.sft --model PATH --out runs/student --resume      go on after Ctrl-C, or a kill
  accelerate launch --config_file finetune/accelerate/fsdp2.yaml -m finetune.sft --preset paper --model NAME

Needs the extra: pip install -e '.[train]'. Lengths are in the student's tokens. OUT/model loads in transformers, and
OUT/log.jsonl has the losses.

Exit codes: 0 trained, 2 a mistake in the options or the rows, or no extra, 130 Ctrl-C or a signal (--resume goes on).
"""


def start(options: cli.Options, preset: str, resume: bool) -> int:
    """The whole command; returns its exit code, 130 where a signal stopped it."""
    if preset not in PRESETS:
        raise UsageError(f"--preset: no {preset}; one of {' '.join(PRESETS)}")
    config = settle(options, PRESETS[preset], resume)
    if not config.model:
        raise UsageError("--model: name the student: a folder, a name on the Hugging Face hub, or a .gguf file")
    if config.keep_adapter and not config.lora:
        raise UsageError("--keep-adapter: there are adapters with --lora only")
    if (config.patience or config.keep_best) and not config.eval_every:
        raise UsageError(
            "--patience and --keep-best compare held-out losses; say with --eval-every how often one is made"
        )
    require_extra()
    # torch takes seconds to import: --help and mistakes should not wait for it
    for option, texts in (("--data", config.data), ("--held-out-data", config.held_out_data)):
        for text in () if resume else texts:  # what a resume needs of them it may have in its store
            check_there(parse_source(text).name, option)
    source(config.model)
    from finetune.train import train

    try:
        complete = train(config)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise UsageError(str(error)) from error
    except UsageError:
        if os.environ.get("RANK", "0") != "0":  # rank 0 says it for all
            raise SystemExit(2) from None
        raise
    if complete:
        return 0
    print(f"stopped; to go on: python -m finetune.sft --out {config.out} --resume", file=sys.stderr)
    return 130


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run(cli.resumable(Config, start, EXAMPLES, SWITCHES), arguments, "finetune.sft")


if __name__ == "__main__":
    main()
