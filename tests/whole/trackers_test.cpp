// docs/integrations/ as its readers use it: each command is pasted into a shell that knows the
// reader's server, integration, secret and click, and must bring about what the page promises.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "attribution/platforms.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

const std::string secret = "a-long-random-secret";

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Command {
  std::string platform;
  std::string text;
};
std::vector<Command> commands_of(const std::string& page) {
  const std::string text = read_file(FAIRLEAD_SOURCE_DIR "/docs/integrations/" + page);
  static const std::regex block("```\n([^`]*webhooks/([a-z]+)/[^`]*)```");
  std::vector<Command> commands;
  for (std::sregex_iterator found(text.begin(), text.end(), block), end; found != end; ++found)
    commands.push_back({(*found)[2], (*found)[1]});
  return commands;
}

class Pages : public testing::Test {
 protected:
  Pages()
      : data_(directory_.file("data")),
        keys_(init_brand({"--data", data_})),
        server_({"--data", data_}),
        shop_(server_.port(), keys_) {
    shop_.set_up();
  }

  // One integration of each platform, made when it is first asked for.
  const std::string& integration(const std::string& platform) {
    std::string& id = integrations_[platform];
    if (id.empty()) {
      const auto made =
          shop_.as_admin("POST", "/v1/integrations", {{"platform", platform}, {"secret", secret}});
      EXPECT_EQ(made.status, 201) << made.body;
      id = json::parse(made.body).at("id").as_string();
    }
    return id;
  }
  // The heads of the answers, all commands of the text in one shell.
  std::string paste(const Command& command) {
    const std::string heads = directory_.file("heads");
    std::ofstream script(directory_.file("page.sh"));
    script << "set -eu\nexport SERVER=http://127.0.0.1:" << server_.port()
           << " ID=" << integration(command.platform) << " SECRET=" << secret
           << " CLICK=" << shop_.click() << "\ncurl() { command curl -D " << heads << " \"$@\"; }\n"
           << command.text;
    script.close();
    EXPECT_EQ(std::system(("bash " + directory_.file("page.sh") + " > /dev/null").c_str()), 0);
    return read_file(heads);
  }
  // Of all commissions, in minor units.
  std::int64_t earned() {
    std::int64_t sum = 0;
    const auto list = shop_.as_admin("GET", "/v1/commissions?limit=200");
    const json::value page = json::parse(list.body);
    for (const json::value& commission : page.at("data").as_array())
      sum += commission.at("amount_minor").as_int64();
    return sum;
  }

  test::TemporaryDirectory directory_;
  std::string data_;
  BrandKeys keys_;
  ServerProcess server_;
  Shop shop_;
  std::map<std::string, std::string> integrations_;
};

TEST_F(Pages, EveryCommandOfTheTrackersPageIsACommission) {
  const auto commands = commands_of("trackers.md");
  std::set<std::string> platforms;
  for (const Command& command : commands) {
    const std::int64_t before = earned();
    const std::string heads = paste(command);
    EXPECT_NE(heads.find("Fairlead-Verdict: accepted"), heads.npos) << command.text << heads;
    // 10 % of 50.00; a lead earns nothing under a plan of percents.
    const bool is_lead = command.text.find("/track/lead") != std::string::npos ||
                         command.text.find("/track/signup") != std::string::npos;
    EXPECT_EQ(earned() - before, is_lead ? 0 : 500) << command.text;
    platforms.insert(command.platform);
  }
  for (const auto& platform : attribution::platforms()) {
    const bool is_ours =
        platform.name == "postback" || platform.name == "pixel" || platform.name == "acp";
    EXPECT_TRUE(!platform.protocol || is_ours || platforms.contains(std::string(platform.name)))
        << platform.name;
  }
}

TEST_F(Pages, ThePostbackAndThePixelOfThePageAreCommissions) {
  const auto commands = commands_of("pixel-and-postback.md");
  ASSERT_EQ(commands.size(), 2U);
  for (const Command& command : commands) {
    const std::string heads = paste(command);
    EXPECT_NE(heads.find("Fairlead-Verdict: accepted"), heads.npos) << command.text << heads;
  }
  EXPECT_EQ(earned(), 1000);
}

TEST_F(Pages, TheTouchesOfAnAgentsCheckoutAreACommission) {
  const auto commands = commands_of("agentic-commerce.md");
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_NE(paste(commands[0]).find("Fairlead-Verdict: waiting"), std::string::npos);
  EXPECT_NE(paste(commands[1]).find("Fairlead-Verdict: accepted"), std::string::npos);
  EXPECT_EQ(earned(), 500);
}

// Every address is there on a running server, and tells a stranger nothing.
TEST_F(Pages, NoAddressLetsAStrangerIn) {
  test::HttpClient stranger(server_.port());
  for (const auto& platform : attribution::platforms()) {
    if (!platform.protocol) continue;
    for (const auto& endpoint : platform.protocol->endpoints) {
      std::string rest = endpoint.rest;
      for (auto from = rest.find('{'); from != rest.npos; from = rest.find('{'))
        rest.replace(from, rest.find('}') - from + 1, "nobody");
      const std::string target = "/v1/webhooks/" + std::string(platform.name) + "/" +
                                 integration(std::string(platform.name)) + rest;
      const auto answer = stranger.request(std::string(net::name_of(endpoint.method)), target);
      EXPECT_NE(answer.status, 405) << target;
      EXPECT_LT(answer.status, 500) << target << answer.body;
    }
  }
  EXPECT_EQ(earned(), 0);
}

}  // namespace
}  // namespace fairlead::whole
