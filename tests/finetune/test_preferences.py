"""The project's preference pairs in TRL's DPOTrainer: what it learns is what the trainer here would."""

import math
from pathlib import Path

import datasets
import pytest
import torch
from transformers import AutoModelForCausalLM
from trl import DPOConfig, DPOTrainer

from finetune.data.layouts import read_conversation
from finetune.data.render import render_turns
from finetune.data.template import load_template
from graphs.export import dataset
from graphs.run import main
from tests import tiny_student

Pairs = datasets.Dataset


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """Turns of a weak assistant beside those of a good one, as `datasets` reads the export."""
    home = tmp_path_factory.mktemp("pairs")
    for name, options in (("good", []), ("weak", ["--teacher-assistant", "offline-weak"])):
        with pytest.raises(SystemExit):
            main(["--out", str(home / name), "--count", "40", *options])
    with pytest.raises(SystemExit, match="0"):
        dataset.main(
            [str(home / "good"), "--format", "dpo", "--beside", str(home / "weak"), "--out", str(home / "dpo")]
        )
    parts = datasets.load_dataset(str(home / "dpo"), cache_dir=str(home / "cache"))
    return datasets.concatenate_datasets(list(parts.values()))


def trainer(home: Path, pairs: Pairs, template: str) -> DPOTrainer:
    words = tiny_student.tokenizer(template=template)
    settings = DPOConfig(
        output_dir=str(home / "out"),
        max_steps=1,
        per_device_train_batch_size=2,
        learning_rate=1e-2,
        max_length=None,
        use_cpu=True,
        bf16=False,
        activation_checkpointing=False,
        save_strategy="no",
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
    )
    model = AutoModelForCausalLM.from_pretrained(tiny_student.save(home / "student"))
    return DPOTrainer(model, args=settings, train_dataset=pairs, processing_class=words)


@pytest.mark.parametrize("template", ["qwen2_5", "qwen3_training"])
def test_trl_learns_the_answer_behind_the_prompt_that_a_server_sends(
    tmp_path: Path, pairs: Pairs, template: str
) -> None:
    prepared = trainer(tmp_path, pairs, template)
    words = tiny_student.tokenizer(template=template)
    ours = load_template(words, [words.eos_token_id])
    assert len(pairs) == len(prepared.train_dataset) >= 2
    for pair, tokens in zip(pairs, prepared.train_dataset, strict=True):
        for side in ("chosen", "rejected"):
            conversation = read_conversation({"messages": pair["prompt"] + pair[side], "tools": pair["tools"]})
            turn = render_turns(conversation, ours)[-1]
            prompt, answer, behind = ours.tokenize([turn.prompt, turn.answer, "\n"])
            assert tokens["prompt_ids"] == prompt
            # the line break behind the stop token is learned too, which no server asks for
            assert tokens[f"{side}_ids"] == answer + behind


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # trl's own
def test_one_step_of_trl_on_the_pairs_moves_the_student(tmp_path: Path, pairs: Pairs) -> None:
    dpo = trainer(tmp_path, pairs, "qwen2_5")
    before = {name: value.detach().clone() for name, value in dpo.model.named_parameters()}
    dpo.train()
    assert dpo.state.global_step == 1
    # policy and reference are still the same: -log sigmoid(0)
    assert dpo.state.log_history[0]["loss"] == pytest.approx(math.log(2), abs=1e-4)
    assert not any(torch.equal(value, before[name]) for name, value in dpo.model.named_parameters())
