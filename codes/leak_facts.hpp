// What the databases hold of every code of a brand, day by day, as leak_test.hpp wants it. Inside
// the caller's transaction.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "codes/leaks.hpp"

namespace fairlead::codes {

struct UsedAmount {
  std::size_t day;  // index of days
  core::Currency currency;
  std::int64_t discount_minor;
};

struct CodeFacts {
  LeakFinding code;           // who it is; the rest is still to be found
  core::Day begins;           // of days
  std::vector<LeakDay> days;  // until the period's end or today
  std::size_t first = 0;      // of the period
  std::vector<UsedAmount> amounts;
};

struct BrandFacts {
  // In order of id: those with a use in history or period. Of a batch's and of clicks' codes, of
  // which there may be a million, only those that could be weighed.
  std::vector<CodeFacts> codes;
  std::size_t period_days = 0;  // of the whole period, to come or not
};

// Errc::overflow as find_leaks().
core::Result<BrandFacts> read_leak_facts(storage::Session& session, storage::Session* clicks,
                                         const LeakQuestion& question);

}  // namespace fairlead::codes
