#include "net/json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include "core/utf8.hpp"

namespace fairlead::net {
namespace {

namespace json = boost::json;

constexpr char number_mark = '\x01';

// Builds the value while the text is read, and refuses what Boost's own parser would let through:
// duplicated keys, and numbers that would lose digits as a double.
class Builder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  explicit Builder(JsonLimits limits) : limits_(limits) {}

  json::value release() { return values_.release(); }
  const std::string& refusal() const { return refusal_; }

  bool on_document_begin(json::error_code&) {
    values_.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    if (limits_.refuse_duplicate_keys) keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, json::error_code& ec) {
    if (limits_.refuse_duplicate_keys && !check_keys(ec)) return false;
    values_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    values_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    values_.push_chars(part);
    if (limits_.refuse_duplicate_keys) partial_key_.append(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    values_.push_key(part);
    if (limits_.refuse_duplicate_keys) {
      keys_.back().push_back(std::exchange(partial_key_, {}).append(part));
    }
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t size, json::error_code& ec) {
    if (part.size() == size && !check_start(part, ec)) return false;
    values_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t size, json::error_code& ec) {
    if (part.size() == size && !check_start(part, ec)) return false;
    values_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view part, json::error_code&) {
    number_.append(part);
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
    number_.clear();
    values_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view part, json::error_code&) {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return keep_source(part);
    number_.clear();
    values_.push_int64(static_cast<std::int64_t>(value));
    return true;
  }
  bool on_double(double, json::string_view part, json::error_code&) { return keep_source(part); }
  bool on_bool(bool value, json::error_code&) {
    values_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    values_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool keep_source(json::string_view part) {
    number_.append(part);
    values_.push_string(number_mark + std::exchange(number_, {}));
    return true;
  }

  bool check_start(json::string_view start, json::error_code& ec) {
    if (start.empty() || start.front() != number_mark) return true;
    return refuse("a text must not start with the control character U+0001", ec);
  }

  bool check_keys(json::error_code& ec) {
    std::vector<std::string> keys = std::move(keys_.back());
    keys_.pop_back();
    std::sort(keys.begin(), keys.end());
    const auto twin = std::adjacent_find(keys.begin(), keys.end());
    if (twin == keys.end()) return true;
    return refuse("the key \"" + twin->substr(0, 60) + "\" is there twice in one object", ec);
  }

  bool refuse(std::string why, json::error_code& ec) {
    refusal_ = std::move(why);
    ec = json::error::syntax;
    return false;
  }

  JsonLimits limits_;
  json::value_stack values_;
  std::vector<std::vector<std::string>> keys_;  // of each open object
  std::string partial_key_;
  std::string number_;
  std::string refusal_;
};

std::string reason(const json::error_code& ec, const JsonLimits& limits) {
  if (ec == json::error::incomplete) return "it ends too early";
  if (ec == json::error::extra_data) return "there is more text behind the end of the value";
  if (ec == json::error::too_deep) {
    return "it is nested deeper than " + std::to_string(limits.depth_max) + " levels";
  }
  if (ec == json::error::exponent_overflow) return "the exponent of a number is too large";
  if (ec == json::error::illegal_leading_surrogate ||
      ec == json::error::illegal_trailing_surrogate) {
    return "a \\u escape is half of a surrogate pair";
  }
  return "unexpected character";
}

core::Error not_json(const std::string& why, std::size_t at) {
  return core::fail(core::Errc::invalid,
                    "the body is not usable JSON: " + why + ", at byte " + std::to_string(at));
}

}  // namespace

core::Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
  if (text.find_first_not_of(" \t\r\n") == text.npos) {
    return core::fail(core::Errc::invalid, "the body is empty; send JSON");
  }
  const std::size_t good = core::utf8_prefix(text);
  if (good != text.size()) return not_json("it is not UTF-8", good);

  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::basic_parser<Builder> parser(options, limits);
  json::error_code ec;
  std::size_t at = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && at < text.size()) ec = json::error::extra_data;
  if (ec) {
    const std::string& refusal = parser.handler().refusal();
    return not_json(refusal.empty() ? reason(ec, limits) : refusal, at);
  }
  return parser.handler().release();
}

std::optional<std::string_view> number_source(const json::value& value) {
  const json::string* text = value.if_string();
  if (text == nullptr || text->empty() || text->front() != number_mark) return std::nullopt;
  return std::string_view(text->data() + 1, text->size() - 1);
}

core::Answer json_answer(int status, const json::value& value) {
  core::Answer answer;
  answer.status = status;
  answer.body = json::serialize(value);
  return answer;
}

}  // namespace fairlead::net
