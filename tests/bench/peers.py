"""A peer's CPU seconds for N calls: PYTHON tests/bench/peers.py PEER URL TEXTS FLIGHT N, with the peer's own Python.

`TEXTS` holds a prompt a line; each becomes a row of one model call, the least that the peer does for one. Run by
`tests.bench.requests --peer`, which installs nothing: `pip install data-designer`, `pip install distilabel[openai]
requests`.
"""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any


def data_designer(url: str, texts: list[str], flight: int) -> int:
    import data_designer.config as dd
    import pandas as pd
    from data_designer.interface import DataDesigner

    at_once = dd.ChatCompletionInferenceParams(max_parallel_requests=flight)
    model = dd.ModelConfig(
        alias="model", model="offline", provider="canned", inference_parameters=at_once, skip_health_check=True
    )
    built = dd.DataDesignerConfigBuilder(model_configs=[model])
    built.with_seed_dataset(dd.DataFrameSeedSource(df=pd.DataFrame({"text": texts})))
    built.add_column(dd.LLMTextColumnConfig(name="answer", prompt="{{ text }}", model_alias="model"))
    with tempfile.TemporaryDirectory() as folder:
        provider = dd.ModelProvider(name="canned", endpoint=url, api_key="none")
        designer = DataDesigner(artifact_path=folder, model_providers=[provider])
        designer.set_run_config(dd.RunConfig(otel_metrics_port=None))
        return len(designer.create(built, num_records=len(texts)).load_dataset())


def distilabel(url: str, texts: list[str], flight: int) -> int:
    from distilabel.models.llms import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    with Pipeline(name="peer") as pipeline:
        load = LoadDataFromDicts(data=[{"instruction": text} for text in texts], batch_size=flight)
        model = OpenAILLM(model="offline", base_url=url, api_key="none")
        load >> TextGeneration(llm=model, input_batch_size=flight, use_system_prompt=False)
    rows: Any = pipeline.run(use_cache=False)
    return len(rows["default"]["train"])


def cpu_s() -> float:
    """Of this process and of those it ran and waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> None:
    peer, url, texts, flight, count = sys.argv[1:]
    os.environ["NEMO_TELEMETRY_ENABLED"] = "false"
    prompts = [line.decode() for line in Path(texts).read_bytes().splitlines()[: int(count)]]
    began = cpu_s()
    rows = {"data-designer": data_designer, "distilabel": distilabel}[peer](url, prompts, int(flight))
    print(json.dumps({"rows": rows, "cpu_s": cpu_s() - began}))


if __name__ == "__main__":
    main()
