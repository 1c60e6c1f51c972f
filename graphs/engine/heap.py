"""The garbage collector is kept from walking through what stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 50_000
"""Between two collections of young objects; Python's own 700 are a tenth of one conversation's."""


@contextmanager
def settled() -> Iterator[None]:
    """While it lasts, what there is already (tools, clusters, modules) is no part of a collection.

    Each full collection would walk through all of it, and free none: an eighth of a run's CPU time.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
