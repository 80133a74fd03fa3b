#!/usr/bin/env python3
"""What one redirect over TLS 1.3 costs: nginx and fairlead with the same libssl, key (P-256),
groups, suites and no tickets. Rounds are interleaved as in bench_redirects.py.

wrk makes a full handshake for each connection; a resumed one fails the run.
"""
import subprocess
import sys

from bench_peers import (
    bench_folder,
    NGINX,
    SLUG,
    Server,
    describe,
    free_port,
    metric,
    raw_answer,
    start_fairlead,
)
from bench_redirects import CONNECTIONS, ROUND_SECONDS, ROUNDS, measure, print_table

SAME_SETTINGS = """
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ecdh_curve X25519:prime256v1;
    ssl_prefer_server_ciphers on;
    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256;
    ssl_conf_command NumTickets 0;
    ssl_session_cache off;
"""


def make_certificate(folder):
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext"]
        + ["subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    key.chmod(0o600)
    return certificate, key


def start_nginx_tls(name, folder, settings, location, messages):
    port = free_port()
    config = folder / f"nginx-{port}.conf"
    pair = f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;"
    config.write_text(
        NGINX.format(
            folder=folder,
            port=port,
            log="off",
            location=location,
            listen="ssl",
            settings=pair + settings,
        )
    )
    server = Server(name, port, ["nginx", "-p", str(folder), "-c", str(config)], messages)
    server.url = f"https://127.0.0.1:{port}/{SLUG}"
    return server


def main():
    with bench_folder() as (folder, messages, servers):
        certificate, key = make_certificate(folder)
        port = free_port()
        flags = ["--listen-tls", f"127.0.0.1:{port}"]
        flags += ["--tls-cert", str(certificate), "--tls-key", str(key)]
        fairlead, _ = start_fairlead(folder, messages, *flags)
        fairlead.url = f"https://127.0.0.1:{port}/{SLUG}"
        servers.append(fairlead)
        # About as long as fairlead's: some bytes of one record cost nothing.
        location = "https://shop.example/" + "s" * (len(raw_answer(fairlead.port)) - 230)
        servers.insert(0, start_nginx_tls("nginx", folder, SAME_SETTINGS, location, messages))
        print(
            f"{describe()}; TLS 1.3, P-256 certificate, X25519; {CONNECTIONS} connections; "
            f"{ROUNDS} rounds of {ROUND_SECONDS} s, median (range)."
        )
        names = [server.name for server in servers]
        tables = (("A new TLS 1.3 connection per redirect", True), ("Keep-alive", False))
        for title, closing in tables:
            rounds, _ = measure(servers, closing)
            if not rounds["fairlead"]:
                sys.exit("FAILED: no round was free of steal; try again on a quieter machine")
            print_table(title, rounds, names)
        resumed = metric(fairlead.port, 'fairlead_tls_handshakes_total{result="resumed"}')
        if fairlead.stop() != 0 or resumed != 0:
            sys.exit(f"FAILED: {resumed:.0f} handshakes were resumed, or a bad end")


if __name__ == "__main__":
    main()
