// Codes in bulk on the real program: kill -9 in the middle, and a restart finishes the batch; and
// fairlead import codes as it is typed.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <random>
#include <thread>

#include "tests/support/http_client.hpp"
#include "tests/support/random.hpp"
#include "tests/support/test_statement.hpp"
#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class CodeMaking : public ProgramOnEveryEngine {
 protected:
  void SetUp() override { set_up_brand(); }
};
INSTANTIATE_ON_ENGINES(CodeMaking);

TEST_P(CodeMaking, KillNineInTheMiddleLosesAndDoublesNoCode) {
  constexpr std::int64_t count = 8'000;
  std::mt19937 random(test::random_seed());
  std::string id;
  std::int64_t made = 0;
  std::string state = "making";
  // However early or late it dies: what is counted is there, and what is not whole says so.
  int life = 0;
  for (; life < 30 && state == "making"; ++life) {
    ServerProcess server(arguments());
    Shop shop(server.port(), keys_);
    if (id.empty()) {
      const auto asked = shop.as_admin(
          "POST", "/v1/codes/bulk",
          {{"deal_id", deal_}, {"count", count}, {"discount", {{"kind", "free_shipping"}}}});
      ASSERT_EQ(asked.status, 202) << asked.body;
      id = json::parse(asked.body).at("id").as_string().c_str();
    }
    const json::value batch = json::parse(shop.as_admin("GET", "/v1/codes/batches/" + id).body);
    EXPECT_GE(batch.at("count_made").as_int64(), made) << "what was told once stays";
    made = batch.at("count_made").as_int64();
    state = batch.at("state").as_string().c_str();
    EXPECT_EQ(state == "done", made == count);
    if (life < 4) std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
    // Later lives are long enough for any machine to end it.
    for (int wait = 0; life >= 4 && wait < 1'000 && state == "making"; ++wait) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      state = json::parse(shop.as_admin("GET", "/v1/codes/batches/" + id).body)
                  .at("state")
                  .as_string()
                  .c_str();
    }
    server.kill_now();
  }
  EXPECT_EQ(state, "done");
  EXPECT_GT(life, 1) << "it must have died in the middle at least once";
  EXPECT_EQ(run({"verify"}).exit_code, 0);
  auto database = storage::open({.url = database_.url()});
  ASSERT_TRUE(database);
  const test::TestStatement counted(
      "SELECT COUNT(*), COUNT(DISTINCT folded) FROM codes WHERE batch_id IS NOT NULL");
  const auto rows = (*database)->read([&](storage::Session& session) {
    const auto row = session.run(counted).one();
    return std::pair(row.integer(0), row.integer(1));
  });
  EXPECT_EQ(rows.value(), std::pair(count, count));
}

TEST_P(CodeMaking, ImportTakesAllOfAFileOrSaysWhatIsWrong) {
  const std::string bad = file(
      "\xEF\xBB\xBF"
      "code,discount_kind,rate_ppm\r\n30$off,percent,300000\r\nmia10,percent,x\r\n");
  const Ran refused = run({"import", "codes", bad, "--deal", deal_});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("line 3, rate_ppm: \"rate_ppm\" must be an integer"),
            std::string::npos)
      << refused.err;
  EXPECT_NE(refused.out.find("Nothing was imported"), std::string::npos) << refused.out;

  const std::string taken =
      file("code,discount_kind,rate_ppm\r\n30$off,percent,300000\r\nmia10,percent,1\r\n");
  const Ran taken_run = run({"import", "codes", taken, "--deal", deal_, "--json"});
  EXPECT_EQ(taken_run.exit_code, 1);
  EXPECT_NE(taken_run.out.find(R"("line":3)"), std::string::npos) << taken_run.out;
  EXPECT_NE(taken_run.out.find(R"("created":0,"problems":1)"), std::string::npos) << taken_run.out;

  const std::string good = file("code,discount_kind,rate_ppm\r\n30$off,percent,300000\r\n");
  const Ran dry = run({"import", "codes", good, "--deal", deal_, "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_NE(dry.out.find("The file is good: 1 codes"), std::string::npos) << dry.out;
  EXPECT_EQ(run({"import", "codes", good, "--deal", deal_}).exit_code, 0);
  EXPECT_EQ(run({"import", "codes", good, "--deal", deal_}).exit_code, 1) << "it is there now";
  EXPECT_EQ(run({"import", "codes", good, "--deal", "x"}).exit_code, 2);
  EXPECT_EQ(run({"import", "codes", "no-such-file.csv"}).exit_code, 2);

  ServerProcess server(arguments());
  Shop shop(server.port(), keys_);
  const auto answer =
      shop.as_shop("POST", "/v1/codes/validate",
                   {{"code", " 30$OFF "}, {"currency", "EUR"}, {"subtotal_minor", 1'000}});
  EXPECT_NE(answer.body.find(R"("amount_minor":300)"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace fairlead::whole
