// fairlead import links and export links, as they are typed.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/http_client.hpp"
#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class Import : public ProgramOnEveryEngine {
 protected:
  void SetUp() override { set_up_brand(); }
  // The last line of what --json printed.
  static json::object sums(const Ran& ran) {
    const std::string text = ran.out.substr(0, ran.out.size() - 1);
    return json::parse(text.substr(text.rfind('\n') + 1)).as_object();
  }
};
INSTANTIATE_ON_ENGINES(Import);

TEST_P(Import, GoodRowsComeInAndBadOnesAreNamed) {
  const std::string csv = file(
      "\xEF\xBB\xBFkeyword,url,title,timestamp,ip,clicks\r\n"
      "old-one,https://shop.example/a?x=1,\"Lamps, \"\"warm\"\"\nand bright\",2024-03-01 "
      "10:20:30,192.0.2.7,31\r\n"
      "bad slug,https://shop.example/b,,,,\r\n"
      "else,https://other.example/b,,,,\r\n"
      "late,https://shop.example/b,,soon,,\r\n"
      "short,https://shop.example/b\r\n"
      "last,https://shop.example/c,,,,\r\n");
  const Ran dry = run({"import", "links", csv, "--deal", deal_, "--dry-run"});
  EXPECT_EQ(dry.exit_code, 1);
  EXPECT_NE(dry.out.find("Nothing was written. Of this file would be: 2 created"),
            std::string::npos)
      << dry.out;
  const Ran first = run({"import", "links", csv, "--deal", deal_});
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_NE(first.out.find("Imported: 2 created, 0 already there"), std::string::npos) << first.out;
  EXPECT_NE(first.out.find("1 refused because other.example is not an allowed domain"),
            std::string::npos)
      << first.out;
  EXPECT_NE(first.err.find("line 4: slug may contain letters"), std::string::npos) << first.err;
  EXPECT_NE(first.err.find("line 5: destination's host \"other.example\""), std::string::npos);
  EXPECT_NE(first.err.find("line 6: timestamp must be a time"), std::string::npos);
  EXPECT_NE(first.err.find("line 7: the row has 2 fields"), std::string::npos);
  const Ran again = run({"import", "links", csv, "--deal", deal_, "--json"});
  EXPECT_EQ(sums(again).at("created"), 0);
  EXPECT_EQ(sums(again).at("already_there"), 2);
  EXPECT_EQ(sums(again).at("refused"), 4);

  ServerProcess server(arguments());
  test::HttpClient client(server.port());
  const auto answer = client.get("/old-one");
  EXPECT_EQ(answer.status, 302);
  EXPECT_TRUE(answer.header("Location").starts_with("https://shop.example/a?x=1&"));
  client.use_key(keys_.admin_key);
  EXPECT_NE(client.get("/v1/links").body.find("2024-03-01T10:20:30Z"), std::string::npos);
  EXPECT_NE(client.get("/v1/events?limit=200").body.find("warm"), std::string::npos)
      << "what a link has no place for is in the audit log";
}

TEST_P(Import, WhatWasExportedComesBack) {
  const std::string csv =
      "key,url,expiresAt\n-dash,https://shop.example/a,2031-01-01\n"
      "comma,\"https://shop.example/a?b=1,2\",\n";
  EXPECT_EQ(run({"import", "links", file(csv), "--deal", deal_}).exit_code, 0);
  const std::string exported = directory_.file("out.csv");
  ASSERT_EQ(run({"export", "links", exported}).exit_code, 0);
  const Ran printed = run({"export", "links"});
  std::stringstream text;
  text << std::ifstream(exported, std::ios::binary).rdbuf();
  EXPECT_EQ(printed.out, text.str());
  EXPECT_NE(printed.out.find(",\"'-dash\","), std::string::npos) << "safe in a spreadsheet";
  EXPECT_NE(printed.out.find("2031-01-01T00:00:00Z"), std::string::npos) << printed.out;
  const json::object same = sums(run({"import", "links", exported, "--json"}));
  EXPECT_EQ(same.at("format"), "fairlead");
  EXPECT_EQ(same.at("already_there"), 3) << "and the link of the shop's setup";
  EXPECT_EQ(same.at("refused"), 0);

  // Into another brand's empty list, links come out as they were.
  test::TemporaryDirectory other;
  const std::vector<std::string> there = {"--data", other.file("data")};
  const BrandKeys keys = init_brand(there);
  std::string deal;
  {
    ServerProcess server(there);
    Shop shop(server.port(), keys);
    shop.set_up("another");
    deal = shop.deal_id;
    server.stop();
  }
  EXPECT_EQ(run_program({"import", "links", exported, "--deal", deal, "--data", other.file("data")})
                .exit_code,
            0);
  const Ran back = run_program({"export", "links", "--data", other.file("data")});
  EXPECT_NE(back.out.find(",\"'-dash\","), std::string::npos) << back.out;
  EXPECT_NE(back.out.find("\"https://shop.example/a?b=1,2\""), std::string::npos);
  EXPECT_NE(back.out.find("2031-01-01T00:00:00Z"), std::string::npos) << back.out;
}

// What `fairlead` prints on standard output when a shell runs the line.
std::string pasted(const std::string& line) {
  const std::string binary = FAIRLEAD_BINARY;
  const std::string without_settings =
      "for name in $(env | sed -n 's/^\\(FAIRLEAD_[^=]*\\)=.*/\\1/p'); do unset $name; done; ";
  const std::string command = without_settings + "PATH=" + binary.substr(0, binary.rfind('/')) +
                              ":$PATH; { " + line + "; } 2>&1";
  FILE* const out = ::popen(command.c_str(), "r");
  std::string text;
  for (int c = 0; (c = std::fgetc(out)) != EOF;)
    text += static_cast<char>(c);
  ::pclose(out);
  return text;
}

TEST(ImportBesideAServer, TheLineToPasteLetsTheServerTakeTheFile) {
  test::TemporaryDirectory directory;
  const std::vector<std::string> data = {"--data", directory.file("data")};
  const BrandKeys keys = init_brand(data);
  ServerProcess server(data);
  Shop shop(server.port(), keys);
  shop.set_up();
  const std::string csv = directory.file("that's it.csv");
  std::ofstream(csv) << "key,url,expiresAt,archived\n"
                        "one,https://shop.example/a?b=1,2031-01-01,false\n"
                        "two,https://other.example/,,false\n"
                        "bad,https://shop.example/,soon,false\n"
                        "gone,https://shop.example/,,true\n";
  const Ran refused =
      run_program({"import", "links", csv, "--deal", shop.deal_id, "--data", directory.file("data"),
                   "--public-url", "http://127.0.0.1:" + std::to_string(server.port())});
  EXPECT_EQ(refused.exit_code, 1);
  const std::size_t begin = refused.err.find("fairlead import links '");
  ASSERT_NE(begin, std::string::npos) << refused.err;
  std::string line = refused.err.substr(begin, refused.err.find('\n', begin) - begin);
  const std::string blank = "<admin key>";
  ASSERT_NE(line.find(blank), std::string::npos) << line;
  line.replace(line.find(blank), blank.size(), keys.admin_key);
  const std::string answer = pasted(line);
  EXPECT_NE(answer.find("line 4: left out: expiresAt must be a time"), std::string::npos) << answer;
  EXPECT_NE(answer.find("line 5: left out: archived there"), std::string::npos) << answer;
  EXPECT_NE(answer.find("\"slug\":\"one\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("other.example"), std::string::npos) << "the server names what it refuses";

  test::HttpClient client(server.port());
  EXPECT_TRUE(client.get("/one").header("Location").starts_with("https://shop.example/a?b=1&"));
  EXPECT_EQ(client.get("/two").status, 404);
  client.use_key(keys.admin_key);
  EXPECT_NE(client.get("/v1/links").body.find("2031-01-01T00:00:00Z"), std::string::npos);
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Import, WhatCannotBeginSaysWhy) {
  const std::string csv = file("keyword,url\nmia,https://shop.example/\n");
  const auto refused = [&](const std::vector<std::string>& words, const std::string& why) {
    const Ran ran = run(words);
    EXPECT_NE(ran.exit_code, 0);
    EXPECT_NE(ran.err.find(why), std::string::npos) << ran.err;
  };
  refused({"import", "links", csv}, "--deal is needed");
  refused({"import", "links", csv, "--deal", "x"}, "--deal");
  refused({"import", "links", csv, "--deal", deal_, "--format", "tinyurl"}, "--format must be");
  refused({"import", "links", csv, "--deal", deal_, "--format", "dub"}, "dub: shortlink");
  refused({"import", "links", "/nowhere.csv", "--deal", deal_}, "cannot read /nowhere.csv");
  refused({"import", "links", directory_.file(""), "--deal", deal_}, "it is a directory");
  refused({"import", "links", directory_.file(""), "--deal", deal_, "--as-request"},
          "it is a directory");
  refused({"import", "links", file("", "empty.csv"), "--deal", deal_}, "the file is empty");
  refused({"import", "links", file("keyword,url\n\"a", "cut.csv"), "--deal", deal_},
          "line 2: a quoted field has no closing quote");
  refused({"import", "links", csv, "--deal", "deal_0000000000001"}, "there is no deal");
  refused({"import", "links", csv, "--deal", deal_, "--as-request", "--dry-run"}, "--as-request");
  refused({"import", "links", file("keyword,url\n", "none.csv"), "--deal", deal_, "--as-request"},
          "there is no link in it");
  std::string many = "keyword,url\n";
  for (int i = 0; i <= 10'000; ++i)
    many += "s" + std::to_string(i) + ",https://shop.example/\n";
  refused({"import", "links", file(many, "many.csv"), "--deal", deal_, "--as-request"},
          "one request takes 10000 links");
}

}  // namespace
}  // namespace fairlead::whole
