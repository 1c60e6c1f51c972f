"""A trained model -> the Hugging Face hub, with its card: python -m finetune.model.push runs/student OWNER/NAME"""

from pathlib import Path
from typing import Annotated

from agents import cli
from agents.errors import OutageError, UsageError
from agents.schema import Noun
from finetune import require_extra

TEXT = """Upload a trained model with its card, tokenizer and the run's options.

\b
  HF_TOKEN=... python -m finetune.model.push runs/student OWNER/NAME

It is private unless --public is given. HF_ENDPOINT names another hub. Paths of this machine that the run was given
stand in the card and in sft_config.json: read them first.
"""


class Config(Noun):
    """What to upload, and where to."""

    run: Annotated[Path, cli.ARGUMENT]
    """A training run's folder, or a model's."""
    name: Annotated[str, cli.ARGUMENT]
    """OWNER/NAME on the hub; it is made where it is not there."""
    public: bool = False
    """Let everybody see it."""


def push(config: Config) -> None:
    """Raises: UsageError: there is no model, or the hub refuses; OutageError: no hub answers."""
    require_extra()
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    folder = config.run / "model" if (config.run / "model").is_dir() else config.run
    if not any((folder / name).is_file() for name in ("config.json", "adapter_config.json")):
        raise UsageError(f"{config.run}: no trained model in it; name the --out of a training run that ended")
    api = HfApi()
    try:
        page = api.create_repo(config.name, private=not config.public, exist_ok=True)
        api.upload_folder(repo_id=config.name, folder_path=folder, commit_message="Fine-tuned with TDScaling")
    except (HfHubHTTPError, HFValidationError, LocalTokenNotFoundError) as error:
        line = " ".join(str(error).split())[:200]
        raise UsageError(f"{config.name}: the hub refuses: {line}; set HF_TOKEN, or see `hf auth login`") from None
    except Exception as error:  # the hub's client has changed its HTTP library, and so its errors, three times
        raise OutageError(f"{config.name}: no hub answers at {api.endpoint}: {error}") from None
    print(f"{folder} is at {page}")


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run(cli.command(Config, push, TEXT), arguments, "finetune.model.push")


if __name__ == "__main__":
    main()
