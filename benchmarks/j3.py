"""J3: my desk, 16 clients at once: `python -m benchmarks J3 [--clients 16 --seconds 10] --json`.

A member's and a unit head's desk over HTTP from the web server that `serve` starts (granian, two workers), on the
loopback of the same machine; the clients share its cores. `cpu_ms` is the server's CPU per answer; the figures on top
are the member's desk, the head's stand in `notes`. Targets (PRODUCT.md §8): 6 CPU ms, 250/s, 8 queries.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.j2 import limit, prepare, say
from benchmarks.measure import Measured, counted_queries, percentile

TICK = os.sysconf("SC_CLK_TCK")


def run(args: argparse.Namespace) -> int:
    """Fill, serve, ask; 1 where any answer was not the desk."""
    units, members = args.units or 91, args.members or 2207
    clients, seconds = args.clients or 16, args.seconds or 10.0
    found = prepare(units, members)
    from django.conf import settings

    from zhengyou.org.models import Person
    from zhengyou.org.tests.builder import client

    people = {
        "member": Person.objects.get(pk=found.member),
        "head": Person.objects.get(pk=found.head),
    }
    ask: dict[str, tuple[str, str, int, float]] = {}
    for name, person in people.items():
        browser = client(person)
        browser.defaults["SERVER_NAME"] = "localhost"
        browser.get("/desk/")
        with counted_queries() as count:
            response = browser.get("/desk/")
        cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        ask[name] = (cookie, "/desk/", count[0], len(response.content) / 1000)
    bare = limit()
    server, port = serve()
    try:
        results = {}
        for name, (cookie, url, queries, kb) in ask.items():
            say(f"{name}: {clients} clients for {seconds:g} s")
            load(port, url, cookie, clients, 1.0)
            results[name] = load(port, url, cookie, clients, seconds, server.pid) | {
                "queries": queries,
                "html_kb": kb,
            }
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    top = results["member"]
    errors = sum(one["errors"] for one in results.values())
    Measured(
        "J3",
        {"units": units, "members": members},
        clients=clients,
        errors=errors,
        limit_cpu_ms=bare,
        notes={"head": results["head"], "server": "granian, 2 workers, loopback; clients on the same cores"},
        **{
            key: top[key]
            for key in ("queries", "cpu_ms", "p50_ms", "p95_ms", "per_s", "html_kb", "peak_rss_mb")
        },
    ).print(as_json=True)
    return 1 if errors else 0


def serve() -> tuple[subprocess.Popen, int]:
    """The web server on a free port, as `serve` starts it; returns once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--no-ws", "--workers", "2", "--blocking-threads", "4", "--log-level", "error"]
    server = subprocess.Popen([*command, "zhengyou.site.wsgi:application"], start_new_session=True)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server, port
        except OSError:
            time.sleep(0.1)
    os.killpg(server.pid, signal.SIGTERM)
    raise SystemExit("the web server did not answer within 30 seconds")


def load(port: int, url: str, cookie: str, clients: int, seconds: float, pid: int = 0) -> dict[str, Any]:
    """Ask without a pause from `clients` connections; answers per second, wall percentiles, the server's CPU per answer."""
    walls: list[list[float]] = [[] for _ in range(clients)]
    errors = [0] * clients
    until = time.monotonic() + seconds

    def one(k: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            began = time.perf_counter()
            try:
                link.request("GET", url, headers={"Cookie": cookie, "Accept-Language": "zh"})
                answer = link.getresponse()
                good = answer.status == 200 and b'class="zy-main"' in answer.read()
            except OSError:
                good = False
                link.close()
            errors[k] += not good
            walls[k].append((time.perf_counter() - began) * 1000)
        link.close()

    used, began = cpu_of(pid), time.monotonic()
    threads = [threading.Thread(target=one, args=(k,)) for k in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, found = time.monotonic() - began, [wall for each in walls for wall in each]
    return {
        "cpu_ms": round((cpu_of(pid) - used) / max(len(found), 1), 2) if pid else None,
        "p50_ms": round(percentile(found, 50), 2),
        "p95_ms": round(percentile(found, 95), 2),
        "per_s": round(len(found) / took, 1),
        "errors": sum(errors),
        "peak_rss_mb": round(memory_of(pid), 1) if pid else None,
    }


def _processes(pid: int) -> list[int]:
    """The server and its workers."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [child for text in task.read_text().split() for child in _processes(int(text))]
    return found


def cpu_of(pid: int) -> float:
    """CPU milliseconds used so far by a process and its children that live."""
    if not pid:
        return 0.0
    total = 0
    for one in _processes(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total * 1000 / TICK


def memory_of(pid: int) -> float:
    """The largest resident size of one of the server's processes, in MB."""
    sizes = []
    for one in _processes(pid):
        for line in Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                sizes.append(int(line.split()[1]) / 1024)
    return max(sizes, default=0.0)
