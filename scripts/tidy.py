#!/usr/bin/env python3
"""Checks the rules of the house that a compiler does not know; docs/STYLE.md explains them.

usage: scripts/tidy.py [--root DIR]

Who may include whom is data here (MAY_INCLUDE), compared with the includes and CMake's links.
Prints one line per violation, "file:line: what is wrong; what would be right", and exits 1.
"""
import argparse
import pathlib
import re
import sys

# A module may include every header of the modules behind it, and of those marked "!" only the front
# door <module>/<module>.hpp. app and tests may include everything.
MAY_INCLUDE = {
    "core": "",
    "storage": "core",
    "net": "core",
    "ledger": "core storage",
    "redirect": "core storage net",
    "codes": "core storage net",
    "attribution": "core storage net codes! ledger!",
    "admin": "core storage net redirect! codes! attribution! ledger!",
    "app": "core storage net redirect codes attribution ledger admin",
}
# Libraries that must not spread: header → the only places (tests/ may look at anything but Beast).
LIBRARIES = [
    ("boost/beast", "net/"),
    ("boost/asio", "net/ redirect/ app/"),
    ("boost/url", "redirect/"),
    ("sqlite3.h", "storage/sqlite/"),
    ("libpq-fe.h", "storage/postgres/"),
    ("openssl/", "core/ net/ redirect/"),
    ("re2/", "redirect/"),
    ("maxminddb.h", "redirect/"),
    ("unicode/", "core/"),
    ("date/", "core/"),
    ("prometheus/", "admin/"),
    ("CLI/", "app/"),
    ("toml++/", "app/"),
]
PURE = re.compile(
    r"redirect/(decide|bots|link_rules|deep_link|apply_link|holdout\.)"
    r"|codes/(terms|cart|verdict|rules|discount|life|code_text|proposals)\."
    r"|codes/leak_(test|history|filter|verdict)\."
    r"|attribution/(models[./]|(report|compare)_models\.|attribute\.|net_order\.|signals[./])"
    r"|attribution/platforms/acp_claim\."
    r"|attribution/incrementality[./]"
    r"|ledger/(plans[./]|commission\.|roi)"
)
IMPURE_INCLUDE = re.compile(
    r"boost/(asio|beast)|storage/|net/(net|router|task)\.hpp|sqlite3\.h|libpq"
)
IMPURE_WORD = re.compile(r"\b(\w*[Cc]lock|fill_random|random_below|random_device|now\(\))(?!\w)")
CO_SPAWN = re.compile(r"(net/server|redirect/recorder)\.cpp|app/|tests/")

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
LINES_MAX = {".hpp": 150, ".cpp": 500, ".py": 500, ".sh": 500}
# Longer for a reason, each with its own cap.
LONGER = {
    "storage/storage.hpp": (250, "the whole seam to the database on one page"),
    "redirect/redirect.hpp": (180, "a front door that the demo and attribution enter too"),
    "admin/admin.hpp": (180, "a front door that the command line and the demo enter too"),
    "ledger/ledger.hpp": (180, "the one page of everything that writes money"),
}
FILE_NAME = re.compile(r"(?:^|[_.\-/])(utils?|helpers?|common|managers?|misc)(?=[_.\-/]|$)")
# "partners" alone is the wire's word for the other brands of a joint campaign.
SYNONYM = re.compile(r"(?!partners$)(?:.*_)?(affiliate|partner|creator)s?(?=_|$)")
WORDS = [  # everywhere; written so that this file does not match itself
    (re.compile(r"(?<![\w.])/(?:work|root|home)/\w"), "a path of one machine; use a relative one"),
    (re.compile(r"\.\./share[d]\b"), "a path outside the repository"),
    (
        re.compile(
            r"registry\.npmjs|pypi\.org|pythonhosted\.|crates\.io|proxy\.golang|deb\.debian\.org"
        ),
        "the host name of a package registry; name the package instead",
    ),
    (
        re.compile(r"\b(?:HOUSE|CONTRACT)(?:\.md|\s*§)|\b[Ii]ssue\s+#?\d"),
        "speaks of something that is not in the repository",
    ),
]
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
WRITES = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|DELETE\s+FROM"
    r"|(?<!FOR\s)(?<!KEY\s)UPDATE(?!\s+SET\b))"
    r"\s+(?:ONLY\s+)?(\w+)",
    re.I,
)
SQL_TEXT = re.compile(
    r"\b(INSERT\s+INTO\s+\w|DELETE\s+FROM\s+\w|UPDATE\s+\w+\s+SET\b|SELECT\b.+\bFROM\s+\w"
    r"|CREATE\s+TABLE\b)",
    re.S,
)

SKIPPED = {"build", "data", ".git", "node_modules", "__pycache__"}
SOURCES = {".cpp", ".hpp"}
TEXTS = SOURCES | {
    ".py",
    ".sh",
    ".sql",
    ".md",
    ".txt",
    ".cmake",
    ".yaml",
    ".yml",
    ".json",
    ".toml",
    "",
}
NARROW = SOURCES | {".py", ".sh", ".sql", ".cmake", ""}  # held to COLUMNS_MAX

TOKEN = re.compile(
    r'(?P<raw>R"(?P<mark>\w*)\((?:.*?)\)(?P=mark)")|(?P<text>"(?:\\.|[^"\\\n])*")'
    r"|(?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')"
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)",
    re.S,
)


class File:
    """One file of the tree; `code` is C++ with comments and literals blanked, lines kept."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.suffix = path.suffix
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()
        self.literals = []  # (line, text)
        self.code = self.remarks = ""
        if self.suffix in SOURCES:
            self.code = TOKEN.sub(
                lambda match: self.blank(match, ("raw", "text", "char", "comment")), self.text
            )
            self.remarks = TOKEN.sub(
                lambda match: self.blank(match, ("raw", "text", "char")), self.text
            )
            for match in TOKEN.finditer(self.text):
                if match.group("raw") or match.group("text"):
                    self.literals.append((line_of(self.text, match.start()), match.group()))

    @staticmethod
    def blank(match, kinds):
        if not any(match.group(kind) for kind in kinds):
            return match.group()
        return (
            '"' + "\n" * match.group().count("\n") + '"'
            if not match.group("comment")
            else "\n" * match.group().count("\n")
        )

    @property
    def module(self):
        return self.path.split("/")[0]

    def includes(self):
        for number, line in enumerate(self.lines, start=1):
            match = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line)
            if match:
                yield number, match.group(1) or match.group(2), bool(match.group(1))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Tidy:
    def __init__(self, root):
        self.root = root
        self.violations = set()
        self.files = {file.path: file for file in self.read_files()}

    def read_files(self):
        for path in sorted(self.root.rglob("*")):
            parts = path.relative_to(self.root).parts
            if not SKIPPED.intersection(parts) and path.suffix in TEXTS and path.is_file():
                yield File(self.root, path)

    def say(self, file, line, message):
        self.violations.add((file.path if isinstance(file, File) else file, line, message))

    def run(self):
        owners = self.table_owners()
        for file in self.files.values():
            self.check_name(file)
            self.check_words(file)
            self.check_size(file)
            if file.suffix in SOURCES:
                self.check_includes(file)
                self.check_libraries(file)
                self.check_pure(file)
                self.check_code(file)
                self.check_functions(file)
            if file.suffix == ".sql" and "/sql/" in file.path:
                self.check_statement(file, owners)
        self.check_links()
        return sorted(self.violations)

    # --- who may include whom ---------------------------------------------------------------------

    def allowed(self, module):
        """{module: front door only?}"""
        return {name.rstrip("!"): name.endswith("!") for name in MAY_INCLUDE[module].split()}

    def check_includes(self, file):
        if file.module not in MAY_INCLUDE:
            return
        allowed = self.allowed(file.module)
        for number, header, is_quoted in file.includes():
            target = header.split("/")[0]
            if not is_quoted or target == file.module:
                continue
            if "/" not in header:
                self.say(
                    file,
                    number,
                    f'"{header}" is not found from the root; write "{file.module}/{header}"',
                )
            elif target == "tests":
                self.say(file, number, "the program must not include its tests")
            elif target not in MAY_INCLUDE:
                continue
            elif target not in allowed:
                self.say(
                    file,
                    number,
                    f"{file.module}/ may not include {target}/; it may include: "
                    + (MAY_INCLUDE[file.module].replace("!", " (front door)") or "nothing"),
                )
            elif header == f"{target}/sql.hpp":
                self.say(
                    file,
                    number,
                    f"statements of {target}/ are its own; write one in {file.module}/sql/",
                )
            elif allowed[target] and header != f"{target}/{target}.hpp":
                self.say(
                    file, number, f'{file.module}/ sees only the front door "{target}/{target}.hpp"'
                )

    def check_links(self):
        """What a CMakeLists links must be allowed, and what is included must be linked."""
        for module in MAY_INCLUDE:
            file = self.files.get(f"{module}/CMakeLists.txt")
            match = file and re.search(r"fairlead_module\(\s*(\w+)([^)]*)\)", file.text)
            if not match:
                continue
            number = line_of(file.text, match.start())
            linked = re.search(r"\bLINK\b(.*?)(?:\bSYSTEM\b|$)", match.group(2), re.S)
            links = set(linked.group(1).split() if linked else []) - {"boost"}
            for name in sorted(links - set(self.allowed(module))):
                self.say(
                    file,
                    number,
                    f"{module} may not link {name}; see MAY_INCLUDE in scripts/tidy.py",
                )
            used = {
                header.split("/")[0]
                for source in self.files.values()
                if source.module == module and source.suffix in SOURCES
                for _, header, is_quoted in source.includes()
                if is_quoted
            }
            for name in sorted(used & set(self.allowed(module)) - links - {module}):
                self.say(
                    file,
                    number,
                    f"{module} includes {name}/ but does not link it; add it after LINK",
                )

    def check_libraries(self, file):
        for number, header, _ in file.includes():
            for library, places in LIBRARIES:
                if not header.startswith(library) or file.path.startswith(tuple(places.split())):
                    continue
                if file.module == "cmake" or (file.module == "tests" and library != "boost/beast"):
                    continue
                self.say(file, number, f"<{header}> belongs to {places.replace(' ', ', ')} alone")

    def check_pure(self, file):
        if not PURE.match(file.path):
            return
        for number, header, _ in file.includes():
            chain = self.impure_chain(header, ())
            if chain:
                self.say(
                    file,
                    number,
                    "deciding code is pure, but includes "
                    + " → ".join(chain)
                    + "; pass what it needs as an argument",
                )
        for number, line in enumerate(file.code.splitlines(), start=1):
            match = IMPURE_WORD.search(line)
            if match and not line.lstrip().startswith("#"):
                self.say(
                    file,
                    number,
                    f"deciding code is pure, but uses {match.group(1)}; take it as an argument",
                )

    def impure_chain(self, header, seen):
        if IMPURE_INCLUDE.match(header):
            return (header,)
        if header in seen or header not in self.files:
            return None
        for _, inner, _ in self.files[header].includes():
            chain = self.impure_chain(inner, seen + (header,))
            if chain:
                return (header,) + chain
        return None

    # --- who writes which table -------------------------------------------------------------------

    def table_owners(self):
        owners = {"schema_migrations": "storage"}  # made by storage/migrate.cpp, before the schema
        for file in self.files.values():
            if not file.path.startswith("storage/schema/"):
                continue
            for number, line in enumerate(file.lines, start=1):
                match = re.match(r"\s*CREATE TABLE (?:IF NOT EXISTS )?(\w+)", line)
                if not match:
                    continue
                above = file.lines[number - 2] if number > 1 else ""
                owner = re.match(r"-- owner: (\w+)$", above)
                if not owner or owner.group(1) not in MAY_INCLUDE:
                    self.say(
                        file,
                        number,
                        f'table {match.group(1)} has no owner; write "-- owner: <module>" above',
                    )
                else:
                    owners[match.group(1)] = owner.group(1)
        return owners

    def check_statement(self, file, owners):
        sql = re.sub(r"--[^\n]*|'(?:''|[^'])*'", lambda match: " " * len(match.group()), file.text)
        for match in WRITES.finditer(sql):
            table, number = match.group(1), line_of(sql, match.start())
            if table not in owners:
                self.say(file, number, f"there is no table {table} in storage/schema/")
            elif owners[table] != file.module:
                self.say(
                    file,
                    number,
                    f"{table} is written by {owners[table]}/ alone; call its front door",
                )
        if sql.rstrip().endswith(";"):
            self.say(file, len(file.lines), "one statement per file, without a closing semicolon")

    # --- sizes and words --------------------------------------------------------------------------

    def check_size(self, file):
        if file.suffix in NARROW:
            for number, line in enumerate(file.lines, start=1):
                if len(line) > COLUMNS_MAX:
                    self.say(file, number, f"{len(line)} columns; the limit is {COLUMNS_MAX}")
        lines_max, why = LINES_MAX.get(file.suffix), ""
        if file.path in LONGER:
            lines_max, why = LONGER[file.path][0], f" ({LONGER[file.path][1]})"
        if lines_max and len(file.lines) > lines_max:
            self.say(
                file,
                len(file.lines),
                f"{len(file.lines)} lines; the limit is {lines_max}{why}; "
                "part it by what it is about",
            )

    def check_name(self, file):
        match = FILE_NAME.search(file.path)
        if match:
            self.say(
                file, 1, f'"{match.group(1)}" says nothing; name the file after the thing in it'
            )

    def check_words(self, file):
        for pattern, why in WORDS:
            for number, line in enumerate(file.lines, start=1):
                if pattern.search(line):
                    self.say(
                        file,
                        number,
                        f'"{pattern.search(line).group()}" is {why}'
                        if not why.startswith("speaks")
                        else f'"{pattern.search(line).group()}" {why}',
                    )
        for number, line in enumerate((file.remarks or file.text).splitlines(), start=1):
            if UNFINISHED.search(line) and "/golden/" not in file.path:
                self.say(
                    file,
                    number,
                    "unfinished work is not marked but done, or left out and said so in docs/",
                )
        names = file.code if file.suffix in SOURCES else re.sub(r"--[^\n]*", "", file.text)
        if file.suffix in SOURCES or file.suffix == ".sql":
            for number, line in enumerate(names.splitlines(), start=1):
                for word in re.findall(r"[A-Za-z_]\w*", line):
                    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()
                    if SYNONYM.match(snake):
                        self.say(
                            file,
                            number,
                            f'"{word}": the one word is influencer (or brand); see docs/STYLE.md',
                        )

    def check_code(self, file):
        for number, line in enumerate(file.code.splitlines(), start=1):
            if re.search(r"\bco_spawn\b", line) and not CO_SPAWN.match(file.path):
                self.say(
                    file,
                    number,
                    "co_spawn belongs to net/server.cpp, redirect/recorder.cpp and app/ alone",
                )
            macro = re.match(r"\s*#\s*define\s+(\w+)", line)
            if macro and macro.group(1) != "CHECK" and file.module != "tests":
                self.say(file, number, f"macro {macro.group(1)}; the only macro is CHECK")
            if re.match(r"\s*using namespace\b", line) and file.suffix == ".hpp":
                self.say(
                    file, number, "a header must not open a namespace for those who include it"
                )
        if file.suffix == ".hpp":
            if not file.text.startswith("//"):
                self.say(
                    file, 1, "a header opens with what it is for, who owns it, and its threads"
                )
            if "#pragma once" not in file.text:
                self.say(file, 1, "a header needs #pragma once")
        if file.module in MAY_INCLUDE and file.module != "storage":
            for number, text in file.literals:
                if SQL_TEXT.search(text):
                    self.say(
                        file, number, f"SQL in C++; write it as {file.module}/sql/<verb_noun>.sql"
                    )

    def check_functions(self, file):
        """Counts from the head's first line to the closing brace, lambdas included."""
        code = re.sub(
            r"^\s*#(?:[^\n]*\\\n)*[^\n]*",
            lambda match: "\n" * match.group().count("\n"),
            file.code,
            flags=re.M,
        )
        blocks = []  # (is_scope, start of the function or None)
        head = 0
        for match in re.finditer(r"[;{}]", code):
            if match.group() == "{":
                opening = code[head : match.start()]
                in_scope = all(is_scope for is_scope, _ in blocks)
                is_scope = in_scope and bool(
                    re.search(
                        r"\b(namespace|extern|enum"
                        r"|(class|struct|union)\b(?![^{]*\)\s*(const)?\s*$))",
                        opening,
                    )
                )
                is_function = (
                    in_scope
                    and not is_scope
                    and "(" in opening
                    and not re.search(r"=\s*$", opening)
                )
                start = head + len(opening) - len(opening.lstrip()) if is_function else None
                blocks.append((is_scope, start))
            elif match.group() == "}" and blocks:
                _, start = blocks.pop()
                if start is not None:
                    first, last = line_of(code, start), line_of(code, match.start())
                    if last - first + 1 > FUNCTION_LINES_MAX:
                        self.say(
                            file,
                            first,
                            f"a function of {last - first + 1} lines; the limit is "
                            f"{FUNCTION_LINES_MAX}: give its parts names",
                        )
            head = match.end()


def main():
    parser = argparse.ArgumentParser(
        description="Checks the rules of the house; see docs/STYLE.md."
    )
    parser.add_argument(
        "--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent
    )
    tidy = Tidy(parser.parse_args().root.resolve())
    violations = tidy.run()
    for path, line, message in violations:
        print(f"{path}:{line}: {message}")
    print(
        f"tidy: {len(tidy.files)} files, "
        + (f"{len(violations)} violations" if violations else "all in order")
    )
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
