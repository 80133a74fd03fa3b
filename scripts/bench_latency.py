#!/usr/bin/env python3
"""How long a shopper waits at half load, measured from when each request was due (tests/load).

The rate is half of what fairlead itself can answer here, by wrk with as many connections, and the
same for each peer. Rounds are interleaved; what counts is the ratio to nginx within a round.
"""
import json
import os
import re
import subprocess
import sys

from bench_peers import (
    bench_folder,
    HEADERS,
    SLUG,
    describe,
    raw_answer,
    say,
    spread,
    start_fairlead,
    start_nginx,
)

ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", "20"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))
SHARE = float(os.environ.get("LOAD_SHARE", "0.5"))
GENERATOR = "build/release/tests/load/load_open_loop"


def headers(flag):
    return [word for name, value in HEADERS.items() for word in (flag, f"{name}: {value}")]


def rate_max(server):
    """Requests per second that the server answers when wrk asks as fast as it can."""
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", "-d5s", *headers("-H")]
    out = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}/{SLUG}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def ask(server, rate, paths):
    command = ["taskset", "-c", "1", GENERATOR, "--port", str(server.port), "--rate", f"{rate:.0f}"]
    command += ["--seconds", str(ROUND_SECONDS), "--connections", str(CONNECTIONS)]
    command += ["--paths", str(paths), *headers("--header")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{server.name} did not answer every request: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def main():
    with bench_folder() as (folder, messages, servers):
        paths = folder / "paths"
        paths.write_text(f"/{SLUG}\n")
        fairlead, _ = start_fairlead(folder, messages)
        servers.append(fairlead)
        size = len(raw_answer(fairlead.port))
        servers.insert(0, start_nginx("nginx", folder, "off", size, messages))
        log = folder / "access.log"
        servers.insert(1, start_nginx("nginx, access log", folder, log, size, messages))
        rate = SHARE * rate_max(fairlead)
        print(
            f"{describe()}; {rate:.0f} requests/s, {100 * SHARE:.0f} % of fairlead's own"
            f" maximum; {CONNECTIONS} keep-alive connections; {ROUNDS} rounds of"
            f" {ROUND_SECONDS} s, median (range)."
        )
        rounds = {server.name: [] for server in servers}
        for number in range(1, ROUNDS + 1):
            for server in servers:
                rounds[server.name].append(ask(server, rate, paths))
            p99 = ", ".join(f"{name} {each[-1]['p99_ms']:.3f}" for name, each in rounds.items())
            say(f"round {number}, p99 ms: {p99}")
        print("\n**Latency from the moment a request was due**\n")
        print("| Server | p99 against nginx | p50 ms | p99 ms | p99.9 ms | longest ms |")
        print("|---|---|---|---|---|---|")
        for name, own in rounds.items():
            ratios = [a["p99_ms"] / b["p99_ms"] for a, b in zip(own, rounds["nginx"])]
            columns = (
                spread([each[key] for each in own], 3)
                for key in ("p50_ms", "p99_ms", "p999_ms", "max_ms")
            )
            print(f"| {name} | {spread(ratios, 2)} | {' | '.join(columns)} |")


if __name__ == "__main__":
    main()
