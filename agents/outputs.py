"""Whether a command can write where it is told to, asked before its work: hours of it would else be lost at the end."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from agents.errors import UsageError

ELSEWHERE = "choose another place"


def check_output(
    option: str, out: Path, inputs: Iterable[Path | None] = (), *, folder: bool = False, fix: str = ELSEWHERE
) -> None:
    """Raises: UsageError: `out` is one of the inputs or lies in one, is of the wrong kind, or cannot be written.

    Nothing is left there. What is no path on this machine, such as a model's name on a hub, is no input.
    """
    place = out.resolve()
    for given in inputs:
        if given is None or not given.exists():
            continue
        if place == given.resolve():
            raise UsageError(f"{option}: {out} is read here and would be written over; {fix}")
        if given.resolve() in place.parents:
            raise UsageError(f"{option}: {out} lies in {given}, which is read here; {fix}")
    if folder and out.exists() and not out.is_dir():
        raise UsageError(f"{option}: {out} is no folder; name one, which is made if it is not there")
    if not folder and out.exists() and not out.is_file():
        raise UsageError(f"{option}: {out} is {'a folder' if out.is_dir() else 'no file'}; name a file")
    above = place if folder else place.parent
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise UsageError(f"{option}: {out} cannot be made: {above} is a file; {fix}")
    try:
        # a try, not a look at the rights: root has them all, on a read-only disk too
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        raise UsageError(f"{option}: {out} cannot be written ({error.strerror}); {fix}") from None
