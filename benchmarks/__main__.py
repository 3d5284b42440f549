"""`python -m benchmarks J2|J3|J4|issue|change|walls|diffs [--units N] [--members N] [--rows N] [--json]`: one JSON line each.

Each job is a file of its own with `run(args)`; sizes that a job does not use are ignored.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

JOBS = ("J2", "J3", "J4", "issue", "change", "walls", "diffs")


def main() -> int:
    """Run one job."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure one job (PRODUCT.md §8)."
    )
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("--units", type=int)
    parser.add_argument("--members", type=int)
    parser.add_argument(
        "--rows", type=int, help="rows of the roster (J4); default 2,207 and 100,000, one line each"
    )
    parser.add_argument("--clients", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--json", action="store_true", help="one JSON line (always so)")
    args = parser.parse_args()
    try:
        room = import_module(f"benchmarks.{args.job.lower()}")
    except ModuleNotFoundError as missing:
        if missing.name != f"benchmarks.{args.job.lower()}":
            raise
        print(f"{args.job}: not built yet", file=sys.stderr)
        return 2
    return int(room.run(args) or 0)


if __name__ == "__main__":
    sys.exit(main())
