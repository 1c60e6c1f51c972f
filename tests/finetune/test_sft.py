"""The trainer: exact, repeatable, resumable, and clear about what is wrong."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
import torch
from torch.nn.utils import clip_grad_norm_
from transformers import AutoModelForCausalLM, AutoTokenizer

from finetune import sft, train
from finetune.config import Config
from finetune.data import prepare
from finetune.data.examples import Example
from finetune.data.order import draw_batches
from finetune.data.rows import Source, choose_held_out, digest, read_records
from finetune.data.template import load_template
from tests import figures, tiny_student

OPTIONS = ["--lr", "1e-2", "--batch", "3", "--epochs", "2", "--save-every", "2", "--tracker", "none"]
ROOT = Path(__file__).parents[2]
TWO = ("torch.distributed.run", "--standalone", "--nproc_per_node", "2")  # accelerate launches one process on a CPU


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a student, rows for it, and a whole run of six steps in `out`."""
    folder = tmp_path_factory.mktemp("sft")
    tiny_student.save(folder / "student")
    tiny_student.rows(folder / "rows.jsonl", 10)
    assert run(folder, "out") == 0
    return folder


def options(home: Path, out: str, *more: str) -> list[str]:
    model, rows = str(home / "student"), str(home / "rows.jsonl")
    return ["--model", model, "--data", rows, "--out", str(home / out), *OPTIONS, *more]


def run(home: Path, out: str, *more: str) -> Any:
    return exit_code(options(home, out, *more))


def exit_code(arguments: list[str]) -> Any:
    with pytest.raises(SystemExit) as ended:
        sft.main(arguments)
    return ended.value.code


def read_log(folder: Path) -> list[tuple[Any, ...]]:
    """The log without its clock."""
    names = ("step", "loss", "lr", "grad_norm", "held_out_loss")
    lines = map(orjson.loads, (folder / "log.jsonl").read_bytes().splitlines())
    return [tuple(line.get(name, 0.0) for name in names) for line in lines]


def test_training_and_held_out_loss_fall(home: Path) -> None:
    lines = read_log(home / "out")
    losses = [line[1] for line in lines if line[1]]
    assert len(losses) == 6
    assert losses[-1] < losses[0] - 0.5
    assert lines[-1][4] < lines[0][4] - 0.5


def test_same_seed_same_losses(home: Path) -> None:
    assert run(home, "again") == 0
    assert read_log(home / "again") == read_log(home / "out")
    assert run(home, "other", "--seed", "1") == 0
    assert read_log(home / "other") != read_log(home / "out")


def test_first_steps_are_those_of_a_plain_loop(home: Path) -> None:
    """Padding-free, chunked, packed against the textbook: one example after the other through transformers."""
    words, model = (
        AutoTokenizer.from_pretrained(home / "student"),
        AutoModelForCausalLM.from_pretrained(home / "student"),
    )
    template = load_template(words, [words.eos_token_id])
    rows = list(read_records(Source(str(home / "rows.jsonl"))))
    held = choose_held_out([digest(content) for _, content in rows], [], 0.1, 0, "row")
    kept = [row for n, row in enumerate(rows) if n not in held]

    def load(places: list[int]) -> list[list[Example]]:
        return [list(prepare.try_encode(kept[place], template).examples) for place in places]

    optimizer, losses = torch.optim.AdamW(model.parameters(), weight_decay=0.0), []
    for step, draw in zip(range(1, 4), draw_batches([1.0] * len(kept), load, 3, 0, 1), strict=False):
        batch = draw.examples
        learned, loss = sum(example.learned_tokens for example in batch), torch.zeros(())
        for example in batch:
            ids = torch.tensor(example.ids_T).long()[None]
            labels = torch.where(torch.tensor(example.mask_T), ids, -100)
            loss = loss + model(input_ids=ids, labels=labels, num_items_in_batch=learned).loss
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(model.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = 1e-2 * (0.5, 1.0, 1.0)[step - 1]
        optimizer.step()
        losses.append(loss.item())
    assert [line[1] for line in read_log(home / "out") if line[1]][:3] == pytest.approx(losses, rel=1e-4)


def test_every_weight_moves(home: Path) -> None:
    before, after = (_weights(home / name) for name in ("student", "out/model"))
    still = [name for name, value in before.items() if torch.equal(value, after[name])]
    assert still == []
    assert before.keys() == after.keys()


def _weights(folder: Path) -> dict[str, Any]:
    return dict(AutoModelForCausalLM.from_pretrained(folder).named_parameters())


def test_result_loads_and_says_where_it_comes_from(home: Path) -> None:
    words = AutoTokenizer.from_pretrained(home / "out" / "model")
    card = (home / "out" / "model" / "README.md").read_text()
    assert words.chat_template == tiny_student.shipped("qwen2_5")
    assert "9 rows, 9 examples" in card
    assert (
        f"| step 6, 1 held-out examples | {read_log(home / 'out')[-1][4]:.4f} [no interval] | 1 | packs | 0 |" in card
    )
    assert figures.bare_markdown(card[card.index("| loss of") :]) == []


def test_a_held_out_loss_has_an_interval_over_its_packs(home: Path) -> None:
    assert run(home, "wide", "--held-out", "0.4", "--no-packing") == 0
    line = orjson.loads((home / "wide" / "log.jsonl").read_bytes().splitlines()[-1])
    assert line["packs"] == 4
    assert line["low"] < line["held_out_loss"] < line["high"]
    card = (home / "wide" / "model" / "README.md").read_text()
    row = f"| {line['held_out_loss']:.4f} [{line['low']:.4f}, {line['high']:.4f}] | 4 | packs | 0 |"
    assert row in card


def test_accumulated_checkpointed_unpacked_steps_are_the_same(home: Path) -> None:
    assert run(home, "apart", "--no-packing", "--gradient-checkpointing") == 0
    for line, packed in zip(read_log(home / "apart"), read_log(home / "out"), strict=True):
        assert line == pytest.approx(packed, rel=1e-3)


def test_lora_trains_adapters_alone_and_is_merged(home: Path) -> None:
    assert run(home, "lora", "--lora", "4", "--steps", "3") == 0
    before, after = (_weights(home / name) for name in ("student", "lora/model"))
    moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert before.keys() == after.keys()
    assert moved == {name for name in before if "_proj" in name}


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # peft's own
def test_kept_adapters_are_read_by_peft_and_say_what_the_merged_model_says(home: Path) -> None:
    from peft import PeftModel

    targets = ["--lora", "4", "--target-modules", "q_proj", "--target-modules", "v_proj", "--steps", "2"]
    assert run(home, "merged", *targets) == run(home, "kept", *targets, "--keep-adapter") == 0
    base = AutoModelForCausalLM.from_pretrained(home / "student")
    tuned = PeftModel.from_pretrained(base, str(home / "kept" / "model")).merge_and_unload()
    whole = _weights(home / "merged" / "model")
    moved = {name for name, value in _weights(home / "student").items() if not torch.equal(value, whole[name])}
    assert {name.split(".")[-2] for name in moved} == {"q_proj", "v_proj"}
    for name, value in tuned.named_parameters():
        torch.testing.assert_close(value, whole[name], rtol=1e-5, atol=1e-6)


def launch(*command: str, **more: Any) -> subprocess.Popen[str]:
    piped = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    piped["env"] = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}  # a sum's order is the threads'
    return subprocess.Popen([sys.executable, "-m", *command], **{**piped, **more})


def end_at_first_checkpoint(action: str, home: Path, out: str) -> subprocess.Popen[str]:
    """A run in a process of its own whose first checkpoint is its last: see tests.die_at."""
    return launch("tests.die_at", "finetune.checkpoint:save", "1", action, "finetune.sft", *options(home, out))


def test_killed_and_resumed_equals_uninterrupted(home: Path) -> None:
    process = end_at_first_checkpoint("KILL", home, "killed")
    _, errors = process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL, errors
    assert not (home / "killed" / "model").exists()
    assert exit_code(["--out", str(home / "killed"), "--resume"]) == 0
    assert read_log(home / "killed") == read_log(home / "out")


def test_two_processes_equal_one(home: Path) -> None:
    process = launch(*TWO, "-m", "finetune.sft", *options(home, "two"), stdout=subprocess.PIPE)
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert "on cpu x 2" in output
    for line, alone in zip(read_log(home / "two"), read_log(home / "out"), strict=True):
        assert line == pytest.approx(alone, rel=1e-3)


def test_accelerate_launches_it(home: Path) -> None:
    alone = (
        "--cpu",
        "--num_processes",
        "1",
        "--num_machines",
        "1",
        "--mixed_precision",
        "no",
        "--dynamo_backend",
        "no",
    )
    process = launch("accelerate.commands.launch", *alone, "-m", "finetune.sft", *options(home, "launched"))
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert read_log(home / "launched") == read_log(home / "out")


def shard(home: Path, out: str, *more: str) -> None:
    process = launch(*TWO, "-m", "tests.fsdp_worker", *options(home, out, *more), stdout=subprocess.PIPE)
    output, errors = process.communicate(timeout=480)
    assert process.returncode == 0, errors
    assert output.count("every weight is sharded: True") == 2


def test_shards_on_two_processes_learn_as_one_process_does(home: Path) -> None:
    shard(home, "shards")
    for line, alone in zip(read_log(home / "shards"), read_log(home / "out"), strict=True):
        assert line == pytest.approx(alone, rel=1e-5)
    sharded, whole = (_weights(home / name / "model") for name in ("shards", "out"))
    for name, value in whole.items():
        torch.testing.assert_close(sharded[name], value, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_shards_in_bf16_lose_no_more_than_bf16_does_and_say_what_they_are(home: Path) -> None:
    shard(home, "shards16", "--dtype", "bf16")
    process = launch("finetune.sft", *options(home, "alone16", "--dtype", "bf16"))  # a process has one precision
    _, errors = process.communicate(timeout=480)
    assert process.returncode == 0, errors
    sharded, alone, exact = (read_log(home / name) for name in ("shards16", "alone16", "out"))
    for line, single, plain in zip(sharded, alone, exact, strict=True):
        assert line[1] == pytest.approx(plain[1], rel=2e-2)
        assert line[1] == pytest.approx(single[1], rel=2e-2)
    config = orjson.loads((home / "shards16" / "model" / "config.json").read_bytes())
    assert config["dtype"] == "bfloat16"
    model = home / "shards16" / "model"
    assert AutoModelForCausalLM.from_pretrained(model).dtype == torch.bfloat16
    again = options(home, "again16", "--dtype", "bf16", "--steps", "1", "--model", str(model))
    process = launch("finetune.sft", *again)
    _, errors = process.communicate(timeout=480)
    assert process.returncode == 0, errors
    # the weights were rounded to bf16 when they were saved, the logged loss is that before
    assert read_log(home / "again16")[0][4] == pytest.approx(sharded[-1][4], rel=1e-2)


@pytest.mark.slow
def test_shards_killed_and_resumed_equal_uninterrupted(home: Path) -> None:
    shard(home, "shards_whole", "--lora", "4")
    process = launch(
        *TWO, "-m", "tests.fsdp_worker", *options(home, "shards_killed", "--lora", "4"), start_new_session=True
    )
    end = time.monotonic() + 480
    while not (home / "shards_killed" / "checkpoints" / "step-000002").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    shard(home, "shards_killed", "--resume")
    assert read_log(home / "shards_killed") == read_log(home / "shards_whole")


def test_full_disk_leaves_the_last_checkpoint(home: Path) -> None:
    """A limit on the size of files stands for the disk."""
    process = end_at_first_checkpoint("FULL", home, "full")
    _, errors = process.communicate(timeout=240)
    assert "error: --out: cannot write" in errors
    assert [path.name for path in (home / "full" / "checkpoints").iterdir()] == ["step-000002"]
    assert process.returncode == 2
    assert exit_code(["--out", str(home / "full"), "--resume"]) == 0
    assert read_log(home / "full") == read_log(home / "out")


def test_warm_up_that_outlasts_the_run_is_warned_of(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "warm", "--warmup", "50", "--steps", "2") == 0
    assert "warning: --warmup 50 outlasts the 2 steps of this run (9 examples, 3 a step)" in capsys.readouterr().out


def test_schedules_end_where_they_say() -> None:
    def rates(schedule: str) -> list[float]:
        config = Config.model_validate({"schedule": schedule, "lr": 1.0, "warmup": 2})
        return [round(train.learning_rate(config, step, 6), 3) for step in range(1, 7)]

    assert rates("cosine") == [0.5, 1.0, 1.0, 0.854, 0.5, 0.146]
    assert rates("linear") == [0.5, 1.0, 1.0, 0.75, 0.5, 0.25]
    assert rates("constant") == [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]


def test_training_ends_without_a_new_best_and_the_best_is_the_model(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rises = ["--lr", "0.3", "--schedule", "constant", "--warmup", "0", "--steps", "40"]
    assert run(home, "best", *rises, "--eval-every", "1", "--patience", "2", "--keep-best") == 0
    losses = [line[4] for line in read_log(home / "best") if line[4]][1:]
    assert len(losses) < 40
    assert min(losses) == losses[-3] < losses[-1]
    assert f"the model is that of step {len(losses) - 2}, held-out loss {losses[-3]:.4f}" in capsys.readouterr().out
    shutil.rmtree(home / "best" / "model")
    assert exit_code(["--out", str(home / "best"), "--resume"]) == 0
    assert [line[4] for line in read_log(home / "best") if line[4]][1:] == losses
    assert run(home, "exam", "--model", str(home / "best" / "model"), "--steps", "1") == 0
    assert read_log(home / "exam")[0][4] == pytest.approx(losses[-3], rel=1e-5)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (["--model", "/no/such/model"], "--model: there is no /no/such/model"),
        (["--model", ""], "--model: an empty value"),
        (["--data", "/no/such/run"], "--data: cannot read /no/such/run"),
        (["--length", "20"], "--data: nothing to train on"),
        (["--chat-template", "llama3_1"], "and not with a stop token"),
        (["--chat-template", "gemma"], "the chat template"),
        (["--preset", "moon"], "--preset: no moon; one of laptop paper"),
        (["--lr", "-1"], "--lr: Input should be greater than 0, not -1.0"),
        (["--attention", "flash_attention_2"], "--attention flash_attention_2 cannot be used"),
        (["--template-arg", "oops"], "--template-arg: oops: expected NAME=VALUE"),
        (["--keep-adapter"], "--keep-adapter: there are adapters with --lora only"),
        (["--keep-best"], "--patience and --keep-best compare held-out losses"),
        (["--lora", "2", "--target-modules", "nope_proj"], "--target-modules nope_proj: "),
        (["--lora", "2", "--target-modules", "experts"], "--target-modules experts: this model has none"),
        (["--held-out-data", "/no/exam.jsonl"], "--held-out-data: cannot read /no/exam.jsonl"),
        (["--resume"], "--resume: there is no run in"),
        (["--lr", "1e30", "--clip", "1e30"], "try a lower --lr"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], fault: str
) -> None:
    assert exit_code([*options(home, "none"), "--out", str(tmp_path / "none"), *more]) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert fault in line


def test_folder_that_is_taken_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "out") == 2
    assert "is not empty; add --resume" in capsys.readouterr().err
    assert run(home, "out", "--resume", "--lr", "0.5") == 2
    assert "--lr: the run in" in capsys.readouterr().err
