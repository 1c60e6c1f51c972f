"""A student as it comes -> a folder: python -m finetune.unpack MODEL OUT --chat-template qwen2_5"""

from pathlib import Path
from typing import Annotated

from agents import cli
from agents.outputs import check_output
from agents.schema import Noun
from finetune import require_extra
from finetune.model.place import source

TEXT = """Write an untrained student as a folder: read faster than a .gguf, and served with the template given.

\b
  python -m finetune.unpack path/to/model.gguf runs/student/base --chat-template qwen2_5
"""


class Config(Noun):
    """What to unpack, and where to."""

    model: Annotated[str, cli.ARGUMENT]
    """A folder, a name on the Hugging Face hub, or a .gguf file."""
    out: Annotated[Path, cli.ARGUMENT]
    """The folder to write."""
    chat_template: str = ""
    """Another chat template than its own: a file or a name."""


def unpack(config: Config) -> None:
    check_output("OUT", config.out, [Path(config.model)], folder=True)
    require_extra()
    source(config.model)
    import torch  # here, for it takes seconds: --help and mistakes should not wait for it

    from finetune.data.template import load_template
    from finetune.model import student

    tokenizer, stops = student.load_tokenizer(config.model)
    load_template(tokenizer, stops, config.chat_template)
    model = student.load(config.model, len(tokenizer), torch.float32)
    student.save(model, model.state_dict(), config.out, torch.float32)
    tokenizer.save_pretrained(config.out)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run(cli.command(Config, unpack, TEXT), arguments, "finetune.unpack")


if __name__ == "__main__":
    main()
