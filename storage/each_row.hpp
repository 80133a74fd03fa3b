// Lists that are too long for one answer: read page by page, so that memory holds one page. Of the
// one thread that has the session.
#pragma once

#include <cstdint>

#include "storage/storage.hpp"

namespace fairlead::storage {

// Every row of a statement that lists what is behind a key, in the key's order, and at most as many
// rows as its last parameter says. `take` notes the key of each row in the variables that were
// handed over as the other parameters: they are read again for each page.
template <class Take, class... Parameters>
void each_row(Session& session, const Statement& statement, std::int64_t page_rows, Take take,
              const Parameters&... parameters) {
  for (;;) {
    const Rows rows = session.run(statement, parameters..., page_rows);
    for (const Row& row : rows)
      take(row);
    if (static_cast<std::int64_t>(rows.size()) < page_rows) return;
  }
}

}  // namespace fairlead::storage
