#!/usr/bin/env python3
"""What ten million links cost against a thousand: rate, CPU, memory and the first redirect.

Two servers, one with COUNT links (10 million) and one with 1,000, both with CLICKS stored clicks
(10 million), are asked in turns by wrk for links drawn from all of theirs (tests/load/
many_links.lua), each time as another visitor. Before the next server's turn the last one folds what
it was asked into its click file, and that CPU counts too. The three busiest threads stand apart:
the one that answers, the one that folds and the one that writes the journal, the busiest first.
Links are drawn evenly, where hardly two clicks share a rollup, and skewed, as posts make them.

At the end the server with many links is killed (kill -9) under load and started again, ROUNDS
times; what counts is the time from the start of the process to a right redirect.

  COUNT=100000 CLICKS=100000 ROUNDS=1 ROUND_SECONDS=3 ./scripts/bench links
                                                  short; 20 GB and 5 GB of memory for the long form
"""
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

from bench_data import (
    cpu_ms_by_thread,
    load_clicks,
    many_links,
    need_room,
    verdict,
    wait_until_folded,
    wait_until_ready,
)
from bench_peers import (
    HEADERS,
    bench_folder,
    describe,
    init_brand,
    metric,
    say,
    serve,
    spread,
)

COUNT = int(os.environ.get("COUNT", "10000000"))
CLICKS = int(os.environ.get("CLICKS", "10000000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", "20"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))
FEW = 1000
ROOM_BYTES_LINK, ROOM_BYTES_CLICK = 500, 1200  # the clicks are there twice, and more are coming
RATE_GOAL, BYTES_GOAL, SECONDS_GOAL = 0.97, 120, 1.0
WRK = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", "-s", "tests/load/many_links.lua"]
WRK += [word for name, value in HEADERS.items() for word in ("-H", f"{name}: {value}")]


def memory_bytes(server):
    with open(f"/proc/{server.process.pid}/status", encoding="utf-8") as status:
        return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def check_clicks(servers):
    """What was answered and is neither stored nor counted would make the rates worth nothing."""
    for server in servers:
        counted = {
            name: metric(server.port, f"fairlead_clicks_{name}_total")
            for name in ("recorded", "folded", "lost", "unconfirmed")
        }
        say(f"{server.name}: {counted}")
        if counted["recorded"] != counted["folded"] or counted["lost"] > 0:
            sys.exit(f"FAILED: {server.name}: clicks answered and clicks stored differ: {counted}")


def ask(server, draw, seconds):
    """One turn: what wrk saw, and the server's CPU until all of it is in the click file."""
    environment = {**os.environ, "COUNT": str(server.links), "DRAW": draw}
    command = [*WRK, f"-d{seconds}s", f"http://127.0.0.1:{server.port}/"]
    before = cpu_ms_by_thread(server)
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    wait_until_folded(server)
    after = cpu_ms_by_thread(server)
    requests = int(re.search(r"(\d+) requests in", done.stdout).group(1))
    if requests == 0 or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        sys.exit(f"FAILED: {server.name}: not every request was redirected:\n{done.stdout}")
    threads = sorted((after[thread] - before.get(thread, 0) for thread in after), reverse=True)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1)),
        "cpu_us": 1e3 * sum(threads) / requests,
        "threads_us": [1e3 * cpu / requests for cpu in threads[:3]],
    }


def measure(servers, draw):
    rounds = [[] for _ in servers]
    for server in servers:
        ask(server, draw, min(5, ROUND_SECONDS))
    for number in range(1, ROUNDS + 1):
        for server, own in zip(servers, rounds):
            own.append(ask(server, draw, ROUND_SECONDS))
        last = ", ".join(
            f"{server.name} {own[-1]['rate']:.0f}/s {own[-1]['cpu_us']:.1f} µs"
            for server, own in zip(servers, rounds)
        )
        say(f"{draw}, round {number}: {last}")
    return rounds


def print_rates(title, servers, rounds):
    print(f"\n**{title}**\n")
    print("| Links | Requests/s | CPU µs per request, fold included | by thread, median |")
    print("|---|---|---|---|")
    for server, own in zip(servers, rounds):
        rates, costs = spread([r["rate"] for r in own], 0), spread([r["cpu_us"] for r in own], 1)
        threads = [statistics.median(each) for each in zip(*(r["threads_us"] for r in own))]
        threads = ", ".join(f"{each:.1f}" for each in threads)
        print(f"| {server.links} | {rates} | {costs} | {threads} |")
    rates, costs = (
        [many[key] / few[key] for few, many in zip(*rounds)] for key in ("rate", "cpu_us")
    )
    print(f"| many against few | {spread(rates, 3)} | {spread(costs, 3)} | |")
    is_reached = statistics.median(rates) >= RATE_GOAL
    print(f"\nAt least {RATE_GOAL} of the rate is {verdict(is_reached)}.")


def print_memory(servers, held, data):
    with sqlite3.connect(f"file:{data}/fairlead.db?mode=ro", uri=True) as database:
        url = database.execute("SELECT avg(length(destination)) FROM links").fetchone()[0]
    whole = (held[1] - held[0]) / (servers[1].links - servers[0].links)
    print(
        f"\nMemory after the links were loaded: {held[0] / 1e6:.0f} MB with {servers[0].links}"
        f" links, {held[1] / 1e6:.0f} MB with {servers[1].links}: {whole:.1f} bytes a link, of"
        f" which {url:.1f} are its URL. At most {BYTES_GOAL} bytes beside the URL,"
        f" {whole - url:.1f} here, is {verdict(whole - url <= BYTES_GOAL)}."
    )


def redirected(port, slug):
    """Where the link leads, or nothing while nobody listens."""
    head = f"GET /{slug} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(head.encode())
            answer = client.recv(65536).decode()
    except ConnectionRefusedError:
        return None
    found = re.match(r"HTTP/1.1 302 .*?\r\nLocation: (\S+)", answer, re.S)
    if not found:
        sys.exit(f"FAILED: /{slug} is not redirected after a restart: {answer[:200]!r}")
    return found.group(1)


def any_link(data):
    with sqlite3.connect(f"file:{data}/fairlead.db?mode=ro", uri=True) as database:
        return database.execute(
            "SELECT slug, destination FROM links WHERE link_id = ? AND brand_id ="
            " (SELECT min(brand_id) FROM brands)",
            (random.randint(1, COUNT),),
        ).fetchone()


def restart(server, data):
    """Kills the server under load and starts it: seconds to a redirect, and to all links."""
    slug, destination = any_link(data)
    environment = {**os.environ, "COUNT": str(server.links), "DRAW": "even"}
    url = f"http://127.0.0.1:{server.port}/"
    load = subprocess.Popen([*WRK, "-d30s", url], env=environment, stdout=subprocess.DEVNULL)
    time.sleep(3)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    load.kill()
    load.wait()
    began = time.monotonic()
    server.start()
    while (location := redirected(server.port, slug)) is None:
        if server.process.poll() is not None or time.monotonic() - began > 60:
            sys.exit("FAILED: no redirect after a restart")
        time.sleep(0.001)
    first_s = time.monotonic() - began
    if not location.startswith(destination):
        sys.exit(f"FAILED: /{slug} leads to {location} and not to {destination}")
    wait_until_ready(server)
    all_s = time.monotonic() - began
    wait_until_folded(server)
    say(f"after kill -9: first redirect {first_s:.3f} s, all links {all_s:.1f} s")
    return first_s, all_s


def print_restarts(server, data):
    times = [restart(server, data) for _ in range(ROUNDS)]
    first, whole = ([each[i] for each in times] for i in (0, 1))
    print(
        f"\nAfter kill -9 under load with {COUNT} links and at least {CLICKS} clicks the first"
        f" redirect comes {spread(first, 3)} s after the start of the process, and all links are"
        f" loaded after {spread(whole, 1)} s; the files are in the page cache. A first redirect"
        f" within {SECONDS_GOAL:.0f} s is {verdict(max(first) <= SECONDS_GOAL)}."
    )


def main():
    with bench_folder() as (folder, messages, servers):
        need_room(folder, (COUNT * ROOM_BYTES_LINK + CLICKS * ROOM_BYTES_CLICK) / 1e9)
        few, many = folder / "few", folder / "many"
        for data, links in ((few, FEW), (many, COUNT)):
            init_brand(data)
            many_links(data, links)
        load_clicks("rows", few / "clicks.db", CLICKS)
        shutil.copy(few / "clicks.db", many / "clicks.db")
        held = []
        for data, links in ((few, FEW), (many, COUNT)):
            server = serve(data, messages, "--trusted-proxies", "127.0.0.1", name=f"{links} links")
            server.links = links
            servers.append(server)
            wait_until_ready(server)
            held.append(memory_bytes(server))
        print(
            f"{describe()}; {CLICKS} clicks in the file of each server; {CONNECTIONS}"
            f" connections; {ROUNDS} rounds of {ROUND_SECONDS} s, median (range)."
        )
        print_memory(servers, held, many)
        for title, draw in (("Links drawn evenly", "even"), ("Few links get most", "skewed")):
            print_rates(title, servers, measure(servers, draw))
        check_clicks(servers)
        print_restarts(servers[1], many)


if __name__ == "__main__":
    main()
