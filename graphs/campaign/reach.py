"""Whether the servers that a run names are there, asked before the rest of the project is loaded."""

from agents.teacher.wire.reach import check_listening, check_teachers
from graphs.campaign.config import Config, read_manifest


def check_servers(config: Config) -> None:
    """Raises: UsageError: nobody listens at one of the addresses."""
    chromas = {f"--memory {config.memory}": config.memory} if config.memory else {}
    chromas |= {f"--against {place}": place for place in config.against if place.startswith(("http://", "https://"))}
    check_listening(chromas, "start a Chroma server there: chroma run --path FOLDER --port PORT")
    if config.mcp:
        from memory.corpus.servers.mcp_file import read  # only here: most runs name none

        urls = {f"--mcp: {server.name} {server.url}": server.url for server in read(config.mcp)}
        check_listening(urls, "start it, or correct or remove its entry")
    if read_manifest(config.out):
        return  # a run that is complete asks nobody else; one that goes on is checked when it does
    check_teachers(config.teachers)
    if config.embedder != "wordllama":
        from memory.embed.embedder import embedder, refuse_unreachable

        refuse_unreachable(embedder(config.embedder).name)
