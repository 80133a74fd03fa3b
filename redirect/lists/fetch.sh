#!/usr/bin/env bash
# fetch.sh FOLDER: puts the packages of package-lock.json into FOLDER/node_modules. Each is checked
# against the hash in the lock file; what was fetched once comes from npm's cache.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cp "$here/package.json" "$here/package-lock.json" "$1/"
cd "$1"
if ! said=$(npm ci --prefer-offline --ignore-scripts --no-audit --no-fund 2>&1); then
  printf '%s\n\n' "$said" >&2
  echo "npm could not fetch the lists (redirect/lists/package.json); its message is above." >&2
  echo "The first build of a machine needs the network; later ones use npm's cache." >&2
  exit 1
fi
