"""The servers that the benches compare: how each is started, asked and read.

All run on core 0, each with one I/O thread or worker; the generator has core 1. Server CPU is user
and system time of the whole process from /proc/PID/stat, children and fairlead's writer included.
"""
import contextlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

PROGRAM = os.environ.get("FAIRLEAD", "build/release/app/fairlead")
TICKS = os.sysconf("SC_CLK_TCK")
SLUG = "mia-summer"
HEADERS = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "de-DE,de;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Referer": "https://l.instagram.example/",
}
NGINX = """worker_processes 1;
daemon off;
pid {folder}/nginx-{port}.pid;
error_log stderr;
events {{ worker_connections 4096; }}
http {{
  access_log {log};
  server_tokens off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} {listen} reuseport backlog=4096;
    {settings}
    location / {{
      add_header Cache-Control "private, no-store" always;
      return 302 {location};
    }}
  }}
}}
"""

HAPROXY = """global
  nbthread 1
defaults
  mode http
  timeout client 60s
  timeout connect 5s
  timeout server 60s
frontend redirects
  bind 127.0.0.1:{port} backlog 4096
  maxconn 4096
  http-request return status 302 hdr Location "{location}" hdr Cache-Control "private, no-store"
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def raw_answer(port):
    """The bytes of one answer to the request that wrk sends."""
    lines = [f"GET /{SLUG} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall("\r\n".join(lines + ["", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += client.recv(65536)
        head, body = answer.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        while len(body) < length:
            body += client.recv(65536)
    if not head.startswith(b"HTTP/1.1 302"):
        sys.exit(f"port {port} does not redirect: {head[:200]!r}")
    return head + b"\r\n\r\n" + body


class Server:
    """One peer: its process, and what it used and answered."""

    def __init__(self, name, port, command, log, cores="0"):
        self.name, self.port = name, port
        self.url = f"http://127.0.0.1:{port}/{SLUG}"
        self.command, self.log = ["taskset", "-c", cores, *command], log
        self.start()
        self.wait_for_port()

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=self.log, stdout=self.log)

    def wait_for_port(self):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        sys.exit(f"{self.name} did not start; its messages are above")

    def cpu_seconds(self):
        pids = [self.process.pid]
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            pids += (task / "children").read_text().split()
        total = 0
        for pid in pids:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def start_padded(start, bytes_wanted):
    """start(location), with a location so long that the answer has `bytes_wanted` bytes."""
    server = start("https://shop.example/s")
    missing = bytes_wanted - len(raw_answer(server.port))
    server.stop()
    return start("https://shop.example/s" + "s" * max(0, missing))


def start_nginx(name, folder, log_file, bytes_wanted, messages, listen=""):
    """`listen`: more words for the directive of that name."""
    port = free_port()
    fixed = {"folder": folder, "log": log_file, "listen": listen, "settings": ""}
    config = folder / f"nginx-{port}.conf"

    def start(location):
        config.write_text(NGINX.format(**fixed, port=port, location=location))
        return Server(name, port, ["nginx", "-p", str(folder), "-c", str(config)], messages)

    return start_padded(start, bytes_wanted)


def start_haproxy(folder, bytes_wanted, messages):
    port = free_port()
    config = folder / f"haproxy-{port}.conf"

    def start(location):
        config.write_text(HAPROXY.format(port=port, location=location))
        return Server("haproxy", port, ["haproxy", "-f", str(config)], messages)

    return start_padded(start, bytes_wanted)


def init_brand(data, name="Bench", flags=()):
    """A brand in the data directory, which is made; the brand's admin key."""
    command = [PROGRAM, "init", "--brand", name, "--domain", "shop.example", "--json"]
    made = subprocess.run(
        [*command, "--data", str(data), *flags], check=True, capture_output=True, text=True
    )
    return json.loads(made.stdout)["admin_key"]


def serve(data, messages, *more_flags, name="fairlead", cores="0"):
    port = free_port()
    command = [PROGRAM, "serve", "--data", str(data), "--listen", f"127.0.0.1:{port}"]
    # The clicks that tests/load/ makes are old; they must stay while they are measured.
    command += ["--click-retention-days", "0", "--threads", "1"]
    return Server(name, port, [*command, *more_flags], messages, cores)


def post(port, key, path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["id"]


def make_deal(port, key):
    influencer = post(port, key, "/v1/influencers", {"name": "Mia"})
    campaign = post(
        port,
        key,
        "/v1/campaigns",
        {
            "name": "Summer",
            "currency": "EUR",
            "starts_on": "2026-01-01",
            "landing_url": "https://shop.example/collections/summer/handmade-lamps-and-ceramics"
            "?ref=stories-of-the-week-in-june-2026",
            "utm": {
                "utm_source": "instagram",
                "utm_medium": "influencer",
                "utm_campaign": "summer",
            },
        },
    )
    plan = {"kind": "percent", "rate_ppm": 100000}
    deal = {"influencer_id": influencer, "campaign_id": campaign, "plan": plan}
    return post(port, key, "/v1/deals", deal)


def start_fairlead(folder, messages, *more_flags):
    data = folder / "data"
    key = init_brand(data)
    server = serve(data, messages, *more_flags)
    post(server.port, key, "/v1/links", {"deal_id": make_deal(server.port, key), "slug": SLUG})
    return server, data


@contextlib.contextmanager
def bench_folder():
    """(folder, messages, servers): what is in `servers` is stopped at the end, and the last
    messages are shown when the bench failed.
    """
    if os.cpu_count() < 2:
        sys.exit("two cores are needed: one for the servers, one for the generator")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-bench-"))
    folder.chmod(0o755)
    servers = []
    try:
        with open(folder / "messages.log", "w", encoding="utf-8") as messages:
            yield folder, messages, servers
    except BaseException:
        sys.stderr.write((folder / "messages.log").read_text()[-2000:])
        raise
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def steal_share(before):
    now = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    if before is None:
        return now
    used = [b - a for a, b in zip(before, now)]
    return 100.0 * used[7] / max(1, sum(used))


def spread(values, digits):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def metric(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if re.match(rf"{name}(\{{|\s)", line))


def describe():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    versions = [
        subprocess.run(command, capture_output=True, text=True)
        for command in (["nginx", "-v"], ["wrk", "-v"], [PROGRAM, "version"])
    ]
    nginx, wrk, own = ((one.stdout + one.stderr).split("\n")[0].strip() for one in versions)
    return (
        f"{model}, {os.cpu_count()} cores; Linux {platform.release()}; {nginx}; "
        f"{wrk.split(' [')[0]}; {own}"
    )
