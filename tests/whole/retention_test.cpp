// Old clicks are removed by the real server while it is killed and started again; every number it
// reports stays, and verify agrees at any moment.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "storage/storage.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_statement.hpp"
#include "tests/whole/server_process.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class Retention : public testing::Test {
 protected:
  Retention() {
    const Ran made = run_program({"demo", "--data", data(), "--json"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    admin_key_ = json::parse(made.out).at("admin_key").as_string().c_str();
  }
  std::string data() const { return directory_.file("data"); }
  std::vector<std::string> keeping(const char* days) const {
    return {"--data", data(), "--click-retention-days", days};
  }
  std::string get(const ServerProcess& server, const std::string& target) const {
    test::HttpClient client(server.port());
    client.use_key(admin_key_);
    const auto answer = client.get(target);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return answer.body;
  }
  std::string reports(const ServerProcess& server) const {
    std::string all;
    for (const char* group : {"day", "month", "link", "influencer", "country"})
      all += get(server, std::string("/v1/reports/clicks?group_by=") + group) + "\n";
    return all + get(server, "/v1/reports/roi?group_by=influencer");
  }
  void expect_agreement() const {
    const Ran verified = run_program({"verify", "--data", data()});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  }
  std::int64_t clicks() const {
    const test::TestStatement count("SELECT COUNT(*) FROM clicks");
    return storage::open_read_only(
               {.url = "sqlite:" + data() + "/clicks.db", .schema = storage::Schema::clicks})
        .value()
        ->read([&](storage::Session& session) { return session.run(count).one().integer(0); })
        .value();
  }

  test::TemporaryDirectory directory_;
  std::string admin_key_;
};

TEST_F(Retention, RemovesThroughKillsAndChangesNoReport) {
  std::string before;
  {
    ServerProcess server(keeping("0"));
    before = reports(server);
    EXPECT_EQ(server.stop(), 0);
  }
  const std::int64_t all = clicks();
  std::mt19937 random(test::random_seed());
  const int rounds = std::getenv("FAIRLEAD_LONG") != nullptr ? 50 : 2;
  for (int round = 0; round < rounds; ++round) {
    ServerProcess server(keeping("1"));
    std::this_thread::sleep_for(std::chrono::milliseconds(900 + random() % 500));
    server.kill_now();
    expect_agreement();
  }
  ServerProcess server(keeping("1"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto is_due = [&] {
    const std::string metrics = get(server, "/metrics");
    return metrics.find("fairlead_clicks_removal_due 0") == std::string::npos ||
           metrics.find("fairlead_clicks_kept_from_seconds 0\n") != std::string::npos;
  };
  while (is_due() && std::chrono::steady_clock::now() < deadline)
    expect_agreement();
  EXPECT_FALSE(is_due());
  EXPECT_LT(clicks(), all / 2) << "kept are those of the look-back and the hold";
  EXPECT_GT(clicks(), all / 10);
  EXPECT_EQ(reports(server), before);
  EXPECT_EQ(server.stop(), 0);
  expect_agreement();
}

}  // namespace
}  // namespace fairlead::whole
