#!/usr/bin/env python3
"""Turns docs/openapi.yaml into a page for people and YAML and JSON for programs, as C++ constants.

The page has no script and loads nothing: read it from the server, from a file, or on paper.
  docs_page.py docs/openapi.yaml --cpp OUT.cpp     everything, as constants of admin/docs_pages.hpp
  docs_page.py docs/openapi.yaml --html OUT.html   the page alone
  docs_page.py docs/openapi.yaml --json OUT.json   the JSON alone
"""
import argparse
import base64
import hashlib
import html
import json
import pathlib
import re
import sys

import yaml

METHODS = ("get", "post", "patch", "put", "delete")

STYLE = """
:root{color-scheme:light dark;--ink:#1c2330;--soft:#566174;--line:#dfe4ec;--paper:#fff;
  --panel:#f6f8fb;--accent:#4338ca;--get:#0b6b4f;--post:#1d4fbf;--patch:#8a4b00;--delete:#a61b2b}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf2;--soft:#a3aec0;--line:#2c3444;
  --paper:#12161f;--panel:#1a202c;--accent:#a5b4fc;--get:#6ee7b7;--post:#93c5fd;--patch:#fcd34d;
  --delete:#fda4af}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
  color:var(--ink);background:var(--paper);display:grid;grid-template-columns:17rem minmax(0,1fr)}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:2}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;background:var(--panel);
  border-right:1px solid var(--line);font-size:.84rem}
nav p{margin:1rem 0 .25rem;font-weight:650}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:flex;gap:.5rem;padding:.16rem .25rem;color:var(--ink);text-decoration:none;
  border-radius:4px}
nav li a:hover{background:var(--line)}
nav .verb{width:3.4rem;flex:none;font-size:.72rem;padding-top:.1rem}
nav .path{overflow-wrap:anywhere}
main{padding:2rem clamp(1rem,4vw,3.5rem) 6rem;max-width:66rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem}
h2{margin:3.5rem 0 .5rem;font-size:1.45rem;border-bottom:2px solid var(--line);
  padding-bottom:.3rem}
h3{font-size:1.06rem;margin:0 0 .35rem;display:flex;flex-wrap:wrap;gap:.6rem;align-items:baseline}
h4{font-size:.86rem;margin:1.1rem 0 .35rem;color:var(--soft);font-weight:650}
p{margin:.45rem 0}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:not(pre)>code{background:var(--panel);border:1px solid var(--line);border-radius:4px;
  padding:.04em .3em;overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;
  overflow:auto;margin:.3rem 0}
article{border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.25rem;margin:1.1rem 0;
  scroll-margin-top:1rem}
article:target{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
.verb{font:700 .8rem ui-monospace,Menlo,Consolas,monospace}
.get{color:var(--get)}
.post{color:var(--post)}
.patch,.put{color:var(--patch)}
.delete{color:var(--delete)}
.roles{font-size:.8rem;color:var(--soft);margin:0}
.roles b{color:var(--ink);font-weight:600}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;
  border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.78rem}
tbody th{font-weight:500;width:32%}
td:nth-child(2){width:22%;color:var(--soft)}
.must{color:var(--delete);font-size:.76rem;margin-left:.35rem}
details{margin:.35rem 0;border-top:1px solid var(--line);padding-top:.35rem}
summary{cursor:pointer;font-size:.92rem}
summary b,.answer b{display:inline-block;min-width:2.8rem}
.answer{margin:.35rem 0;border-top:1px solid var(--line);padding:.35rem 0 0 1rem;font-size:.92rem}
.wide{overflow-x:auto}
@media(max-width:820px){body{display:block}nav{position:static;height:auto;max-height:45vh}}
@media print{nav{display:none}body{display:block}article{break-inside:avoid}
  details>*{display:block}}
"""


def load(path):
    class Strict(yaml.SafeLoader):
        """Refuses a key that is given twice, which YAML readers else pass over in silence."""

    # Dates and times stay as they are written: they are examples of texts.
    Strict.yaml_implicit_resolvers = {
        first: [entry for entry in resolvers if entry[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    def mapping(loader, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = loader.construct_object(key_node, deep=True)
            if key in seen:
                sys.exit(f"{path}:{key_node.start_mark.line + 1}: {key!r} is given twice")
            seen.add(key)
        return yaml.SafeLoader.construct_mapping(loader, node, deep=True)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return yaml.load(path.read_text(encoding="utf-8"), Strict)


class Plain(yaml.SafeDumper):
    """Writes everything out: anchors and merge keys of the source are not YAML 1.2."""

    def ignore_aliases(self, data):
        return True


class Page:
    def __init__(self, api):
        self.api = api
        self.problem_rows = self.rows(api["components"]["schemas"]["Problem"])

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.api
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def operations(self):
        """(tag, path, method, operation) in the order of the file."""
        for path, methods in self.api["paths"].items():
            for method in METHODS:
                if method in methods:
                    operation = dict(methods[method])
                    operation["parameters"] = (methods.get("parameters", [])
                                               + operation.get("parameters", []))
                    yield operation["tags"][0], path, method, operation

    def render(self):
        info = self.api["info"]
        by_tag = {tag["name"]: [] for tag in self.api["tags"]}
        for tag, path, method, operation in self.operations():
            by_tag[tag].append((path, method, operation))
        out = ['<!doctype html>', '<html lang="en">', "<head>", '<meta charset="utf-8">',
               '<meta name="viewport" content="width=device-width, initial-scale=1">',
               f"<title>{escape(info['title'])} – reference</title>", f"<style>{STYLE}</style>",
               "</head>", "<body>", '<a class="skip" href="#content">Skip to the operations</a>',
               '<nav aria-label="Operations">', f"<strong>{escape(info['title'])}</strong>"]
        for tag, entries in by_tag.items():
            out.append(f'<p><a href="#tag-{slug(tag)}">{escape(tag)}</a></p><ul>')
            out += [f'<li><a href="#{operation["operationId"]}"><span class="verb {method}">'
                    f'{method.upper()}</span><span class="path">{escape(path)}</span></a></li>'
                    for path, method, operation in entries]
            out.append("</ul>")
        out += ["</nav>", '<main id="content">', f"<h1>{escape(info['title'])}</h1>",
                f'<p class="roles">Version {escape(info["version"])} · '
                '<a href="/docs/openapi.yaml">openapi.yaml</a> · '
                '<a href="/docs/openapi.json">openapi.json</a></p>', prose(info["description"]),
                "<details><summary>The fields of a problem</summary>", table(self.problem_rows),
                "</details>"]
        for tag in self.api["tags"]:
            out.append(f'<section aria-labelledby="tag-{slug(tag["name"])}">'
                       f'<h2 id="tag-{slug(tag["name"])}">{escape(tag["name"])}</h2>')
            out.append(prose(tag.get("description", "")))
            for path, method, operation in by_tag[tag["name"]]:
                out += self.operation(path, method, operation)
            out.append("</section>")
        out += ["</main>", "</body>", "</html>", ""]
        return "\n".join(out)

    def operation(self, path, method, operation):
        roles = operation.get("x-roles", [])
        who = "Open to everyone, no key"
        if roles:
            who = f"Keys of role <b>{escape(', '.join(roles))}</b>"
        name = operation["operationId"]
        out = [f'<article id="{name}" aria-labelledby="{name}-name">',
               f'<h3 id="{name}-name"><span class="verb {method}">{method.upper()}</span>'
               f'<code>{escape(path)}</code></h3>',
               f"<p>{inline(operation['summary'])}</p>", prose(operation.get("description", "")),
               f'<p class="roles">{who}</p>']
        parameters = [self.resolve(parameter) for parameter in operation["parameters"]]
        if parameters:
            rows = [(parameter["name"], f'{parameter["in"]}, {self.kind(parameter["schema"])}',
                     parameter.get("description", ""), parameter.get("required", False))
                    for parameter in parameters]
            out += ["<h4>Parameters</h4>", table(rows)]
        if "requestBody" in operation:
            out += self.body(self.resolve(operation["requestBody"]))
        out.append("<h4>Answers</h4>")
        for status, response in operation["responses"].items():
            if status != "default":  # problems are told of once, above all operations
                target = dict(self.resolve(response))
                target["description"] = response.get("description", target.get("description", ""))
                out += self.response(status, target)
        out.append("</article>")
        return out

    def body(self, body):
        out = []
        for media, content in body["content"].items():
            out.append(f"<h4>Body <code>{escape(media)}</code></h4>")
            if "schema" in content and media == "application/json":
                out.append(table(self.rows(content["schema"])))
            out += self.examples(content)
        return out

    def response(self, status, response):
        description = inline(response.get("description", ""))
        parts = []
        for media, content in response.get("content", {}).items():
            rows = self.rows(content.get("schema", {}))
            if media == "application/problem+json" and len(rows) == len(self.problem_rows):
                continue  # the common form
            parts.append(f'<p class="roles"><code>{escape(media)}</code></p>')
            if rows:
                parts.append(table(rows))
            parts += self.examples(content)
        if not parts:
            return [f'<p class="answer"><b>{escape(status)}</b> {description}</p>']
        return [f"<details><summary><b>{escape(status)}</b> {description}</summary>", *parts,
                "</details>"]

    @staticmethod
    def examples(content):
        examples = [("", content["example"])] if "example" in content else []
        examples += [(name, entry["value"]) for name, entry in content.get("examples", {}).items()]
        out = []
        for name, value in examples:
            if name:
                out.append(f"<h4>{escape(name)}</h4>")
            text = value
            if not isinstance(value, str):
                text = json.dumps(value, indent=2, ensure_ascii=False)
            out.append(f'<pre tabindex="0"><code>{escape(text)}</code></pre>')
        return out

    def rows(self, schema, prefix="", depth=0):
        """(name, kind, description, is required) of every field, nested ones with their path."""
        schema = self.resolve(schema)
        if depth > 4:
            return []
        rows = []
        for part in schema.get("allOf", []):
            rows += self.rows(part, prefix, depth)
        required = schema.get("required", [])
        for name, field in schema.get("properties", {}).items():
            target = self.resolve(field)
            description = field.get("description", target.get("description", ""))
            rows.append((prefix + name, self.kind(field), description, name in required))
            inner = target
            for choice in target.get("oneOf", []) + target.get("anyOf", []):
                if self.resolve(choice).get("properties"):
                    rows += self.rows(choice, prefix + name + ".", depth + 1)
            if "items" in inner:
                rows += self.rows(inner["items"], prefix + name + "[].", depth + 1)
            elif inner.get("properties"):
                rows += self.rows(inner, prefix + name + ".", depth + 1)
        if not prefix and schema.get("type") == "array":
            rows += self.rows(schema["items"], "[].", depth + 1)
        return rows

    def kind(self, schema):
        schema = self.resolve(schema)
        if "enum" in schema:
            return " | ".join(json.dumps(value).strip('"') for value in schema["enum"])
        if "const" in schema:
            return json.dumps(schema["const"]).strip('"')
        choices = schema.get("oneOf", []) + schema.get("anyOf", [])
        if choices:
            return " or ".join(dict.fromkeys(self.kind(choice) for choice in choices))
        kinds = schema.get("type", "any")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        words = []
        for kind in kinds:
            if kind == "array":
                words.append(f"list of {self.kind(schema.get('items', {}))}")
            elif kind == "string" and "format" in schema:
                formats = {"date-time": "time", "date": "day"}
                words.append(formats.get(schema["format"], schema["format"]))
            else:
                kinds_in_words = {"string": "text", "integer": "whole number",
                                  "boolean": "true or false"}
                words.append(kinds_in_words.get(kind, kind))
        text = " or ".join(words)
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is not None and high is not None:
            text += f", {low:,} … {high:,}"
        elif low is not None:
            text += f", {low:,} or more"
        if "default" in schema:
            text += f"; else {json.dumps(schema['default'])}"
        return text


def escape(text):
    return html.escape(str(text), quote=True)


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def inline(text):
    text = escape(text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)


def prose(text):
    """Paragraphs, lists of "- " lines and indented code: all that the descriptions use."""
    out = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if not block.strip():
            continue
        lines = block.splitlines()
        if all(line.startswith("    ") for line in lines):
            code = "\n".join(line[4:] for line in lines)
            out.append(f'<pre tabindex="0"><code>{escape(code)}</code></pre>')
        elif lines[0].startswith("- "):
            items = re.split(r"\n- ", block[2:])
            listed = "".join(f"<li>{inline(' '.join(item.split()))}</li>" for item in items)
            out.append(f"<ul>{listed}</ul>")
        else:
            out.append(f"<p>{inline(' '.join(block.split()))}</p>")
    return "\n".join(out)


def table(rows):
    if not rows:
        return ""
    out = ['<div class="wide"><table><thead><tr><th scope="col">Name</th><th scope="col">Kind</th>'
           '<th scope="col">Meaning</th></tr></thead><tbody>']
    for name, kind, description, required in rows:
        must = '<span class="must">required</span>' if required else ""
        out.append(f'<tr><th scope="row"><code>{escape(name)}</code>{must}</th>'
                   f"<td>{escape(kind)}</td><td>{inline(' '.join(description.split()))}</td></tr>")
    out.append("</tbody></table></div>")
    return "\n".join(out)


def constants(source, page, as_json):
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    parts = {"html": page, "yaml": source, "json": as_json, "style_sha256": digest}
    out = ["// Made by scripts/docs_page.py from docs/openapi.yaml.",
           '#include "admin/docs_pages.hpp"', "", "namespace fairlead::admin::docs_pages {", ""]
    for name, text in parts.items():
        if ')page"' in text:
            sys.exit("the text would end its own C++ literal")
        # Compilers need not take a literal beyond 64 KiB, so it is put together from pieces.
        pieces = [text[i:i + 8000] for i in range(0, len(text), 8000)]
        literal = "\n".join(f'    R"page({piece})page"' for piece in pieces)
        out.append(f"const std::string_view {name} =\n{literal};\n")
    out += ["}  // namespace fairlead::admin::docs_pages", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--cpp", type=pathlib.Path)
    parser.add_argument("--html", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    api = load(options.source)
    page = Page(api).render()
    as_json = json.dumps(api, ensure_ascii=False, indent=1) + "\n"
    source = yaml.dump(api, Dumper=Plain, sort_keys=False, allow_unicode=True, width=110)
    for path, text in ((options.cpp, constants(source, page, as_json)), (options.html, page),
                       (options.json, as_json)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
