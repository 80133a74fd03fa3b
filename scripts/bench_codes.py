#!/usr/bin/env python3
"""Discount codes at checkout: durable redemptions a second, and how long a validation takes.

  redeem     POST /v1/codes/redeem by wrk, 64 connections, each request a new order; a code without
             a limit and one that counts its uses. Servers and generator share both cores.
  validate   POST /v1/codes/validate at RATE requests a second (10,000), open loop: the time is
             counted from when a request was due. The server has core 0, the generator core 1.

Beside fairlead on SQLite (synchronous=FULL) and on a PostgreSQL 15 with its own, durable settings
runs the straightforward way on both: one transaction for each redemption. That peer is
tests/load/one_by_one.cpp; it needs no HTTP, no keys, no JSON and fewer columns, so it does less.
BEFORE=program adds another build of fairlead, for instance the one before a change. Rounds are
interleaved; what counts is the ratio within a round. At the end the ledger must hold every answered
redemption, and at most those that were on their way when a round ended, and `fairlead verify` must
agree.

  RATE=10000 ROUNDS=5 ROUND_SECONDS=5 CONNECTIONS=64 ./scripts/bench codes
"""
import contextlib
import json
import os
import pathlib
import pwd
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import bench_peers
from bench_data import verdict
from bench_peers import bench_folder, describe, init_brand, make_deal, post, say, serve, spread
from bench_redirects import milliseconds

ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))
RATE = int(os.environ.get("RATE", "10000"))
BEFORE = os.environ.get("BEFORE")
RATE_GOAL, P99_MS_GOAL = 20_000, 1.0
BOTH_CORES = "0,1"
LOAD = "build/release/tests/load/load_"
KINDS = {"without a limit": "FREE10", "with a limit of uses": "LIMIT10"}
BODY = {
    "code": "LIMIT10",
    "currency": "EUR",
    "subtotal_minor": 12000,
    "shipping_minor": 490,
    "items": [
        {"line_id": "1", "sku": "lamp-oak", "quantity": 2, "unit_price_minor": 3000},
        {"line_id": "2", "sku": "vase-blue", "quantity": 1, "unit_price_minor": 6000},
    ],
    "customer": {"key": "customer-1"},
}


class Postgres:
    """A cluster of its own on a unix socket, with the durability that initdb gives: fsync,
    synchronous_commit and full_page_writes are on."""

    def __init__(self):
        programs = next(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), None)
        if programs is None:
            sys.exit("FAILED: PostgreSQL is not installed (package postgresql-15)")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-bench-pg-"))
        self.programs = programs
        if os.getuid() == 0:  # which PostgreSQL refuses to run as
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.run("initdb", "-D", "data", "-U", "fairlead", "--auth=trust", "-E", "UTF8")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        options += " -c max_connections=200 -c shared_buffers=256MB"
        self.run("pg_ctl", "-D", "data", "-w", "-l", "data/log", "-o", options, "start")

    def run(self, program, *arguments):
        command = [str(self.programs / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def ask(self, database, statement):
        command = [self.programs / "psql", "-h", self.folder, "-U", "fairlead", "-d", database]
        return subprocess.run(
            [*command, "-qAtc", statement], check=True, capture_output=True, text=True
        ).stdout.strip()

    def url(self, database):
        self.ask("postgres", f"CREATE DATABASE {database}")
        return f"postgresql://fairlead@/{database}?host={self.folder}"

    def stop(self):
        self.run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def postgres():
    cluster = Postgres()
    try:
        yield cluster
    finally:
        cluster.stop()


@contextlib.contextmanager
def program(path):
    """Another build of fairlead while servers are made."""
    usual, bench_peers.PROGRAM = bench_peers.PROGRAM, path
    try:
        yield
    finally:
        bench_peers.PROGRAM = usual


class Fairlead:
    """One server with a code of each kind."""

    def __init__(self, name, folder, messages, database=None):
        self.name, self.data, self.answered = name, folder, {kind: 0 for kind in KINDS}
        # With a database that is asked over a socket, threads wait.
        flags = ["--database", database, "--work-threads", "32"] if database else []
        self.key = init_brand(folder, flags=flags[:2])
        self.database = database
        self.program = bench_peers.PROGRAM
        self.server = serve(folder, messages, *flags, name=name, cores=BOTH_CORES)
        deal = make_deal(self.server.port, self.key)
        discount = {"kind": "percent", "rate_ppm": 100_000}
        limits = {"FREE10": None, "LIMIT10": {"uses_max": 1_000_000_000}}
        for code, limit in limits.items():
            body = {"deal_id": deal, "code": code, "discount": discount}
            if limit:
                body["limits"] = limit
            post(self.server.port, self.key, "/v1/codes", body)

    def redeem(self, kind, run):
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_SECONDS}s", "--latency"]
        command += ["-s", "tests/load/redeem.lua", "-H", f"Authorization: Bearer {self.key}"]
        command += ["-H", "Content-Type: application/json", f"http://127.0.0.1:{self.server.port}/"]
        ours = {"PATH_": "/v1/codes/redeem", "CODE": KINDS[kind], "RUN": f"{KINDS[kind]}-{run}"}
        cpu = self.server.cpu_seconds()
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | ours)
        out = done.stdout
        cpu = self.server.cpu_seconds() - cpu
        if done.returncode != 0 or "Non-2xx" in out or "Socket errors" in out:
            sys.exit(f"FAILED: {self.name} did not redeem every time:\n{out}{done.stderr}")
        requests, took = re.search(r"(\d+) requests in ([\d.]+(?:us|ms|s))", out).groups()
        self.answered[kind] += int(requests)
        return {
            "rate": int(requests) / (milliseconds(took) / 1000),
            "p50_ms": milliseconds(re.search(r"\n\s+50%\s+(\S+)", out).group(1)),
            "p99_ms": milliseconds(re.search(r"\n\s+99%\s+(\S+)", out).group(1)),
            "cpu_us": 1e6 * cpu / int(requests),
        }

    def validate(self, folder):
        body = folder / "validate.json"
        body.write_text(json.dumps(BODY))
        paths = folder / "validate.paths"
        paths.write_text("/v1/codes/validate\n")
        command = ["taskset", "-c", "1", f"{LOAD}open_loop", "--port", str(self.server.port)]
        command += ["--rate", str(RATE), "--seconds", str(ROUND_SECONDS), "--status", "200"]
        command += ["--connections", str(CONNECTIONS), "--paths", str(paths), "--post", str(body)]
        command += ["--header", f"Authorization: Bearer {self.key}"]
        command += ["--header", "Content-Type: application/json"]
        self.run_on("0")
        done = subprocess.run(command, capture_output=True, text=True)
        self.run_on(BOTH_CORES)
        if done.returncode != 0:
            say(f"{self.name} did not answer every validation: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def run_on(self, cores):
        command = ["taskset", "-a", "-cp", cores, str(self.server.process.pid)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def verify(self, stored):
        """Stops the server. `stored`: how many uses the ledger holds."""
        self.server.stop()
        asked = sum(self.answered.values())
        on_their_way = CONNECTIONS * ROUNDS * len(KINDS)
        if not asked <= stored <= asked + on_their_way:
            sys.exit(f"FAILED: {self.name} answered {asked} redemptions, the ledger holds {stored}")
        flags = ["--database", self.database] if self.database else []
        command = [self.program, "verify", "--data", str(self.data), *flags]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"FAILED: fairlead verify does not agree with {self.name}")
        return f"{self.name}: {asked} answered, {stored} in the ledger, verified"


class OneByOne:
    """The straightforward way, without HTTP."""

    def __init__(self, name, make_url):
        self.name, self.make_url = name, make_url

    def redeem(self, kind, run):
        command = [f"{LOAD}one_by_one", "--database", self.make_url(f"{KINDS[kind]}_{run}".lower())]
        command += ["--threads", str(CONNECTIONS), "--seconds", str(ROUND_SECONDS)]
        command += ["--limited"] * (kind != "without a limit")
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"FAILED: {self.name}: {done.stderr}")
        result = json.loads(done.stdout)
        if result["answered"] != result["stored"]:
            sys.exit(f"FAILED: {self.name} lost redemptions: {result}")
        return result


def print_redeem(kind, rounds):
    print(f"\n**Redemptions, a code {kind}**\n")
    print("| Server | Redemptions/s | fairlead on SQLite against it | p50 ms | p99 ms | CPU µs |")
    print("|---|---|---|---|---|---|")
    base = next(iter(rounds.values()))
    for name, own in rounds.items():
        ratios = [a["rate"] / max(1, b["rate"]) for a, b in zip(base, own)]
        columns = [spread([one["rate"] for one in own], 0), spread(ratios, 2)]
        columns += [spread([one[key] for one in own], 2) for key in ("p50_ms", "p99_ms")]
        columns.append(spread([one["cpu_us"] for one in own], 1) if "cpu_us" in own[0] else "")
        print(f"| {name} | {' | '.join(columns)} |")
    middle = sorted(one["rate"] for one in base)[len(base) // 2]
    print(f"\nAt least {RATE_GOAL} a second: {verdict(middle >= RATE_GOAL)}.")


def print_validate(rounds):
    print(f"\n**Validations, {RATE} a second, from the moment each was due**\n")
    print("| Server | p50 ms | p99 ms | p99.9 ms | longest ms | answered/s |")
    print("|---|---|---|---|---|---|")
    for name, own in rounds.items():
        keys = ("p50_ms", "p99_ms", "p999_ms", "max_ms")
        columns = [spread([one[key] for one in own], 3) for key in keys]
        print(f"| {name} | {' | '.join(columns)} | {spread([one['rate'] for one in own], 0)} |")
    base = next(iter(rounds.values()))
    middle = sorted(one["p99_ms"] for one in base)[len(base) // 2]
    print(f"\nA p99 below {P99_MS_GOAL:.0f} ms: {verdict(middle < P99_MS_GOAL)}.")


def count_sqlite(data):
    with contextlib.closing(sqlite3.connect(f"file:{data}/fairlead.db?mode=ro", uri=True)) as file:
        return file.execute("SELECT count(*) FROM code_uses").fetchone()[0]


def measure(folder, servers, peers):
    redeemed = {kind: {one.name: [] for one in (*servers, *peers)} for kind in KINDS}
    validated = {server.name: [] for server in servers}
    for number in range(1, ROUNDS + 1):
        for kind, by_name in redeemed.items():
            for one in (*servers, *peers):
                by_name[one.name].append(one.redeem(kind, number))
            rates = ", ".join(f"{name} {own[-1]['rate']:.0f}" for name, own in by_name.items())
            say(f"round {number}, redemptions/s, a code {kind}: {rates}")
        for server in servers:
            validated[server.name].append(server.validate(folder))
        p99 = ", ".join(f"{name} {own[-1]['p99_ms']:.3f}" for name, own in validated.items())
        say(f"round {number}, p99 ms of a validation: {p99}")
    return redeemed, validated


def main():
    with bench_folder() as (folder, messages, stopped), postgres() as cluster:
        servers = [
            Fairlead("fairlead, SQLite", folder / "sqlite", messages),
            Fairlead("fairlead, PostgreSQL", folder / "postgres", messages, cluster.url("fair")),
        ]
        if BEFORE:
            with program(BEFORE):
                servers.append(Fairlead("before, SQLite", folder / "before", messages))
        stopped += [server.server for server in servers]
        peers = [
            OneByOne("one by one, SQLite", lambda run: f"sqlite:{folder}/{run}.db"),
            OneByOne("one by one, PostgreSQL", lambda run: cluster.url(run)),
        ]
        version = cluster.ask("postgres", "SHOW server_version").split()[0]
        print(
            f"{describe()}; PostgreSQL {version}; {CONNECTIONS} connections; {ROUNDS} rounds of"
            f" {ROUND_SECONDS} s, median (range)."
        )
        redeemed, validated = measure(folder, servers, peers)
        for kind, rounds in redeemed.items():
            print_redeem(kind, rounds)
        print_validate(validated)
        print()
        for server in servers:
            is_postgres = server.database is not None
            stored = (
                int(cluster.ask("fair", "SELECT count(*) FROM code_uses"))
                if is_postgres
                else count_sqlite(server.data)
            )
            print(f"{server.verify(stored)}.")


if __name__ == "__main__":
    main()
