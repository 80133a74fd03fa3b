#include "attribution/platforms/acp_claim.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>

#include "core/time.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::string_view root = "$.affiliate_attribution";
constexpr std::size_t metadata_keys_max = 20;
constexpr std::size_t metadata_bytes_max = 4'096;
constexpr std::size_t text_bytes_max = 2'048;

std::string path_of(std::string_view field) {
  return std::string(root) + "." + std::string(field);
}

AcpProblem wrong_type(std::string param, std::string message) {
  return {"invalid_type", std::move(param), std::move(message)};
}

AcpProblem personal(std::string param) {
  return {"pii_not_allowed", std::move(param),
          "affiliate_attribution must not hold data of a person."};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
  std::string folded(text);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return folded;
}

// "user_email", "phoneNumber", …
bool names_a_person(std::string_view field) {
  static constexpr std::array<std::string_view, 13> words = {
      "email",   "e_mail",    "phone",     "mobile",   "ssn",   "address", "first_name",
      "surname", "last_name", "firstname", "lastname", "birth", "passport"};
  const std::string folded = lower(field);
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return folded.find(word) != folded.npos; });
}

// Something, "@" as it is or encoded, something with a dot.
bool holds_address(std::string_view text) {
  std::string plain = lower(text);
  for (auto at = plain.find("%40"); at != plain.npos; at = plain.find("%40"))
    plain.replace(at, 3, "@");
  for (auto at = plain.find('@'); at != plain.npos; at = plain.find('@', at + 1)) {
    const auto dot = plain.find('.', at + 2);
    const bool has_name = at > 0 && plain[at - 1] > ' ' && plain[at - 1] != '/';
    if (has_name && dot != plain.npos && dot + 1 < plain.size() &&
        plain.find_first_of(" /", at) > dot)
      return true;
  }
  return false;
}

// Ten to fifteen digits, parted as telephone numbers are; seven are enough with a "+". Digits
// within a longer word are an id.
bool holds_phone(std::string_view text) {
  constexpr std::string_view telephone = "+0123456789 -.()/";
  constexpr std::string_view edges = "=&:,;";
  for (auto start = text.find_first_of(telephone); start != text.npos;) {
    const auto end = std::min(text.find_first_not_of(telephone, start), text.size());
    const std::string_view run = text.substr(start, end - start);
    const bool starts_alone =
        start == 0 || run.front() == ' ' || edges.find(text[start - 1]) != edges.npos;
    const bool ends_alone =
        end == text.size() || run.back() == ' ' || edges.find(text[end]) != edges.npos;
    const auto digits = std::count_if(run.begin(), run.end(), is_digit);
    const auto least = run.find('+') == run.npos ? 10 : 7;
    if (starts_alone && ends_alone && digits >= least && digits <= 15) return true;
    start = text.find_first_of(telephone, end);
  }
  return false;
}

std::string text_of(const json::value& value) {
  const json::string* text = value.if_string();
  return text != nullptr ? std::string(*text) : json::serialize(value);
}

std::optional<AcpProblem> check_texts(const json::object& claim) {
  for (const char* field :
       {"provider", "token", "publisher_id", "campaign_id", "creative_id", "sub_id"}) {
    const json::value* value = claim.if_contains(field);
    if (value == nullptr) continue;
    const json::string* text = value->if_string();
    if (text == nullptr || text->size() > text_bytes_max)
      return wrong_type(path_of(field), std::string(field) +
                                            " must be a string of at most 2048 "
                                            "bytes.");
  }
  const json::value* provider = claim.if_contains("provider");
  if (provider == nullptr || provider->get_string().empty())
    return wrong_type(path_of("provider"), "provider is missing.");
  const json::value* token = claim.if_contains("token");
  const json::value* publisher = claim.if_contains("publisher_id");
  const bool has_token = token != nullptr && !token->get_string().empty();
  const bool has_publisher = publisher != nullptr && !publisher->get_string().empty();
  if (!has_token && !has_publisher)
    return wrong_type(path_of("token"), "token or publisher_id is missing.");
  return std::nullopt;
}

std::optional<AcpProblem> check_source(const json::object& claim) {
  const json::value* source = claim.if_contains("source");
  if (source == nullptr) return std::nullopt;
  if (!source->is_object()) return wrong_type(path_of("source"), "source must be an object.");
  const json::object& parts = source->get_object();
  const json::value* type = parts.if_contains("type");
  const std::string kind = type != nullptr && type->is_string() ? text_of(*type) : "";
  if (kind != "url" && kind != "platform" && kind != "unknown")
    return wrong_type(path_of("source.type"), "source.type must be url, platform or unknown.");
  for (const auto& [name, value] : parts) {
    if (name != "type" && name != "url")
      return wrong_type(path_of("source"), "source has type and url and nothing else.");
    if (!value.is_string())
      return wrong_type(path_of("source.url"), "source.url must be a string.");
  }
  return std::nullopt;
}

std::optional<AcpProblem> check_times(const json::object& claim) {
  for (const char* field : {"issued_at", "expires_at"}) {
    const json::value* value = claim.if_contains(field);
    if (value == nullptr) continue;
    if (!value->is_string() || !core::parse_instant(text_of(*value)))
      return wrong_type(path_of(field), std::string(field) + " must be an RFC 3339 time.");
  }
  const json::value* touchpoint = claim.if_contains("touchpoint");
  if (touchpoint == nullptr) return std::nullopt;
  const std::string which = touchpoint->is_string() ? text_of(*touchpoint) : "";
  if (which == "first" || which == "last") return std::nullopt;
  return wrong_type(path_of("touchpoint"), "touchpoint must be first or last.");
}

std::optional<AcpProblem> check_metadata(const json::object& claim) {
  const json::value* metadata = claim.if_contains("metadata");
  if (metadata == nullptr) return std::nullopt;
  if (!metadata->is_object()) return wrong_type(path_of("metadata"), "metadata must be an object.");
  const json::object& pairs = metadata->get_object();
  if (pairs.size() > metadata_keys_max || json::serialize(pairs).size() > metadata_bytes_max)
    return wrong_type(path_of("metadata"), "metadata has at most 20 keys and 4096 bytes.");
  for (const auto& [name, value] : pairs) {
    if (value.is_object() || value.is_array() || value.is_null())
      return wrong_type(path_of("metadata"),
                        "metadata values must be strings, numbers or booleans.");
  }
  return std::nullopt;
}

// Every field, known or not: nothing of a person may come in by a name that nobody has heard of.
std::optional<AcpProblem> check_persons(const json::value& value, const std::string& path,
                                        bool is_id) {
  if (const json::object* object = value.if_object()) {
    for (const auto& [name, inner] : *object) {
      if (holds_address(name) || holds_phone(name)) return personal(path);
      const std::string here = path + "." + std::string(name);
      if (names_a_person(name)) return personal(here);
      const bool has_digits = name == "token" || name == "publisher_id" || name == "campaign_id" ||
                              name == "creative_id" || name == "issued_at" || name == "expires_at";
      if (auto found = check_persons(inner, here, has_digits)) return found;
    }
    return std::nullopt;
  }
  if (const json::array* array = value.if_array()) {
    for (const json::value& inner : *array) {
      if (auto found = check_persons(inner, path, false)) return found;
    }
    return std::nullopt;
  }
  const std::string text = text_of(value);
  if (holds_address(text) || (!is_id && holds_phone(text))) return personal(path);
  return std::nullopt;
}

}  // namespace

std::optional<AcpProblem> find_problem(const json::value& attribution) {
  if (!attribution.is_object())
    return wrong_type(std::string(root), "affiliate_attribution must be an object.");
  const json::object& claim = attribution.get_object();
  if (auto found = check_persons(attribution, std::string(root), false)) return found;
  if (auto found = check_texts(claim)) return found;
  if (auto found = check_source(claim)) return found;
  if (auto found = check_times(claim)) return found;
  return check_metadata(claim);
}

}  // namespace fairlead::attribution
