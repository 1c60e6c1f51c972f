"""What a study would make and cost, before it does."""

from collections.abc import Iterator

from evals.study.config import Config

FORMULA = "GPU- or CPU-hours of training = 6 x parameters x tokens x epochs / operations a second of a job / 3,600"
"""6 operations for each weight and token, forward and backward (arXiv:2001.08361); of adapters a little fewer."""


def lines(config: Config) -> Iterator[str]:
    """Lines for a terminal: cells, the teacher's tokens and dollars, hours of training. Benchmarks are not in them."""
    played_arms = [arm for arm in config.arms if not config.arms[arm].data]
    runs = len(played_arms) * len(config.seeds)
    first = next(iter(config.arms))
    # only the first arm and those against it are compared at equal tokens
    group = sum(config.against(arm) == first for arm in config.arms)
    budgets = len(config.seeds) * group * max(1, len(config.budgets))
    # a budget's student is often one of a size, and then made once: so these are the most
    sizes = [size for arm in config.arms for size in config.of(arm)] * len(config.seeds)
    played = sum(max(config.of(arm)) for arm in played_arms) * len(config.seeds) + sum(config.exam.values())
    tokens, shown = played * config.teacher_tokens, ", ".join(map(str, config.sizes))
    yield f"study {config.name}: {len(config.arms)} arms, {len(config.seeds)} seeds, sizes {shown}"
    yield f"data: {runs} runs, {played:,} rows wanted with the exam's, about {tokens:,} teacher tokens"
    if config.second:
        yield f"second exam: {', '.join(config.second)}; no arm is given a tool of it"
    for arm, each_arm in config.arms.items():
        if each_arm.data:
            yield f"data of {arm}: the rows of {each_arm.data}, which cost nothing here"
    price = config.usd_per_million
    dollars = "unknown; give usd_per_million" if price is None else f"{tokens * price / 1e6:,.2f}"
    yield f"dollars: {dollars}"
    yield f"students: {len(sizes)} of sizes and at most {budgets} at equal tokens, besides the untrained one"
    epochs = int(str(config.train.get("epochs", 1)))
    hours = 6 * config.parameters * sum(sizes) * config.row_tokens * epochs / config.flops / 3600
    each = f", {hours * config.gpus:,.1f} GPU-hours on {config.gpus} GPUs" if config.gpus else ""
    rows = f"{sum(sizes):,} rows of {config.row_tokens:,} tokens"
    yield f"training of the sizes: {rows}, {hours:,.2f} hours of a job{each}"
    yield f"  {config.jobs} jobs at once: {hours / config.jobs:,.2f} hours; {FORMULA}"
    for bench in config.benches:
        yield f"benchmark {bench.name}: not in the estimate; " + ", ".join(f"{k} {v}" for k, v in bench.options.items())
