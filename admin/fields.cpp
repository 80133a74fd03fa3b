// The parts of resource.hpp that read and lay out JSON; no database.
#include <boost/json/parse.hpp>

#include "admin/resource.hpp"
#include "core/check.hpp"

namespace fairlead::admin {

namespace json = boost::json;

void merge_patch(json::object& target, const json::object& patch) {
  for (const auto& [name, value] : patch) {
    if (value.is_null()) {
      target.erase(name);
    } else if (value.is_object()) {
      json::value& present = target[name];
      if (!present.is_object()) present = json::object();
      merge_patch(present.as_object(), value.as_object());
    } else {
      target[name] = value;
    }
  }
}

core::Result<json::object> read_patch(std::string_view body) {
  auto value = net::parse_json(body);
  if (!value) return value.error();
  if (!value->is_object()) {
    return core::fail(core::Errc::invalid,
                      "The body must be a JSON object of the fields to change.");
  }
  return std::move(value->as_object());
}

json::object differences(const json::object& before, const json::object& after,
                         const std::vector<std::string_view>& fields,
                         const std::vector<std::string_view>& unlogged) {
  json::object changed;
  for (const std::string_view name : fields) {
    const json::value* from = before.if_contains(name);
    const json::value* to = after.if_contains(name);
    const json::value old_value = from == nullptr ? json::value() : *from;
    const json::value new_value = to == nullptr ? json::value() : *to;
    if (old_value == new_value) continue;
    const bool is_hidden = std::find(unlogged.begin(), unlogged.end(), name) != unlogged.end();
    if (is_hidden) {
      changed[name] = {{"is_hidden", true}};
    } else {
      changed[name] = {{"from", old_value}, {"to", new_value}};
    }
  }
  return changed;
}

std::int64_t read_reference(net::Fields& body, std::string_view name, std::string_view prefix,
                            std::string_view noun) {
  if (!body.has(name)) {
    body.text(name);  // notes that it is missing
    return 0;
  }
  constexpr std::size_t id_bytes_max = 64;
  const auto text = body.text(name, {1, id_bytes_max});
  if (text.empty()) return 0;
  const auto number = core::parse_id_text(prefix, text);
  if (number) return *number;
  refuse_reference(body, name, noun);
  return 0;
}

void refuse_reference(net::Fields& body, std::string_view name, std::string_view noun) {
  body.refuse(name, "not_found",
              std::string(name) + " must be the id of " + std::string(noun) +
                  " of this brand that is not archived.");
}

void refuse_destination(net::Fields& body, std::string_view name, std::string detail) {
  constexpr std::string_view subject = "destination";
  if (detail.starts_with(subject)) detail.replace(0, subject.size(), name);
  body.refuse(name, "invalid_value", std::move(detail));
}

json::value time_json(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return nullptr;
  return json::value(core::format_instant(row.instant(column)));
}

json::value text_json(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return nullptr;
  return json::value(row.text(column));
}

json::value number_json(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return nullptr;
  return json::value(row.integer(column));
}

json::value stored_json(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  CHECK(!error);
  return value;
}

}  // namespace fairlead::admin
