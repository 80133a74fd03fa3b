// What every list and every editable thing of the API shares: ?limit=&cursor=, ETag and If-Match.
// Pure; any thread.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/answer.hpp"
#include "core/result.hpp"
#include "net/request.hpp"

namespace fairlead::net {

struct Page {
  std::int64_t limit = 50;  // 1 … 200
  std::int64_t after = 0;   // rows with a number greater than this come next; 0 = from the start
};
// Errc::invalid names "?limit" or "?cursor". A cursor is opaque text made by list_answer().
core::Result<Page> read_page(const Request& request);
// {"data":[…],"next_cursor":…}: pass limit + 1 rows read; the surplus one is cut and makes the
// cursor. `last_number` is the number of the last row that stays in the page.
core::Answer list_answer(boost::json::array data, bool has_more, std::int64_t last_number);

// A strong ETag of a row's version, "\"7\"".
std::string etag_of(std::int64_t version);
// nullopt when If-Match is absent, "*" or matches; else a 412 problem `version_conflict`.
std::optional<core::Answer> refuse_stale(const Request& request, std::int64_t version);

}  // namespace fairlead::net
