import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from agents.errors import UsageError
from agents.schema import Directive, Mode, Played, Role, Stop, Trajectory
from agents.teacher.teachers import Answer, Request
from graphs.campaign.record.journal import TABLES, Commit, Journal, Tokens, seed_of
from graphs.campaign.record.recorded_calls import record_answers


class Counting:
    """Answers with the number of requests it has had."""

    def __init__(self, usage: dict[str, int] | None = None) -> None:
        self.requests: list[Request] = []
        self.usage = usage

    async def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        return Answer(content=f"answer {len(self.requests)}", usage=self.usage)


USAGE = {"input": 10, "output": 2, "cached": 4}


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def test_recorded_answers_are_not_asked_again(tmp_path: Path) -> None:
    journal, teacher = Journal(tmp_path), Counting()
    first = record_answers(teacher, journal, slot=3, seed=1)
    answers = [await first(Role.USER, said(text)) for text in ("a", "b", "a")]
    journal.close()
    journal = Journal(tmp_path)
    again = record_answers(teacher, journal, slot=3, seed=1)
    assert [await again(Role.USER, said(text)) for text in ("a", "b", "a")] == answers
    assert len(teacher.requests) == 3
    journal.close()


async def test_another_request_at_the_same_place_is_asked(tmp_path: Path) -> None:
    journal, teacher = Journal(tmp_path), Counting()
    await record_answers(teacher, journal, 0, 1)(Role.USER, said("a"))
    answer = await record_answers(teacher, journal, 0, 1)(Role.USER, said("other"))
    assert answer.content == "answer 2"
    assert (await record_answers(teacher, journal, 0, 1)(Role.USER, said("other"))).content == "answer 2"
    journal.close()


async def test_request_seed_depends_on_run_slot_and_call(tmp_path: Path) -> None:
    journal, teacher = Journal(tmp_path), Counting()
    ask = record_answers(teacher, journal, slot=5, seed=9)
    await ask(Role.USER, said("a"))
    await ask(Role.USER, said("a"))
    assert [request.seed for request in teacher.requests] == [seed_of(9, 5, 0), seed_of(9, 5, 1)]
    assert len({seed_of(run, slot, call) for run in range(9) for slot in range(9) for call in range(9)}) == 9**3
    assert seed_of(9, 5, 0) == 1425274110
    journal.close()


async def test_tokens_are_summed_by_role_slot_and_reason(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first, second = (record_answers(Counting(USAGE), journal, slot, seed=1) for slot in (0, 1))
    await first(Role.USER, said("a"))
    await second(Role.USER, said("a"))
    await second(Role.QUALITY, said("a"))
    journal.commit(Commit(0, True, "", b"{}\n"))
    journal.commit(Commit(1, False, "quality", b"{}\n"))
    assert journal.tokens() == Tokens(30, 6, 12, answers=3)
    assert journal.tokens_by_role() == {"quality": Tokens(10, 2, 4, answers=1), "user": Tokens(20, 4, 8, answers=2)}
    assert journal.tokens_by_reason() == {"quality": Tokens(20, 4, 8, answers=2)}
    journal.close()


async def test_an_answer_without_usage_is_counted_as_unknown(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    await record_answers(Counting(None), journal, 0, 1)(Role.USER, said("a"))
    assert journal.tokens(slot=0) == Tokens(answers=1, unknown=1)
    journal.close()


def test_finished_slots_and_commits_survive(tmp_path: Path) -> None:
    directive = Directive(slot=7, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=1)
    played = Played(trajectory=Trajectory(slot=7, directive=directive), stop=Stop.TURN_LIMIT, reason="too long")
    commits = [Commit(0, True, "", b'{"a":1}\n', "{}", "text", "summary"), Commit(1, False, "rules", b"{}\n")]
    journal = Journal(tmp_path)
    journal.finish(played)
    for commit in commits:
        journal.commit(commit)
    journal.close()
    journal = Journal(tmp_path)
    assert journal.read_played(7) == played
    assert journal.read_played(8) is None
    assert list(journal.commits()) == commits
    assert (journal.commit_count, journal.accepted_count, journal.reasons()) == (2, 1, {"rules": 1})
    journal.close()


@pytest.mark.parametrize(("reason", "judge_asked_anew"), [(Stop.UNJUDGED, True), (Stop.TEACHER_ERROR, False)])
async def test_where_slots_were_unjudged_the_judge_of_those_in_play_is_asked_anew_too(
    tmp_path: Path, reason: Stop, judge_asked_anew: bool
) -> None:
    journal, teacher = Journal(tmp_path), Counting()
    journal.commit(Commit(0, True, "", b"{}\n"))
    journal.commit(Commit(1, False, str(reason), b"{}\n"))
    before = record_answers(teacher, journal, slot=2, seed=1)
    for role in (Role.USER, Role.QUALITY):
        await before(role, said("a"))
    assert journal.reopen({Stop.UNJUDGED, Stop.TEACHER_ERROR}) == 1
    after = record_answers(teacher, journal, slot=2, seed=1)
    for role in (Role.USER, Role.QUALITY):
        await after(role, said("a"))
    assert [request.role for request in teacher.requests[2:]] == [Role.QUALITY] * judge_asked_anew
    journal.close()


def test_second_process_on_a_run_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    imports = "from pathlib import Path; from graphs.campaign.record.journal import Journal"
    code = f"{imports}; Journal(Path({str(tmp_path)!r}))"
    second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "UsageError" in second.stderr
    assert "another process is writing" in second.stderr
    with pytest.raises(UsageError, match="another process"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


async def test_an_answer_to_other_prompts_at_the_same_place_replaces_it_and_both_stay_paid(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for text in ("old prompt", "new prompt"):
        await record_answers(Counting(USAGE), journal, slot=0, seed=1)(Role.USER, said(text))
    assert journal.tokens() == Tokens(input=20, output=4, cached=8, answers=1)
    await record_answers(Counting(), journal, slot=0, seed=1)(Role.USER, said("a third"))
    assert journal.tokens() == Tokens(input=20, output=4, cached=8, answers=1)


async def test_how_long_an_answer_took_is_kept_also_in_a_journal_that_an_earlier_version_began(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as earlier, earlier:
        earlier.executescript(TABLES.replace(", seconds real", ""))
    journal = Journal(tmp_path)
    await record_answers(Counting(), journal, 0, 1)(Role.USER, said("a"))
    journal.close()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as kept:
        (seconds,) = kept.execute("select seconds from answers").fetchone()
    assert 0 <= seconds < 60


def test_a_journal_that_was_overwritten_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_text("this was a database")
    with pytest.raises(UsageError, match=r"journal.sqlite: it was cut off or overwritten \(file is not a database\)"):
        Journal(tmp_path)
    (tmp_path / "journal.sqlite").unlink()
    Journal(tmp_path).close()
