#!/usr/bin/env python3
"""Faults a machine can have, done to the real server, and what it kept. One row of a table each.

  tests/faults/faults.py [--long] [name…]     without a name: all of them

Needs strace, libfaketime and, for the file system of its own, root. Exit 0 only when every promise
was kept. docs/reliability.md holds a table of a long run.
"""
import argparse
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import sys
import time

from full_disk import full_disk
from harness import Failed, Shoppers, Site, ask, expect

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
RANDOM = random.Random(SEED)


def say(text):
    print(f"    {text}", file=sys.stderr, flush=True)


def kill_at_random(is_long):
    """kill -9 at a random moment under load"""
    site, promised, rounds = Site(), [], 200 if is_long else 10
    try:
        for _ in range(rounds):
            server = site.serve()
            shoppers = Shoppers(site.port)
            time.sleep(RANDOM.uniform(0.02, 0.4))
            server.kill()
            promised += shoppers.stop()
        stored = site.expect_kept(promised)
        return f"{rounds} kills, {len(promised)} clicks answered, {stored} stored, 0 lost"
    finally:
        site.close()


# What the server does to its files, and a kill may come before each of them.
FILE_CALLS = "pwrite64,pwritev,write,fdatasync,fsync,ftruncate,fallocate,rename,unlink,openat"
CLICKS_OF_A_LIFE = 20


def kill_at_calls(is_long):
    """kill -9 at the Nth system call that touches a file, for every N of a whole life"""
    site, promised, kills = Site(), [], []
    try:
        # Calls are counted thread by thread, so the first thread to reach N dies: from the first
        # instruction on that is nearly always the main one. Then the others, one after the other.
        server = site.serve()
        threads = len(threads_of(server))
        server.stop()
        for thread in [None, *range(threads)]:
            kills.append(0)
            for number in range(1, 10_000, 1 if is_long else 25):
                clicks, was_killed = live(site, number, thread)
                promised += clicks
                kills[-1] += was_killed
                if not was_killed:
                    break
        stored = site.expect_kept(promised)
        expect(kills[0] > 0 and sum(kills[1:]) > 0, f"too few calls were reached: {kills}")
        return (
            f"{kills[0]} kills at a start and {sum(kills[1:])} in {len(kills) - 1} threads after"
            f" it, {len(promised)} clicks answered, {stored} stored, 0 lost"
        )
    finally:
        site.close()


def threads_of(server):
    """Without the one that loads the links, which has ended by then."""
    time.sleep(0.2)
    return server.threads()


def live(site, number, thread):
    """A start, clicks and a stop, killed at the Nth call of the start, or of one thread after it:
    the clicks answered, and whether it was killed.
    """
    inject = f"inject={FILE_CALLS}:signal=KILL:when={number}"
    server = site.serve(traced(inject, "-f") if thread is None else (), wait=False)
    promised, tracer = [], None
    try:
        server.wait_until_ready()
        if thread is not None:
            tracer = attach(inject, threads_of(server)[thread])
        with socket.create_connection(("127.0.0.1", site.port), timeout=15) as client:
            for _ in range(CLICKS_OF_A_LIFE):
                promised.append(ask(client))
        server.stop()
    except (OSError, Failed, IndexError):
        pass  # it was killed
    code = server.process.wait(timeout=60)
    if tracer is not None:
        tracer.wait(timeout=10)
    return promised, code != 0


def attach(inject, thread):
    """strace of one thread, once it has it."""
    tracer = subprocess.Popen(traced(inject, "-p", str(thread)))
    status = pathlib.Path(f"/proc/{thread}/status")
    while "TracerPid:\t0" in status.read_text() and tracer.poll() is None:
        time.sleep(0.002)
    return tracer


def traced(inject, *whom):
    calls = inject.split("=", 1)[1].split(":")[0]
    return ["strace", *whom, "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]


def fail_calls(error):
    """Every call of one kind fails from the Nth on: redirects go on, nothing promised is lost."""

    def run(is_long):
        rows = []
        for calls in ("pwrite64,write,pwritev", "fdatasync,fsync"):
            for number in (1, 2, 5, 20, 100) if is_long else (5,):
                rows.append(fail_one(calls, error, number))
        redirects, kept, slowest = (sum(r[0] for r in rows), sum(r[1] for r in rows), 0)
        slowest = max(r[2] for r in rows)
        return (
            f"{len(rows)} runs, {redirects} redirects while failing, slowest {slowest * 1000:.0f}"
            f" ms, {kept} promised before, 0 lost"
        )

    run.__doc__ = f"{error} from the Nth write or sync on"
    return run


def fail_one(calls, error, number):
    site = Site()
    try:
        server = site.serve(wait_ms_max=50)
        warm = Shoppers(site.port, 2)
        time.sleep(0.3)
        promised = warm.stop()
        expect(server.metric("fairlead_clicks_unconfirmed_total") == 0, "unconfirmed before")
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(server.pid())]
            + ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={number}+"]
        )
        time.sleep(0.5)
        shoppers = Shoppers(site.port, 2)
        time.sleep(2)
        during = shoppers.stop()
        expect(len(during) > 20, f"only {len(during)} redirects while {calls} fails with {error}")
        expect(shoppers.failed == 0, f"{shoppers.failed} requests were not redirected")
        slowest = shoppers.slowest_s
        tracer.send_signal(signal.SIGINT)
        tracer.wait(timeout=10)
        server.kill()
        site.expect_kept(promised)
        return len(during), len(promised), slowest
    finally:
        site.close()


def few_descriptors(_is_long):
    """256 file descriptors and 400 clients"""
    site = Site()
    try:
        server = site.serve(["prlimit", "--nofile=256:256"])
        idle = [socket.create_connection(("127.0.0.1", site.port), timeout=5) for _ in range(400)]
        time.sleep(1)
        for each in idle:
            each.close()
        time.sleep(0.5)
        shoppers = Shoppers(site.port)
        time.sleep(1)
        promised = shoppers.stop()
        expect(len(promised) > 100, f"only {len(promised)} redirects after the crowd had left")
        expect(server.process.poll() is None, "the server died")
        server.stop()
        site.expect_kept(promised)
        return f"{len(promised)} redirects after 400 clients had filled the table, 0 lost"
    finally:
        site.close()


# How slowhttptest is slow. Bodies go to a route that takes them, reads come from a large page, of
# which the server holds one copy for each reader, in a string that grew to at most twice its size.
SLOW = {
    "heads": ["-H", "-i", "2", "-u", "/nobody"],
    "bodies": ["-B", "-i", "2", "-s", "8192", "-t", "POST", "-u", "/v1/orders"],
    "reads": ["-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3", "-u", "/docs"],
}
SLOW_READS_MAX = 1_000
SLOW_CLIENT_KIB_MAX = 16
SHOPPERS_KIB_MAX = 16 * 1024  # what the shoppers' clicks take on their way, whoever else is there


def slow_clients(is_long):
    """slow clients hold connections while shoppers click, with bounded memory"""
    count = 10_000 if is_long else 1_000
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    return "; ".join(
        hold(kind, min(count, SLOW_READS_MAX) if kind == "reads" else count) for kind in SLOW
    )


def hold(kind, count):
    site = Site()
    try:
        server = site.serve(threads=2)  # a thread takes 10,000 connections
        page_kib = server.answer_bytes("/docs") / 1024
        each_kib = SLOW_CLIENT_KIB_MAX + (2 * page_kib if kind == "reads" else 0)
        before = server.memory_kib()
        *how, path = SLOW[kind]
        slow = subprocess.Popen(
            ["slowhttptest", "-c", str(count), "-r", "2000", "-l", "20", *how]
            + [f"http://127.0.0.1:{site.port}{path}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        shoppers, held, memory = Shoppers(site.port), 0, 0
        for _ in range(18):
            time.sleep(0.5)
            held = max(held, int(server.metric("fairlead_http_connections_open")))
            memory = max(memory, server.memory_kib())
        promised = shoppers.stop()
        slow.wait(timeout=120)
        expect(shoppers.failed == 0, f"slow {kind}: {shoppers.failed} shoppers not redirected")
        grown = memory - before
        expect(
            grown <= SHOPPERS_KIB_MAX + held * each_kib,
            f"slow {kind}: {grown} KiB more for {held} connections",
        )
        server.stop()
        site.expect_kept(promised)
        return (
            f"{count} slow {kind}: {held} connections at once, memory {before // 1024} →"
            f" {memory // 1024} MiB ({grown / max(held, 1):.1f} KiB each), {len(promised)}"
            f" redirects meanwhile, slowest {shoppers.slowest_s * 1000:.0f} ms"
        )
    finally:
        site.close()


def clock_jumps(_is_long):
    """the wall clock jumps a day ahead, back, and two days back"""
    library = subprocess.run(
        ["sh", "-c", "ls /usr/lib/*/faketime/libfaketimeMT.so.1"], capture_output=True, text=True
    ).stdout.strip()
    expect(library != "", "libfaketime is not installed")
    site = Site()
    offset = site.folder / "offset"
    offset.write_text("+0")
    try:
        environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        server = site.serve(environment=environment)
        promised = []
        for jump in ("+0", "+1d", "+0", "-2d", "+0"):
            offset.write_text(jump)
            shoppers = Shoppers(site.port, 2)
            time.sleep(0.5)
            promised += shoppers.stop()
            expect(shoppers.failed == 0, f"not redirected at {jump}")
        server.stop()
        site.expect_kept(promised)
        return f"{len(promised)} redirects over 4 jumps, no id twice, 0 lost"
    finally:
        site.close()


FAULTS = {
    "kill_at_random": kill_at_random,
    "kill_at_calls": kill_at_calls,
    "eio": fail_calls("EIO"),
    "enospc": fail_calls("ENOSPC"),
    "full_disk": full_disk,
    "few_descriptors": few_descriptors,
    "slow_clients": slow_clients,
    "clock_jumps": clock_jumps,
}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--long", action="store_true", help="many rounds, as for the document")
    options.add_argument("names", nargs="*", choices=[[], *FAULTS], metavar="name")
    asked = options.parse_args()
    say(f"seed {SEED}")
    failed = 0
    print("| Fault | Outcome |\n|---|---|")
    for name in asked.names or FAULTS:
        say(name)
        try:
            outcome = FAULTS[name](asked.long)
        except (Failed, OSError, subprocess.SubprocessError) as failure:
            outcome, failed = f"FAILED: {failure}", failed + 1
        print(f"| {FAULTS[name].__doc__} | {outcome} |", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
