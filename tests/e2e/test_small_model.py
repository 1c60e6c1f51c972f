"""A real language model speaks as the UserAgent, through a real server. Not run by default: it takes a minute or more.

python -m pytest -m slow tests/e2e/test_small_model.py
"""

from pathlib import Path

import orjson
import pytest

from graphs.run import main
from tests.small_model import SMALL, serving

MODEL = Path(__file__).parents[2] / ".cache" / "small_model"


@pytest.mark.slow
def test_a_real_small_model_speaks_as_the_user(tmp_path: Path) -> None:
    out = tmp_path / "run"
    limits = ("--param=user.max_tokens=150", "--param=user.temperature=0", "--param=user.repeat_penalty=1.3")
    with serving(MODEL) as url, pytest.raises(SystemExit) as exited:
        main(["--out", str(out), "--count=1", f"--teacher-user=openai:{SMALL}@{url}", *limits])
    assert exited.value.code in (0, 1)  # what it says need not be worth keeping
    (told,) = orjson.loads((out / "manifest.json").read_bytes())["endpoints"][0]["found"].values()
    assert told["form"] == "json_schema"
    assert told["served_by"] == SMALL
    assert told["fingerprint"]
    cost = orjson.loads((out / "cost.json").read_bytes())
    assert cost["by_role"]["user"]["unknown"] == 0
    assert cost["by_role"]["user"]["output"] > 0
