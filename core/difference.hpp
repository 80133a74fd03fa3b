// What `fairlead verify` reports: a stored number that the raw facts do not confirm.
#pragma once

#include <string>
#include <vector>

namespace fairlead::core {

struct Difference {
  std::string what;      // "rollup lnk_… 2026-03-02 valid", "posting rev/ord_…/ref_…/crd_…"
  std::string expected;  // recomputed from raw facts
  std::string stored;    // what the database says; "missing" when there is no row
};

using Differences = std::vector<Difference>;

}  // namespace fairlead::core
