#!/usr/bin/env python3
"""How much longer a shopper waits while the brand imports and reads much: open loop at half load.

Beside the redirects runs, all through a round and one request after the other:

  import    POST /v1/links/bulk, 10,000 links and 8 MB a request, until the rounds are over
  reports   GET /v1/reports/clicks by link, day and country, as CSV, of a year with CLICKS clicks
            (10 million) on 500 links
  export    fairlead export links of what was imported, a process of its own

Rounds with and without are interleaved. Clients and processes share the server's core, at the
lowest priority, so that the generator keeps its own. The import goes on until BYTES (1 GB) were
taken, in more rounds if need be.

  BYTES=50000000 CLICKS=100000 ROUNDS=1 ROUND_SECONDS=4 ./scripts/bench beside
                                                                     short; 8 GB for the long form
"""
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading

from bench_data import load_clicks, need_room, verdict
from bench_latency import CONNECTIONS, ROUND_SECONDS, ROUNDS, SHARE, ask, rate_max
from bench_peers import (
    PROGRAM,
    SLUG,
    bench_folder,
    describe,
    init_brand,
    make_deal,
    post,
    say,
    serve,
    spread,
)

BYTES = int(os.environ.get("BYTES", "1000000000"))
CLICKS = int(os.environ.get("CLICKS", "10000000"))
IMPORT_LINKS, DESTINATION_BYTES = 10_000, 720  # of one request, which may have 8 MiB
ROUNDS_MAX = 100
PERCENT_GOAL = 10


class Beside(threading.Thread):
    """Does one piece of work after the other on the server's core until it is told to stop."""

    name = "nothing"

    def __init__(self):
        super().__init__()
        self.is_stopping = False
        self.failure = None
        self.bytes = self.pieces = 0

    def run(self):
        os.sched_setaffinity(0, {0})  # of this thread alone, as is the next
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        try:
            while not self.is_stopping:
                self.bytes += self.do_piece()
                self.pieces += 1
        except (OSError, http.client.HTTPException, RuntimeError) as failure:
            self.failure = failure

    def do_piece(self):
        """How many bytes were read or taken."""
        raise NotImplementedError

    def finish(self):
        self.is_stopping = True
        self.join()
        if self.failure is not None or self.pieces == 0:
            sys.exit(f"FAILED: {self.name} beside the redirects: {self.failure}")


class Client:
    """One connection of a brand that stays."""

    def __init__(self, port, key):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != (201 if method == "POST" else 200):  # 200: a row was refused
            raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
        return text


class Import(Beside):
    name = "import"

    def __init__(self, client, body):
        super().__init__()
        self.client, self.body = client, body

    def do_piece(self):
        self.client.ask("POST", "/v1/links/bulk", self.body)
        return len(self.body)


class Reports(Beside):
    name = "reports"

    def __init__(self, client):
        super().__init__()
        self.client = client

    def do_piece(self):
        year = "from=2025-01-01&to=2026-01-01&format=csv"
        groups = ("link", "day", "country")
        paths = (f"/v1/reports/clicks?group_by={group}&{year}" for group in groups)
        return sum(len(self.client.ask("GET", path)) for path in paths)


class Export(Beside):
    name = "export"

    def __init__(self, data):
        super().__init__()
        self.command = [PROGRAM, "export", "links", "--brand", "Import", "--data", str(data)]

    def do_piece(self):
        read = 0
        with subprocess.Popen(self.command, stdout=subprocess.PIPE) as process:
            while part := process.stdout.read(1 << 20):
                read += len(part)
                if self.is_stopping:
                    process.kill()
                    return read
        if process.returncode != 0:
            raise RuntimeError(f"fairlead export ended with {process.returncode}")
        return read


def bulk_body(deal):
    """Slugs are made by the server, so the same body makes new links each time."""
    destination = "https://shop.example/collections/"
    destination += "s" * (DESTINATION_BYTES - len(destination))
    links = [{"deal_id": deal, "destination": destination}] * IMPORT_LINKS
    return json.dumps({"links": links}).encode()


def measure(server, rate, paths, kinds):
    """{name: [round, …]} of redirects, and the bytes that went through beside them."""
    rounds = {name: [] for name in ("alone", *kinds)}
    done = dict.fromkeys(kinds, 0)
    number = 0
    while number < ROUNDS or (done["import"] < BYTES and number < ROUNDS_MAX):
        number += 1
        rounds["alone"].append(ask(server, rate, paths))
        for name, make in kinds.items():
            beside = make()
            beside.start()
            rounds[name].append(ask(server, rate, paths))
            beside.finish()
            done[name] += beside.bytes
        p99 = ", ".join(f"{name} {each[-1]['p99_ms']:.3f}" for name, each in rounds.items())
        say(f"round {number}, {done['import'] / 1e6:.0f} MB imported, p99 ms: {p99}")
    if done["import"] < BYTES:
        sys.exit(f"FAILED: only {done['import'] / 1e6:.0f} MB were imported in {ROUNDS_MAX} rounds")
    return rounds, done


def print_table(rounds, done):
    verdicts = []
    print("\n**A shopper's wait while the brand imports and reads**\n")
    print("| Beside it | p99 against alone | p50 ms | p99 ms | p99.9 ms | longest ms | MB |")
    print("|---|---|---|---|---|---|---|")
    for name, own in rounds.items():
        ratios = [a["p99_ms"] / b["p99_ms"] for a, b in zip(own, rounds["alone"])]
        is_reached = statistics.median(ratios) <= 1 + PERCENT_GOAL / 100
        verdicts += [f"{verdict(is_reached)} beside {name}"] * (name in done)
        columns = (
            spread([one[key] for one in own], 3)
            for key in ("p50_ms", "p99_ms", "p999_ms", "max_ms")
        )
        size = f"{done[name] / 1e6:.0f}" if name in done else ""
        print(f"| {name} | {spread(ratios, 2)} | {' | '.join(columns)} | {size} |")
    print(f"\nA p99 at most {PERCENT_GOAL} % longer: {', '.join(verdicts)}.")


def main():
    with bench_folder() as (folder, messages, servers):
        need_room(folder, 3 + (4 * BYTES + 100 * CLICKS) / 1e9)
        data = folder / "data"
        key = init_brand(data)
        load_clicks("rollups", data, CLICKS)
        import_key = init_brand(data, "Import")
        server = serve(data, messages)
        servers.append(server)
        post(server.port, key, "/v1/links", {"deal_id": make_deal(server.port, key), "slug": SLUG})
        paths = folder / "paths"
        paths.write_text(f"/{SLUG}\n")
        body = bulk_body(make_deal(server.port, import_key))
        kinds = {
            "import": lambda: Import(Client(server.port, import_key), body),
            "reports": lambda: Reports(Client(server.port, key)),
            "export": lambda: Export(data),
        }
        rate = SHARE * rate_max(server)
        print(
            f"{describe()}; {rate:.0f} requests/s, {100 * SHARE:.0f} % of fairlead's own maximum;"
            f" {CONNECTIONS} keep-alive connections; rounds of {ROUND_SECONDS} s, median (range)."
        )
        rounds, done = measure(server, rate, paths, kinds)
        print_table(rounds, done)


if __name__ == "__main__":
    main()
