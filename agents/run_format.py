"""The form of a run's folder, by number: whoever reads one that another version wrote says so instead of guessing."""

from collections.abc import Mapping
from pathlib import Path

from agents.errors import UsageError
from agents.files import find_object
from agents.schema import JsonObject

FORMAT = 1
"""Of the folders that this version writes and reads; one that does not say its number is of the first."""


def check_format(folder: Path, manifest: Mapping[str, object]) -> None:
    """Raises: UsageError: another version wrote the run, in a form that this one does not read."""
    written = manifest.get("format", 1)
    if written == FORMAT:
        return
    age = "an older" if isinstance(written, int) and written < FORMAT else "a newer"
    raise UsageError(
        f"{folder}: {age} version of TDScaling wrote this run, in format {written}, and this one reads {FORMAT}; "
        "use that version, or play the run anew"
    )


def find_manifest(folder: Path) -> JsonObject:
    """manifest.json of a run's folder, empty where there is none. Raises: UsageError: it cannot be read."""
    manifest = find_object(folder / "manifest.json")
    check_format(folder, manifest)
    return manifest
