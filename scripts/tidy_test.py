#!/usr/bin/env python3
"""Plants each kind of violation in a small tree; scripts/tidy.py must name its file and line."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402

SCHEMA = """-- owner: codes
CREATE TABLE codes (
  code_id BIGINT NOT NULL
);

-- owner: ledger
CREATE TABLE postings (
  posting_id TEXT NOT NULL
);
"""
HEADER = "// What it is for.\n#pragma once\n"
CLEAN = {
    "storage/schema/main/0001_foundation.sql": SCHEMA,
    "core/money.hpp": HEADER + "namespace fairlead::core {}\n",
    "storage/storage.hpp": HEADER + '#include "core/money.hpp"\n',
    "codes/codes.hpp": HEADER + '#include "storage/storage.hpp"\n',
    "codes/rules.hpp": HEADER + '#include "core/money.hpp"\n',
    "codes/rules.cpp": '#include "codes/rules.hpp"\nint judge(int now) { return now; }\n',
    "codes/sql/redeem_code.sql": "UPDATE codes SET code_id = $1 -- not postings; UPDATE postings\n",
    "codes/sql/lock_code.sql": "SELECT code_id FROM codes FOR UPDATE OF codes\n",
    "codes/sql/keep_code.sql": "INSERT INTO codes (code_id) VALUES ($1)\n"
    "ON CONFLICT DO UPDATE SET code_id = $1\n",
    "codes/CMakeLists.txt": "fairlead_module(codes LINK core storage net)\n",
    "ledger/ledger.hpp": HEADER + '#include "storage/storage.hpp"\n',
    "ledger/posting.hpp": HEADER,
    "attribution/book.cpp": '#include "codes/codes.hpp"\n#include "ledger/ledger.hpp"\n',
    "attribution/CMakeLists.txt": "fairlead_module(attribution\n"
    "  LINK core storage net codes ledger)\n",
    "net/server.cpp": "#include <boost/beast/core.hpp>\nvoid run() { boost::asio::co_spawn(1); }\n",
    "app/app.cpp": "int n = 1'000'000;  // \"an unclosed literal in a comment\n"
    'const char* no_currency = "X'
    'XX";\n',
    "tests/codes/rules_test.cpp": '#include "codes/rules.hpp"\n#include <sqlite3.h>\n',
}


def violations(extra):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {**CLEAN, **extra}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tidy.Tidy(root).run()


class TidyTest(unittest.TestCase):
    def assert_found(self, name, text, line, words):
        found = violations({name: text})
        self.assertTrue(
            any(path == name and at == line and words in message for path, at, message in found),
            f"wanted {name}:{line}: …{words}…, found {found}",
        )

    def test_a_clean_tree_has_none(self):
        self.assertEqual(violations({}), [])

    def test_an_include_that_runs_uphill(self):
        self.assert_found(
            "core/id.cpp", '\n#include "storage/storage.hpp"\n', 2, "core/ may not include storage/"
        )
        self.assert_found(
            "net/session.cpp", '#include "codes/codes.hpp"\n', 1, "it may include: core"
        )
        self.assert_found(
            "codes/verify.cpp",
            '#include "ledger/ledger.hpp"\n',
            1,
            "codes/ may not include ledger/",
        )
        self.assert_found(
            "app/main.cpp", '#include "tests/x.hpp"\n', 1, "must not include its tests"
        )

    def test_a_sibling_entered_behind_its_front_door(self):
        self.assert_found(
            "attribution/orders.cpp", '#include "ledger/posting.hpp"\n', 1, "only the front door"
        )
        self.assert_found(
            "attribution/orders.cpp", '#include "codes/sql.hpp"\n', 1, "statements of codes/"
        )

    def test_an_include_that_is_not_from_the_root(self):
        self.assert_found(
            "codes/verify.cpp", '#include "rules.hpp"\n', 1, 'write "codes/rules.hpp"'
        )

    def test_links_and_includes_that_differ(self):
        self.assert_found(
            "codes/CMakeLists.txt",
            "fairlead_module(codes LINK core storage net ledger)\n",
            1,
            "codes may not link ledger",
        )
        self.assert_found(
            "attribution/CMakeLists.txt",
            "fairlead_module(attribution LINK core codes)\n",
            1,
            "does not link it",
        )

    def test_a_library_away_from_home(self):
        self.assert_found(
            "codes/rules.cpp", "#include <sqlite3.h>\n", 1, "belongs to storage/sqlite/ alone"
        )
        self.assert_found(
            "storage/pool.cpp", "#include <libpq-fe.h>\n", 1, "belongs to storage/postgres/ alone"
        )
        self.assert_found(
            "app/wiring.cpp", "#include <boost/beast/http.hpp>\n", 1, "belongs to net/ alone"
        )
        self.assert_found(
            "tests/net/t.cpp", "#include <boost/beast/http.hpp>\n", 1, "belongs to net/ alone"
        )
        self.assert_found(
            "codes/rules.cpp", "#include <prometheus/counter.h>\n", 1, "belongs to admin/ alone"
        )
        self.assert_found(
            "codes/x.cpp", "#include <boost/asio/post.hpp>\n", 1, "belongs to net/, redirect/, app/"
        )

    def test_deciding_code_that_is_not_pure(self):
        self.assert_found(
            "codes/rules.cpp", '#include "storage/storage.hpp"\n', 1, "pure, but includes storage"
        )
        self.assert_found(
            "codes/rules.cpp",
            '#include "codes/codes.hpp"\n',
            1,
            "codes/codes.hpp → storage/storage.hpp",
        )
        self.assert_found(
            "ledger/plans/percent.cpp", "int x(const core::Clock& clock);\n", 1, "but uses Clock"
        )
        self.assert_found(
            "redirect/decide.cpp", "\nauto n = std::chrono::system_clock::now();\n", 2, "but uses"
        )
        self.assert_found(
            "attribution/models/even.cpp", "int n = random_below(3);\n", 1, "uses random_below"
        )

    def test_a_table_written_by_another(self):
        self.assert_found(
            "codes/sql/take.sql",
            "INSERT INTO postings\n(posting_id) VALUES ($1)\n",
            1,
            "written by ledger/ alone",
        )
        self.assert_found(
            "codes/sql/take.sql", "WITH x AS (SELECT 1)\nDELETE FROM postings\n", 2, "ledger/ alone"
        )
        self.assert_found(
            "codes/sql/take.sql", "update postings set posting_id = $1\n", 1, "ledger/ alone"
        )
        self.assert_found(
            "codes/sql/take.sql", "INSERT OR IGNORE INTO postings VALUES ($1)\n", 1, "ledger/ alone"
        )
        self.assert_found(
            "codes/sql/take.sql", "DELETE FROM nowhere\n", 1, "there is no table nowhere"
        )
        self.assert_found("codes/sql/take.sql", "DELETE FROM codes;\n", 1, "semicolon")

    def test_a_table_without_owner(self):
        self.assert_found(
            "storage/schema/main/0002_more.sql", "\nCREATE TABLE gifts (\n", 2, "has no owner"
        )
        self.assert_found(
            "storage/schema/main/0002_more.sql",
            "-- owner: gifts\nCREATE TABLE gifts (\n",
            2,
            "has no owner",
        )

    def test_sql_in_cpp(self):
        self.assert_found(
            "codes/verify.cpp", '\nconst char* q = "SELECT a FROM codes";\n', 2, "SQL in C++"
        )
        self.assert_found("app/demo.cpp", 'auto q = R"(\nDELETE FROM codes)";\n', 1, "SQL in C++")

    def test_sizes(self):
        self.assert_found("core/wide.cpp", "// ok\n// " + "x" * 98 + "\n", 2, "101 columns")
        self.assert_found("core/long.cpp", "int x;\n" * 501, 501, "501 lines; the limit is 500")
        self.assert_found(
            "core/long.hpp", HEADER + "int x;\n" * 149, 151, "151 lines; the limit is 150"
        )

    def test_a_long_function(self):
        body = '  work("{");  // {\n' * 69
        self.assert_found(
            "core/f.cpp", "namespace a {\n\nint f(int x) {\n" + body + "}\n}\n", 3, "of 71 lines"
        )
        self.assert_found(
            "core/f.cpp", "struct A {\n  int f() const {\n" + body + "  }\n};\n", 2, "of 71 lines"
        )
        short = "int f(int x) {\n" + "  work();\n" * 68 + "}\n"
        self.assertEqual(violations({"core/f.cpp": short + short}), [])
        self.assertEqual(
            violations({"core/table.cpp": "constexpr int t[] = {\n" + "  f(1),\n" * 90 + "};\n"}),
            [],
        )

    def test_words(self):
        self.assert_found("core/string_utils.cpp", "", 1, '"utils" says nothing')
        self.assert_found("core/helpers/x.cpp", "", 1, '"helpers" says nothing')
        self.assert_found("core/x.cpp", "int x;  // " + "TO" + "DO: more\n", 1, "unfinished work")
        self.assert_found("scripts/x.sh", "\n# FIX" + "ME\n", 2, "unfinished work")
        self.assert_found(
            "core/x.cpp", "struct PartnerDeal {};\n", 1, '"PartnerDeal": the one word'
        )
        self.assert_found("codes/sql/x.sql", "SELECT affiliate_id FROM codes\n", 1, "the one word")
        self.assertEqual(
            violations({"core/x.cpp": 'const char* partners = "affiliate";  // creators\n'}), []
        )
        self.assert_found("docs/x.md", "see /ro" + "ot/fairlead\n", 1, "a path of one machine")
        self.assert_found("docs/x.md", "see .." + "/shared/x\n", 1, "outside the repository")
        self.assert_found("docs/x.md", "from py" + "pi.org\n", 1, "package registry")
        self.assert_found("docs/x.md", "as HOU" + "SE.md says\n", 1, "not in the repository")
        self.assertEqual(violations({"docs/x.md": "https://shop.example/home/sale\n"}), [])

    def test_code(self):
        self.assert_found(
            "codes/x.cpp", "void f() {\n  co_spawn(1);\n}\n", 2, "co_spawn belongs to"
        )
        self.assert_found("codes/x.cpp", "#define MAX 3\n", 1, "macro MAX")
        self.assert_found(
            "codes/x.hpp", HEADER + "using namespace std;\n", 3, "must not open a namespace"
        )
        self.assert_found("codes/x.hpp", "#pragma once\n", 1, "a header opens with")
        self.assert_found("codes/x.hpp", "// What.\n", 1, "#pragma once")


if __name__ == "__main__":
    unittest.main()
