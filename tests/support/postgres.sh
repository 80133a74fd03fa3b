#!/bin/bash
# The tests' PostgreSQL: its own cluster in a temporary directory, on a unix socket only, never on
# the network.
#   postgres.sh start STATE [COVERAGE]   starts one and writes its directory into the file STATE;
#                                        empties COVERAGE, which the run's tests then append to
#   postgres.sh stop STATE               stops it and removes the directory
# Server programs refuse to run as root, so root hands over to the user postgres or nobody. A
# watcher stops the server when the process that asked for it is gone, so that none is left behind.
set -eu

action=$1
state=$2
coverage=${3:-}
caller=$PPID

as_owner() {
  if [ "$(id -u)" -ne 0 ]; then "$@"
  elif getent passwd postgres >/dev/null; then (cd / && runuser -u postgres -- "$@")
  else (cd / && runuser -u nobody -- "$@"); fi
}

programs=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || true)
[ -n "$programs" ] || programs=$(dirname "$(command -v pg_ctl || echo /missing/pg_ctl)")
if [ ! -x "$programs/pg_ctl" ]; then
  echo "PostgreSQL 15 is not installed (package postgresql-15): its tests cannot run" >&2
  exit 1
fi

stop() {
  [ -f "$state" ] || return 0
  local directory
  directory=$(cat "$state")
  rm -f "$state"
  [ -d "$directory" ] || return 0
  as_owner "$programs/pg_ctl" -D "$directory/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$directory"
}

start() {
  stop
  if [ -n "$coverage" ]; then : >"$coverage"; fi
  local directory
  directory=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-pg-XXXXXX")
  if [ "$(id -u)" -eq 0 ]; then
    chown "$(getent passwd postgres >/dev/null && echo postgres || echo nobody)" "$directory"
  fi
  chmod 755 "$directory"
  as_owner "$programs/initdb" -D "$directory/data" -U fairlead --auth=trust --no-sync -E UTF8 \
    --locale=C >"$directory/initdb.log" 2>&1 || { cat "$directory/initdb.log" >&2; exit 1; }
  # Nothing here has to survive a power cut, and every test wants its answer quickly.
  if ! as_owner "$programs/pg_ctl" -D "$directory/data" -l "$directory/data/server.log" \
    -w -t 60 start -o "-c listen_addresses='' -c unix_socket_directories=$directory -c fsync=off \
        -c full_page_writes=off -c synchronous_commit=off -c max_connections=200 \
        -c shared_buffers=64MB -c autovacuum=off" >"$directory/start.log" 2>&1; then
    cat "$directory/start.log" "$directory/data/server.log" >&2
    exit 1
  fi
  echo "$directory" >"$state"
  (
    trap '' HUP INT
    while kill -0 "$caller" 2>/dev/null && [ -d "$directory" ]; do sleep 1; done
    [ -d "$directory" ] && [ "$(cat "$state" 2>/dev/null)" = "$directory" ] && stop
  ) >/dev/null 2>&1 </dev/null &
  echo "PostgreSQL $("$programs/postgres" --version | grep -o '[0-9.]*' | head -1) in $directory"
}

"$action"
