#!/usr/bin/env python3
"""What one redirect costs: nginx without and with its access log, HAProxy, and fairlead, durable.

All servers run at once, each with one I/O thread or worker, all on core 0; wrk runs on core 1.
Rounds are interleaved (nginx, nginx with log, fairlead, nginx, …), because the same binary moves
by tens of per cent within minutes on a shared machine: the ratio within a round is what counts.

Server CPU is user + system time of the whole process from /proc/PID/stat, fairlead's writer thread
included, divided by the requests that wrk saw answered. Answers have the same number of bytes.
"""
import os
import re
import sqlite3
import subprocess
import sys

from bench_peers import (
    bench_folder,
    HEADERS,
    describe,
    metric,
    raw_answer,
    say,
    spread,
    start_fairlead,
    start_haproxy,
    start_nginx,
    steal_share,
)

ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", "20"))
WARM_UP_SECONDS = int(os.environ.get("WARM_UP_SECONDS", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))
STEAL_PERCENT_MAX = 1.0


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def run_wrk(server, seconds, closing):
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in HEADERS.items():
        command += ["-H", f"{name}: {value}"]
    if closing:
        command += ["-H", "Connection: close"]
    steal, cpu = steal_share(None), server.cpu_seconds()
    out = subprocess.run([*command, server.url], check=True, capture_output=True, text=True).stdout
    cpu = server.cpu_seconds() - cpu
    requests, took = re.search(r"(\d+) requests in ([\d.]+(?:us|ms|s))", out).groups()
    if "Non-2xx" in out or int(requests) == 0:
        sys.exit(f"{server.name} did not redirect every request:\n{out}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return {
        "requests": int(requests),
        "cpu_us": 1e6 * cpu / int(requests),
        "rate": int(requests) / (milliseconds(took) / 1000),
        "p99_ms": milliseconds(re.search(r"\n\s+99%\s+(\S+)", out).group(1)),
        "errors": sum(map(int, errors.groups())) if errors else 0,
        "steal": steal_share(steal),
    }


def print_table(title, rounds, names):
    base = rounds[names[0]]
    print(f"\n**{title}**\n")
    print(
        "| Server | CPU against nginx | Server CPU µs per request | Requests/s | p99 ms | Errors |"
    )
    print("|---|---|---|---|---|---|")
    for name in names:
        ratios = [one["cpu_us"] / peer["cpu_us"] for one, peer in zip(rounds[name], base)]
        print(
            f"| {name} | {spread(ratios, 2)} | {spread([r['cpu_us'] for r in rounds[name]], 1)} "
            f"| {spread([r['rate'] for r in rounds[name]], 0)} "
            f"| {spread([r['p99_ms'] for r in rounds[name]], 2)} "
            f"| {sum(r['errors'] for r in rounds[name])} |"
        )


def measure(servers, closing):
    """{name: [round, …]}; a round in which another guest had the machine counts for nobody."""
    rounds = {server.name: [] for server in servers}
    asked = 0
    for server in servers:
        asked += run_wrk(server, WARM_UP_SECONDS, closing)["requests"] * (server.name == "fairlead")
    for number in range(1, ROUNDS + 1):
        results = [run_wrk(server, ROUND_SECONDS, closing) for server in servers]
        asked += sum(r["requests"] for s, r in zip(servers, results) if s.name == "fairlead")
        steal = max(result["steal"] for result in results)
        say(
            f"round {number}: "
            + ", ".join(
                f"{server.name} {result['cpu_us']:.1f} µs {result['rate']:.0f}/s"
                for server, result in zip(servers, results)
            )
            + f", steal {steal:.1f} %"
        )
        if steal > STEAL_PERCENT_MAX:
            say("  left out: another guest of this machine had the processor")
            continue
        for server, result in zip(servers, results):
            rounds[server.name].append(result)
    return rounds, asked


def check_clicks(server, data, seen, runs, requests_before):
    """Stored clicks must equal the redirects that the server itself counted as answered. wrk leaves
    up to one request per connection unread when it stops, so it has seen at most that many fewer.
    """
    unconfirmed = metric(server.port, "fairlead_clicks_unconfirmed_total")
    requests = metric(server.port, "fairlead_http_requests_total") - requests_before
    answered = int(requests) - 2  # the two readings of metrics just before
    exit_code = server.stop()
    with sqlite3.connect(f"file:{data}/clicks.db?mode=ro", uri=True) as clicks:
        stored = clicks.execute("SELECT count(*) FROM clicks").fetchone()[0]
    print(
        f"\nClicks: {answered} redirects answered, {stored} stored; wrk saw {seen} of them (it"
        f" leaves up to {CONNECTIONS} unread at the end of each of {runs} runs); {unconfirmed:.0f}"
        f" answers left before their commit was confirmed; fairlead ended with {exit_code}."
    )
    unread_max = runs * CONNECTIONS + 1
    if exit_code != 0 or stored != answered or not seen <= stored <= seen + unread_max:
        sys.exit("FAILED: stored clicks and answered redirects differ")


def main():
    with bench_folder() as (folder, messages, servers):
        fairlead, data = start_fairlead(folder, messages)
        servers.append(fairlead)
        requests_before = metric(fairlead.port, "fairlead_http_requests_total")
        size = len(raw_answer(fairlead.port))
        logs = {"nginx": "off", "nginx, access log": folder / "access.log"}
        peers = [start_nginx(name, folder, log, size, messages) for name, log in logs.items()]
        # As fairlead does: a connection is handed over with its first bytes.
        deferred = ("nginx, deferred", folder, "off", size, messages, "deferred")
        peers.append(start_nginx(*deferred))
        peers.append(start_haproxy(folder, size, messages))
        servers[:] = [*peers, fairlead]
        sizes = {server.name: len(raw_answer(server.port)) for server in peers}
        say(f"bytes of an answer: fairlead {size}, {sizes}")
        print(
            f"{describe()}; answers of {size} bytes; {CONNECTIONS} connections; "
            f"{ROUNDS} rounds of {ROUND_SECONDS} s, median (range)."
        )
        names = [server.name for server in servers]
        asked = 0
        for title, closing in (("Keep-alive", False), ("One request per connection", True)):
            rounds, seen = measure(servers, closing)
            asked += seen
            if not rounds["fairlead"]:
                sys.exit("FAILED: no round was free of steal; try again on a quieter machine")
            print_table(title, rounds, names)
        check_clicks(fairlead, data, asked, 2 * (ROUNDS + 1), requests_before)


if __name__ == "__main__":
    main()
