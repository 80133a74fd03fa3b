// What a start makes of a database that another version left, on both engines.
#include "storage/migrations.hpp"

#include <thread>

#include "core/crypto.hpp"
#include "storage/audit.hpp"
#include "tests/contract/storage/domains.hpp"

namespace fairlead {

using core::Errc;
using storage::Session;
using test::TestStatement;

class Migrations : public test::OnEveryEngine {
 public:
  // Changes the database behind the program's back, then starts again.
  core::Result<std::unique_ptr<storage::Database>> start_after(const std::string& change) {
    const TestStatement statement(change);
    database().transact([&](Session& s) { s.run(statement); }).value();
    test_database().close();
    return storage::open({.url = test_database().url()});
  }
};
INSTANTIATE_ON_ENGINES(Migrations);

TEST_P(Migrations, AreAppliedOnceAndRemembered) {
  for (int start = 0; start < 2; ++start) {
    const auto applied = database().read([](Session& s) {
      return s.run(
          TestStatement("SELECT number, name, sha256 FROM schema_migrations ORDER BY number"));
    });
    const auto known = storage::migrations(storage::Schema::main);
    ASSERT_EQ(applied.value().size(), known.size());
    EXPECT_EQ(applied.value().rows[0].text(1), known[0].name);
    EXPECT_EQ(applied.value().rows[0].text(2), known[0].sha256);
    test_database().close();
    test_database().open();
  }
}

TEST_P(Migrations, AnEditedOneIsNamedAndRefused) {
  const auto opened =
      start_after("UPDATE schema_migrations SET sha256 = 'edited' WHERE number = 1");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::config);
  EXPECT_NE(opened.error().detail.find("0001_foundation"), std::string::npos)
      << opened.error().detail;
}

TEST_P(Migrations, ADatabaseOfANewerVersionIsRefusedWithBothNumbers) {
  const auto known = storage::migrations(storage::Schema::main).size();
  const auto opened = start_after(
      "INSERT INTO schema_migrations (number, name, sha256, applied_at)"
      " VALUES (4711, '4711_future', 'x', 1)");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::too_new);
  EXPECT_NE(opened.error().detail.find("4711"), std::string::npos) << opened.error().detail;
  EXPECT_NE(opened.error().detail.find("up to " + std::to_string(known)), std::string::npos);
  const auto looking = storage::open_read_only({.url = test_database().url()});
  ASSERT_FALSE(looking);
  EXPECT_EQ(looking.error().code, Errc::too_new);
}

TEST_P(Migrations, LookingDoesNotMigrate) {
  const auto known = storage::migrations(storage::Schema::main).size();
  const TestStatement forget("DELETE FROM schema_migrations WHERE number = $1");
  database().transact([&](Session& s) { s.run(forget, known); }).value();
  test_database().close();
  const auto looking = storage::open_read_only({.url = test_database().url()});
  ASSERT_FALSE(looking);
  EXPECT_EQ(looking.error().code, Errc::config);
  EXPECT_NE(looking.error().detail.find("fairlead migrate"), std::string::npos);
}

TEST_P(Migrations, LookingSeesWhatIsCommittedAndCannotWrite) {
  auto looking = storage::open_read_only({.url = test_database().url()}).value();
  database().transact([](Session& s) { s.run(test::insert_domain, 1, "a.example"); }).value();
  EXPECT_EQ(test::domains(*looking), "a.example ");
  const auto done =
      looking->transact([](Session& s) { s.run(test::insert_domain, 1, "b.example"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::forbidden);
  EXPECT_TRUE(looking->check());
}

TEST_P(Migrations, EveryTableHasTheColumnsOfTheAuditLog) {
  database()
      .transact([](Session& s) {
        storage::record_change(s, core::BrandId{1}, core::Instant{9}, "cli", "created", "lnk_1",
                               "{}");
      })
      .value();
  const auto row = database().read([](Session& s) {
    return s
        .run(TestStatement("SELECT at, actor, verb, subject, change FROM audit_events"
                           " WHERE brand_id = $1"),
             1)
        .one();
  });
  EXPECT_EQ(row.value().instant(0), core::Instant{9});
  EXPECT_EQ(row.value().text(1) + row.value().text(2) + row.value().text(3) + row.value().text(4),
            "clicreatedlnk_1{}");
}

TEST(MigrationsOnPostgres, TwoProgramsThatStartAtOnceMigrateOnce) {
  test::TestDatabase made(storage::Engine::postgres);
  made->transact([](Session& s) {
        s.run(TestStatement("DROP SCHEMA public CASCADE"));
        s.run(TestStatement("CREATE SCHEMA public"));
      })
      .value();
  made.close();
  std::vector<std::thread> threads;
  std::atomic<int> opened{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto database = storage::open({.url = made.url()});
      EXPECT_TRUE(database) << database.error().detail;
      if (database) ++opened;
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(opened, 8);
}

TEST(MigrationsOfTheTree, AreNumberedFromOneWithoutGaps) {
  for (const auto schema : {storage::Schema::main, storage::Schema::clicks}) {
    int number = 0;
    for (const auto& migration : storage::migrations(schema)) {
      EXPECT_EQ(migration.number, ++number);
      EXPECT_EQ(migration.sha256.size(), 64U);
    }
    EXPECT_GT(number, 0);
  }
}

}  // namespace fairlead
