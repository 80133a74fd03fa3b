#!/usr/bin/env python3
"""Turns .sql files into C++ constants at build time.

statements: <module>/sql/<verb_noun>.sql becomes storage::Statement <module>::sql::<verb_noun>.
  The file is written with $1, $2, …. SQLite would number $N by first appearance, so it gets ?N.
  A sibling <verb_noun>.postgres.sql replaces the text for PostgreSQL.
  A line "-- part: <noun>" stands for <noun>.part.sql beside it: what several statements share.
migrations: storage/schema/<schema>/NNNN_name.sql becomes a Migration with the SHA-256 of its file.
  Written in PostgreSQL's words; SQLite gets INTEGER for BIGINT, BLOB for BYTEA, and STRICT tables.
"""
import argparse
import hashlib
import pathlib
import re
import sys


def without_comments(sql):
    lines = (re.sub(r"--.*$", "", text).rstrip() for text in sql.splitlines())
    return "\n".join(line for line in lines
                     if line.strip()).strip()


def read_statement(path):
    def part(found):
        return (path.parent / f"{found[1]}.part.sql").read_text(encoding="utf-8")

    text = path.read_text(encoding="utf-8")
    return without_comments(re.sub(r"^-- part: (\w+)$", part, text, flags=re.M))


def literal(text):
    return f'R"sql({text})sql"'


def parameter_count(sql):
    return max((int(n) for n in re.findall(r"\$(\d+)", sql)), default=0)


def embed_statements(module, folder, out):
    names, definitions = [], []
    for path in sorted(folder.glob("*.sql")):
        if path.name.endswith(".part.sql"):
            continue
        if path.name.endswith(".postgres.sql"):
            if not (folder / path.name.replace(".postgres.sql", ".sql")).exists():
                sys.exit(f"{path}: there is no statement of that name for the other engine")
            continue
        name = path.stem
        shared = read_statement(path)
        if shared.endswith(";"):
            sys.exit(f"{path}: one statement per file, without a closing semicolon")
        sibling = folder / f"{name}.postgres.sql"
        postgres = shared
        if sibling.exists():
            postgres = read_statement(sibling)
        count = parameter_count(shared)
        if parameter_count(postgres) != count:
            sys.exit(f"{path}: the engines' texts take different numbers of parameters")
        sqlite = re.sub(r"\$(\d+)", r"?\1", shared)
        names.append(name)
        definitions.append(f'const storage::Statement {name}{{"{module}.{name}",\n'
                           f'{literal(sqlite)},\n'
                           f'{literal(postgres)},\n{count}}};\n')
    space = f"fairlead::{module}::sql"
    header = ["// Made by scripts/embed_sql.py from the .sql files beside the module.",
              "#pragma once", "",
              "#include <span>", "", '#include "storage/storage.hpp"', "",
              f"namespace {space} {{", ""]
    header += [f"extern const storage::Statement {name};" for name in names]
    header += ["", "// All of the above, for the tests of the catalogue.",
               "std::span<const storage::Statement* const> all();", "",
               f"}}  // namespace {space}", ""]
    source = [f'#include "{module}/sql.hpp"', "", f"namespace {space} {{", ""] + definitions
    pointers = ", ".join(f"&{name}" for name in names)
    source += ["std::span<const storage::Statement* const> all() {"]
    if names:
        source += [f"  static const storage::Statement* const statements[] = {{{pointers}}};"]
    source += ["  return statements;" if names else "  return {};", "}", "",
               f"}}  // namespace {space}", ""]
    write(out.with_suffix(".hpp"), "\n".join(header))
    write(out.with_suffix(".cpp"), "\n".join(source))


# Both translations are frozen like the migrations themselves: a change would give new databases
# another shape than those that exist.
def sqlite_schema(sql):
    sql = re.sub(r"\bBIGINT\b", "INTEGER", sql)
    sql = re.sub(r"\bBYTEA\b", "BLOB", sql)
    sql = re.sub(r"(CREATE TABLE[^;]*\))\s*;", r"\1 STRICT;", sql)
    # Small rows that are only ever found by their whole key are kept in it, not beside it.
    return re.sub(r"(CREATE TABLE click_rollups[^;]*\)) STRICT;", r"\1 STRICT, WITHOUT ROWID;", sql)


def postgres_schema(sql):
    # Text sorts by its bytes on both engines, whatever locale the cluster was made with.
    return re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', sql)


def embed_migrations(folder, out):
    source = ['#include "storage/migrations.hpp"', "", "namespace fairlead::storage {", ""]
    for schema in ("main", "clicks"):
        rows = []
        for number, path in enumerate(sorted((folder / schema).glob("*.sql")), start=1):
            if not path.name.startswith(f"{number:04d}_"):
                sys.exit(f"{path}: migrations are numbered without gaps; {number:04d}_ is next")
            text = path.read_text(encoding="utf-8")
            sql = without_comments(text)
            digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
            rows.append(f'    {{{number}, "{path.stem}",\n{literal(sqlite_schema(sql))},\n'
                        f'{literal(postgres_schema(sql))},\n     "{digest}"}},\n')
        source += [f"static const Migration {schema}_migrations[] = {{", *rows, "};", ""]
    source += ["std::span<const Migration> migrations(Schema schema) {",
               "  if (schema == Schema::clicks) return clicks_migrations;",
               "  return main_migrations;",
               "}", "", "}  // namespace fairlead::storage", ""]
    write(out.with_suffix(".cpp"), "\n".join(source))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    else:
        path.touch()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["statements", "migrations"])
    parser.add_argument("--module", default="")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    if options.kind == "statements":
        embed_statements(options.module, options.folder, options.out)
    else:
        embed_migrations(options.folder, options.out)


if __name__ == "__main__":
    main()
