"""The OpenHands SDK's default agent behind JSON lines, in an environment of evals/requirements/eval-rebench.txt.

    -> {"ready"} <- {"repository", "commit", "task", "steps"}
    -> any number of {"ask": {"messages", "tools"}} <- {"message"}
    -> {"result"}: the patch from that commit to what the agent left in the repository

The agent runs what the model wrote: the process that starts this one bounds and confines it, and holds the model.
"""

import json
import os
import subprocess
import sys
from typing import Any

WIRE = os.fdopen(os.dup(1), "w")
sys.stdout = sys.stderr  # the SDK prints
OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "OPENHANDS_SUPPRESS_BANNER": "1"}
os.environ |= {**OFFLINE, "TMUX_TMPDIR": os.environ.get("TMPDIR", "/tmp")}  # else both look elsewhere

from litellm.types.utils import ModelResponse  # noqa: E402
from openhands.sdk import LLM, Conversation  # noqa: E402
from openhands.tools.preset.default import get_default_agent  # noqa: E402

Row = dict[str, Any]


class Wired(LLM):  # type: ignore[misc]
    """The SDK's model, whose requests go to the parent process instead of to LiteLLM."""

    def _transport_call(self, *, messages: list[Row], tools: list[Row] | None = None, **_: Any) -> ModelResponse:
        whole = [
            {"content": "", **message} for message in messages
        ]  # left out beside tool calls; not every server takes that
        write({"ask": {"messages": whole, "tools": tools or []}})
        message = read()["message"]
        choice = {"index": 0, "finish_reason": "tool_calls" if message.get("tool_calls") else "stop"}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}  # the parent counts
        return ModelResponse(choices=[{**choice, "message": message}], model=self.model, usage=usage)


def write(row: Row) -> None:
    print(json.dumps(row), file=WIRE, flush=True)


def read() -> Row:
    return dict(json.loads(sys.stdin.readline()))


def solve(repository: str, task: str, steps: int) -> None:
    """Let the agent work until it finishes, has no steps left or turns in circles: what is changed then counts."""
    agent = get_default_agent(Wired(model="openai/wired", api_key="none", force_string_serializer=True), cli_mode=True)
    conversation = Conversation(agent, workspace=repository, max_iteration_per_run=steps, visualizer=None)
    conversation.send_message(task)
    conversation.run()
    conversation.close()


def patch(repository: str, commit: str) -> str:
    """Against that commit, whatever the agent committed since."""
    options = ["--cached", "--binary", "--no-color", "--no-ext-diff", "--no-textconv"]
    subprocess.run(["git", "add", "--all"], cwd=repository, check=True)
    done = subprocess.run(["git", "diff", *options, commit], cwd=repository, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode(errors="replace")


if __name__ == "__main__":
    write({"ready": True})
    request = read()
    solve(request["repository"], request["task"], request["steps"])
    write({"result": patch(request["repository"], request["commit"])})
