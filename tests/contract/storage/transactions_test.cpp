// What transact() and read() promise, on both engines.
#include <stdexcept>

#include "tests/contract/storage/domains.hpp"

namespace fairlead {

using core::Errc;
using storage::Savepoint;
using storage::Session;
using storage::StatementFailed;
using test::domains;
using test::domains_in;
using test::insert_domain;

class Transactions : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Transactions);

TEST_P(Transactions, CommittedRowsAreThereAfterReopening) {
  database().transact([](Session& s) { s.run(insert_domain, 1, "a.example"); }).value();
  test_database().close();
  test_database().open();
  EXPECT_EQ(domains(database()), "a.example ");
}

TEST_P(Transactions, ReturnTheValueOfTheFunction) {
  EXPECT_EQ(database().transact([](Session&) { return 42; }).value(), 42);
  EXPECT_EQ(database().read([](Session&) { return std::string("seen"); }).value(), "seen");
}

TEST_P(Transactions, SeeTheirOwnWrites) {
  const auto seen = database().transact([](Session& s) {
    s.run(insert_domain, 1, "a.example");
    return domains_in(s);
  });
  EXPECT_EQ(seen.value(), "a.example ");
}

TEST_P(Transactions, AFailedStatementUndoesTheWhole) {
  const auto done = database().transact([](Session& s) {
    s.run(insert_domain, 1, "a.example");
    s.run(test::TestStatement("INSERT INTO allowed_domains (brand_id, domain) VALUES (1, NULL)"));
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::invalid);
  EXPECT_EQ(domains(database()), "");
}

TEST_P(Transactions, AnExceptionOfOursUndoesTheWholeAndPassesThrough) {
  EXPECT_THROW(database()
                   .transact([](Session& s) {
                     s.run(insert_domain, 1, "a.example");
                     throw std::logic_error("a bug");
                   })
                   .value(),
               std::logic_error);
  EXPECT_EQ(domains(database()), "");
  EXPECT_TRUE(database().transact([](Session& s) { s.run(insert_domain, 1, "b.example"); }));
}

TEST_P(Transactions, AbandonUndoesButReturnsTheValue) {
  const auto answer = database().transact([](Session& s) {
    s.run(insert_domain, 1, "a.example");
    s.abandon();
    return 409;
  });
  EXPECT_EQ(answer.value(), 409);
  EXPECT_EQ(domains(database()), "");
  // The connection's next transaction is not abandoned with it.
  database().transact([](Session& s) { s.run(insert_domain, 1, "b.example"); }).value();
  EXPECT_EQ(domains(database()), "b.example ");
}

TEST_P(Transactions, ASavepointUndoesOnlyWhatWasWrittenInIt) {
  database()
      .transact([](Session& s) {
        s.run(insert_domain, 1, "before.example");
        {
          Savepoint kept(s);
          s.run(insert_domain, 1, "kept.example");
          Savepoint inner(s);
          s.run(insert_domain, 1, "undone.example");
          inner.roll_back();
        }
        s.run(insert_domain, 1, "later.example");
      })
      .value();
  EXPECT_EQ(domains(database()), "before.example kept.example later.example ");
}

TEST_P(Transactions, AFailureInsideASavepointStillFailsTheTransaction) {
  const auto done = database().transact([](Session& s) {
    Savepoint inner(s);
    s.run(insert_domain, 1, "a.example");
    s.run(insert_domain, 1, "a.example");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::conflict);
  EXPECT_EQ(domains(database()), "");
}

TEST_P(Transactions, AReadSeesOneStateThroughout) {
  database().transact([](Session& s) { s.run(insert_domain, 1, "a.example"); }).value();
  database()
      .read([&](Session& s) {
        EXPECT_EQ(domains_in(s), "a.example ");
        database().transact([](Session& w) { w.run(insert_domain, 1, "b.example"); }).value();
        EXPECT_EQ(domains_in(s), "a.example ");
      })
      .value();
  EXPECT_EQ(domains(database()), "a.example b.example ");
}

TEST_P(Transactions, AReadCannotWrite) {
  const auto done = database().read([](Session& s) { s.run(insert_domain, 1, "a.example"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::forbidden) << done.error().detail;
  EXPECT_EQ(domains(database()), "");
}

TEST_P(Transactions, AReadDoesNotSeeWhatIsNotCommitted) {
  database()
      .transact([&](Session& s) {
        s.run(insert_domain, 1, "a.example");
        EXPECT_EQ(domains(database()), "");
      })
      .value();
}

TEST_P(Transactions, RunAgainAfterALostRace) {
  int runs = 0;
  const auto done = database().transact([&](Session& s) {
    s.run(insert_domain, 1, "a.example");
    if (++runs < 3) throw StatementFailed{core::fail(Errc::busy, "lost a race"), true};
    return runs;
  });
  EXPECT_EQ(done.value(), 3);
  EXPECT_EQ(domains(database()), "a.example ");
}

TEST_P(Transactions, GiveUpAfterEightLostRaces) {
  int runs = 0;
  const auto done = database().transact([&](Session&) {
    ++runs;
    throw StatementFailed{core::fail(Errc::busy, "lost a race"), true};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::busy);
  EXPECT_EQ(runs, 8);
}

TEST_P(Transactions, AFailureThatWillNotPassIsNotTriedAgain) {
  int runs = 0;
  const auto done = database().transact([&](Session& s) {
    ++runs;
    s.run(test::TestStatement("INSERT INTO allowed_domains (brand_id, domain) VALUES (1, NULL)"));
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(runs, 1);
}

TEST_P(Transactions, NameTheStatementThatFailed) {
  const auto done =
      database().read([](Session& s) { s.run(test::TestStatement("SELECT x FROM y")); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::not_found);
  EXPECT_NE(done.error().detail.find("test.statement"), std::string::npos) << done.error().detail;
}

TEST_P(Transactions, RunTheStatementTheyAreGivenEvenWhereAnotherStood) {
  storage::Statement statement = insert_domain;
  database()
      .transact([&](Session& s) {
        s.run(statement, 1, "a.example");
        statement = test::list_domains;
        EXPECT_EQ(s.run(statement, 1).one().text(0), "a.example");
      })
      .value();
}

TEST_P(Transactions, CheckSaysThatTheDatabaseAnswers) {
  EXPECT_TRUE(database().check());
}

}  // namespace fairlead
