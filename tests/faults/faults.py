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
import tempfile
import time

from harness import Failed, Shoppers, Site, expect

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


# What the recorder does to its files, and a kill may come before each of them.
FILE_CALLS = "pwrite64,pwritev,write,fdatasync,fsync,ftruncate,fallocate,rename,unlink,openat"


def kill_at_calls(is_long):
    """kill -9 at the Nth system call that touches a file"""
    site, promised, kills = Site(), [], 0
    steps = range(1, 400) if is_long else range(1, 240, 24)
    try:
        for number in steps:
            inject = f"inject={FILE_CALLS}:signal=KILL:when={number}"
            server = site.serve(traced(inject), wait=False)
            shoppers = Shoppers(site.port, 2)
            try:
                server.process.wait(timeout=3)
                kills += 1
            except subprocess.TimeoutExpired:
                server.stop()
            promised += shoppers.stop()
        stored = site.expect_kept(promised)
        expect(kills > 0, "no call was reached: nothing was tried")
        return f"{kills} kills, {len(promised)} clicks answered, {stored} stored, 0 lost"
    finally:
        site.close()


def traced(inject):
    calls = inject.split("=", 1)[1].split(":")[0]
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]


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


def full_disk(_is_long):
    """a file system that fills up and gets room again"""
    folder = tempfile.mkdtemp(prefix="fairlead-disk-")
    image = pathlib.Path(folder + ".img")
    mounted = False
    try:
        subprocess.run(["truncate", "-s", "96M", image], check=True)
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        subprocess.run(["mount", "-o", "loop", image, folder], check=True)
        mounted = True
        site = Site(folder)
        server = site.serve(wait_ms_max=50)
        early = Shoppers(site.port)
        time.sleep(0.5)
        promised = early.stop()
        filler = pathlib.Path(folder) / "filler"
        with open(filler, "wb", buffering=0) as out:
            try:
                while True:
                    out.write(b"x" * 65536)
            except OSError:
                pass
        during = Shoppers(site.port)
        time.sleep(6)
        during.stop()
        expect(during.failed == 0, f"{during.failed} shoppers were not redirected on a full disk")
        filler.unlink()
        # Only then is an answer a promise again: what waited is written, and there is a queue.
        for _ in range(300):
            waiting = server.metric("fairlead_clicks_queued")
            if waiting == 0 and server.metric("fairlead_click_storage_failed") == 0:
                break
            time.sleep(0.1)
        expect(waiting == 0, "does not record again within 30 s")
        late = Shoppers(site.port)
        time.sleep(0.5)
        promised += late.stop()
        lost = int(server.metric("fairlead_clicks_lost_total"))
        server.stop()
        site.expect_kept(promised)
        return (
            f"{len(during.promised)} redirects on a full disk, slowest"
            f" {during.slowest_s * 1000:.0f} ms, {lost} beyond the queue and counted as lost;"
            f" {len(promised)} promised before and after, 0 lost"
        )
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=False)
        image.unlink(missing_ok=True)


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


def slow_clients(is_long):
    """slow clients hold connections while shoppers click"""
    count = 10_000 if is_long else 1_000
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    site = Site()
    try:
        server = site.serve()
        before = server.memory_kib()
        slow = subprocess.Popen(
            ["slowhttptest", "-H", "-c", str(count), "-r", "2000", "-i", "2", "-l", "12"]
            + ["-u", f"http://127.0.0.1:{site.port}/{SLUG_OF_NOBODY}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(6)
        held = int(server.metric("fairlead_http_connections_open"))
        memory = server.memory_kib()
        shoppers = Shoppers(site.port)
        time.sleep(3)
        promised = shoppers.stop()
        expect(shoppers.failed == 0, f"{shoppers.failed} shoppers were not redirected")
        slow.wait(timeout=120)
        server.stop()
        site.expect_kept(promised)
        return (
            f"{count} slow clients, {held} connections held, memory {before // 1024} →"
            f" {memory // 1024} MiB; {len(promised)} redirects meanwhile, slowest"
            f" {shoppers.slowest_s * 1000:.0f} ms"
        )
    finally:
        site.close()


SLUG_OF_NOBODY = "nobody"


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
