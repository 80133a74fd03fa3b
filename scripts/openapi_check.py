#!/usr/bin/env python3
"""Checks recorded answers against docs/openapi.yaml.

  FAIRLEAD_EXCHANGES=build/exchanges.jsonl <any test program that talks HTTP>
  scripts/openapi_check.py build/exchanges.jsonl

Each line is {"method", "target", "status", "content_type", "request_body", "body"}, as the tests'
HTTP client writes it. For every line: the operation is looked up by method and path; the status
must be listed there, or be a problem where `default` says so; the media type must be listed; a JSON
body must fit its schema; and a request that was taken (2xx) must fit the request's schema. Ends
with 1 and the list of what does not fit, and with 2 when there was nothing to check.
"""
import argparse
import collections
import json
import pathlib
import re
import sys
import urllib.parse

import jsonschema
import yaml

RESERVED = {"v1", "admin", "portal", "docs", "assets", "healthz", "readyz", "metrics", "robots.txt",
            "favicon.ico", ".well-known", "track.js"}
PROBLEMS_SHOWN_MAX = 50


def without_dates(loader):
    """Times in examples stay texts."""
    resolvers = {first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
                 for first, pairs in loader.yaml_implicit_resolvers.items()}
    return type("Plain", (loader,), {"yaml_implicit_resolvers": resolvers})


class Api:
    def __init__(self, path):
        self.document = yaml.load(path.read_text(encoding="utf-8"), without_dates(yaml.SafeLoader))
        self.paths = []
        for pattern, methods in self.document["paths"].items():
            expression = "".join("[^/]+" if part.startswith("{") else re.escape(part)
                                 for part in re.split(r"(\{[^}]+\})", pattern))
            self.paths.append((pattern.count("{"), re.compile(expression + "/?"), pattern, methods))
        self.paths.sort(key=lambda entry: entry[0])  # literal paths win
        self.validators = {}

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def find(self, path):
        for _, expression, pattern, methods in self.paths:
            if not expression.fullmatch(path):
                continue
            if pattern == "/{slug}" and path.strip("/") in RESERVED:
                continue
            return pattern, methods
        return None, {}

    def problems(self, schema, value):
        key = id(schema)
        if key not in self.validators:
            # References lead into the document, so the schema is checked as a part of it.
            whole = {"components": self.document["components"], "allOf": [schema]}
            self.validators[key] = jsonschema.Draft202012Validator(whole)
        for error in self.validators[key].iter_errors(value):
            best = jsonschema.exceptions.best_match([error])
            place = "/" + "/".join(str(part) for part in best.absolute_path)
            yield f"{place}: {best.message[:300]}"


def media_type(text):
    return text.split(";")[0].strip().lower()


def check_content(api, response, exchange):
    content = api.resolve(response).get("content", {})
    given = media_type(exchange["content_type"])
    if exchange["method"] == "HEAD":
        return
    if not content:
        if exchange["body"]:
            yield f"a body of {len(exchange['body'])} bytes where none is described"
        return
    if given not in content:
        yield f"media type {given!r}, described are {', '.join(content)}"
        return
    if "json" not in given:
        return
    if any("\udc80" <= character <= "\udcff" for character in exchange["body"]):
        yield "the body is not UTF-8"
        return
    try:
        value = json.loads(exchange["body"])
    except ValueError as error:
        yield f"the body is not JSON: {error}"
        return
    yield from api.problems(content[given].get("schema", {}), value)
    if given == "application/problem+json" and value.get("status") != exchange["status"]:
        yield f"the problem says {value.get('status')}, the status line {exchange['status']}"


def check_request(api, operation, exchange):
    """What was taken must have been described, or the description is behind."""
    if exchange["status"] >= 300 or not exchange["request_body"]:
        return
    if "requestBody" not in operation:
        return
    content = api.resolve(operation["requestBody"])["content"].get("application/json")
    if content is None:
        return
    value = json.loads(exchange["request_body"])
    for problem in api.problems(content["schema"], value):
        yield f"taken, but not as described: {problem}"


def check(api, exchange):
    path = ""
    if exchange["target"].startswith("/"):
        path = urllib.parse.urlsplit(exchange["target"]).path
    method = "get" if exchange["method"] == "HEAD" else exchange["method"].lower()
    pattern, methods = api.find(path)
    refusal = api.document["components"]["responses"]["Problem"]
    if pattern is None or method not in methods:
        # Nothing is described, so nothing but a refusal may come back.
        if exchange["status"] < 400:
            yield f"answered {exchange['status']}, but no such operation is described"
        elif pattern != "/{slug}":
            yield from check_content(api, refusal, exchange)
        return
    operation = methods[method]
    responses = operation["responses"]
    status = str(exchange["status"])
    if status in responses:
        yield from check_content(api, responses[status], exchange)
    elif exchange["status"] >= 400:
        # Limits of the wire (400, 408, 413, …) are the same for every operation.
        yield from check_content(api, responses.get("default", refusal), exchange)
    else:
        yield f"status {status}, described are {', '.join(responses)}"
    yield from check_request(api, operation, exchange)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exchanges", type=pathlib.Path, nargs="+")
    parser.add_argument("--api", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[1] / "docs/openapi.yaml")
    parser.add_argument("--every-operation", action="store_true",
                        help="an operation that no exchange used fails")
    options = parser.parse_args()
    api = Api(options.api)
    seen = collections.Counter()
    failures = []
    for path in options.exchanges:
        # Bad requests are recorded as they were sent, so a line need not be UTF-8.
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        for number, line in enumerate(text.split("\n"), start=1):
            if not line:
                continue
            exchange = json.loads(line)
            target = exchange["target"].split("?")[0]
            pattern, methods = api.find(target)
            method = "get" if exchange["method"] == "HEAD" else exchange["method"].lower()
            if method in methods:
                seen[methods[method]["operationId"]] += 1
            else:
                seen["(not described)"] += 1
            for problem in check(api, exchange):
                what = f"{exchange['method']} {exchange['target'][:120]} → {exchange['status']}"
                failures.append(f"{path}:{number}: {what}: {problem}")
    for failure in failures[:PROBLEMS_SHOWN_MAX]:
        print(failure)
    if len(failures) > PROBLEMS_SHOWN_MAX:
        print(f"… and {len(failures) - PROBLEMS_SHOWN_MAX} more")
    all_ids = {operation["operationId"] for methods in api.document["paths"].values()
               for name, operation in methods.items() if name != "parameters"}
    unused = sorted(all_ids - set(seen))
    print(f"openapi_check: {sum(seen.values())} exchanges, {len(all_ids) - len(unused)} of "
          f"{len(all_ids)} operations, {len(failures)} problems")
    if options.every_operation and unused:
        failures.append("unused operations")
        print("no test was answered by: " + ", ".join(unused))
    if not seen:
        print("openapi_check: there was no exchange to check")
        sys.exit(2)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
