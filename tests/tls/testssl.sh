#!/usr/bin/env bash
# Lets testssl.sh (Debian's package) look at a server that is started for it, and fails when a
# finding is of severity medium or worse. What it says of the certificate itself does not count: it
# is made for the run and no authority signed it. Takes some minutes.
#
#   tests/tls/testssl.sh [path of fairlead; build/release/app/fairlead if not given]
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-build/release/app/fairlead}")
command -v testssl >/dev/null || { echo "the package testssl.sh is missing" >&2; exit 2; }

folder=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 \
  -keyout "$folder/key.pem" -out "$folder/cert.pem" -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2>/dev/null
chmod 600 "$folder/key.pem"
"$program" init --brand Test --domain shop.example --data "$folder/data" >/dev/null
"$program" serve --data "$folder/data" --listen 127.0.0.1:0 --listen-tls 127.0.0.1:0 \
  --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem" 2>"$folder/log" &
server=$!
port=
for _ in $(seq 200); do
  port=$(sed -n 's/.*"tls_port":"\([0-9]*\)".*/\1/p' "$folder/log")
  [ -z "$port" ] || break
  kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done

testssl --quiet --color 0 --warnings off \
  --jsonfile "$folder/findings.json" "https://localhost:$port/healthz" || true
/usr/bin/python3 - "$folder/findings.json" <<'PYTHON'
import json, sys

findings = json.load(open(sys.argv[1]))
bad = [
    one
    for one in findings
    if one["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
    and not one["id"].startswith("cert_")
]
for one in bad:
    print(f"{one['severity']}: {one['id']}: {one['finding']}")
print(f"testssl: {len(findings)} findings, {len(bad)} of severity medium or worse")
sys.exit(1 if bad or len(findings) < 50 else 0)
PYTHON
