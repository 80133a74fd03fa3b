// Many threads at once, on both engines: guarded updates give away no more than there is, and a
// lost race is run again or named.
#include <thread>

#include "tests/contract/storage/domains.hpp"

namespace fairlead {

using core::Errc;
using storage::Session;
using test::TestStatement;

namespace {

constexpr int threads_max = 16;

const TestStatement insert_counter(
    "INSERT INTO code_limit_counters (brand_id, scope, scope_id, used) VALUES (1, 'code', $1, 0)");
const TestStatement take_one(
    "UPDATE code_limit_counters SET used = used + 1 "
    "WHERE brand_id = 1 AND scope = 'code' AND scope_id = $1 AND used < $2");
const TestStatement read_counter(
    "SELECT used FROM code_limit_counters WHERE brand_id = 1 AND scope = 'code' AND scope_id = $1");

// Runs the same work in many threads at once and adds up what they answer.
int sum_over_threads(const std::function<int(int thread)>& work) {
  std::atomic<int> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < threads_max; ++i) {
    threads.emplace_back([&, i] { sum += work(i); });
  }
  for (auto& thread : threads)
    thread.join();
  return sum;
}

}  // namespace

class Races : public test::OnEveryEngine {
 public:
  std::int64_t used(int code) {
    return database()
        .read([&](Session& s) { return s.run(read_counter, code).one().integer(0); })
        .value();
  }
};
INSTANTIATE_ON_ENGINES(Races);

TEST_P(Races, AConditionalUpdateGivesAwayExactlyTheLimit) {
  database().transact([](Session& s) { s.run(insert_counter, 1); }).value();
  const int taken = sum_over_threads([&](int) {
    int mine = 0;
    for (int i = 0; i < 10; ++i) {
      mine += static_cast<int>(
          database().transact([](Session& s) { return s.run(take_one, 1, 100).changed; }).value());
    }
    return mine;
  });
  EXPECT_EQ(taken, 100);
  EXPECT_EQ(used(1), 100);
}

TEST_P(Races, OnlyOneOfManyInsertsOfAKeyWins) {
  const int inserted = sum_over_threads([&](int) {
    return database()
        .transact([](Session& s) {
          if (!test::domains_in(s).empty()) return 0;
          s.run(test::insert_domain, 1, "only.example");
          return 1;
        })
        .value();
  });
  EXPECT_EQ(inserted, 1);
}

TEST_P(Races, AConflictThatStaysIsNamed) {
  database().transact([](Session& s) { s.run(test::insert_domain, 1, "a.example"); }).value();
  const auto done =
      database().transact([](Session& s) { s.run(test::insert_domain, 1, "a.example"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::conflict);
}

TEST_P(Races, TransactionsThatCrossEachOtherAllFinish) {
  database()
      .transact([](Session& s) {
        s.run(insert_counter, 1);
        s.run(insert_counter, 2);
      })
      .value();
  // Half of them lock row 1 first, half row 2: on PostgreSQL they deadlock and are run again.
  const int finished = sum_over_threads([&](int thread) {
    if (thread >= 4) return 0;
    int mine = 0;
    for (int i = 0; i < 5; ++i) {
      const auto done = database().transact([&](Session& s) {
        s.run(take_one, 1 + thread % 2, 1000);
        s.run(take_one, 2 - thread % 2, 1000);
      });
      EXPECT_TRUE(done) << done.error().detail;
      mine += done ? 1 : 0;
    }
    return mine;
  });
  EXPECT_EQ(finished, 20);
  EXPECT_EQ(used(1), 20);
  EXPECT_EQ(used(2), 20);
}

TEST_P(Races, ReadersAndAWriterDoNotStopEachOther) {
  database().transact([](Session& s) { s.run(insert_counter, 1); }).value();
  const int steps_back = sum_over_threads([&](int thread) {
    int back = 0;
    std::int64_t last = 0;
    for (int i = 0; i < 25; ++i) {
      if (thread == 0) database().transact([](Session& s) { s.run(take_one, 1, 1000); }).value();
      const std::int64_t now = used(1);
      if (now < last) ++back;
      last = now;
    }
    return back;
  });
  EXPECT_EQ(steps_back, 0);
  EXPECT_EQ(used(1), 25);
}

}  // namespace fairlead
