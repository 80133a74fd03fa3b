// What only PostgreSQL can do to us: take a connection away.
#include "tests/contract/storage/domains.hpp"

namespace fairlead {

using core::Errc;
using storage::Session;
using test::domains;
using test::insert_domain;
using test::TestStatement;

namespace {

class OnPostgres : public testing::Test {
 public:
  storage::Database& database() { return *database_; }
  const std::string& url() const { return database_.url(); }
  // Ends every other session of this database, as a server that is restarted does.
  void take_connections_away() {
    static const TestStatement terminate(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid LIMIT 100");
    const storage::Statement& statement = terminate;
    storage::OpenOptions options;
    options.url = database_.url();
    auto other = storage::open_read_only(options).value();
    other->read([&](Session& s) { return s.run(statement).size(); }).value();
  }

 private:
  test::TestDatabase database_{storage::Engine::postgres};
};

}  // namespace

TEST_F(OnPostgres, ALostConnectionIsMadeAgain) {
  database().transact([](Session& s) { s.run(insert_domain, 1, "a.example"); }).value();
  take_connections_away();
  database().transact([](Session& s) { s.run(insert_domain, 1, "b.example"); }).value();
  take_connections_away();
  EXPECT_EQ(domains(database()), "a.example b.example ");
}

TEST_F(OnPostgres, AConnectionLostBeforeTheCommitRunsTheFunctionAgain) {
  int runs = 0;
  const auto done = database().transact([&](Session& s) {
    s.run(insert_domain, 1, "a.example");
    if (++runs == 1) take_connections_away();
    s.run(insert_domain, 1, "b.example");
  });
  EXPECT_TRUE(done) << done.error().detail;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(domains(database()), "a.example b.example ");
}

TEST_F(OnPostgres, AConnectionLostWhileCommittingIsAnUnknownOutcome) {
  int runs = 0;
  const auto done = database().transact([&](Session& s) {
    s.run(insert_domain, 1, "a.example");
    ++runs;
    take_connections_away();
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::io) << done.error().detail;
  EXPECT_EQ(runs, 1) << "it may have been committed, so it must not run again";
}

TEST_F(OnPostgres, ASumWithoutACastIsABugThatNamesTheColumn) {
  static const TestStatement sum("SELECT SUM(created_at) AS total FROM brands");
  EXPECT_DEATH(database().read([](Session& s) { s.run(sum); }).value(), "total .*CAST");
}

TEST_F(OnPostgres, LookingAtADatabaseThatHoldsNothingSaysSo) {
  database()
      .transact([](Session& s) {
        s.run(TestStatement("DROP SCHEMA public CASCADE"));
        s.run(TestStatement("CREATE SCHEMA public"));
      })
      .value();
  EXPECT_EQ(database().check().error().code, Errc::not_found);
  storage::OpenOptions options;
  options.url = url();
  const auto looking = storage::open_read_only(options);
  ASSERT_FALSE(looking);
  EXPECT_EQ(looking.error().code, Errc::not_found);
  EXPECT_NE(looking.error().detail.find("no fairlead data"), std::string::npos);
}

}  // namespace fairlead
