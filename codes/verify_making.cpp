#include "codes/verify_making.hpp"

#include "codes/sql.hpp"
#include "core/id.hpp"

namespace fairlead::codes {

void verify_making(storage::Session& session, core::Differences& differences) {
  for (const auto& row : session.run(sql::list_wrong_batches)) {
    const auto codes = [&](std::int64_t there) {
      return std::to_string(there) + " of " + std::to_string(row.integer(3)) + " codes";
    };
    differences.push_back({.what = "batch " + row.id<core::BatchId>(1).text(),
                           .expected = codes(row.integer(5)),
                           .stored = codes(row.integer(4)) + ", " + row.text(2)});
  }
  for (const auto& row : session.run(sql::list_codes_without_look)) {
    differences.push_back({.what = "look of " + row.id<core::CodeId>(1).text(),
                           .expected = "some rows",
                           .stored = "missing"});
  }
}

}  // namespace fairlead::codes
