// docs/checkout.md and the recipes of docs/integrations as their reader uses them: every command is
// pasted into a shell, in order, and the calls that stand within a sentence are made between them.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>

#include "tests/support/temporary_directory.hpp"
#include "tests/whole/pages.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

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
  const auto commands = commands_of(page("checkout.md"));
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

// One server for all recipes: their orders have other names.
class Recipe : public testing::TestWithParam<const char*> {
 protected:
  struct World {
    test::TemporaryDirectory directory;
    BrandKeys keys = init_brand({"--data", directory.file("data")});
    ServerProcess server{{"--data", directory.file("data")}};
    Shop shop{server.port(), keys};
  };
  static void SetUpTestSuite() {
    world_ = std::make_unique<World>();
    world_->shop.set_up();
  }
  static void TearDownTestSuite() { world_.reset(); }
  static std::unique_ptr<World> world_;
};
std::unique_ptr<Recipe::World> Recipe::world_;
INSTANTIATE_TEST_SUITE_P(Shops, Recipe,
                         testing::Values("shopify", "woocommerce", "stripe", "standard-webhooks",
                                         "generic"),
                         [](const auto& of) {
                           std::string name = of.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(Recipe, LeadsFromNothingToACommission) {
  const std::string commands =
      blocks_of(page("integrations/" + std::string(GetParam()) + ".md"), "sh");
  ASSERT_NE(commands.find("$SERVER/v1/orders"), std::string::npos);
  const auto& [directory, keys, server, shop] = *world_;
  std::ofstream(directory.file("recipe.sh"))
      << "set -eu\nexport SERVER=http://127.0.0.1:" << server.port() << " ADMIN=" << keys.admin_key
      << " SHOP=" << keys.shop_key << " LINK=mia-summer\n"
      << commands;
  const std::string said = directory.file("said");
  EXPECT_EQ(std::system(("bash " + directory.file("recipe.sh") + " > " + directory.file("answer") +
                         " 2> " + said)
                            .c_str()),
            0)
      << read_file(said);
  const std::string answer = read_file(directory.file("answer"));
  const json::value order = json::parse(answer.substr(answer.rfind("{\"id\":\"ord_")));
  EXPECT_EQ(order.at("base_minor"), 9'000) << order;
  ASSERT_EQ(order.at("commissions").as_array().size(), 1U) << order << read_file(said);
  EXPECT_EQ(order.at("commissions").at(0).at("amount_minor"), 900);
  EXPECT_EQ(order.at("credits").at(0).at("via"), "click");
  EXPECT_EQ(order.at("credits").at(0).at("influencer_id"), json::value(shop.influencer_id));
}

// What the lines of PHP do when WooCommerce calls them, one line for each way of a checkout.
TEST(WooCommerceLines, NoteTheClickOfTheFormTheBlockOrTheCookieAndNothingElse) {
  const test::TemporaryDirectory directory;
  const std::string lines = directory.file("fairlead.php");
  std::ofstream(lines) << blocks_of(page("integrations/woocommerce.md"), "php");
  const std::string said = directory.file("said");
  ASSERT_EQ(std::system(("php " FAIRLEAD_SOURCE_DIR "/tests/whole/woocommerce.php " + lines +
                         " > " + said + " 2>&1")
                            .c_str()),
            0)
      << read_file(said);
  const std::string form(36, 'f'), block(36, 'b'), kept(36, 'k');
  EXPECT_EQ(read_file(said),
            "page: <script async src=\"https://go.shop.example/track.js\" "
            "data-consent=\"required\"></script>\n"
            "block takes: checkout fairlead fl_click\n"
            "form: _fl_click=" +
                form +
                "\n"
                "block: _fl_click=" +
                block +
                "\n"
                "cookie: _fl_click=" +
                kept +
                "\n"
                "form before cookie: _fl_click=" +
                form +
                "\n"
                "nothing:\nmarkup:\nlist:\nline break:\n");
}

}  // namespace
}  // namespace fairlead::whole
