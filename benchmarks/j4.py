"""J4: check a roster of N rows with its error report, beside the bare reading of the same file (calamine; csv above 200,000).

Each run is a process of its own, after Python, Django and the pack are loaded; nothing else is warm. One row in 500
has a fault, so that the report has something to mark. Targets (PRODUCT.md §8): 0.3 / 3 / 25 CPU s.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import measure

HEAD = [
    "学号",
    "姓名",
    "单位",
    "上级单位",
    "人员类别",
    "状态",
    "加入日期",
    "转正日期",
    "活动单位",
    "职务",
    "邮箱",
    "手机",
]
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
CSV_FROM = 200_001
TIMES = {2207: 5}


def rows(n: int) -> Iterator[list[str]]:
    """Invented people: 30 to a unit, 40 units to a parent; one in 500 without a name."""
    units = max(74, n // 30)
    parents = max(17, units // 40)
    for at in range(n):
        unit = at % units
        year, month = 2000 + at % 9, at % 12 + 1
        name = FAMILY[at % 16] + GIVEN[at % 20] + GIVEN[at // 20 % 20]
        yield [
            str(2_000_000_000 + at),
            "" if at % 500 == 499 else name,
            f"学院{unit % parents}第{unit}支部",
            f"学院{unit % parents}总支",
            "学生" if unit % 3 else "教职工",
            "正式党员",
            f"{year}-{month:02d}-01",
            f"{year + 1}-{month:02d}-01",
            "",
            "",
            f"m{at}@example.org",
            f"138{at:08d}",
        ]


def write(n: int, folder: Path) -> Path:
    """The roster as a workbook, or as csv where a workbook is not meant to be used."""
    if n >= CSV_FROM:
        path = folder / "roster.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            made = csv.writer(out)
            made.writerow(HEAD)
            made.writerows(rows(n))
        return path
    import xlsxwriter

    path = folder / "roster.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEAD)
        for at, row in enumerate(rows(n), 1):
            sheet.write_row(at, 0, row)
    return path


READING = """
import sys
path = sys.argv[1]
if path.endswith(".csv"):
    import csv
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file): pass
else:
    from python_calamine import CalamineWorkbook
    for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows(): pass
"""


def one(path: Path, report: Path) -> None:
    """Within a process of its own: load everything, then measure one check; prints JSON."""
    os.environ["ZHENGYOU_DATA"] = str(path.parent / "data")
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhengyou.site.settings"
    import django

    django.setup()
    from zhengyou.org.roster import annotate, command  # noqa: F401

    part = command.bundled()
    command.bundled = lambda *_: part
    out = io.StringIO()
    found: dict[str, Any] = {}

    def check() -> None:
        out.seek(0)
        found["code"] = command.check(path, as_json=True, report_to=report, out=out, err=sys.stderr)

    cpus, walls = measure.repeated(check, 1)
    data = json.loads(out.getvalue())
    found |= {
        "cpu_ms": cpus[0],
        "wall_ms": walls[0],
        "peak_rss_mb": measure.peak_rss_mb(),
        "rows": data["rows"],
        "new": data["new"],
        "errors": len(data["errors"]),
        "report_kb": report.stat().st_size / 1024,
    }
    print(json.dumps(found))


def run(args: argparse.Namespace) -> int:
    """Measure the asked size, or 2,207 and 100,000 rows."""
    bad = 0
    for n in [args.rows] if args.rows else [2207, 100_000]:
        with tempfile.TemporaryDirectory(prefix="zhengyou-j4-") as folder:
            path = write(n, Path(folder))
            results = []
            for _ in range(TIMES.get(n, 1)):
                done = subprocess.run(
                    [
                        sys.executable,
                        "-m",
                        "benchmarks.j4",
                        str(path),
                        str(path.with_name(f"marked{path.suffix}")),
                    ],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                results.append(json.loads(done.stdout.strip().splitlines()[-1]))
            limits, _walls = measure.repeated(
                lambda path=path: subprocess.run([sys.executable, "-c", READING, str(path)], check=True),
                TIMES.get(n, 1),
            )
        walls = [result["wall_ms"] for result in results]
        cpu = measure.percentile([result["cpu_ms"] for result in results], 50)
        wrong = any(r["rows"] != n or r["new"] + r["errors"] != n for r in results)
        bad += wrong
        measure.Measured(
            "J4",
            {"rows": n},
            queries=0,
            cpu_ms=cpu,
            p50_ms=measure.percentile(walls, 50),
            p95_ms=measure.percentile(walls, 95),
            per_s=n / (cpu / 1000),
            errors=int(wrong),
            peak_rss_mb=max(r["peak_rss_mb"] for r in results),
            limit_cpu_ms=measure.percentile(limits, 50),
            notes={
                "format": path.suffix,
                "faults_marked": results[0]["errors"],
                "report_kb": round(results[0]["report_kb"]),
            },
        ).print()
    return 1 if bad else 0


if __name__ == "__main__":
    one(Path(sys.argv[1]), Path(sys.argv[2]))
