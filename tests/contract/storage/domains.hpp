// A small table of the real schema that the contract's tests write: a brand's allowed domains.
#pragma once

#include "tests/support/engines.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::test {

inline const TestStatement insert_domain(
    "INSERT INTO allowed_domains (brand_id, domain) VALUES ($1, $2)");
inline const TestStatement list_domains(
    "SELECT domain FROM allowed_domains WHERE brand_id = $1 ORDER BY domain");

// Every domain of brand 1, each followed by a blank, as a transaction of its own sees them.
inline std::string domains_in(storage::Session& session) {
  std::string all;
  for (const auto& row : session.run(list_domains, 1))
    all += row.text(0) + " ";
  return all;
}
inline std::string domains(storage::Database& database) {
  return database.read([](storage::Session& session) { return domains_in(session); }).value();
}

}  // namespace fairlead::test
