"""What rows became is kept row by row: for a resume, for later epochs and for the other processes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune.data.examples import Attempt
from finetune.data.prepare import Preparation, Ranks, Wanted
from finetune.data.rows import Source
from finetune.data.store import Store
from finetune.data.template import Template, load_template
from tests.tiny_student import rows, tokenizer


def template() -> Template:
    words = tokenizer()
    return load_template(words, [words.eos_token_id])


def make(folder: Path, data: Path, ranks: Ranks | None = None, held_out: float = 0.3) -> tuple[Preparation, Store]:
    store = Store(folder / "examples.bin", "key")
    wanted = Wanted((Source(str(data)),), (), held_out, "row", 0, 4096, folder)
    return Preparation(wanted, template(), store, ranks), store


def tokens(preparation: Preparation, *places: int) -> list[Any]:
    return [[(e.ids_T.tolist(), e.mask_T.tolist()) for e in examples] for examples in preparation.load(places)]


def test_what_is_kept_is_what_was_made(tmp_path: Path) -> None:
    data = rows(tmp_path / "rows.jsonl", 7)
    first, store = make(tmp_path, data)
    before = tokens(first, 3, 0)
    store.begin(first.plan, writes=True)
    before += tokens(first, 1)
    data.unlink()
    again, kept = make(tmp_path, data)
    assert again.plan == first.plan
    assert tokens(again, 3, 0, 1) == before
    assert again.plan["learn"][4] not in kept
    again.load([3, 3])
    assert (again.read.rows, again.read.counts["tokens"]) == (3, sum(len(ids) for ((ids, _),) in before))


@pytest.mark.parametrize("cut", [1, 200, 5000])
def test_a_torn_row_is_read_again_and_the_rest_is_not(tmp_path: Path, cut: int) -> None:
    data = rows(tmp_path / "rows.jsonl", 7)
    first, store = make(tmp_path, data)
    store.begin(first.plan, writes=True)
    whole = tokens(first, 0, 1, 2, 3)
    path = tmp_path / "examples.bin"
    complete = path.read_bytes()
    path.write_bytes(complete[:-cut])
    again, kept = make(tmp_path, data)
    assert 0 < sum(number in kept for number in again.plan["learn"]) < 4
    kept.begin(again.plan, writes=True)
    assert tokens(again, 0, 1, 2, 3) == whole
    assert path.read_bytes() == complete


def test_rows_of_another_run_do_not_count(tmp_path: Path) -> None:
    data = rows(tmp_path / "rows.jsonl", 4)
    first, store = make(tmp_path, data)
    first.load([0])
    store.begin(first.plan, writes=True)
    assert Store(tmp_path / "examples.bin", "other").plan is None
    (tmp_path / "examples.bin").write_bytes(b"none of ours\n")
    assert Store(tmp_path / "examples.bin", "key").plan is None


def test_ranks_make_their_share_and_have_all(tmp_path: Path) -> None:
    data = rows(tmp_path / "rows.jsonl", 7)
    alone = tokens(make(tmp_path, data)[0], 0, 1, 2, 3, 4)
    shares: list[list[Attempt]] = [[], []]

    def note(rank: int) -> Callable[[list[Attempt]], list[list[Attempt]]]:
        def gather(mine: list[Attempt]) -> list[list[Attempt]]:
            shares[rank] = mine
            return [mine + mine, mine + mine]

        return gather

    for rank in range(2):
        make(tmp_path, data, Ranks(rank, 2, note(rank)))[0].load(range(5))
    assert [len(share) for share in shares] == [3, 2]
    assert tokens(make(tmp_path, data, Ranks(1, 2, lambda mine: shares))[0], 0, 1, 2, 3, 4) == alone


class Counting(Template):
    """A template that counts its renderings."""

    def render(self, messages: Any, tools: Any, prompt: bool) -> str:
        RENDERED.append(len(messages))
        return super().render(messages, tools, prompt)


RENDERED: list[int] = []


def test_only_what_a_step_wants_is_rendered(tmp_path: Path) -> None:
    plain = template()
    counting = Counting(plain.tokenizer, plain.stops, plain.arguments, plain.habits)
    for count in (20, 80):
        data = rows(tmp_path / "rows.jsonl", count)
        wanted = Wanted((Source(str(data)),), (), 0.0, "row", 0, 4096, tmp_path)
        preparation = Preparation(wanted, counting, Store(tmp_path / "none", "key"))
        assert RENDERED == []
        preparation.load([0, 5])
        assert len(RENDERED) == 12  # two rows of three answers, each as a prompt and as it stands
        RENDERED.clear()


def test_a_process_that_does_not_write_has_what_it_just_made(tmp_path: Path) -> None:
    data = rows(tmp_path / "rows.jsonl", 4)
    reader, store = make(tmp_path, data)
    store.begin(reader.plan, writes=False)
    assert len(tokens(reader, 0, 1, 1)) == 3
    assert not (tmp_path / "examples.bin").exists()
