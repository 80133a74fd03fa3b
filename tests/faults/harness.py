"""A real server, clients that note what they were promised, and the look into what was kept.

A promise is an answered redirect that left before commit_wait_ms_max: its click must be in the
click file after the next start, once. Its id stands in the fl_click token (docs/decisions/0003).
"""
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request

PROGRAM = os.environ.get("FAIRLEAD", "build/release/app/fairlead")
SLUG = "mia-summer"
BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
WAIT_MS_MAX = 10_000  # so long that an answer is a promise


class Failed(Exception):
    """What was promised was not kept; the text says what."""


def expect(is_so, text):
    if not is_so:
        raise Failed(text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A data directory with one brand and one link, and the servers that are started on it."""

    def __init__(self, folder=None):
        self.servers = []  # that were started
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="fairlead-faults-"))
        self.owns_folder = folder is None
        self.data = self.folder / "data"
        self.port = free_port()
        self.log = pathlib.Path(tempfile.mkstemp(prefix="fairlead-log-")[1])
        made = subprocess.run(
            [PROGRAM, "init", "--brand", "Faults", "--domain", "shop.example", "--json"]
            + ["--data", str(self.data)],
            check=True,
            capture_output=True,
            text=True,
        )
        self.key = json.loads(made.stdout)["admin_key"]
        server = self.serve()
        influencer = self.post("/v1/influencers", {"name": "Mia"})
        campaign = self.post(
            "/v1/campaigns",
            {
                "name": "Summer",
                "currency": "EUR",
                "starts_on": "2026-01-01",
                "landing_url": "https://shop.example/summer",
            },
        )
        plan = {"kind": "percent", "rate_ppm": 100000}
        deal = {"influencer_id": influencer, "campaign_id": campaign, "plan": plan}
        self.deal = self.post("/v1/deals", deal)
        self.post("/v1/links", {"deal_id": self.deal, "slug": SLUG})
        server.stop()

    def post(self, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["id"]

    def serve(self, before=(), wait_ms_max=WAIT_MS_MAX, environment=None, wait=True, threads=1):
        command = [*before, PROGRAM, "serve", "--data", str(self.data), "--threads", str(threads)]
        command += ["--listen", f"127.0.0.1:{self.port}"]
        command += ["--commit-wait-ms-max", str(wait_ms_max)]
        server = Server(command, self.port, self.log, environment)
        self.servers.append(server)
        if wait:
            server.wait_until_ready()
        return server

    def stored_clicks(self):
        """{click id} of the click file, after a server started and stopped on it once more."""
        server = self.serve()
        expect(server.stop() == 0, f"the server did not end well; its log: {self.log_tail()}")
        with sqlite3.connect(f"file:{self.data}/clicks.db?mode=ro", uri=True) as clicks:
            return {row[0] for row in clicks.execute("SELECT click_id FROM clicks")}

    def expect_kept(self, promised):
        stored = self.stored_clicks()
        lost = [click for click in promised if click not in stored]
        expect(not lost, f"{len(lost)} of {len(promised)} promised clicks are lost")
        expect(len(set(promised)) == len(promised), "a click id was given out twice")
        verified = subprocess.run(
            [PROGRAM, "verify", "--data", str(self.data)], capture_output=True, text=True
        )
        expect(verified.returncode == 0, f"verify: {verified.stdout}{verified.stderr}")
        return len(stored)

    def log_tail(self):
        return self.log.read_text(errors="replace")[-1500:]

    def close(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()
        self.log.unlink(missing_ok=True)
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    def __init__(self, command, port, log, environment):
        self.port = port
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, env={**os.environ, **(environment or {})}
            )

    def wait_until_ready(self):
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise Failed(f"the server ended with {self.process.returncode} at its start")
                time.sleep(0.02)
        raise Failed("the server did not listen within 12 s")

    def pid(self):
        """Of the server itself, which may run below strace."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        own = pathlib.Path(f"/proc/{self.process.pid}/comm").read_text().strip()
        return self.process.pid if own == "fairlead" else int(children.read_text().split()[0])

    def threads(self):
        """Their ids, in the order in which they were made."""
        return sorted(int(each.name) for each in pathlib.Path(f"/proc/{self.pid()}/task").iterdir())

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.pid(), signal.SIGTERM)
        return self.process.wait(timeout=60)

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(rf"{name}(\{{|\s)", line))

    def answer_bytes(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return len(answer.read())

    def memory_kib(self):
        status = pathlib.Path(f"/proc/{self.pid()}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


class Shoppers:
    """Threads that click until they are stopped or the server is gone; what each was answered."""

    def __init__(self, port, count=4):
        self.port = port
        self.promised = []  # click ids
        self.slowest_s = 0.0
        self.failed = 0  # asked and not redirected
        self.is_stopping = False
        self.threads = [threading.Thread(target=self.shop) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def shop(self):
        while not self.is_stopping:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=15) as client:
                    while not self.is_stopping:
                        started = time.monotonic()
                        click = ask(client)
                        self.slowest_s = max(self.slowest_s, time.monotonic() - started)
                        self.promised.append(click)
            except (OSError, Failed):
                self.failed += 1
                time.sleep(0.01)

    def stop(self):
        self.is_stopping = True
        for thread in self.threads:
            thread.join()
        return self.promised


def ask(client):
    """One redirect on an open connection; the id of its click."""
    head = f"GET /{SLUG} HTTP/1.1\r\nHost: go.example\r\nUser-Agent: {BROWSER}\r\n\r\n"
    client.sendall(head.encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        more = client.recv(65536)
        if not more:
            raise Failed("the connection ended before the answer")
        answer += more
    token = re.search(rb"fl_click=([A-Za-z0-9_-]{36})", answer)
    if not answer.startswith(b"HTTP/1.1 302") or not token:
        raise Failed(f"not a redirect: {answer[:100]!r}")
    return int.from_bytes(base64.urlsafe_b64decode(token.group(1))[1:9], "big")
