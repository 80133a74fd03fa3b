// Every statement was executed by some test on some engine. Named DISABLED because it only means
// something at the end of a whole ctest run, which is when ctest runs it.
#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/contract/catalogue/statements.hpp"
#include "tests/support/engines.hpp"

namespace fairlead {

TEST(Coverage, DISABLED_EveryStatementWasExecuted) {
  const char* file = std::getenv("FAIRLEAD_SQL_COVERED");
  ASSERT_NE(file, nullptr) << "FAIRLEAD_SQL_COVERED names the file the tests appended to";
  std::ifstream lines(file);
  ASSERT_TRUE(lines) << file << " is missing: no test ran before";
  std::map<std::string, std::set<std::string>> engines_of;
  std::string engine;
  std::string name;
  std::map<std::string, int> executed;
  while (lines >> engine >> name) {
    if (engines_of[name].insert(engine).second) ++executed[engine];
  }
  const auto statements = test::every_statement();
  for (const storage::Statement* statement : statements) {
    EXPECT_TRUE(engines_of.contains(std::string(statement->name)))
        << statement->name << " was executed by no test";
  }
  std::cout << statements.size() << " statements; engines that ran:";
  for (const auto& [which, count] : executed)
    std::cout << " " << which << " (" << count << ")";
  std::cout << "\n";
  EXPECT_TRUE(executed.contains("sqlite"));
  EXPECT_TRUE(executed.contains("postgres"));
}

}  // namespace fairlead
