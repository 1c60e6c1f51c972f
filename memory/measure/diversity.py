"""How different a dataset's trajectories are: `Measures` in, metrics in bits out, always with N beside them [ours].

A plug-in entropy cannot exceed log2 N and grows with N, so datasets are compared at equal N, by rarefaction.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from math import fsum, log2

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents.schema import JsonObject
from memory.measure.modes import Measures
from memory.statistics import Estimate, Floats

DUPLICATE = 0.95
"""[ours] Cosine from which two trajectories are the same one told twice."""
SUBSAMPLES = 20


def entropy_bits(counts: Iterable[int]) -> float:
    """Plug-in Shannon entropy of the counts in bits; 0.0 when there are none.

    Equal counts are added once and with `fsum`, so the value does not depend on the order of the counts.

    >>> entropy_bits([2, 1, 1])
    1.5
    """
    return _entropy(Counter(counts))


def _entropy(sizes: Mapping[int, int]) -> float:
    """The entropy from {count: how many labels have it}."""
    n = sum(size * labels for size, labels in sizes.items())
    if n == 0:
        return 0.0
    return abs(fsum(-labels * size / n * log2(size / n) for size, labels in sizes.items() if size and labels))


def is_saturated(bits: float, n: float) -> bool:
    """Whether an entropy is within 1% of log2 n, the most that n rows can show; a coarser grain then decides."""
    return n > 0 and bits >= 0.99 * log2(n)


def chao_shen_bits(counts: Iterable[int]) -> float:
    """Entropy in bits with the classes that the sample missed: plug-in terms over the estimated coverage.

    Chao and Shen 2003: C = 1 - singletons / n, H = -sum C p log2(C p) / (1 - (1 - C p)^n).
    """
    held = _positive(counts)
    n = held.sum()
    if not n:
        return 0.0
    # where every class was met once the coverage would be 0: one fewer counts, as in the R package `entropy`
    covered = 1 - min((held == 1).sum(), n - 1) / n
    p = covered * held / n
    return abs(float(-(p * np.log2(p) / (1 - (1 - p) ** n)).sum()))


def entropy_interval(counts: Iterable[int], seed: int = 0) -> Estimate:
    """The Chao-Shen entropy with its basic 95% bootstrap interval.

    Resamples are drawn from the estimated community of Chao et al. 2013, unseen classes included: a plain resample
    loses classes once more, and its percentile interval lies below the truth. Rows count as independent draws.
    """
    held = _positive(counts)
    n = int(held.sum())
    if not n:
        raise ValueError("counts: nothing was counted")
    value, community = chao_shen_bits(held), _community(held)
    draws = np.random.default_rng(seed).multinomial(n, community, size=1000)
    errors = np.array([chao_shen_bits(draw) for draw in draws]) - float(-(community * np.log2(community)).sum())
    low, high = value - np.quantile(errors, [0.975, 0.025])
    return Estimate(value=value, low=max(float(low), 0.0), high=float(high), n=n, clusters=n)


def _positive(counts: Iterable[int]) -> NDArray[np.int64]:
    held = np.array(list(counts), dtype=np.int64)
    return held[held > 0]


def _community(held: NDArray[np.int64]) -> Floats:
    """Probabilities of the seen classes, shrunk, and of as many unseen ones as Chao1 estimates (Chao et al. 2013)."""
    n, once, twice = int(held.sum()), int((held == 1).sum()), int((held == 2).sum())
    p: Floats = held / n
    pairs = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    unseen = math.ceil((n - 1) / n * pairs)
    if not unseen:
        return p
    # without a pair Chao1's bias-corrected form stands in, as in its estimate of unseen classes above
    single, double = (once, twice) if twice else (once - 1, 1)
    missed = once / n * (n - 1) * single / ((n - 1) * single + 2 * double)
    shrink = missed / (p * (1 - p) ** n).sum()
    seen = np.maximum(p * (1 - shrink * (1 - p) ** n), 1e-12)
    whole: Floats = np.concatenate([seen, np.full(unseen, missed / unseen)])
    whole /= whole.sum()
    return whole


def rarefied_bits(counts: Iterable[int], n: int) -> float:
    """Expected plug-in entropy in bits of n rows drawn without replacement, in closed form.

    E H = sum over k of -(k / n) log2(k / n) times the expected number of classes drawn k times (hypergeometric).
    Raises: ValueError: more rows than there are.
    """
    held = _positive(counts)
    total = _enough(int(held.sum()), n)
    k = np.arange(1, n + 1)
    terms = -(k / n) * np.log2(k / n)
    sizes, labels = np.unique(held, return_counts=True)
    return abs(
        float(sum(many * (terms * _drawn(k, total, size, n)).sum() for size, many in zip(sizes, labels, strict=True)))
    )


def rarefied_classes(counts: Iterable[int], total: int, n: int) -> float:
    """Expected number of classes in n of the total rows: sum of 1 - C(total - count, n) / C(total, n).

    A row may belong to several classes, as to each tool that it calls (Hurlbert 1971, Mao Tau of Colwell 2004).
    """
    held = _positive(counts)
    return float((1 - _drawn(0, _enough(total, n), held, n)).sum())


def _drawn(k: ArrayLike, total: int, held: ArrayLike, n: int) -> Floats:
    """P(k of the held rows are among n drawn of the total without replacement), hypergeometric."""
    few, of = np.asarray(k), np.asarray(held)
    possible = (few <= of) & (n - few <= total - of)
    few = np.where(possible, few, np.maximum(0, n - total + of))
    ways = _log_binomial(of, few) + _log_binomial(total - of, n - few) - _log_binomial(np.asarray(total), np.asarray(n))
    return np.where(possible, np.exp(ways), 0)


def _log_binomial(n: NDArray[np.int64], k: NDArray[np.int64]) -> Floats:
    from scipy.special import betaln  # type: ignore[import-untyped]  # scipy.stats would take a second more

    logarithms: Floats = -np.log1p(n) - betaln(n - k + 1, k + 1)
    return logarithms


def _enough(total: int, n: int) -> int:
    if not 0 < n <= total:
        raise ValueError(f"rarefaction: {n} rows of {total}")
    return total


def vendi(vectors: Floats) -> float:
    """Effective number of different rows, 1 to their number: exp of the entropy of the cosine kernel's eigenvalues.

    Friedman and Dieng, arXiv:2210.02410. Rows of vectors are of length 1; the d x d matrix has the same eigenvalues.
    """
    values = np.linalg.eigvalsh(vectors.T @ vectors / len(vectors))
    values = values[values > 1e-12]  # zeros come out as tiny numbers of either sign, of which there is no logarithm
    return float(np.exp(-(values * np.log(values)).sum()))


def copies(vectors: Floats, cosine: float = DUPLICATE) -> NDArray[np.bool_]:
    """Of each row whether an earlier one is as near to it as that cosine, or nearer [ours]; rows are of length 1."""
    # row by row: the matrix of all pairs would be 3 GB at 20,000 rows
    near = ((vectors[:n] @ vectors[n] >= cosine).any() for n in range(len(vectors)))
    return np.fromiter(near, dtype=np.bool_, count=len(vectors))


def duplicate_rate(vectors: Floats, cosine: float = DUPLICATE) -> float:
    """Share of rows that are copies of an earlier one."""
    return float(copies(vectors, cosine).mean())


def services_of(measures: Measures) -> list[str]:
    """The services that the row calls."""
    return sorted({tool.rpartition("/")[0] for tool in measures.tools})


def pairs_of(measures: Measures) -> list[tuple[str, str]]:
    """The pairs of tools that the row calls."""
    return list(combinations(sorted(measures.tools), 2))


def measure_use(measures: Sequence[Measures]) -> dict[str, float]:
    """Of services, tools and pairs of tools the entropy in bits, of services and pairs how many there are [ours].

    A row counts once for each that it calls. The largest service's share is one of all rows. None of these depends on
    the leaves, which an embedder decides.
    """
    services = Counter(name for row in measures for name in services_of(row))
    tools = Counter(name for row in measures for name in row.tools)
    pairs = Counter(pair for row in measures for pair in pairs_of(row))
    return {
        "h_service": entropy_bits(services.values()),
        "services": float(len(services)),
        "largest_service": max(services.values(), default=0) / max(len(measures), 1),
        "h_tool": entropy_bits(tools.values()),
        "h_pair": entropy_bits(pairs.values()),
        "pairs": float(len(pairs)),
    }


def at_equal_n(measures: Sequence[Measures], vectors: Floats, n: int) -> dict[str, float]:
    """What n of the rows would measure [ours].

    Closed forms for leaves, modes, signatures, tools and sets of tools; for vectors, and for what `measure_use` gives,
    the mean over seeded subsamples. The mean CAC is that of all rows, which is what any number of them is expected to
    have. Raises: ValueError: more rows than there are.
    """
    rows = len(measures)
    tools = Counter(tool for row in measures for tool in row.tools)
    sets = Counter(row.tools for row in measures if row.tools)
    # all rows where they are just as many: no draw could differ
    rng = np.random.default_rng(0)
    picks = [np.arange(rows)] if n == rows else [rng.choice(rows, n, replace=False) for _ in range(SUBSAMPLES)]
    samples = [vectors[pick] for pick in picks]
    counted = [measure_use([measures[row] for row in pick]) for pick in picks]
    return {
        "h_dom": rarefied_bits(Counter(row.leaf for row in measures).values(), n),
        "h_mode_coarse": rarefied_bits(Counter(row.mode for row in measures).values(), n),
        "h_mode": rarefied_bits(Counter(row.signature for row in measures).values(), n),
        "cac_mean": fsum(row.cac for row in measures) / rows,
        "tools": rarefied_classes(tools.values(), rows, n),
        "tool_sets": rarefied_classes(sets.values(), rows, n),
        "vendi": fsum(map(vendi, samples)) / len(samples),
        "duplicate_rate": fsum(map(duplicate_rate, samples)) / len(samples),
        "near_90": fsum(duplicate_rate(sample, 0.9) for sample in samples) / len(samples),
        **{name: fsum(sample[name] for sample in counted) / len(counted) for name in counted[0]},
    }


class Spread:
    """Counts of labels; their entropy is summed over the sizes that counts have, which are few beside the labels."""

    def __init__(self) -> None:
        self.counts: Counter[Hashable] = Counter()
        self._sizes: Counter[int] = Counter()

    def add(self, label: Hashable) -> None:
        self._sizes[self.counts[label]] -= 1
        self.counts[label] += 1
        self._sizes[self.counts[label]] += 1
        self._sizes = +self._sizes  # drops sizes that no label has any more, which else pile up

    def bits(self) -> float:
        return _entropy(self._sizes)


class Tally:
    """A fold over committed rows: what `metrics.jsonl` says after each."""

    def __init__(self) -> None:
        self.n = 0
        self.leaves, self.modes, self.signatures = Spread(), Spread(), Spread()
        self.services, self.tools, self.pairs = Spread(), Spread(), Spread()
        self.largest = 0
        self.cac_sum = 0.0

    def add(self, measures: Measures) -> None:
        self.n += 1
        self.leaves.add(measures.leaf)
        self.modes.add(measures.mode)
        self.signatures.add(measures.signature)
        units = (self.services, services_of(measures)), (self.tools, measures.tools), (self.pairs, pairs_of(measures))
        for spread, labels in units:
            for label in labels:
                spread.add(label)
        called = (self.services.counts[service] for service in services_of(measures))
        self.largest = max(self.largest, *called, 0)
        self.cac_sum += measures.cac

    def metrics(self) -> JsonObject:
        """H_dom, H_mode at both grains and the mean CAC [ours], with N beside them; then tools, services and pairs.

        Saturated: within 1% of log2 N, the most that a plug-in entropy can be; the coarse grain then decides.
        """
        ceiling = log2(self.n) if self.n else 0.0
        bits = {"h_dom": self.leaves.bits(), "h_mode": self.signatures.bits(), "h_mode_coarse": self.modes.bits()}
        return {
            "n": self.n,
            **{name: round(value, 6) for name, value in bits.items()},
            **{f"{name}_saturated": is_saturated(value, self.n) for name, value in bits.items()},
            "log2_n": round(ceiling, 6),
            "cac_mean": round(self.cac_sum / self.n, 6) if self.n else 0.0,
            "tools": len(self.tools.counts),
            "services": len(self.services.counts),
            "pairs": len(self.pairs.counts),
            "h_service": round(self.services.bits(), 6),
            "h_tool": round(self.tools.bits(), 6),
            "h_pair": round(self.pairs.bits(), 6),
            "largest_service": round(self.largest / self.n, 6) if self.n else 0.0,
        }
