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
import json
import os
import subprocess

from bench_data import verdict
from bench_peers import bench_folder, describe, post, say, spread
from bench_writes import BOTH_CORES, CONNECTIONS, LOAD, ROUNDS, ROUND_SECONDS
from bench_writes import Fairlead, one_by_one, postgres, print_rates, program

RATE = int(os.environ.get("RATE", "10000"))
BEFORE = os.environ.get("BEFORE")
RATE_GOAL, P99_MS_GOAL = 20_000, 1.0
KINDS = {"without a limit": "FREE10", "with a limit of uses": "LIMIT10"}
CART = {
    "currency": "EUR",
    "subtotal_minor": 12000,
    "shipping_minor": 490,
    "items": [
        {"line_id": "1", "sku": "lamp-oak", "quantity": 2, "unit_price_minor": 3000},
        {"line_id": "2", "sku": "vase-blue", "quantity": 1, "unit_price_minor": 6000},
    ],
}


class Checkout(Fairlead):
    """One server with a code of each kind."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        discount = {"kind": "percent", "rate_ppm": 100_000}
        limits = {"FREE10": None, "LIMIT10": {"uses_max": 1_000_000_000}}
        for code, limit in limits.items():
            body = {"deal_id": self.deal, "code": code, "discount": discount}
            if limit:
                body["limits"] = limit
            post(self.port, self.key, "/v1/codes", body)

    def redeem(self, kind, run):
        code = KINDS[kind]
        body = {"code": code, "order_ref": f"{code}-{run}-%d", **CART}
        body["customer"] = {"key": "customer-%d"}
        return self.post_all("/v1/codes/redeem", json.dumps(body))

    def validate(self, folder):
        body = folder / "validate.json"
        body.write_text(
            json.dumps({"code": "LIMIT10", **CART, "customer": {"key": "customer-1"}})
        )
        paths = folder / "validate.paths"
        paths.write_text("/v1/codes/validate\n")
        command = ["taskset", "-c", "1", f"{LOAD}open_loop", "--port", str(self.port)]
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


class OneByOne:
    """The straightforward way, without HTTP."""

    def __init__(self, name, make_url):
        self.name, self.make_url = name, make_url

    def redeem(self, kind, run):
        flags = ["--limited"] * (kind != "without a limit")
        return one_by_one(self.make_url(f"{KINDS[kind]}_{run}".lower()), *flags)


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
            Checkout("fairlead, SQLite", folder / "sqlite", messages),
            Checkout("fairlead, PostgreSQL", folder / "postgres", messages, cluster),
        ]
        if BEFORE:
            with program(BEFORE):
                servers.append(Checkout("before, SQLite", folder / "before", messages))
        stopped += [server.server for server in servers]
        peers = [
            OneByOne("one by one, SQLite", lambda run: f"sqlite:{folder}/{run}.db"),
            OneByOne("one by one, PostgreSQL", lambda run: cluster.url(run)),
        ]
        print(
            f"{describe()}; PostgreSQL {cluster.version()}; {CONNECTIONS} connections; {ROUNDS}"
            f" rounds of {ROUND_SECONDS} s, median (range)."
        )
        redeemed, validated = measure(folder, servers, peers)
        for kind, rounds in redeemed.items():
            print_rates(f"Redemptions, a code {kind}", "Redemptions", rounds, RATE_GOAL)
        print_validate(validated)
        print()
        for server in servers:
            print(f"{server.verify('code_uses', ROUNDS * len(KINDS))}.")


if __name__ == "__main__":
    main()
