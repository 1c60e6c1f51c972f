"""A catalogue of tools, searched by what they do: python -m memory.store search "refund an order"."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from agents import cli
from agents.schema import Noun
from memory.corpus import corpus
from memory.embed.cache import Cached
from memory.embed.embedder import embedder
from memory.store.tools import Catalogue


class Config(Noun):
    """What is looked for, and where."""

    query: Annotated[str, cli.ARGUMENT]
    """What the tool should do, in your own words."""
    tools: tuple[Path, ...] = ()
    """Files or folders of tool definitions to search from now on."""
    index: Path = Path("runs/catalogue")
    """Folder of the catalogue; it is made of --tools, else the built-in ones."""
    embedder: str = "wordllama"
    """`wordllama` or a sentence-transformers model."""
    count: int = Field(default=5, ge=1)
    """Tools to show."""


def search(config: Config) -> None:
    """Find tools by what they do."""
    catalogue = Catalogue(Cached(embedder(config.embedder)), config.index)
    try:
        if config.tools or not len(catalogue):
            read = corpus.choose(config.tools)
            print("\n".join(corpus.report(read)), flush=True)
            catalogue.fill(read.tools)
        for tool, distance in catalogue.search(config.query, config.count):
            print(f"{distance:.3f}  {tool.key}  {' '.join(tool.description.split())[:80]}")
    finally:
        catalogue.close()


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, help=__doc__, no_args_is_help=True)
    cli.add_command(app, Config, search)
    app.callback()(lambda: None)  # so that the command keeps its name
    cli.run(app, arguments, "memory.store")


if __name__ == "__main__":
    main()
