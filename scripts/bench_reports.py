#!/usr/bin/env python3
"""How long a brand waits for a report over 100 million clicks, warm, from request to last byte.

COUNT clicks (100 million) of a year on 500 links are added up by the server's own tally into the
rollups and sketches it would have made. Reports of whole days read nothing else, so the clicks
themselves are stored only with ROWS=1 (48 bytes each, a quarter of an hour for all). With ROWS=1
reports are asked too that count click by click: words of one link, and a period that begins and
ends within a day.

Each of ROUNDS passes (300) asks every kind of report twice, of a period and a link drawn anew, over
one connection that stays: the first time it is read, the second time sums of days that are over may
be remembered. The server has core 0, the client core 1.

  COUNT=1000000 ROUNDS=20 ./scripts/bench reports     short; 1 GB is needed, with ROWS=1 8 GB
"""
import datetime
import gc
import http.client
import json
import os
import random
import sys
import time

from bench_data import cpu_ms_by_thread, file_bytes, load_clicks, need_room, verdict
from bench_peers import bench_folder, describe, init_brand, say, serve

COUNT = int(os.environ.get("COUNT", "100000000"))
ROUNDS = int(os.environ.get("ROUNDS", "300"))
HAS_ROWS = os.environ.get("ROWS", "0") == "1"
WARM_UP_ROUNDS = 3
MS_GOAL = 10
SEED = 20261123
FIRST = datetime.date(2025, 1, 1)
RANGES = {"a week": 7, "30 days": 30, "the year": 365}
GROUPS = ("link", "influencer", "campaign", "day", "month", "hour", "country", "device", "app")
ROI_GROUPS = ("link", "influencer", "campaign", "day", "month")
WORDS = ("country", "device", "app")


class Kind:
    """A report with a range and all links or one; how long each answer took."""

    def __init__(self, report, group, days, is_one_link=False, is_within_days=False):
        self.report, self.group, self.days = report, group, days
        self.is_one_link, self.is_within_days = is_one_link, is_within_days
        self.first_ms, self.took_ms, self.cpu_ms = [], [], []  # the first time; again, and its CPU
        self.bytes = 0

    def name(self):
        days = next(name for name, days in RANGES.items() if days == self.days)
        links = "one link" if self.is_one_link else "all links"
        noon = ", noon to noon" if self.is_within_days else ""
        return f"{self.report} by {self.group} | {days}{noon} | {links}"

    def path(self, draw, links):
        first = FIRST + datetime.timedelta(draw.randint(0, 365 - self.days))
        if self.group == "hour":  # kept of the last days alone
            first = FIRST + datetime.timedelta(365 - self.days)
        if self.is_within_days:
            first = min(first, FIRST + datetime.timedelta(364 - self.days))
        end = first + datetime.timedelta(self.days)
        noon = "T12:00:00Z" if self.is_within_days else ""
        path = f"/v1/reports/{self.report}?group_by={self.group}&from={first}{noon}&to={end}{noon}"
        return path + (f"&link_id={draw.choice(links)}" if self.is_one_link else "")


def kinds():
    for days in RANGES.values():
        for group in GROUPS:
            yield Kind("clicks", group, days)
            if group not in WORDS or (HAS_ROWS and days == 7):
                yield Kind("clicks", group, days, is_one_link=True)
        for group in ROI_GROUPS:
            yield Kind("roi", group, days)
    if HAS_ROWS:
        yield Kind("clicks", "link", 7, is_within_days=True)
        yield Kind("clicks", "link", 7, is_one_link=True, is_within_days=True)


class Client:
    """One connection that stays."""

    def __init__(self, port, key):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path):
        """The body, and the milliseconds until its last byte."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took_ms = 1000 * (time.perf_counter() - began)
        if answer.status != 200:
            sys.exit(f"FAILED: {path} is answered {answer.status}: {body[:300]!r}")
        return body, took_ms

    def links(self):
        found, cursor = [], ""
        while cursor is not None:
            body, _ = self.get("/v1/links?limit=100" + (f"&cursor={cursor}" if cursor else ""))
            page = json.loads(body)
            found += [link["id"] for link in page["data"]]
            cursor = page["next_cursor"]
        return found


def check_totals(client):
    """All clicks must be in each report of the year, or its speed would mean nothing."""
    for group in GROUPS:
        if group == "hour":
            continue
        body, _ = client.get(f"/v1/reports/clicks?group_by={group}&from=2025-01-01&to=2026-01-01")
        total = sum(row["clicks_gross"] for row in json.loads(body)["data"])
        if total != COUNT:
            sys.exit(f"FAILED: the clicks of the year by {group} are {total} and not {COUNT}")


def quantile(values, share):
    """At least this share of the values is no larger."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(server, client, links):
    draw, asked = random.Random(SEED), list(kinds())
    gc.disable()
    for number in range(-WARM_UP_ROUNDS, ROUNDS):
        for kind in asked:
            path = kind.path(draw, links)
            _, first_ms = client.get(path)
            cpu = sum(cpu_ms_by_thread(server).values())
            body, took_ms = client.get(path)
            if number >= 0:
                kind.first_ms.append(first_ms)
                kind.took_ms.append(took_ms)
                kind.cpu_ms.append(sum(cpu_ms_by_thread(server).values()) - cpu)
                kind.bytes = max(kind.bytes, len(body))
        if number % 50 == 0:
            say(f"pass {number} of {ROUNDS}")
    gc.enable()
    return asked


def print_table(asked):
    print(
        "\n| Report | Period | Links | Answer KB | First time, p50 ms | p99 ms | Again, p50 ms"
        " | p99 ms | longest ms | CPU ms, p50 |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for kind in asked:
        figures = [quantile(kind.first_ms, share) for share in (0.5, 0.99)]
        figures += [quantile(kind.took_ms, share) for share in (0.5, 0.99, 1)]
        figures.append(quantile(kind.cpu_ms, 0.5))
        columns = " | ".join(f"{figure:.2f}" for figure in figures)
        print(f"| {kind.name()} | {kind.bytes / 1000:.1f} | {columns} |")
    slow = [kind for kind in asked if quantile(kind.took_ms, 0.99) >= MS_GOAL]
    print(
        f"\n{len(asked) - len(slow)} of {len(asked)} kinds of report have a p99 below {MS_GOAL} ms,"
        f" warm; the goal, all of them, is {verdict(not slow)}."
    )
    if slow:
        print("Over it: " + "; ".join(kind.name().replace(" | ", ", ") for kind in slow) + ".")


def main():
    with bench_folder() as (folder, messages, servers):
        need_room(folder, 1 + HAS_ROWS * COUNT * 75 / 1e9)
        data = folder / "data"
        key = init_brand(data)
        load_clicks("year" if HAS_ROWS else "rollups", data, COUNT)
        size = file_bytes(data / "clicks.db")
        server = serve(data, messages)
        servers.append(server)
        os.sched_setaffinity(0, {1})
        client = Client(server.port, key)
        check_totals(client)
        asked = measure(server, client, client.links())
        stored = "stored one by one" if HAS_ROWS else "as rollups, without the clicks themselves"
        print(
            f"{describe()}; {COUNT} clicks of a year on 500 links, {stored};"
            f" click file of {size / 1e6:.0f} MB; {ROUNDS} answers of each kind."
        )
        print_table(asked)


if __name__ == "__main__":
    main()
