// Every statement is accepted by both engines. The click file's statements are prepared on a click
// file, which is always SQLite.
#include "tests/contract/catalogue/statements.hpp"
#include "tests/support/engines.hpp"

namespace fairlead {

using storage::Engine;
using storage::Session;
using storage::Statement;

namespace {

// "" when the engine takes the statement, else its reason.
std::string refusal(storage::Database& database, const Statement& statement) {
  auto prepared = database.read([&](Session& session) { session.prepare(statement); });
  return prepared ? "" : prepared.error().detail;
}

// Whether it names a table of the click file.
bool is_for_clicks(const Statement& statement) {
  const std::string text(statement.sqlite);
  for (const char* table :
       {"clicks", "click_words", "click_rollups", "click_rollups_by", "click_visitors",
        "click_links", "click_profiles", "click_epochs", "click_state", "click_uses"}) {
    for (const char* before : {"FROM ", "INTO ", "UPDATE ", "JOIN "}) {
      const auto at = text.find(std::string(before) + table);
      if (at == text.npos) continue;
      const auto end = at + std::string(before).size() + std::string(table).size();
      if (end == text.size() ||
          std::string_view(" \n(,;").find(text[end]) != std::string_view::npos) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

TEST(Catalogue, CollectsTheStatementsOfTheTree) {
  // At least those of storage itself; an empty catalogue would make the tests below say nothing.
  EXPECT_GE(test::every_statement().size(), 5U);
}

class CataloguePrepares : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(CataloguePrepares);

TEST_P(CataloguePrepares, EveryStatement) {
  test::TemporaryDirectory directory;
  const auto clicks =
      storage::open({"sqlite:" + directory.file("clicks.db"), storage::Schema::clicks}).value();
  for (const Statement* statement : test::every_statement()) {
    storage::Database& database = is_for_clicks(*statement) ? *clicks : this->database();
    EXPECT_EQ(refusal(database, *statement), "") << statement->name;
  }
}

TEST_P(CataloguePrepares, RefusesAStatementThatDoesNot) {
  const Statement wrong{"test.wrong", "SELECT nothing FROM brands", "SELECT nothing FROM brands",
                        0};
  EXPECT_NE(refusal(database(), wrong), "");
  const Statement gap{"test.gap", "SELECT name FROM brands WHERE brand_id = ?1",
                      "SELECT name FROM brands WHERE brand_id = $1", 2};
  EXPECT_NE(refusal(database(), gap), "");
}

TEST(CataloguePreparesOnPostgres, RefusesAnUncastSum) {
  test::TestDatabase database(Engine::postgres);
  const char* text = "SELECT SUM(created_at) AS total FROM brands";
  EXPECT_NE(refusal(*database, {"test.sum", text, text, 0}).find("total"), std::string::npos);
}

}  // namespace fairlead
