"""Run folders compared at equal N and at equal tokens, from exported files alone."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from evals.diversity.arms import arms, compare, main
from evals.diversity.runs import read
from memory.embed.embedder import embedder


def run(folder: Path, strategy: str, seed: int, leaves: str, cost: int = 10) -> Path:
    """A folder whose row n has the n-th leaf and a signature of its own."""
    folder.mkdir()
    config = {"strategy": strategy, "seed": seed, "count": len(leaves)}
    (folder / "manifest.json").write_bytes(orjson.dumps({"config": config, "corpus": {"tools": 10}}))
    same = {"mode": "linear", "cac": 2.0, "chain": 1}
    rows: list[dict[str, Any]] = [
        {
            "messages": [{"role": "user", "content": f"wish {n}"}],
            "measures": {"slot": n, "leaf": leaf, "signature": f"s{n}", "tools": [leaf], **same},
        }
        for n, leaf in enumerate(leaves)
    ]
    (folder / "trajectories.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    spent = [{"slot": n, "tokens": cost * (n + 1)} for n in range(len(leaves))]
    (folder / "metrics.jsonl").write_bytes(b"\n".join(map(orjson.dumps, spent)))
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two arms of two seeds: one even over four leaves, one that mostly repeats a leaf and costs twice as much."""
    tmp_path = tmp_path_factory.mktemp("arms")
    even = [run(tmp_path / f"even{seed}", "even", seed, "abcdabcd") for seed in (0, 1)]
    return even + [run(tmp_path / f"flat{seed}", "flat", seed, "aaaaaab"[seed:] + "b", cost=20) for seed in (0, 1)]


@pytest.fixture(scope="module")
def found(folders: list[Path]) -> dict[str, Any]:
    """The arms compared, the first four rows of each, too: of nine, which not all have, nothing is said."""
    return compare([read(folder, embedder()) for folder in folders], sizes=(4, 9))


def test_arms_are_what_differs_besides_the_seed(folders: list[Path]) -> None:
    grouped = arms([read(folder, embedder()) for folder in folders])
    assert list(grouped) == ["strategy=even", "strategy=flat"]
    assert all(sorted(seeds) == [0, 1] for seeds in grouped.values())


def test_arms_are_compared_at_the_smallest_n_and_the_least_tokens(folders: list[Path], found: dict[str, Any]) -> None:
    assert found["equal_n"]["n"] == 7
    lead = found["equal_n"]["lead"]["strategy=flat"]["h_dom"]
    assert (lead["clusters"], lead["p"]) == (2, 0.5)
    assert lead["difference"] > 0.9
    leads = found["equal_n"]["lead"]["strategy=flat"]
    # Of ten tokens a row instead of twenty there is no loss; users say the same words; both seeds lead alike on tools.
    assert [leads[name]["holds"] for name in ("tokens_per_row", "distinct_3", "tools")] == [True, True, True]
    assert not compare([read(folder, embedder()) for folder in folders[::-1]])["equal_n"]["lead"]["strategy=even"][
        "tokens_per_row"
    ]["holds"]
    # 80 tokens buy all eight rows of the one and four of the other.
    assert found["equal_tokens"]["tokens"] == 80
    bought = found["equal_tokens"]["arms"]
    assert (bought["strategy=even"]["n"]["value"], bought["strategy=flat"]["n"]["value"]) == (8.0, 4.0)
    assert bought["strategy=even"]["h_dom"]["value"] == pytest.approx(2.0)


def test_tokens_that_buy_no_row_of_a_dearer_run_compare_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cheap, dear = run(tmp_path / "cheap", "even", 0, "ab"), run(tmp_path / "dear", "flat", 0, "ab", cost=50)
    with pytest.raises(SystemExit, match="0"):
        main([str(cheap), str(dear)])
    told = capsys.readouterr().out
    assert "At equal N = 2" in told
    assert "not compared at equal teacher tokens" in told


def test_distinct_signatures_are_told_to_be_saturated(found: dict[str, Any]) -> None:
    assert found["equal_n"]["arms"]["strategy=even"]["saturated"] == ["h_mode"]
    assert found["runs"]["strategy=even"][0]["h_mode"]["saturated"] is True


def test_coverage_is_the_share_of_the_corpus(folders: list[Path]) -> None:
    assert read(folders[0], embedder()).at(8)["coverage"] == pytest.approx(4 / 10)


def test_sizes_are_compared_by_the_first_rows_of_each(found: dict[str, Any]) -> None:
    assert list(found["first_rows"]) == ["4"]  # the smallest run has 7
    even = found["first_rows"]["4"]["arms"]["strategy=even"]
    assert even["h_dom"]["value"] == pytest.approx(2.0)
    assert even["tokens_per_row"]["value"] == 10.0


def test_what_never_steers_is_measured(folders: list[Path]) -> None:
    values = read(folders[0], embedder(), second=embedder()).at(8)
    # Each row calls the tool `a` to `d`, whose service is the empty one, and says its own words.
    assert (values["services"], values["largest_service"], values["pairs"]) == (1.0, 1.0, 0.0)
    assert values["h_tool"] == pytest.approx(2.0)
    assert values["vendi_second"] == pytest.approx(values["vendi"])
    assert 1.0 <= values["vendi_users"] < values["vendi"]  # eight wishes differ by a number alone
    assert {"near_90", "distinct_3", "self_bleu", "tokens_per_row"} <= values.keys()


def test_the_command_writes_all_numbers(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([*map(str, folders), "--out", str(tmp_path / "all.json")])
    printed = capsys.readouterr().out
    assert all(part in printed for part in ("At equal N = 7", "strategy=even, 2 seeds", "±", "from 0, all rows alike"))
    assert set(orjson.loads((tmp_path / "all.json").read_bytes())) == {"equal_n", "equal_tokens", "first_rows", "runs"}


def test_what_is_no_run_is_told(folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given, said in ([str(tmp_path)], "not a run's folder"), ([str(folders[0])] * 2, "give only one"):
        with pytest.raises(SystemExit, match="2"):
            main(given)
        assert said in capsys.readouterr().err
