#!/usr/bin/env python3
"""What one stored click takes: bytes on disk, and CPU for taking it into the click file.

COUNT clicks (10 million) of a year on 500 links are stored by the server's own click store, ROUNDS
times (3), each time in large transactions, as the folder's are under load, and in small ones. The
sizes are those of SQLite's pages, free space in them included, and the same in every round.

  COUNT=200000 ROUNDS=1 ./scripts/bench storage     short; 130 bytes a click of room is needed
"""
import os
import sqlite3
import sys

from bench_data import file_bytes, load_clicks, need_room, verdict
from bench_peers import bench_folder, describe, say, spread

COUNT = int(os.environ.get("COUNT", "10000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
BATCHES = (20_000, 1_000)  # clicks in a transaction
BYTES_GOAL = 48
ROOM_BYTES = 130

CLICKS = "Clicks"
WORDS = "What they share: links, profiles, words"
ROLLUPS = "Rollups by hour, day and month"
VISITORS = "Sketches of visitors"
REST = "Everything else"
PARTS = {
    "clicks": CLICKS,
    "click_links": WORDS,
    "click_profiles": WORDS,
    "click_words": WORDS,
    "click_epochs": WORDS,
    "click_rollups": ROLLUPS,
    "click_rollups_by": ROLLUPS,
    "click_visitors": VISITORS,
}


def bytes_by_part(path):
    """Indexes count with their tables."""
    sizes = dict.fromkeys((CLICKS, WORDS, ROLLUPS, VISITORS, REST), 0)
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as clicks:
        for table, size in clicks.execute(
            "SELECT s.tbl_name, SUM(d.pgsize) FROM dbstat AS d"
            " JOIN sqlite_schema AS s ON s.name = d.name GROUP BY s.tbl_name"
        ):
            sizes[PARTS.get(table, REST)] += size
        stored = clicks.execute("SELECT count(*) FROM clicks").fetchone()[0]
    if stored != COUNT:
        sys.exit(f"FAILED: {stored} clicks are stored and not {COUNT}")
    sizes[REST] += file_bytes(path) - sum(sizes.values())
    return sizes


def print_sizes(sizes):
    per_click = {part: size / COUNT for part, size in sizes.items()}
    alone = per_click[CLICKS] + per_click[WORDS]
    print("\n**Bytes on disk per click**\n")
    print("| Part of the click file | Bytes per click |\n|---|---|")
    for part, size in per_click.items():
        print(f"| {part} | {size:.2f} |")
    print(f"| clicks and what they share | {alone:.2f} |")
    print(f"| the whole file, {sum(sizes.values()) / 1e6:.1f} MB | {sum(per_click.values()):.2f} |")
    print(
        f"\nThe goal of {BYTES_GOAL} bytes for a click and what it shares is"
        f" {verdict(alone <= BYTES_GOAL)}."
    )


def main():
    with bench_folder() as (folder, _messages, _servers):
        need_room(folder, COUNT * ROOM_BYTES / 1e9)
        costs = {batch: [] for batch in BATCHES}
        sizes = None
        for number in range(1, ROUNDS + 1):
            for batch in BATCHES:
                path = folder / "clicks.db"
                costs[batch].append(load_clicks("rows", path, COUNT, batch)["cpu_us_per_click"])
                if batch == BATCHES[0] and sizes is None:
                    sizes = bytes_by_part(path)
                for leftover in folder.glob("clicks.db*"):
                    leftover.unlink()
            say(f"round {number}: " + ", ".join(f"{costs[b][-1]:.2f} µs by {b}" for b in BATCHES))
        print(f"{describe()}; {COUNT} clicks of a year on 500 links; {ROUNDS} rounds.")
        print_sizes(sizes)
        print("\n**CPU of taking a click into the file**, commits and checkpoints included\n")
        print("| Clicks in a transaction | CPU µs per click |\n|---|---|")
        for batch, cost in costs.items():
            print(f"| {batch} | {spread(cost, 2)} |")


if __name__ == "__main__":
    main()
