// What influencers, campaigns, deals, posts and costs share: five routes each (create, list, read,
// change, archive) with roles, Idempotency-Key, ETag and If-Match, pages, the audit log, and one
// 404 that is the same whether a thing belongs to another brand or never was.
//
// A change (PATCH) is RFC 7396: it is laid over what is stored, and the whole is read by the same
// reader as a new thing, so the two can never have different rules. Threads: routes run on the work
// pool; everything with a Session inside its transaction.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/json.hpp"
#include "net/router.hpp"
#include "storage/idempotency.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

// What a list is narrowed to; 0 means any.
struct Filter {
  std::int64_t after = 0;                                         // numbers above this …
  std::int64_t up_to = std::numeric_limits<std::int64_t>::max();  // … and not above this
  bool with_archived = false;
  std::int64_t limit = 1;
  std::int64_t influencer = 0;
  std::int64_t campaign = 0;
  std::int64_t deal = 0;
};

struct Item {
  std::int64_t number;
  std::int64_t version;
  bool is_archived;
  boost::json::object json;  // as it is answered
};

// One write in progress.
struct Writing {
  storage::Session& session;
  core::BrandId brand;
  std::int64_t number;
  std::optional<std::int64_t> version;  // of the row that is changed; nullopt = a new row
  core::Instant now;
};

struct Resource {
  std::string path;                          // "/v1/influencers"
  std::string noun;                          // "influencer", for messages
  std::string_view prefix;                   // of its ids, "inf_"
  std::vector<std::string_view> writable;    // fields of a body
  std::vector<std::string_view> fixed;       // … of which these stay as they were created
  std::vector<std::string_view> whole;       // … and these a PATCH replaces as a whole
  std::vector<std::string_view> admin_only;  // … and these no viewer sees
  std::vector<std::string_view> unlogged;  // … and these are named in the audit log, but not shown
  std::vector<std::string_view> filters;   // "influencer_id", "campaign_id", "deal_id"
  std::vector<Item> (*load)(storage::Session&, core::BrandId, const Filter&);
  // Reads the body, checks it against the database and writes. An answer is a refusal, and then
  // nothing is written. A changed row that has moved on meanwhile: call changed_meanwhile().
  std::optional<core::Answer> (*write)(const Writing&, net::Fields& body);
  const storage::Statement& archive;  // $1 brand, $2 number, $3 now, $4 version
};

std::vector<net::Route> resource_routes(storage::Database& database, const Resource& resource);

// 404, the same bytes for every reason.
core::Answer no_such(std::string_view noun);
std::optional<Item> load_one(storage::Session& session, core::BrandId brand,
                             const Resource& resource, std::int64_t number);
// Another transaction was faster: throws, so that this one runs again on what is there now.
[[noreturn]] void changed_meanwhile();
// {"field":{"from":…,"to":…}} of the fields that differ; unlogged ones without their values.
boost::json::object differences(const boost::json::object& before, const boost::json::object& after,
                                const std::vector<std::string_view>& fields,
                                const std::vector<std::string_view>& unlogged);
// RFC 7396: objects are laid over each other, null takes away, everything else replaces.
void merge_patch(boost::json::object& target, const boost::json::object& patch);
// The body of a PATCH as one object; the refusal when it is none.
core::Result<boost::json::object> read_patch(std::string_view body);

// An id in a body; 0 with a noted `not_found` when the text is none of that kind.
std::int64_t read_reference(net::Fields& body, std::string_view name, std::string_view prefix,
                            std::string_view noun);
void refuse_reference(net::Fields& body, std::string_view name, std::string_view noun);

// What redirect::check_destination() said of a URL in this field, in the field's own name.
void refuse_destination(net::Fields& body, std::string_view name, std::string detail);

// Values of an answer.
boost::json::value time_json(const storage::Row& row, std::size_t column);  // RFC 3339 or null
boost::json::value text_json(const storage::Row& row, std::size_t column);
boost::json::value number_json(const storage::Row& row, std::size_t column);
// What this program stored as JSON text, as a value.
boost::json::value stored_json(std::string_view text);

using core::amount_minor_max;

}  // namespace fairlead::admin
