"""BIRD's execution accuracy: both queries on throw-away copies, their rows compared as sets.

    <- {"database", "gold", "predicted"} -> {"valid", "error"}

BIRD's own script is CC BY-SA and on no registry; this is its rule: set equality of the rows, 30 s for each query, and
an empty query gives no rows. What the query of a model may not do: reach other files, load code, run on.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = 1_000_000
DENIED = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
"""ATTACH would make or change a file anywhere; VACUUM INTO needs it too."""


def main(limit_s: str = "30") -> None:
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(judge(**json.loads(line), limit_s=float(limit_s))), flush=True)


def judge(database: str, gold: str, predicted: str, limit_s: float) -> dict[str, Any]:
    expected, fault = rows(database, gold, limit_s)
    if fault:
        return {"valid": False, "error": f"gold: {fault}"}
    actual, fault = rows(database, predicted, limit_s)
    if fault:
        return {"valid": False, "error": fault}
    return {"valid": actual == expected, "error": "" if actual == expected else "other rows"}


def rows(database: str, query: str, limit_s: float) -> tuple[set[Any], str]:
    """The rows as a set, or the class of the fault."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite"
        shutil.copyfile(database, copy)
        connection = sqlite3.connect(copy)
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY if action in DENIED else sqlite3.SQLITE_OK)
        deadline = time.monotonic() + limit_s
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        try:
            fetched = connection.execute(query).fetchmany(ROWS + 1)
            return (set(fetched), "") if len(fetched) <= ROWS else (set(), "too many rows")
        except sqlite3.OperationalError as error:
            return set(), "too long" if "interrupted" in str(error) else "not executable"
        except (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, ValueError) as error:
            return set(), "not allowed" if "not authorized" in str(error) else "not executable"
        finally:
            connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
