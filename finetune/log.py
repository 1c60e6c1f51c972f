"""What a run says while it trains: lines for people, log.jsonl, and a tracker."""

import time
from pathlib import Path

import orjson
from accelerate import Accelerator

from memory.statistics import Estimate

Line = dict[str, float | None]


class History:
    """The record of a run; a resumed one is cut back to the step it goes on from."""

    def __init__(self, accelerator: Accelerator, out: Path, start: int) -> None:
        self._accelerator, self._path, self._start = accelerator, out / "log.jsonl", start
        self.lines: list[Line] = []
        if start:
            # a kill may have torn the last line, which is behind the checkpoint anyway
            texts = self._path.read_bytes().splitlines()
            lines = [orjson.loads(text) for text in texts if text.endswith(b"}")]
            self.lines = [line for line in lines if line["step"] <= start]
        self._began = time.perf_counter()
        if accelerator.is_main_process:
            self._path.write_bytes(b"".join(map(_line, self.lines)))

    def step(self, step: int, steps: int, values: Line) -> None:
        """Record one optimiser step; `mfu` may be None."""
        self._write({"step": step, **values})
        left = (time.perf_counter() - self._began) / (step - self._start) * (steps - step)
        mfu = "" if values["mfu"] is None else f"  MFU {values['mfu']:.1%}"
        figures = "  ".join(f"{name} {values[name]:.4g}" for name in ("loss", "lr", "grad_norm"))
        speed = f"{values['tokens_per_s']:,.0f} tokens/s{mfu}"
        self._accelerator.print(f"step {step}/{steps}  {figures}  {speed}  {left:.0f} s left", flush=True)

    def exams(self) -> list[tuple[float, int]]:
        """The held-out losses since training began, each with its step."""
        lines = [line for line in self.lines if line["step"] and "held_out_loss" in line]
        return [(float(line["held_out_loss"] or 0), int(line["step"] or 0)) for line in lines]

    def out_of_patience(self, patience: int) -> bool:
        """Whether the last so many held-out losses are all no better than the best before them."""
        losses = [loss for loss, _ in self.exams()]
        return 0 < patience < len(losses) and min(losses[-patience:]) >= min(losses[:-patience])

    def held_out(self, step: int, steps: int, loss: Estimate) -> None:
        """Record the held-out loss after this step; its interval is None where one pack holds all examples."""
        low, high = (loss.low, loss.high) if loss.n > 1 else (None, None)
        values: Line = {"held_out_loss": loss.value, "low": low, "high": high, "packs": loss.n}
        self._write({"step": step, **values})
        spread = "" if loss.n == 1 else f" [{loss.low:.4f}, {loss.high:.4f}]"
        self._accelerator.print(f"step {step}/{steps}  held-out loss {loss.value:.4f}{spread}", flush=True)

    def _write(self, line: Line) -> None:
        self.lines.append(line)
        self._accelerator.log({name: value for name, value in line.items() if value is not None}, step=line["step"])
        if self._accelerator.is_main_process:
            with self._path.open("ab") as file:
                file.write(_line(line))


def _line(line: Line) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
