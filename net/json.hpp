// Strict JSON bodies. Parsing refuses what a shop's typing error could hide in: not JSON, invalid
// UTF-8, duplicated keys, depth over 32, floats where integers belong, unknown fields. Numbers that
// are not integers keep their source text and are never turned into a double for money.
//
//   Fields body(call.request.body);
//   auto name = body.text("name", {.min = 1, .max = 200});
//   auto rate = body.integer("rate_ppm", 0, 1'000'000);
//   body.objects("items", 1, 500, [&](Fields& item) { … });
//   if (auto refusal = body.refusal()) return *refusal;
//
// Every reader notes its problem and gives a harmless value, so that one answer names all problems.
// Belongs to one thread.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer.hpp"
#include "core/money.hpp"
#include "core/rate.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/problem.hpp"

namespace fairlead::net {

struct JsonLimits {
  std::size_t depth_max = 32;
  bool refuse_duplicate_keys = true;
};
// Errc::invalid with a detail that says where (byte offset) and what. A number with a fraction, an
// exponent, or beyond int64 becomes a JSON string of its source text behind a 0x01 byte, so that
// exact readers (core::parse_decimal) can use it; see number_source(). A text that starts with that
// byte is refused, so that nobody can pass a text for a number.
core::Result<boost::json::value> parse_json(std::string_view text, JsonLimits limits = {});
// The source text of a number parse_json kept as text: "19.99". nullopt for every other value.
std::optional<std::string_view> number_source(const boost::json::value& value);

struct TextRule {
  std::size_t min = 1;  // bytes
  std::size_t max = 200;
};

class Fields {
 public:
  // Parses a whole body, which must be an object.
  explicit Fields(std::string_view body, JsonLimits limits = {});
  // A part of a larger body; errors go to the parent's list.
  Fields(const boost::json::object& object, std::string pointer, std::vector<FieldError>& errors);
  // Parts refer to the list of problems of the whole.
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  // null counts as absent for the maybe_ readers.
  bool has(std::string_view name) const;  // present and not null
  std::string text(std::string_view name, TextRule rule = {});
  std::optional<std::string> maybe_text(std::string_view name, TextRule rule = {});
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> maybe_integer(std::string_view name, std::int64_t min,
                                            std::int64_t max);
  std::optional<bool> maybe_boolean(std::string_view name);
  core::Instant instant(std::string_view name);
  std::optional<core::Instant> maybe_instant(std::string_view name);
  std::optional<core::Day> maybe_day(std::string_view name);
  // nullopt only with a noted problem.
  std::optional<core::Currency> currency(std::string_view name);
  // One of the listed words; the first one when the problem was noted.
  std::string one_of(std::string_view name, std::initializer_list<std::string_view> words);
  std::optional<std::string> maybe_one_of(std::string_view name,
                                          std::initializer_list<std::string_view> words) {
    return maybe_one_of(name, {words.begin(), words.size()});
  }
  std::optional<std::string> maybe_one_of(std::string_view name,
                                          std::span<const std::string_view> words);
  std::vector<std::string> texts(std::string_view name, std::size_t count_max, TextRule rule = {});
  // Calls `read` for each object of an array; absent is allowed when count_min is 0.
  void objects(std::string_view name, std::size_t count_min, std::size_t count_max,
               const std::function<void(Fields&)>& read);
  // Calls `read` with the object of that name; returns whether it was there.
  bool object(std::string_view name, bool required, const std::function<void(Fields&)>& read);
  // The raw value, marked as read; nullptr when absent. For free-form parts.
  const boost::json::value* raw(std::string_view name);

  // Adds a problem found by the caller, with this object's pointer in front of `name`. Nothing can
  // be said of the fields of a body that is no JSON object.
  void refuse(std::string_view name, std::string_view code, std::string detail);
  // Notes every field that no reader asked for. Called for you at the end of objects()/object()
  // parts and by refusal().
  void refuse_unknown();
  // nullopt when all is well; else a 400 problem: `invalid_json`, `unknown_field` (when that is the
  // only kind of problem), or `invalid_request`.
  std::optional<core::Answer> refusal();
  const std::string& pointer() const { return pointer_; }

 private:
  const boost::json::value* find(std::string_view name);
  // The value, or nullptr with `required` noted.
  const boost::json::value* need(std::string_view name);
  std::string read_text(const boost::json::value& value, std::string_view name,
                        const std::string& label, TextRule rule);
  std::int64_t read_integer(const boost::json::value& value, std::string_view name,
                            std::int64_t min, std::int64_t max);
  core::Instant read_instant(const boost::json::value& value, std::string_view name);
  std::string read_word(const boost::json::value& value, std::string_view name,
                        std::span<const std::string_view> words);
  // The array of that name when it has count_min … count_max entries; else nullptr, problem noted.
  const boost::json::array* entries(std::string_view name, std::size_t count_min,
                                    std::size_t count_max);

  std::shared_ptr<boost::json::value> document_;
  const boost::json::object* object_ = nullptr;
  std::string pointer_;
  std::vector<FieldError> own_errors_;
  std::vector<FieldError>* errors_;
  std::vector<std::string> known_;  // names that a reader asked for
  bool is_broken_ = false;          // not JSON at all: one problem is enough
};

// A JSON answer; `value` is serialised as it is (money is already integer minor units).
core::Answer json_answer(int status, const boost::json::value& value);

}  // namespace fairlead::net
