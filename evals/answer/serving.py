"""A local checkpoint as an OpenAI-compatible endpoint while needed: by vLLM where installed, else transformers."""

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from agents.errors import MissingError, OutageError, installing

START_S = 600.0
"""A large checkpoint takes minutes to load."""


@asynccontextmanager
async def serve_checkpoint(checkpoint: Path) -> AsyncIterator[str]:
    """`openai:NAME@URL` of a server that is stopped when the block ends.

    Raises: MissingError: no server is installed. OutageError: it did not start.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with serve(command(checkpoint, port), f"http://127.0.0.1:{port}") as name:
        yield name


@asynccontextmanager
async def serve(command: Sequence[str], url: str) -> AsyncIterator[str]:
    """The endpoint that the command serves. Raises OutageError: it ended, or was not ready in ten minutes."""
    with tempfile.TemporaryFile("w+") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, start_new_session=True)
        try:
            # a proxy of the environment has no business with the loopback
            async with httpx.AsyncClient(trust_env=False) as client:
                name = ""
                for _ in range(int(START_S)):
                    if name or process.returncode is not None:
                        break
                    try:
                        # the name is the server's to give: vLLM's differs from transformers'
                        models = (await client.get(f"{url}/v1/models")).raise_for_status().json()["data"]
                        name = str(models[0]["id"])
                    except (httpx.HTTPError, LookupError, ValueError):
                        await asyncio.sleep(1)
            if not name:
                log.seek(0)
                raise OutageError(f"the checkpoint's server did not start: {' '.join(log.read()[-600:].split())}")
            yield f"openai:{name}@{url}/v1"
        finally:
            await _stop(process)


def command(checkpoint: Path, port: int) -> list[str]:
    """The server's command; vLLM finds tool calls in the text of Qwen and Hermes models by the parser named."""
    if importlib.util.find_spec("vllm"):
        tools = ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
        where = ["--host", "127.0.0.1", "--port", str(port), "--served-model-name", checkpoint.name]
        return [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(checkpoint), *where, *tools]
    transformers = shutil.which("transformers", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not transformers or not importlib.util.find_spec("fastapi"):
        raise MissingError(
            f"--model {checkpoint}: no server for a checkpoint; pip install vllm, or {installing('serve')}, "
            "or serve it yourself and give openai:NAME@URL"
        )
    return [transformers, "serve", str(checkpoint), "--host", "127.0.0.1", "--port", str(port)]


async def _stop(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is None:
            # its children too: vLLM starts workers of its own
            os.killpg(process.pid, number)
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                continue
