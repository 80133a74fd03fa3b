#!/usr/bin/env bash
# fetch_packages.sh FROM INTO: puts the npm packages of FROM/package-lock.json into
# INTO/node_modules. Each is checked against the hash in the lock file; what was fetched once comes
# from npm's cache.
set -euo pipefail
from=$(cd "$1" && pwd)
mkdir -p "$2"
cp "$from/package.json" "$from/package-lock.json" "$2/"
cd "$2"
if ! said=$(npm ci --prefer-offline --ignore-scripts --no-audit --no-fund 2>&1); then
  printf '%s\n\n' "$said" >&2
  echo "npm could not fetch the packages of $from/package.json; its message is above." >&2
  echo "The first build of a machine needs the network; later ones use npm's cache." >&2
  exit 1
fi
