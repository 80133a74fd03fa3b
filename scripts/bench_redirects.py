#!/usr/bin/env python3
"""What one redirect costs: nginx without and with its access log, and fairlead with durable clicks.

All servers run at once, each with one I/O thread or worker, all on core 0; wrk runs on core 1.
Rounds are interleaved (nginx, nginx with log, fairlead, nginx, …), because the same binary moves
by tens of per cent within minutes on a shared machine: the ratio within a round is what counts.

Server CPU is user + system time of the whole process from /proc/PID/stat, fairlead's writer thread
included, divided by the requests that wrk saw answered. Answers have the same number of bytes.
"""
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", "20"))
WARM_UP_SECONDS = int(os.environ.get("WARM_UP_SECONDS", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))
STEAL_PERCENT_MAX = 1.0
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
    listen 127.0.0.1:{port} reuseport backlog=4096;
    location / {{
      add_header Cache-Control "private, no-store" always;
      return 302 {location};
    }}
  }}
}}
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

    def __init__(self, name, port, command, log):
        self.name, self.port = name, port
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], stderr=log, stdout=log)
        self.wait_for_port()

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


def start_nginx(name, folder, log_file, bytes_wanted, messages):
    """Redirects to an address of such a length that the answer has `bytes_wanted` bytes."""
    port = free_port()
    config = folder / f"{port}.conf"

    def start(padding):
        location = "https://shop.example/" + "s" * padding
        config.write_text(NGINX.format(folder=folder, port=port, log=log_file, location=location))
        return Server(name, port, ["nginx", "-p", str(folder), "-c", str(config)], messages)

    server = start(1)
    missing = bytes_wanted - len(raw_answer(port))
    server.stop()
    return start(max(1, 1 + missing))


def start_fairlead(folder, messages):
    data, port = folder / "data", free_port()
    flags = ["--data", str(data), "--listen", f"127.0.0.1:{port}"]
    made = subprocess.run(
        [
            PROGRAM,
            "init",
            "--brand",
            "Bench",
            "--domain",
            "shop.example",
            "--data",
            str(data),
            "--json",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    server = Server("fairlead", port, [PROGRAM, "serve", *flags, "--threads", "1"], messages)
    key = json.loads(made.stdout)["admin_key"]

    def post(path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["id"]

    influencer = post("/v1/influencers", {"name": "Mia"})
    campaign = post(
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
    deal = post(
        "/v1/deals",
        {
            "influencer_id": influencer,
            "campaign_id": campaign,
            "plan": {"kind": "percent", "rate_ppm": 100000},
        },
    )
    post("/v1/links", {"deal_id": deal, "slug": SLUG})
    return server, data


def steal_share(before):
    now = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    if before is None:
        return now
    used = [b - a for a, b in zip(before, now)]
    return 100.0 * used[7] / max(1, sum(used))


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def run_wrk(server, seconds, closing):
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in HEADERS.items():
        command += ["-H", f"{name}: {value}"]
    if closing:
        command += ["-H", "Connection: close"]
    steal, cpu = steal_share(None), server.cpu_seconds()
    url = f"http://127.0.0.1:{server.port}/{SLUG}"
    out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    cpu = server.cpu_seconds() - cpu
    requests, took = re.search(r"(\d+) requests in ([\d.]+(?:us|ms|s))", out).groups()
    if "Non-2xx" in out or int(requests) == 0:
        sys.exit(f"{server.name} did not redirect every request:\n{out}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return {
        "requests": int(requests),
        "cpu_us": 1e6 * cpu / int(requests),
        "rate": int(requests) / (milliseconds(took) / 1000),
        "p99_ms": milliseconds(re.search(r"99%\s+(\S+)", out).group(1)),
        "errors": sum(map(int, errors.groups())) if errors else 0,
        "steal": steal_share(steal),
    }


def spread(values, digits):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def print_table(title, rounds, names):
    base = rounds[names[0]]
    print(f"\n**{title}**\n")
    print(
        "| Server | CPU against nginx | Server CPU µs per request | Requests/s | p99 ms | Errors |"
    )
    print("|---|---|---|---|---|---|")
    for name in names:
        ratios = [one["cpu_us"] / peer["cpu_us"] for one, peer in zip(rounds[name], base)]
        print(
            f"| {name} | {spread(ratios, 2)} | {spread([r['cpu_us'] for r in rounds[name]], 1)} "
            f"| {spread([r['rate'] for r in rounds[name]], 0)} "
            f"| {spread([r['p99_ms'] for r in rounds[name]], 2)} "
            f"| {sum(r['errors'] for r in rounds[name])} |"
        )


def measure(servers, closing):
    """{name: [round, …]}; a round in which another guest had the machine counts for nobody."""
    rounds = {server.name: [] for server in servers}
    asked = 0
    for server in servers:
        asked += run_wrk(server, WARM_UP_SECONDS, closing)["requests"] * (server.name == "fairlead")
    for number in range(1, ROUNDS + 1):
        results = [run_wrk(server, ROUND_SECONDS, closing) for server in servers]
        asked += sum(r["requests"] for s, r in zip(servers, results) if s.name == "fairlead")
        steal = max(result["steal"] for result in results)
        say(
            f"round {number}: "
            + ", ".join(
                f"{server.name} {result['cpu_us']:.1f} µs {result['rate']:.0f}/s"
                for server, result in zip(servers, results)
            )
            + f", steal {steal:.1f} %"
        )
        if steal > STEAL_PERCENT_MAX:
            say("  left out: another guest of this machine had the processor")
            continue
        for server, result in zip(servers, results):
            rounds[server.name].append(result)
    return rounds, asked


def metric(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if re.match(rf"{name}(\{{|\s)", line))


def check_clicks(server, data, seen, runs, requests_before):
    """Stored clicks must equal the redirects that the server itself counted as answered. wrk leaves
    up to one request per connection unread when it stops, so it has seen at most that many fewer.
    """
    unconfirmed = metric(server.port, "fairlead_clicks_unconfirmed_total")
    requests = metric(server.port, "fairlead_http_requests_total") - requests_before
    answered = int(requests) - 2  # the two readings of metrics just before
    exit_code = server.stop()
    with sqlite3.connect(f"file:{data}/clicks.db?mode=ro", uri=True) as clicks:
        stored = clicks.execute("SELECT count(*) FROM clicks").fetchone()[0]
    print(
        f"\nClicks: {answered} redirects answered, {stored} stored; wrk saw {seen} of them (it"
        f" leaves up to {CONNECTIONS} unread at the end of each of {runs} runs); {unconfirmed:.0f}"
        f" answers left before their commit was confirmed; fairlead ended with {exit_code}."
    )
    unread_max = runs * CONNECTIONS + 1
    if exit_code != 0 or stored != answered or not seen <= stored <= seen + unread_max:
        sys.exit("FAILED: stored clicks and answered redirects differ")


def describe(size):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    versions = [
        subprocess.run(command, capture_output=True, text=True)
        for command in (["nginx", "-v"], ["wrk", "-v"], [PROGRAM, "version"])
    ]
    nginx, wrk, own = ((one.stdout + one.stderr).split("\n")[0].strip() for one in versions)
    print(
        f"{model}, {os.cpu_count()} cores; Linux {platform.release()}; {nginx}; "
        f"{wrk.split(' [')[0]}; {own}; answers of {size} bytes; "
        f"{CONNECTIONS} connections; {ROUNDS} rounds of {ROUND_SECONDS} s, median (range)."
    )


def main():
    if os.cpu_count() < 2:
        sys.exit("two cores are needed: one for the servers, one for wrk")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-bench-"))
    folder.chmod(0o755)
    servers = []
    try:
        with open(folder / "messages.log", "w", encoding="utf-8") as messages:
            fairlead, data = start_fairlead(folder, messages)
            servers.append(fairlead)
            requests_before = metric(fairlead.port, "fairlead_http_requests_total")
            size = len(raw_answer(fairlead.port))
            logs = {"nginx": "off", "nginx, access log": folder / "access.log"}
            peers = [start_nginx(name, folder, log, size, messages) for name, log in logs.items()]
            servers = [*peers, fairlead]
            sizes = {server.name: len(raw_answer(server.port)) for server in peers}
            say(f"bytes of an answer: fairlead {size}, {sizes}")
            describe(size)
            names = [server.name for server in servers]
            asked = 0
            for title, closing in (("Keep-alive", False), ("One request per connection", True)):
                rounds, seen = measure(servers, closing)
                asked += seen
                if not rounds["fairlead"]:
                    sys.exit("FAILED: no round was free of steal; try again on a quieter machine")
                print_table(title, rounds, names)
            check_clicks(fairlead, data, asked, 2 * (ROUNDS + 1), requests_before)
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.stop()
        if sys.exc_info()[0]:
            sys.stderr.write((folder / "messages.log").read_text()[-2000:])
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
