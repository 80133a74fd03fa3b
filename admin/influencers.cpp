#include <boost/json/serialize.hpp>

#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

constexpr std::size_t handles_max = 20;

// One "@", something on both sides, no blanks: enough to catch a slip; only a letter proves an
// address.
bool looks_like_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  return text.find_first_of(" \t,;<>\"") == std::string_view::npos;
}

void read_handles(net::Fields& body, std::vector<NewHandle>& handles) {
  body.objects("handles", 0, handles_max, [&](net::Fields& part) {
    NewHandle handle;
    handle.platform = read_platform(part, "platform");
    handle.handle = part.text("handle", {1, 100});
    // "@mia" and "mia" are the same account.
    if (handle.handle.size() > 1 && handle.handle.front() == '@') handle.handle.erase(0, 1);
    handle.followers = part.maybe_integer("followers", 0, 10'000'000'000);
    for (const NewHandle& other : handles) {
      if (other.platform == handle.platform && other.handle == handle.handle) {
        part.refuse("handle", "duplicate", "This handle is listed twice.");
      }
    }
    handles.push_back(std::move(handle));
  });
}

// How the influencer is paid: `method` and whatever that method needs, stored as it is. One level
// of texts, whole numbers and yes/no, so that nothing is lost on the way through.
std::optional<std::string> read_payout(net::Fields& body) {
  const json::value* payout = body.raw("payout");
  if (payout == nullptr || payout->is_null()) return std::nullopt;
  constexpr std::size_t payout_bytes_max = 4'000;
  const auto refuse = [&](std::string detail) -> std::optional<std::string> {
    body.refuse("payout", "invalid_value", std::move(detail));
    return std::nullopt;
  };
  if (!payout->is_object())
    return refuse("payout must be an object such as {\"method\":\"bank\"}.");
  const json::value* method = payout->as_object().if_contains("method");
  if (method == nullptr || !method->is_string() || method->as_string().empty()) {
    return refuse("payout must name its method, such as {\"method\":\"bank\"}.");
  }
  for (const auto& [name, value] : payout->as_object()) {
    const bool is_plain = value.is_string() || value.is_int64() || value.is_bool();
    if (!is_plain || net::number_source(value)) {
      return refuse("payout may hold texts, whole numbers, true and false; write \"" +
                    std::string(name) + "\" as a text.");
    }
  }
  std::string text = json::serialize(*payout);
  if (text.size() > payout_bytes_max) return refuse("payout must be at most 4,000 bytes long.");
  return text;
}

NewInfluencer read_influencer(net::Fields& body) {
  NewInfluencer influencer;
  influencer.name = body.text("name");
  influencer.email = body.maybe_text("email", {3, 254}).value_or("");
  if (!influencer.email.empty() && !looks_like_email(influencer.email)) {
    body.refuse("email", "invalid_value", "email must be an address such as \"mia@example.com\".");
  }
  influencer.country = body.maybe_text("country", {2, 2}).value_or("");
  for (const char c : influencer.country) {
    if (c >= 'A' && c <= 'Z') continue;
    body.refuse("country", "invalid_value",
                "country must be two capital letters of ISO 3166, such as \"DE\".");
    break;
  }
  influencer.niche = body.maybe_text("niche", {1, 100}).value_or("");
  read_handles(body, influencer.handles);
  influencer.payout_json = read_payout(body);
  return influencer;
}

void insert_handles(storage::Session& session, core::BrandId brand, std::int64_t number,
                    const std::vector<NewHandle>& handles) {
  std::int64_t position = 0;
  for (const NewHandle& handle : handles) {
    session.run(sql::insert_influencer_handle, brand, number, position++, handle.platform,
                handle.handle, handle.followers);
  }
}

std::optional<std::string> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

void insert_influencer(storage::Session& session, core::BrandId brand, std::int64_t number,
                       const NewInfluencer& influencer, core::Instant now) {
  session.run(sql::insert_influencer, brand, number, influencer.name,
              unless_empty(influencer.email), unless_empty(influencer.country),
              unless_empty(influencer.niche), influencer.payout_json, now);
  insert_handles(session, brand, number, influencer.handles);
}

std::optional<core::Answer> write_influencer(const Writing& writing, net::Fields& body) {
  const NewInfluencer influencer = read_influencer(body);
  if (auto refusal = body.refusal()) return refusal;
  if (!writing.version) {
    insert_influencer(writing.session, writing.brand, writing.number, influencer, writing.now);
    return std::nullopt;
  }
  const auto changed = writing.session.run(
      sql::update_influencer, writing.brand, writing.number, *writing.version, influencer.name,
      unless_empty(influencer.email), unless_empty(influencer.country),
      unless_empty(influencer.niche), influencer.payout_json);
  if (changed.changed == 0) changed_meanwhile();
  writing.session.run(sql::delete_influencer_handles, writing.brand, writing.number);
  insert_handles(writing.session, writing.brand, writing.number, influencer.handles);
  return std::nullopt;
}

Item influencer_item(const storage::Row& row) {
  const std::int64_t number = row.integer(0);
  json::object body;
  body["id"] = core::InfluencerId{number}.text();
  body["name"] = row.text(3);
  body["email"] = text_json(row, 4);
  body["country"] = text_json(row, 5);
  body["niche"] = text_json(row, 6);
  body["handles"] = json::array();
  body["payout"] = row.is_null(7) ? json::value() : stored_json(row.text(7));
  body["created_at"] = time_json(row, 8);
  body["archived_at"] = time_json(row, 2);
  return {number, row.integer(1), !row.is_null(2), std::move(body)};
}

std::vector<Item> load_influencers(storage::Session& session, core::BrandId brand,
                                   const Filter& filter) {
  std::vector<Item> items;
  for (const auto& row : session.run(sql::select_influencers, brand, filter.after, filter.up_to,
                                     filter.with_archived, filter.limit)) {
    items.push_back(influencer_item(row));
  }
  if (items.empty()) return items;
  auto item = items.begin();
  for (const auto& row :
       session.run(sql::select_influencer_handles, brand, items.front().number, items.back().number,
                   filter.with_archived, static_cast<std::int64_t>(handles_max) * filter.limit)) {
    while (item->number < row.integer(0))
      ++item;
    json::object handle;
    handle["platform"] = row.text(1);
    handle["handle"] = row.text(2);
    handle["followers"] = number_json(row, 3);
    item->json["handles"].as_array().emplace_back(std::move(handle));
  }
  return items;
}

}  // namespace

std::vector<net::Route> influencer_routes(storage::Database& database) {
  return resource_routes(database,
                         {.path = "/v1/influencers",
                          .noun = "influencer",
                          .prefix = core::InfluencerTag::prefix,
                          .writable = {"name", "email", "country", "handles", "niche", "payout"},
                          .fixed = {},
                          .whole = {"payout"},
                          .admin_only = {"payout"},
                          .unlogged = {"payout", "email"},
                          .filters = {},
                          .load = load_influencers,
                          .write = write_influencer,
                          .archive = sql::archive_influencer});
}

core::InfluencerId create_influencer(storage::Session& session, core::BrandId brand,
                                     const NewInfluencer& influencer, core::Instant now) {
  const auto id = core::new_id<core::InfluencerId>(now);
  insert_influencer(session, brand, id.number, influencer, now);
  return id;
}

bool has_influencer(storage::Session& session, core::BrandId brand, std::int64_t influencer) {
  return !session.run(sql::find_influencer, brand, influencer).empty();
}

}  // namespace fairlead::admin
