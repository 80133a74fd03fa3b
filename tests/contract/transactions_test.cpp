// What transact() and read() promise, on both engines.
#include "storage/sql.hpp"
#include "tests/support/engines.hpp"

namespace fairlead {

using storage::Session;
using storage::Statement;

const Statement insert_domain{"test.insert_domain",
                              "INSERT INTO allowed_domains (brand_id, domain) VALUES (?1, ?2)",
                              "INSERT INTO allowed_domains (brand_id, domain) VALUES ($1, $2)", 2};
const Statement list_domains{
    "test.list_domains", "SELECT domain FROM allowed_domains WHERE brand_id = ?1 ORDER BY domain",
    "SELECT domain FROM allowed_domains WHERE brand_id = $1 ORDER BY domain", 1};

class Transactions : public test::OnEveryEngine {
 public:
  std::string domains() {
    return database()
        .read([](Session& session) {
          std::string all;
          for (const auto& row : session.run(list_domains, 1))
            all += row.text(0) + " ";
          return all;
        })
        .value();
  }
};
INSTANTIATE_ON_ENGINES(Transactions);

TEST_P(Transactions, CommittedRowsAreThereAfterReopening) {
  database().transact([](Session& session) { session.run(insert_domain, 1, "a.example"); }).value();
  test_database().close();
  test_database().open();
  EXPECT_EQ(domains(), "a.example ");
}

}  // namespace fairlead
