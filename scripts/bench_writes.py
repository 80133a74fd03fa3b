"""What the benches of durable writes share: fairlead on SQLite and on PostgreSQL with both cores,
wrk that posts, and the straightforward way beside them (tests/load/one_by_one.cpp).
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
from bench_peers import init_brand, make_deal, serve, spread
from bench_redirects import milliseconds

ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUND_SECONDS = int(os.environ.get("ROUND_SECONDS", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "64"))
BOTH_CORES = "0,1"
LOAD = "build/release/tests/load/load_"


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

    def version(self):
        return self.ask("postgres", "SHOW server_version").split()[0]

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
    """One server with a deal. `cluster`: on PostgreSQL, else on SQLite."""

    def __init__(self, name, folder, messages, cluster=None):
        self.name, self.data, self.cluster, self.answered = name, folder, cluster, 0
        self.url = cluster.url("fair") if cluster else None
        # With a database that is asked over a socket, threads wait.
        flags = ["--database", self.url, "--work-threads", "32"] if cluster else []
        self.key = init_brand(folder, flags=flags[:2])
        self.program = bench_peers.PROGRAM
        self.server = serve(folder, messages, *flags, name=name, cores=BOTH_CORES)
        self.port = self.server.port
        self.deal = make_deal(self.port, self.key)

    def post_all(self, path, body):
        """Posts for a round, each time another order; every answer must be 2xx."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_SECONDS}s", "--latency"]
        command += ["-s", "tests/load/posts.lua", "-H", f"Authorization: Bearer {self.key}"]
        command += ["-H", "Content-Type: application/json", f"http://127.0.0.1:{self.port}/"]
        cpu = self.server.cpu_seconds()
        done = subprocess.run(
            command, capture_output=True, text=True, env=os.environ | {"PATH_": path, "BODY": body}
        )
        out = done.stdout
        cpu = self.server.cpu_seconds() - cpu
        if done.returncode != 0 or "Non-2xx" in out or "Socket errors" in out:
            sys.exit(f"FAILED: {self.name} did not accept every one:\n{out}{done.stderr}")
        requests, took = re.search(r"(\d+) requests in ([\d.]+(?:us|ms|s))", out).groups()
        self.answered += int(requests)
        return {
            "rate": int(requests) / (milliseconds(took) / 1000),
            "p50_ms": milliseconds(re.search(r"\n\s+50%\s+(\S+)", out).group(1)),
            "p99_ms": milliseconds(re.search(r"\n\s+99%\s+(\S+)", out).group(1)),
            "cpu_us": 1e6 * cpu / int(requests),
        }

    def count(self, table):
        statement = f"SELECT count(*) FROM {table}"
        if self.cluster:
            return int(self.cluster.ask("fair", statement))
        path = f"file:{self.data}/fairlead.db?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True)) as file:
            return file.execute(statement).fetchone()[0]

    def verify(self, table, rounds):
        """Stops the server. Every answered post must be a row of the table, and at most those that
        were on their way when one of the rounds ended may be there besides."""
        self.server.stop()
        stored = self.count(table)
        if not self.answered <= stored <= self.answered + CONNECTIONS * rounds:
            sys.exit(f"FAILED: {self.name} answered {self.answered}, {table} holds {stored}")
        flags = ["--database", self.url] if self.cluster else []
        command = [self.program, "verify", "--data", str(self.data), *flags]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"FAILED: fairlead verify does not agree with {self.name}")
        return f"{self.name}: {self.answered} answered, {stored} rows in {table}, verified"


def one_by_one(database, *flags):
    """The straightforward way for a round, without HTTP."""
    command = [f"{LOAD}one_by_one", "--database", database]
    command += ["--threads", str(CONNECTIONS), "--seconds", str(ROUND_SECONDS), *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: one by one, {database}: {done.stderr}")
    result = json.loads(done.stdout)
    if result["answered"] != result["stored"]:
        sys.exit(f"FAILED: one by one, {database}, lost rows: {result}")
    return result


def print_rates(title, what, rounds, goal):
    """`rounds`: by the name of who did it; the first is fairlead on SQLite."""
    print(f"\n**{title}**\n")
    print(f"| Server | {what}/s | fairlead on SQLite against it | p50 ms | p99 ms | CPU µs |")
    print("|---|---|---|---|---|---|")
    base = next(iter(rounds.values()))
    for name, own in rounds.items():
        ratios = [a["rate"] / max(1, b["rate"]) for a, b in zip(base, own)]
        columns = [spread([one["rate"] for one in own], 0), spread(ratios, 2)]
        columns += [spread([one[key] for one in own], 2) for key in ("p50_ms", "p99_ms")]
        columns.append(spread([one["cpu_us"] for one in own], 1) if "cpu_us" in own[0] else "")
        print(f"| {name} | {' | '.join(columns)} |")
    middle = sorted(one["rate"] for one in base)[len(base) // 2]
    print(f"\nAt least {goal} a second: {verdict(middle >= goal)}.")
