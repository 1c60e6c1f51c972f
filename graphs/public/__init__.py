"""Small amounts of diverse tool-use trajectories, from Python: the package `tdscaling`.

import tdscaling

for row in tdscaling.generate(out="runs/notebook", count=3):   # or `async for`
    print(row["directive"]["mode"], len(row["messages"]))
run = tdscaling.Run("runs/notebook")
print(run.cost["tokens"]["input"], run.diversity()["h_dom"])
tdscaling.export("runs/notebook", "openai", "rows.jsonl")
"""

from graphs.public.generation import Generation, generate
from graphs.public.runs import Run, export

__all__ = ["Generation", "Run", "export", "generate"]
