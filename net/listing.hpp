// What every list and every editable thing of the API shares: ?limit=&cursor=, ETag and If-Match.
// Pure; any thread.
#pragma once

#include <boost/json/array.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
// The same of a list that takes these parameters besides; any other is refused.
boost::system::result<Page, core::Answer> read_page(const Request& request,
                                                    std::vector<std::string_view> others);
// A parameter that nothing reads does nothing, silently: a filter with a typing error gives the
// whole list. 400 `unknown_field`, or `invalid_request` for one that came twice.
std::optional<core::Answer> refuse_query(const Request& request,
                                         const std::vector<std::string_view>& known);
// {"data":[…],"next_cursor":…}: pass limit + 1 rows read; the surplus one is cut and makes the
// cursor. `last_number` is the number of the last row that stays in the page.
core::Answer list_answer(boost::json::array data, bool has_more, std::int64_t last_number);

// A strong ETag of a row's version, "\"7\"".
std::string etag_of(std::int64_t version);
// nullopt when If-Match is absent, "*" or matches; else a 412 problem `version_conflict`.
std::optional<core::Answer> refuse_stale(const Request& request, std::int64_t version);

}  // namespace fairlead::net
