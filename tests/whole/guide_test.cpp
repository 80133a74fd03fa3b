// docs/checkout.md as its reader uses it: every command is pasted into a shell, in order, and the
// calls that stand within a sentence are made between them.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The guide's calls as shell commands: its blocks as they are, but for the one that starts a
// server; and `POST /v1/… {…}` within a sentence as a call of the shop.
std::vector<std::string> commands_of(const std::string& guide) {
  static const std::regex call("```\n([^`]*?)```|`POST (/v1/\\S+) (\\{[^`]*\\})`");
  std::vector<std::string> commands;
  for (std::sregex_iterator found(guide.begin(), guide.end(), call), end; found != end; ++found) {
    const std::smatch& match = *found;
    if (match[2].matched) {
      commands.push_back("curl -s \"$SERVER" + match.str(2) +
                         "\" -H \"Authorization: Bearer $SHOP\" --json '" + match.str(3) + "'\n");
    } else if (match.str(1).find("./scripts/run") == std::string::npos) {
      commands.push_back(match.str(1));
    }
  }
  return commands;
}

// Every command's answer, in one shell, so that a variable set by one is there for the next.
std::vector<json::value> paste(const std::vector<std::string>& commands, std::uint16_t port,
                               const BrandKeys& keys) {
  const test::TemporaryDirectory directory;
  const auto answer_file = [&](std::size_t i) {
    return directory.file("answer-" + std::to_string(i));
  };
  std::ofstream script(directory.file("guide.sh"));
  script << "set -eu\nexport SERVER=http://127.0.0.1:" << port << " ADMIN=" << keys.admin_key
         << " SHOP=" << keys.shop_key << '\n';
  for (std::size_t i = 0; i < commands.size(); ++i)
    script << "{\n" << commands[i] << "} > " << answer_file(i) << '\n';
  script.close();
  EXPECT_EQ(std::system(("bash " + directory.file("guide.sh")).c_str()), 0);
  std::vector<json::value> answers;
  for (std::size_t i = 0; i < commands.size(); ++i)
    answers.push_back(json::parse(read_file(answer_file(i))));
  return answers;
}

TEST(Guide, EveryCommandOfTheCheckoutGuideDoesWhatItSays) {
  const auto commands = commands_of(read_file(FAIRLEAD_SOURCE_DIR "/docs/checkout.md"));
  ASSERT_EQ(commands.size(), 6U) << "create, validate, reserve, release, redeem, rollback";
  const test::TemporaryDirectory directory;
  const std::string data = directory.file("data");
  const BrandKeys keys = init_brand({"--data", data});
  ServerProcess server({"--data", data});
  Shop(server.port(), keys).set_up();
  const auto answers = paste(commands, server.port(), keys);
  EXPECT_EQ(answers[0].at("code"), "HARBOUR15") << answers[0];
  EXPECT_EQ(answers[1].at("valid"), true) << answers[1];
  EXPECT_EQ(answers[1].at("discount").at("amount_minor"), 450) << answers[1];
  EXPECT_EQ(answers[2].at("state"), "held") << answers[2];
  EXPECT_EQ(answers[3].at("released").at(0).at("state"), "released") << answers[3];
  EXPECT_EQ(answers[4].at("state"), "redeemed") << answers[4];
  EXPECT_EQ(answers[5].at("rolled_back").at(0).at("state"), "rolled_back") << answers[5];
}

}  // namespace
}  // namespace fairlead::whole
