"""One JSON line per job: CPU milliseconds of this process and its children, percentiles, memory, and the machine's limit."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Measured:
    """What a job reports; None where the figure means nothing for the job. Gate on queries and cpu_ms only."""

    job: str
    size: dict[str, int] = field(default_factory=dict)
    queries: int | None = None
    cpu_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    per_s: float | None = None
    clients: int = 1
    errors: int = 0
    html_kb: float | None = None
    peak_rss_mb: float | None = None
    limit_cpu_ms: float | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.peak_rss_mb = self.peak_rss_mb or peak_rss_mb()

    def print(self, *, as_json: bool = True) -> None:
        """One line on stdout."""
        facts = {
            name: round(value, 2) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }
        print(json.dumps(facts, ensure_ascii=False) if as_json else facts, flush=True)


def cpu_ms() -> float:
    """CPU milliseconds so far, of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used) * 1000


def peak_rss_mb() -> float:
    """The largest resident size of this process or of any one ended child, in MB (Linux counts in kB)."""
    return (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )


def repeated(run: Callable[[], Any], times: int) -> tuple[list[float], list[float]]:
    """Run several times; CPU milliseconds and wall milliseconds of each."""
    cpus, walls = [], []
    for _ in range(times):
        before, began = cpu_ms(), time.perf_counter()
        run()
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append(cpu_ms() - before)
    return cpus, walls


def percentile(values: list[float], share: int) -> float:
    """The value below which `share` percent lie."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


@contextmanager
def counted_queries() -> Iterator[list[int]]:
    """Counts the statements sent within the block; read the one number afterwards."""
    from django.db import connection

    count = [0]

    def wrapper(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield count
