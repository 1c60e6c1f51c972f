"""A run's memory on disk: every answer, every executed call, every finished slot and every commit, in one SQLite file.

An answer is written before it is used and a finished slot before anything is derived from it, so a killed run loses at
most the answers that were still on the wire. WAL with `synchronous=NORMAL`: a write costs microseconds and survives the
death of the process; after a power cut the last commits may be missing, never torn. One process writes.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.errors import UsageError
from agents.schema import Observed, Origin, Played, Role, Stop
from agents.teacher.request import Answer, Request, flaw

COUNTS = ("input", "output", "cached")
# without rowid the primary key is the table: one search for an answer instead of two
TABLES = """
create table if not exists answers(
  slot integer, call integer, digest text not null, role text not null, answer text not null,
  input integer, output integer, cached integer, seconds real, primary key(slot, call)) without rowid;
create table if not exists faults(
  slot integer, call integer, role text not null, kind text not null, fault text not null);
create table if not exists executed(
  slot integer, call integer, digest text not null, service text not null, origin text not null, observed text not null,
  primary key(slot, call)) without rowid;
create table if not exists finished(slot integer primary key, played text not null);
create table if not exists commits(
  slot integer primary key, accepted integer not null, reason text not null, row blob not null, measures text,
  text text not null, summary text not null);
"""
# a sum with null is null: what the other of two answers did say would be lost
RECORD = f"""
insert into answers values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(slot, call) do update set
  digest = excluded.digest, role = excluded.role, answer = excluded.answer, seconds = excluded.seconds, {
    ", ".join(f"{name} = coalesce({name} + excluded.{name}, {name}, excluded.{name})" for name in COUNTS)
}"""
EARLY = "mended_early"
"""A fault that was shown to the model at once, and not found at the end of the slot."""
TRANSPORT, SEMANTIC = "transport", "semantic"
"""Attempts that brought no answer, and answers that were not good."""
SUMS = "coalesce(sum(input), 0), coalesce(sum(output), 0), coalesce(sum(cached), 0), count(*), count(*) - count(input)"


@dataclass(frozen=True)
class Tokens:
    """What answers cost. `unknown` of the `answers` did not say, the sums are then too low."""

    input: int = 0
    output: int = 0
    cached: int = 0
    answers: int = 0
    unknown: int = 0

    @property
    def spent(self) -> int:
        return self.input + self.output


@dataclass(frozen=True)
class Commit:
    """The outcome of a slot, in its final order."""

    slot: int
    accepted: bool
    reason: str
    """Why it was rejected; empty when accepted."""
    row: bytes
    """The line of trajectories.jsonl or rejected.jsonl, byte for byte."""
    measures: str | None = None
    """JSON; None where there is no completed trajectory to measure."""
    text: str = ""
    """What the Global Memory embeds; empty when rejected."""
    summary: str = ""


class Journal:
    """The tables of one run folder. Raises UsageError where another process writes to it, or it is no journal."""

    def __init__(self, folder: Path) -> None:
        self._lock = _lock(folder)
        self._db = sqlite3.connect(folder / "journal.sqlite", isolation_level=None)
        try:
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")  # a full sync costs 10 ms on a busy disk, at each answer
            self._db.executescript(TABLES)
        except sqlite3.OperationalError:
            raise  # full, read-only or in use
        except sqlite3.DatabaseError as error:
            self._db.close()
            self._lock.close()
            fix = "its answers are lost; keep trajectories.jsonl, and choose another --out with --against this folder"
            raise UsageError(f"{folder / 'journal.sqlite'}: it was cut off or overwritten ({error}): {fix}") from None
        if "seconds" not in [column[1] for column in self._db.execute("pragma table_info(answers)")]:
            self._db.execute("alter table answers add column seconds real")  # a run that an earlier version began
        self._note_answered()

    def _note_answered(self) -> None:
        query = "select slot, max(call) from answers where slot >= ? group by slot"
        self._last_calls: dict[int, int] = dict(self._db.execute(query, (self.commit_count,)).fetchall())
        """Slot that is not committed -> its last recorded call."""

    def close(self) -> None:
        self._db.close()
        self._lock.close()  # last, so that nobody opens a journal that is still being closed

    def answer(self, slot: int, call: int, digest: str) -> Answer | None:
        """The recorded answer to the same request at the same place, of a slot that is not committed; None: none."""
        # places before slot 0 are always looked up: `_last_calls` starts at the committed slots
        if slot >= 0 and call > self._last_calls.get(slot, -1):
            return None  # nearly every request is a new one, and a look into the file costs as much as a record
        row = self._row("select answer from answers where slot = ? and call = ? and digest = ?", slot, call, digest)
        return Answer.model_validate_json(row[0]) if row else None

    def record(
        self, slot: int, call: int, request: Request, answer: Answer, digest: str = "", seconds: float | None = None
    ) -> None:
        """Keep an answer, the attempts that brought none before it, what is wrong with it, and how long it took.

        One at the same place, which another version of the prompts had asked for, is replaced; its tokens stay counted.
        """
        faults = [flaw(answer), "mended" if answer.mended else None, "asked_again" if request.again else None]
        faults.append(EARLY if request.early else None)
        self.note(slot, call, request.role, TRANSPORT, answer.faults)
        self.note(slot, call, request.role, SEMANTIC, [fault for fault in faults if fault])
        usage = answer.usage or {}
        counts = [usage.get(key, 0) if usage else None for key in COUNTS]
        values = (slot, call, digest or request.digest(), str(request.role), answer.model_dump_json(), *counts, seconds)
        self._db.execute(RECORD, values)
        self._last_calls[slot] = max(call, self._last_calls.get(slot, call))

    def note(self, slot: int, call: int, role: Role, kind: str, faults: Sequence[str]) -> None:
        """Keep what went wrong with a request."""
        values = [(slot, call, str(role), kind, str(fault)) for fault in faults]
        if values:
            self._db.executemany("insert into faults values (?, ?, ?, ?, ?)", values)

    @property
    def before(self) -> int:
        """A new place before slot 0, for what a process asks before it plays."""
        return int(self._row("select min(coalesce(min(slot), 0), 0) - 1 from answers")[0])

    def faults(self, kind: str) -> dict[str, dict[str, int]]:
        """Role -> fault -> how often."""
        query = "select role, fault, count(*) from faults where kind = ? group by role, fault order by role, fault"
        counts: dict[str, dict[str, int]] = {}
        for role, fault, count in self._db.execute(query, (kind,)):
            counts.setdefault(role, {})[fault] = count
        return counts

    def observation(self, slot: int, call: int, digest: str) -> Observed | None:
        """What the same call of a tool at the same place returned; None if it was not executed."""
        query = "select observed from executed where slot = ? and call = ? and digest = ?"
        row = self._row(query, slot, call, digest)
        return Observed.model_validate_json(row[0]) if row else None

    def execute(self, slot: int, call: int, digest: str, service: str, origin: Origin, observed: Observed) -> None:
        values = (slot, call, digest, service, str(origin), observed.model_dump_json())
        self._db.execute("insert or replace into executed values (?, ?, ?, ?, ?, ?)", values)

    def finish(self, played: Played) -> None:
        values = (played.trajectory.slot, played.model_dump_json())
        self._db.execute("insert or replace into finished values (?, ?)", values)

    def read_played(self, slot: int) -> Played | None:
        row = self._row("select played from finished where slot = ?", slot)
        return Played.model_validate_json(row[0]) if row else None

    def commit(self, commit: Commit) -> None:
        """Raises sqlite3.IntegrityError if the slot is committed already."""
        values = (commit.slot, commit.accepted, commit.reason, commit.row, commit.measures, commit.text, commit.summary)
        self._db.execute("insert into commits values (?, ?, ?, ?, ?, ?, ?)", values)
        self._last_calls.pop(commit.slot, None)

    def reopen(self, reasons: Collection[str]) -> int:
        """Take back the last commits in a row that have one of these reasons, and what was played in view of them.

        What was answered stays, so nothing is paid twice, but for the judge's words where a slot is unjudged: another
        may have been stopped between two that were of no use. Returns how many. Commits before a good one stand: what
        came after has been drawn in view of them.
        """
        count = first = self.commit_count
        while first and self._row("select reason from commits where slot = ?", first - 1)[0] in reasons:
            first -= 1
        if first == count:
            return 0
        # both or neither: a finished slot that is left would be taken for this time's
        self._db.execute("begin")
        if self._row("select max(reason = ?) from commits where slot >= ?", str(Stop.UNJUDGED), first)[0]:
            self._forget_verdicts("slot >= ?", first)
        self._db.execute("delete from finished where slot >= ?", (first,))
        self._db.execute("delete from commits where slot >= ?", (first,))
        self._db.execute("commit")
        self._note_answered()
        return count - first

    def forget_verdict(self, slot: int) -> None:
        """The judge of this slot is asked anew by a resume; what its answers cost stays counted."""
        self._forget_verdicts("slot = ?", slot)

    def _forget_verdicts(self, where: str, slot: int) -> None:
        self._db.execute(f"update answers set digest = '' where role = ? and {where}", (str(Role.QUALITY), slot))

    @property
    def commit_count(self) -> int:
        """How many slots are committed; they are 0 to this minus one."""
        return int(self._row("select coalesce(max(slot) + 1, 0) from commits")[0])

    @property
    def accepted_count(self) -> int:
        return int(self._row("select coalesce(sum(accepted), 0) from commits")[0])

    def commits(self, start: int = 0, stop: int = 2**62) -> Iterator[Commit]:
        """The commits of slots start to stop - 1, in order, one at a time."""
        for slot in range(start, min(stop, self.commit_count)):  # one query each: a cursor would keep a read lock open
            _, accepted, *rest = self._row("select * from commits where slot = ?", slot)
            yield Commit(slot, bool(accepted), *rest)

    def reasons(self) -> dict[str, int]:
        """Rejected slots by reason."""
        query = "select reason, count(*) from commits where not accepted group by reason order by 2 desc, 1"
        return dict(self._db.execute(query).fetchall())

    def tokens(self, slot: int | None = None) -> Tokens:
        """Of one slot, or of the whole run."""
        where, values = ("", ()) if slot is None else (" where slot = ?", (slot,))
        return Tokens(*self._row(f"select {SUMS} from answers{where}", *values))

    def tokens_by_role(self) -> dict[str, Tokens]:
        rows = self._db.execute(f"select role, {SUMS} from answers group by role order by role")
        return {role: Tokens(*sums) for role, *sums in rows}

    def tokens_by_reason(self) -> dict[str, Tokens]:
        """What was spent on rejected slots."""
        join = "from answers join commits using (slot) where not accepted group by reason order by reason"
        return {reason: Tokens(*sums) for reason, *sums in self._db.execute(f"select reason, {SUMS} {join}")}

    def slots_mended_early(self) -> int:
        """Accepted slots that a fault would have cost, had it been found at their end."""
        mended = f"select distinct slot from faults where fault = '{EARLY}'"
        return int(self._row(f"select count(*) from commits where accepted and slot in ({mended})")[0])

    def tokens_mended_early(self) -> tuple[Tokens, Tokens]:
        """What asking again at once cost, and what the accepted slots cost that it kept."""
        early = f"from faults where fault = '{EARLY}'"
        accepted = "slot in (select slot from commits where accepted)"
        asked = Tokens(*self._row(f"select {SUMS} from answers where (slot, call) in (select slot, call {early})"))
        kept = f"select {SUMS} from answers where slot in (select slot {early}) and {accepted}"
        return asked, Tokens(*self._row(kept))

    def tokens_asked_again(self) -> Tokens:
        """What was spent on answers that did not fit and were asked for again, in accepted slots."""
        again = "select slot, call - 1 from faults where fault = 'asked_again'"
        accepted = "slot in (select slot from commits where accepted)"
        return Tokens(*self._row(f"select {SUMS} from answers where (slot, call) in ({again}) and {accepted}"))

    def usage(self) -> Iterator[tuple[Role, dict[str, int] | None]]:
        """Role and tokens of every answer, None where it did not say."""
        for role, read, written, cached in self._db.execute("select role, input, output, cached from answers"):
            yield Role(role), None if read is None else {"input": read, "output": written, "cached": cached}

    def served_by(self) -> dict[str, list[str]]:
        """Role -> what the endpoints said their models are."""
        name = "trim(json_extract(answer, '$.served_by') || ' ' || coalesce(json_extract(answer, '$.fingerprint'), ''))"
        query = f"select distinct role, {name} from answers order by 1, 2"
        names: dict[str, list[str]] = {}
        for role, name in self._db.execute(query):
            names.setdefault(role, []).append(name)
        return names

    def _row(self, query: str, *values: Any) -> Any:
        return self._db.execute(query, values).fetchone()


def _lock(folder: Path) -> sqlite3.Connection:
    """A transaction held on a file of its own: portable, and gone with the process however it dies."""
    # no timeout: who waits here would wait for a whole run
    lock = sqlite3.connect(folder / "journal.lock", isolation_level=None, timeout=0)
    try:
        lock.execute("begin exclusive")
    except sqlite3.OperationalError as error:
        lock.close()
        if "locked" not in str(error):
            raise
        raise UsageError(f"{folder}: another process is writing to this run ({error}); wait or choose --out") from None
    return lock


def seed_of(seed: int, slot: int, call: int) -> int:
    """31 bits from the run's seed and the place of the call, so that a request's seed depends on nothing else."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{slot}/{call}".encode()).digest()[:4]) >> 1
