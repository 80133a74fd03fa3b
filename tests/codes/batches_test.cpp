// Many codes at once: what a batch may be, that a crash between two chunks loses nothing and
// doubles nothing, and that its codes are single-use. On both engines, without the thread.
#include <gtest/gtest.h>

#include <set>

#include "codes/batch_maker.hpp"
#include "codes/code_text.hpp"
#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Batches : public test::OnEveryEngine {
 protected:
  Reply ask(std::string_view rest, std::string_view key = "admin") const {
    return checkout_.post("/v1/codes/bulk",
                          R"({"deal_id":")" + checkout_.deal.text() + R"(",)" +
                              std::string(ten_percent) + "," + std::string(rest) + "}",
                          key);
  }
  Reply read(const std::string& id) const {
    return checkout_.call(net::Method::get, "/v1/codes/batches/" + id, "", "viewer");
  }
  void make_all(BatchMaker& maker) const {
    while (maker.make_chunk().value()) {
    }
  }
  std::int64_t count_codes() const { return checkout_.number("SELECT COUNT(*) FROM codes"); }

  Checkout checkout_{database()};
};
INSTANTIATE_ON_ENGINES(Batches);

TEST_P(Batches, BatchHasAllOfItsCodesWithItsTerms) {
  const auto asked =
      ask(R"("count":2500,"prefix":"SPRING-","suffix":"-26","limits":{"subtotal_min_minor":700},)"
          R"("ends_at":"2026-06-01T00:00:00Z")");
  ASSERT_EQ(asked.status, 202) << asked.body;
  const auto id = asked.at("/id");
  EXPECT_EQ(asked.header("Location"), "/v1/codes/batches/" + id);
  EXPECT_EQ(asked.at("/state"), "making");
  EXPECT_EQ(asked.at("/count_made"), "1") << "the first shows that the terms are good";
  BatchMaker maker(database(), checkout_.clock);
  ASSERT_TRUE(maker.make_chunk().value());
  EXPECT_EQ(read(id).at("/count_made"), "1001");
  EXPECT_EQ(read(id).at("/done_at"), "null");
  make_all(maker);
  const auto done = read(id);
  EXPECT_EQ(done.at("/state"), "done");
  EXPECT_EQ(done.at("/count_made"), "2500");
  EXPECT_EQ(done.at("/done_at"), "2026-03-02T09:15:00Z");
  EXPECT_EQ(count_codes(), 2500);
  EXPECT_EQ(checkout_.number("SELECT COUNT(DISTINCT folded) FROM codes WHERE folded LIKE "
                             "'SPRING-____________-26' AND code = folded AND rate_ppm = 100000 AND "
                             "uses_max = 1 AND subtotal_min_minor = 700 AND ends_at > 0 AND "
                             "is_enabled = 1 AND archived_at IS NULL AND batch_id IS NOT NULL"),
            2500);
  EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM code_looks"), 0) << "nobody types these";
  EXPECT_TRUE(checkout_.verify().empty());
}

TEST_P(Batches, EachCodeIsGoodForOneOrder) {
  ASSERT_EQ(ask(R"("count":3)").status, 202);
  BatchMaker maker(database(), checkout_.clock);
  make_all(maker);
  const auto csv = checkout_.call(net::Method::get, "/v1/codes.csv", "", "viewer").body;
  const auto line = csv.find("\r\n", csv.find("\r\n") + 2) + 2;  // the second code
  const auto code = csv.substr(line, csv.find(',', line) - line);
  EXPECT_EQ(checkout_.redeem(cart_json(code, "A-1", 1000)).status, 200);
  EXPECT_EQ(checkout_.redeem(cart_json(code, "A-2", 1000)).at("/code"), "usage_limit_reached");
  EXPECT_TRUE(checkout_.verify().empty());
}

TEST_P(Batches, OneCodeIsDoneAtOnce) {
  EXPECT_EQ(ask(R"("count":1)").at("/state"), "done");
  BatchMaker maker(database(), checkout_.clock);
  EXPECT_FALSE(maker.make_chunk().value());
}

// Whatever was not committed is not there; what was goes on with another maker, as after kill -9.
TEST_P(Batches, CutOffBatchGoesOnWhereItStands) {
  const auto id = ask(R"("count":3000)").at("/id");
  {
    BatchMaker maker(database(), checkout_.clock);
    ASSERT_TRUE(maker.make_chunk().value());
  }
  const auto batch = database()
                         .read([&](storage::Session& session) {
                           return find_batch(session, checkout_.brand, *core::BatchId::parse(id));
                         })
                         .value();
  database()
      .transact([&](storage::Session& session) {
        EXPECT_EQ(make_codes(session, *batch, {"LOST34"}, checkout_.clock.now()), 1);
        session.abandon();
      })
      .value();
  EXPECT_EQ(read(id).at("/count_made"), "1001");
  EXPECT_EQ(read(id).at("/state"), "making") << "half a batch does not look whole";
  BatchMaker next(database(), checkout_.clock);
  make_all(next);
  EXPECT_EQ(read(id).at("/count_made"), "3000");
  EXPECT_EQ(count_codes(), 3000);
}

// Two servers that saw the same state: the second one's chunk is refused, not added.
TEST_P(Batches, OfTwoMakersOneMakesAChunk) {
  const auto id = ask(R"("count":10)").at("/id");
  const auto seen = database()
                        .read([&](storage::Session& session) {
                          return find_batch(session, checkout_.brand, *core::BatchId::parse(id));
                        })
                        .value();
  const auto make = [&](std::vector<std::string> texts) {
    return database()
        .transact([&](storage::Session& session) {
          return make_codes(session, *seen, texts, checkout_.clock.now());
        })
        .value();
  };
  EXPECT_EQ(make({"ONE34", "TWO34"}), 2);
  EXPECT_EQ(make({"THREE34"}), std::nullopt);
  EXPECT_EQ(count_codes(), 3);
}

// Ids rise within one process only: the codes that another server made may have greater or lesser
// ids than those that are made here, and than the batch itself.
TEST_P(Batches, AServerWhoseClockIsBehindMakesCodesThatAreExportedToo) {
  const auto id = ask(R"("count":3)").at("/id");
  const auto make = [&](std::vector<std::string> texts) {
    const auto seen = database().read([&](storage::Session& session) {
      return find_batch(session, checkout_.brand, *core::BatchId::parse(id));
    });
    return database()
        .transact([&](storage::Session& session) {
          return make_codes(session, **seen, texts, checkout_.clock.now());
        })
        .value();
  };
  const auto move_codes = [&](const std::string& text, const std::string& hours) {
    const auto moved =
        " + " + hours + " * CAST(3600000 AS BIGINT) * 4194304";  // milliseconds above 22 bits
    checkout_.run("UPDATE code_limit_counters SET scope_id = scope_id" + moved +
                  " WHERE scope_id IN (SELECT code_id FROM codes WHERE code = '" + text + "')");
    checkout_.run("UPDATE codes SET code_id = code_id" + moved + " WHERE code = '" + text + "'");
  };
  ASSERT_EQ(make({"AHEAD34"}), 1);
  move_codes("AHEAD34", "1");
  checkout_.run(
      "UPDATE code_batches SET last_code_id = last_code_id + CAST(3600000 AS BIGINT) * 4194304");
  ASSERT_EQ(make({"BEHIND34"}), 1);
  move_codes("BEHIND34", "-2");
  const auto sheet = checkout_.call(net::Method::get, "/v1/codes.csv?batch_id=" + id, "", "viewer");
  EXPECT_NE(sheet.body.find("AHEAD34"), std::string::npos) << sheet.body;
  EXPECT_NE(sheet.body.find("BEHIND34"), std::string::npos) << sheet.body;
  EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM code_limit_counters"), 3);
  EXPECT_TRUE(checkout_.verify().empty());
}

TEST_P(Batches, TextThatIsTakenIsLeftOutAndMadeUpFor) {
  checkout_.create("TAKEN34", ten_percent);
  const auto id = ask(R"("count":4)").at("/id");
  const auto seen = database()
                        .read([&](storage::Session& session) {
                          return find_batch(session, checkout_.brand, *core::BatchId::parse(id));
                        })
                        .value();
  const auto made =
      database()
          .transact([&](storage::Session& session) {
            return make_codes(session, *seen, {"FREE34", "TAKEN34"}, checkout_.clock.now());
          })
          .value();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(read(id).at("/count_made"), "2");
  BatchMaker maker(database(), checkout_.clock);
  make_all(maker);
  EXPECT_EQ(read(id).at("/state"), "done");
  EXPECT_EQ(count_codes(), 5);
  EXPECT_TRUE(checkout_.verify().empty());
}

TEST_P(Batches, VerifyNamesABatchThatCountsWrongAndACodeWithoutLooks) {
  const auto id = ask(R"("count":3)").at("/id");
  EXPECT_TRUE(checkout_.verify().empty()) << "half made is not wrong";
  checkout_.run("UPDATE code_batches SET codes_made = 2");
  auto differences = checkout_.verify();
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].what, "batch " + id);
  EXPECT_EQ(differences[0].expected, "1 of 3 codes");
  EXPECT_EQ(differences[0].stored, "2 of 3 codes, making");
  checkout_.run("UPDATE code_batches SET codes_made = 1, state = 'done'");
  EXPECT_EQ(checkout_.verify().size(), 1u);
  checkout_.run("UPDATE code_batches SET state = 'making'");
  const auto code = checkout_.create("MIA10", ten_percent);
  checkout_.run("DELETE FROM code_looks");
  differences = checkout_.verify();
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].what, "look of " + code);
}

TEST_P(Batches, SameKeyAsksForOneBatch) {
  const auto body = R"({"deal_id":")" + checkout_.deal.text() + R"(","count":5,)" +
                    std::string(ten_percent) + "}";
  const auto first = checkout_.call(net::Method::post, "/v1/codes/bulk", body, "admin",
                                    {{"Idempotency-Key", "k"}});
  const auto again = checkout_.call(net::Method::post, "/v1/codes/bulk", body, "admin",
                                    {{"Idempotency-Key", "k"}});
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM code_batches"), 1);
}

TEST_P(Batches, BadBatchesAreRefusedWithThePointer) {
  const std::pair<std::string_view, std::string_view> refusals[] = {
      {R"("prefix":"A")", "/count"},
      {R"("count":0)", "/count"},
      {R"("count":1000001)", "/count"},
      {R"("count":1.5)", "/count"},
      {R"("count":5,"prefix":"spring")", "/prefix"},
      {R"("count":5,"prefix":"SPRING ")", "/prefix"},
      {R"("count":5,"suffix":"Ä")", "/suffix"},
      {R"("count":5,"suffix":"ABCDEFGHIJKLMNOPQRSTU")", "/suffix"},
      {R"("count":5,"random_length":5)", "/random_length"},
      {R"("count":5,"random_length":33)", "/random_length"},
      {R"("count":1000000,"random_length":8)", "/random_length"},
      {R"("count":5,"prefix":"ABCDEFGHIJKLMNOPQRST","random_length":21)", "/random_length"},
      {R"("count":5,"limits":{"uses_max":2})", "/limits"},
      {R"("count":5,"code":"MIA10")", "/code"},
      {R"("count":5,"limits":{"budget_minor":-1})", "/limits/budget_minor"},
  };
  for (const auto& [rest, pointer] : refusals) {
    const auto reply = ask(rest);
    EXPECT_EQ(reply.status, 400) << rest << reply.body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << rest << reply.body;
  }
  const auto foreign = checkout_.post("/v1/codes/bulk",
                                      R"({"deal_id":")" + checkout_.other_brands_deal.text() +
                                          R"(","count":5,)" + std::string(ten_percent) + "}",
                                      "admin");
  EXPECT_EQ(foreign.at("/errors/0/pointer"), "/deal_id");
  EXPECT_EQ(ask(R"("count":5)", "viewer").status, 403);
  EXPECT_EQ(count_codes(), 0);
  const auto id = ask(R"("count":1)").at("/id");
  EXPECT_EQ(checkout_.call(net::Method::get, "/v1/codes/batches/" + id, "", "other_admin").status,
            404);
  EXPECT_EQ(read("batch_1").status, 404);
}

TEST(BatchTexts, LettersAreFairAndNoTwoLookAlike) {
  std::map<char, int> counts;
  for (int i = 0; i < 10'000; ++i) {
    const auto text = random_text({.prefix = "A-", .suffix = "-Z", .random_length = 12});
    ASSERT_EQ(text.size(), 16u);
    ASSERT_TRUE(text.starts_with("A-") && text.ends_with("-Z"));
    for (const char c : text.substr(2, 12))
      ++counts[c];
  }
  EXPECT_EQ(counts.size(), random_letters.size());
  // 120,000 letters over 22: 5,455 each; seven standard deviations are 505.
  for (const auto& [letter, count] : counts)
    EXPECT_NEAR(count, 5'455, 505) << letter;
  std::set<std::string> looks;
  for (const char letter : random_letters)
    looks.insert(skeleton(std::string(1, letter)));
  EXPECT_EQ(looks.size(), random_letters.size());
}

TEST(BatchTexts, AGuessHitsAtMostOnceInAMillionTries) {
  EXPECT_EQ(random_length_for(1), 6);
  EXPECT_EQ(random_length_for(108), 6);  // 22^6 = 113,379,904
  EXPECT_EQ(random_length_for(109), 7);
  EXPECT_EQ(random_length_for(1'000'000), 9);  // 22^9 = 1.2e12 ≥ 1.05e12
}

}  // namespace
}  // namespace fairlead::codes
