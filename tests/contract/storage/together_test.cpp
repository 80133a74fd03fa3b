// Writes that wait together share a commit on SQLite; nobody notices, on either engine.
#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/contract/storage/domains.hpp"
#include "tests/support/random.hpp"

namespace fairlead {

using core::Errc;
using storage::Session;
using storage::StatementFailed;
using test::domains;
using test::insert_domain;
using test::TestStatement;

namespace {

using Done = core::Result<void>;

double metric(storage::Database& database, std::string_view name) {
  std::vector<core::Metric> metrics;
  database.append_metrics(metrics);
  for (const auto& one : metrics) {
    if (one.name == name) return one.value;
  }
  return 0;
}

void insert(Session& session, std::string_view domain) {
  session.run(insert_domain, 1, domain);
}

}  // namespace

class Together : public test::OnEveryEngine {
 public:
  // Starts each write in a thread of its own, in this order, while another one holds the writer; so
  // on SQLite they are one batch. PostgreSQL lets them go at once.
  std::vector<std::future<Done>> start(const std::vector<std::function<void(Session&)>>& bodies) {
    const bool has_line = database().engine() == storage::Engine::sqlite;
    std::vector<std::future<Done>> started;
    std::promise<void> is_held;
    std::promise<void> may_end;
    auto holder = std::async(std::launch::async, [&] {
      return database().transact([&](Session&) {
        is_held.set_value();
        may_end.get_future().wait();
      });
    });
    is_held.get_future().wait();
    for (const auto& body : bodies) {
      started.push_back(
          std::async(std::launch::async, [this, body] { return database().transact(body); }));
      while (has_line && metric(database(), "fairlead_storage_writes_waiting") <
                             static_cast<double>(started.size()))
        std::this_thread::yield();
    }
    may_end.set_value();
    EXPECT_TRUE(holder.get());
    return started;
  }
  double commits() { return metric(database(), "fairlead_storage_commits_total"); }
  bool is_sqlite() { return database().engine() == storage::Engine::sqlite; }
};
INSTANTIATE_ON_ENGINES(Together);

TEST_P(Together, WritesThatWaitShareOneCommit) {
  const double before = commits();
  std::vector<std::function<void(Session&)>> bodies;
  for (int i = 0; i < 20; ++i)
    bodies.push_back([i](Session& s) { insert(s, "domain-" + std::to_string(i)); });
  for (auto& one : start(bodies))
    EXPECT_TRUE(one.get());
  EXPECT_EQ(domains(database()).size(), std::string("domain-0 ").size() * 20 + 10);
  if (is_sqlite()) {
    // The one that held the writer, and one batch, or a few on a machine that is slow.
    EXPECT_LT(commits() - before, 10);
  }
}

TEST_P(Together, AFailureUndoesOneAndItsNeighboursStay) {
  auto done = start(
      {[](Session& s) { insert(s, "a"); },
       [](Session& s) {
         insert(s, "b");
         s.run(TestStatement("INSERT INTO allowed_domains (brand_id, domain) VALUES (1, NULL)"));
       },
       [](Session& s) { insert(s, "c"); }});
  EXPECT_TRUE(done[0].get());
  EXPECT_EQ(done[1].get().error().code, Errc::invalid);
  EXPECT_TRUE(done[2].get());
  EXPECT_EQ(domains(database()), "a c ");
}

TEST_P(Together, AnExceptionReachesItsOwnCallerOnly) {
  auto done = start({[](Session& s) { insert(s, "a"); },
                     [](Session& s) {
                       insert(s, "b");
                       throw std::logic_error("a bug");
                     },
                     [](Session& s) { insert(s, "c"); }});
  EXPECT_TRUE(done[0].get());
  EXPECT_THROW(done[1].get(), std::logic_error);
  EXPECT_TRUE(done[2].get());
  EXPECT_EQ(domains(database()), "a c ");
}

TEST_P(Together, WhoAbandonsIsUndoneAlone) {
  const auto abandon = [](Session& s) {
    insert(s, "gone");
    s.abandon();
  };
  auto done = start({abandon, [](Session& s) { insert(s, "a"); }, abandon,
                     [](Session& s) {
                       EXPECT_FALSE(s.abandoned());
                       insert(s, "b");
                     }});
  for (auto& one : done)
    EXPECT_TRUE(one.get());
  EXPECT_EQ(domains(database()), "a b ");
}

TEST_P(Together, ASavepointOfOneIsItsOwn) {
  auto done = start({[](Session& s) { insert(s, "a"); },
                     [](Session& s) {
                       insert(s, "b");
                       storage::Savepoint inner(s);
                       insert(s, "undone");
                       inner.roll_back();
                     }});
  EXPECT_TRUE(done[0].get());
  EXPECT_TRUE(done[1].get());
  EXPECT_EQ(domains(database()), "a b ");
}

// The savepoint that the failure passes through stays open; what was written before it must go too.
TEST_P(Together, AFailureInsideASavepointUndoesAllOfItsTurn) {
  auto done = start({[](Session& s) { insert(s, "a"); },
                     [](Session& s) {
                       insert(s, "b");
                       storage::Savepoint inner(s);
                       insert(s, "b");
                     },
                     [](Session& s) { insert(s, "c"); }});
  EXPECT_TRUE(done[0].get());
  EXPECT_EQ(done[1].get().error().code, Errc::conflict);
  EXPECT_TRUE(done[2].get());
  EXPECT_EQ(domains(database()), "a c ");
}

TEST_P(Together, ALostRaceIsRunAgain) {
  std::atomic<int> runs{0};
  auto done = start({[](Session& s) { insert(s, "a"); },
                     [&](Session& s) {
                       insert(s, "b");
                       if (++runs < 3) throw StatementFailed{core::fail(Errc::busy, "lost"), true};
                     }});
  EXPECT_TRUE(done[0].get());
  EXPECT_TRUE(done[1].get());
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(domains(database()), "a b ");
}

// The long one is second in line: the first has run and waits for the commit. It goes on until the
// first is committed, which on SQLite only its stepping out can bring about.
TEST_P(Together, ALongWriteStepsOutSoThatNobodyWaitsForIt) {
  std::atomic<int> runs{0};
  auto done = start({[](Session& s) { insert(s, "a"); },
                     [&](Session& s) {
                       ++runs;
                       insert(s, "long");
                       while (runs == 1 && domains(database()).find("a ") == std::string::npos)
                         s.run(test::list_domains, 1);
                     },
                     [](Session& s) { insert(s, "b"); }});
  for (auto& one : done)
    EXPECT_TRUE(one.get());
  EXPECT_LE(runs, 2);
  EXPECT_EQ(domains(database()), "a b long ");
}

TEST_P(Together, WhoDoesNotWaitIsToldOnceItIsCommitted) {
  std::promise<std::string> told;
  database().transact_async(
      [](Session& s) {
        insert(s, "a");
        return std::string("written");
      },
      [&](std::future<core::Result<std::string>> outcome) {
        EXPECT_EQ(outcome.get().value(), "written");
        told.set_value(domains(database()));
      });
  EXPECT_EQ(told.get_future().get(), "a ") << "another connection sees it";
}

TEST_P(Together, WhoDoesNotWaitHearsOfFailuresToo) {
  std::promise<Errc> refused;
  database().transact_async(
      [](Session& s) {
        insert(s, "a");
        insert(s, "a");
        return 0;
      },
      [&](std::future<core::Result<int>> outcome) {
        refused.set_value(outcome.get().error().code);
      });
  EXPECT_EQ(refused.get_future().get(), Errc::conflict);
  std::promise<bool> thrown;
  database().transact_async([](Session&) -> int { throw std::logic_error("a bug"); },
                            [&](std::future<core::Result<int>> outcome) {
                              try {
                                thrown.set_value(!outcome.get());
                              } catch (const std::logic_error&) {
                                thrown.set_value(true);
                              }
                            });
  EXPECT_TRUE(thrown.get_future().get());
  int runs = 0;
  std::promise<int> again;
  database().transact_async(
      [&](Session&) {
        if (++runs < 3) throw StatementFailed{core::fail(Errc::busy, "lost a race"), true};
        return runs;
      },
      [&](std::future<core::Result<int>> outcome) { again.set_value(outcome.get().value()); });
  EXPECT_EQ(again.get_future().get(), 3);
  EXPECT_EQ(domains(database()), "");
}

TEST_P(Together, ClosingRunsWhatWasHandedOver) {
  constexpr int count = 50;
  std::atomic<int> told{0};
  for (int i = 0; i < count; ++i)
    database().transact_async(
        [i](Session& s) {
          insert(s, "domain-" + std::to_string(i));
          return 0;
        },
        [&](std::future<core::Result<int>> outcome) { told += outcome.get().has_value() ? 1 : 0; });
  test_database().close();
  EXPECT_EQ(told, count);
  test_database().open();
  EXPECT_EQ(domains(database()).size(), 9U * 10 + 10U * 40);
}

// Every kind of end, at once and by chance; what was confirmed is there and nothing else is.
TEST_P(Together, AnyMixOfEndsLeavesExactlyWhatWasConfirmed) {
  constexpr int threads_max = 12;
  const auto seed = test::random_seed();
  std::mutex mutex;
  std::string confirmed;
  const auto write_some = [&](int thread) {
    std::mt19937 random(seed + static_cast<unsigned>(thread));
    for (int i = 0; i < 25; ++i) {
      const std::string name = std::to_string(100 * thread + i + 1000);
      const int kind = static_cast<int>(random() % 5);
      const auto body = [name, kind](Session& s) {
        insert(s, name);
        if (kind == 0) s.abandon();
        if (kind == 1) insert(s, name);
        if (kind == 2) throw std::logic_error("a bug");
        return kind > 2;
      };
      std::promise<bool> is_there;
      const auto note = [&](std::future<core::Result<bool>> outcome) {
        try {
          const auto done = outcome.get();
          is_there.set_value(done && *done);
        } catch (const std::logic_error&) {
          is_there.set_value(false);
        }
      };
      if (random() % 2 == 0) {
        database().transact_async(body, note);
      } else {
        note(std::async(std::launch::deferred, [&] { return database().transact(body); }));
      }
      if (!is_there.get_future().get()) continue;
      const std::scoped_lock lock(mutex);
      confirmed += name + " ";
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < threads_max; ++thread)
    threads.emplace_back(write_some, thread);
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(domains(database()).size(), confirmed.size());
  for (std::size_t at = 0; at < confirmed.size(); at += 5)
    EXPECT_NE(domains(database()).find(confirmed.substr(at, 5)), std::string::npos);
}

}  // namespace fairlead
