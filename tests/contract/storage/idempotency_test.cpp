// The memory of what a repeated POST was answered, on both engines.
#include "storage/idempotency.hpp"

#include <thread>

#include "core/crypto.hpp"
#include "tests/contract/storage/domains.hpp"

namespace fairlead {

using core::Answer;
using core::IdempotencyKey;
using storage::Session;

class Once : public test::OnEveryEngine {
 public:
  static IdempotencyKey key(const std::string& body = "{}", const std::string& key = "k-1") {
    const auto digest = core::sha256(body);
    return {core::BrandId{1}, "POST /v1/things", key, std::string(core::as_text(digest))};
  }
  // Inserts a domain and answers with that status; `runs_` counts how often it really ran.
  Answer call(const IdempotencyKey& idempotency_key, int status = 201) {
    return storage::once(database(), idempotency_key, core::Instant{5},
                         [&](Session& s) {
                           const int run = ++runs_;
                           s.run(test::insert_domain, 1, std::to_string(run) + ".example");
                           return Answer{status,
                                         "application/json",
                                         "{\"run\":" + std::to_string(run) + "}",
                                         {{"Location", "/v1/things/" + std::to_string(run)}}};
                         })
        .value();
  }
  static bool is_replayed(const Answer& answer) {
    return !answer.headers.empty() && answer.headers.back() == std::pair<std::string, std::string>(
                                                                   "Idempotency-Replayed", "true");
  }

 protected:
  std::atomic<int> runs_{0};
};
INSTANTIATE_ON_ENGINES(Once);

TEST_P(Once, TheSameKeyAndBodyGetTheSameAnswer) {
  const Answer first = call(key());
  const Answer second = call(key());
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.media_type, "application/json");
  EXPECT_EQ(second.body, first.body);
  EXPECT_FALSE(is_replayed(first));
  EXPECT_TRUE(is_replayed(second));
  ASSERT_EQ(second.headers.size(), 2U);
  EXPECT_EQ(second.headers[0], first.headers[0]);
  EXPECT_EQ(test::domains(database()), "1.example ");
}

TEST_P(Once, AnotherBodyUnderTheKeyIsRefused) {
  call(key("{}"));
  const Answer answer = call(key("{\"other\":1}"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.media_type, "application/problem+json");
  EXPECT_NE(answer.body.find("idempotency_key_reused"), std::string::npos);
  EXPECT_EQ(runs_, 1);
}

TEST_P(Once, AKeyBelongsToItsBrandAndScope) {
  call(key());
  IdempotencyKey other_brand = key();
  other_brand.brand = core::BrandId{2};
  IdempotencyKey other_scope = key();
  other_scope.scope = "POST /v1/others";
  call(other_brand);
  call(other_scope);
  EXPECT_EQ(runs_, 3);
}

TEST_P(Once, ARefusalIsRememberedAndItsWritesUndone) {
  EXPECT_EQ(call(key(), 409).status, 409);
  EXPECT_EQ(test::domains(database()), "");
  const Answer again = call(key(), 201);
  EXPECT_EQ(again.status, 409);
  EXPECT_TRUE(is_replayed(again));
  EXPECT_EQ(runs_, 1);
}

TEST_P(Once, WhatMayPassIsNotRemembered) {
  for (int status : {500, 503, 401, 429}) {
    EXPECT_EQ(call(key(), status).status, status);
    EXPECT_EQ(test::domains(database()), "");
  }
  EXPECT_EQ(call(key(), 201).status, 201);
  EXPECT_EQ(test::domains(database()), "5.example ");
}

TEST_P(Once, WithoutAKeyNothingIsRemembered) {
  EXPECT_EQ(call(key("{}", "")).body, "{\"run\":1}");
  EXPECT_EQ(call(key("{}", "")).body, "{\"run\":2}");
  EXPECT_EQ(call(key("{}", ""), 400).status, 400);
  EXPECT_EQ(test::domains(database()), "1.example 2.example ");
}

TEST_P(Once, AKeyMayHave255BytesAndNoMore) {
  EXPECT_EQ(call(key("{}", std::string(255, 'k'))).status, 201);
  const Answer refused = call(key("{}", std::string(256, 'k')));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("idempotency_key_invalid"), std::string::npos);
  for (const char* text : {"\xff", "\"\"", "k\t"})
    EXPECT_EQ(call(key("{}", text)).status, 400) << text;
  EXPECT_EQ(runs_, 1);
}

TEST_P(Once, AQuotedKeyIsTheSameAsABareOne) {
  const Answer first = call(key("{}", "k-1"));
  EXPECT_EQ(call(key("{}", "\"k-1\"")).body, first.body);
  EXPECT_EQ(runs_, 1);
}

TEST_P(Once, AFailureRemembersNothing) {
  const auto failed = storage::once(database(), key(), core::Instant{5}, [](Session& s) {
    s.run(test::TestStatement("INSERT INTO allowed_domains (brand_id, domain) VALUES (1, NULL)"));
    return Answer{};
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(call(key()).status, 201);
}

TEST_P(Once, TheMemoryOutlivesTheProcess) {
  call(key());
  test_database().close();
  test_database().open();
  EXPECT_TRUE(is_replayed(call(key())));
  EXPECT_EQ(runs_, 1);
}

TEST_P(Once, ManyAtOnceHaveOneEffectAndOneAnswer) {
  std::vector<std::thread> threads;
  std::vector<Answer> answers(16);
  for (auto& answer : answers) {
    threads.emplace_back([&] { answer = call(key()); });
  }
  for (auto& thread : threads)
    thread.join();
  int replays = 0;
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.body, answers[0].body);
    replays += is_replayed(answer) ? 1 : 0;
  }
  EXPECT_EQ(replays, 15);
  const std::string all = test::domains(database());
  EXPECT_EQ(std::count(all.begin(), all.end(), ' '), 1) << all;
}

}  // namespace fairlead
