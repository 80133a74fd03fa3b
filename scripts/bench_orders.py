#!/usr/bin/env python3
"""Orders a second, each booked with its credit, commission and postings, durably.

POST /v1/orders by wrk, 64 connections, each request a new order of two lines and a customer that
names a code and the click that led to it. Servers and generator share both cores. Beside fairlead
on SQLite (synchronous=FULL) and on a PostgreSQL 15 with its own, durable settings runs the
straightforward way on both, `load_one_by_one --orders`: one transaction for each order that writes
as many rows. That peer needs no HTTP, no keys, no JSON, no rules and fewer columns, so it does
less. Rounds are interleaved; what counts is the ratio within a round. At the end every answered
order must be there, and `fairlead verify` must agree with every credit and posting.

  ROUNDS=5 ROUND_SECONDS=5 CONNECTIONS=64 ./scripts/bench orders
"""
import datetime
import json
import re
import urllib.error
import urllib.request

from bench_peers import HEADERS, bench_folder, describe, post, say
from bench_writes import CONNECTIONS, ROUNDS, ROUND_SECONDS
from bench_writes import Fairlead, one_by_one, postgres, print_rates

RATE_GOAL = 5_000
LINE = {"discount_minor": 0, "tax_minor": 0}
ORDER = {
    "placed_at": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
    "currency": "EUR",
    "items": [
        {"line_id": "1", "sku": "lamp-oak", "quantity": 2, "unit_price_minor": 3000, **LINE},
        {"line_id": "2", "sku": "vase-blue", "quantity": 1, "unit_price_minor": 6000, **LINE},
    ],
    "shipping_minor": 490,
    "tax_minor": 0,
    "codes": ["FREE10"],
    "customer": {"key": "customer-%d"},
}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Shop(Fairlead):
    """One server with a code and a click."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        discount = {"kind": "percent", "rate_ppm": 100_000}
        code = {"deal_id": self.deal, "code": "FREE10", "discount": discount}
        post(self.port, self.key, "/v1/codes", code)
        post(self.port, self.key, "/v1/links", {"deal_id": self.deal, "slug": "mia"})
        click = urllib.request.Request(f"http://127.0.0.1:{self.port}/mia", headers=HEADERS)
        try:
            urllib.request.build_opener(NoRedirect).open(click)
        except urllib.error.HTTPError as answer:
            location = answer.headers["Location"]
        self.token = re.search(r"fl_click=([^&]+)", location).group(1)

    def book(self, run):
        body = {"order_ref": f"{run}-%d", **ORDER, "click_ids": [self.token]}
        return self.post_all("/v1/orders", json.dumps(body))


def main():
    with bench_folder() as (folder, messages, stopped), postgres() as cluster:
        servers = [
            Shop("fairlead, SQLite", folder / "sqlite", messages),
            Shop("fairlead, PostgreSQL", folder / "postgres", messages, cluster),
        ]
        stopped += [server.server for server in servers]
        peers = {
            "one by one, SQLite": lambda run: f"sqlite:{folder}/orders_{run}.db",
            "one by one, PostgreSQL": lambda run: cluster.url(f"orders_{run}"),
        }
        print(
            f"{describe()}; PostgreSQL {cluster.version()}; {CONNECTIONS} connections; {ROUNDS}"
            f" rounds of {ROUND_SECONDS} s, median (range)."
        )
        rounds = {name: [] for name in (*(server.name for server in servers), *peers)}
        for number in range(1, ROUNDS + 1):
            for server in servers:
                rounds[server.name].append(server.book(number))
            for name, make_url in peers.items():
                rounds[name].append(one_by_one(make_url(number), "--orders"))
            rates = ", ".join(f"{name} {own[-1]['rate']:.0f}" for name, own in rounds.items())
            say(f"round {number}, orders/s: {rates}")
        print_rates("Orders with credits and postings", "Orders", rounds, RATE_GOAL)
        print()
        for server in servers:
            print(f"{server.verify('orders', ROUNDS)}.")


if __name__ == "__main__":
    main()
