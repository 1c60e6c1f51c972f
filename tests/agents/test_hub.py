"""What lies on this machine asks nobody; a hub that does not answer is told in one line, and not after a minute."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import hub
from agents.errors import UsageError
from finetune.data import rows
from finetune.model.place import source

constants = pytest.importorskip("huggingface_hub.constants")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A hub that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(hub, "CONNECT_S", 0.2)
        yield server


def test_folder_and_file_ask_nobody(silent: socket.socket, tmp_path: Path) -> None:
    file = tmp_path / "student.gguf"
    file.touch()
    assert source(str(tmp_path)) == {"pretrained_model_name_or_path": str(tmp_path), "local_files_only": True}
    assert source(str(file))["local_files_only"] is True
    silent.setblocking(False)
    with pytest.raises(BlockingIOError):
        silent.accept()


@pytest.mark.parametrize("model", ["./none", "/no/such", "~/none", "runs/none/model", "none.gguf", "a b"])
def test_path_that_is_not_there_is_told_so(silent: socket.socket, model: str) -> None:
    with pytest.raises(
        UsageError, match=r"^--model: there is no .*; name a folder, a \.gguf file or a model on the hub$"
    ):
        source(model)


def test_hub_that_does_not_answer_is_told_with_what_to_do(silent: socket.socket) -> None:
    with pytest.raises(
        UsageError, match=r"^--model nobody/none: no such folder, nor .* cannot be reached .*; name a fol"
    ):
        source("nobody/none")
    with pytest.raises(UsageError, match=r"^--data: no such file, nor a data set nobody/none .* cannot be reached"):
        list(rows.read_records(rows.parse_source("nobody/none"), "--data"))


def test_offline_by_the_users_own_word_asks_nobody(silent: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert hub.is_here("--model", "nobody/other", "fix")
