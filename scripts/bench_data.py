"""What the benches with much data share: room on the disk, filled data directories, goals.

The data lies below TMPDIR, or /tmp, and is removed at the end, also of a bench that failed.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

from bench_peers import metric, say

LOAD_CLICKS = "build/release/tests/load/load_clicks"
MANY_LINKS = "tests/load/many_links.py"


def need_room(folder, gigabytes):
    """Ends the bench before it fills the disk."""
    free = shutil.disk_usage(folder).free / 1e9
    say(f"needs {gigabytes:.1f} GB below {folder.parent}, {free:.1f} GB are free")
    if free < gigabytes + 1:
        sys.exit("FAILED: not enough room; set TMPDIR to a larger disk, or make it less data")


def load_clicks(*arguments):
    """Runs tests/load/clicks.cpp; what it says of its work."""
    command = [LOAD_CLICKS, *map(str, arguments)]
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(command)}; its message is above")
    say(f"load_clicks {arguments[0]}: {arguments[2]} clicks in {time.monotonic() - began:.0f} s")
    return json.loads(done.stdout)


def many_links(data, count):
    began = time.monotonic()
    subprocess.run(["/usr/bin/python3", MANY_LINKS, str(data), str(count)], check=True)
    say(f"{count} links in {time.monotonic() - began:.0f} s")


def file_bytes(path):
    """Of a database with its log."""
    parts = (pathlib.Path(f"{path}{end}") for end in ("", "-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def cpu_ms_by_thread(server):
    """{thread id: …}; finer than the ticks of /proc/PID/stat."""
    tasks = pathlib.Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return {task.parent.name: int(task.read_text().split()[0]) / 1e6 for task in tasks}


def wait_until(is_so, seconds_max, what):
    """How long it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds_max:
            sys.exit(f"FAILED: after {seconds_max} s not yet: {what}")
        time.sleep(0.05)
    return time.monotonic() - began


def wait_until_ready(server, seconds_max=600):
    """Until the links are loaded and the files are open."""

    def is_ready():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz", timeout=10):
                return True
        except urllib.error.HTTPError:
            return False

    return wait_until(is_ready, seconds_max, "/readyz says that the server is ready")


def wait_until_folded(server, seconds_max=600):
    """Until every answered click is in the click file, so that its cost is paid."""
    return wait_until(
        lambda: metric(server.port, "fairlead_clicks_queued") == 0
        and metric(server.port, "fairlead_click_fold_lag_batches") == 0,
        seconds_max,
        "all clicks are in the click file",
    )


def verdict(is_reached):
    return "reached" if is_reached else "NOT REACHED"
