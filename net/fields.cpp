// Fields, the readers of a JSON body. Every reader notes its problem and goes on with a harmless
// value, so that the person at the other end learns of all problems at once.
#include <algorithm>
#include <boost/json.hpp>

#include "net/json.hpp"

namespace fairlead::net {
namespace {

namespace json = boost::json;

constexpr std::size_t errors_max = 50;  // what a person reads; a body of 500 bad items has more

std::string quoted(std::string_view name) {
  return "\"" + std::string(name.substr(0, 60)) + "\"";
}

std::string pointer_part(std::string_view name) {
  std::string part = "/";
  for (const char c : name.substr(0, 200)) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return part;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string joined(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) {
    if (!list.empty()) list += ", ";
    list += quoted(word);
  }
  return list;
}

// Levenshtein's distance: how many letters to add, drop or change.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// What a typing error may have been; nullptr when nothing is near.
const std::string* closest(std::string_view name, const std::vector<std::string>& known) {
  if (name.empty() || name.size() > 60) return nullptr;
  const std::string* best = nullptr;
  std::size_t best_distance = name.size() < 5 ? 2 : 3;  // to stay below
  for (const std::string& candidate : known) {
    if (candidate.starts_with(name)) return &candidate;  // "rate" for "rate_ppm"
    const std::size_t now = distance(name, candidate);
    if (now >= best_distance) continue;
    best = &candidate;
    best_distance = now;
  }
  return best;
}

// The text of a JSON string that is not a number kept as text.
std::optional<std::string_view> text_of(const json::value& value) {
  const json::string* text = value.if_string();
  if (text == nullptr || number_source(value)) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

std::string_view kind_of(const json::value& value) {
  if (value.is_int64() || number_source(value)) return "a number";
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a text";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

std::string not_kind(std::string_view name, std::string_view wanted, const json::value& value) {
  return quoted(name) + " must be " + std::string(wanted) + ", not " + std::string(kind_of(value));
}

}  // namespace

Fields::Fields(std::string_view body, JsonLimits limits) : errors_(&own_errors_) {
  auto parsed = parse_json(body, limits);
  if (!parsed) {
    is_broken_ = true;
    own_errors_.push_back({"", "invalid_json", parsed.error().detail});
    return;
  }
  document_ = std::make_shared<json::value>(*std::move(parsed));
  object_ = document_->if_object();
  if (object_ == nullptr) {
    is_broken_ = true;
    own_errors_.push_back(
        {"", "wrong_type",
         "the body must be a JSON object, \"{…}\", not " + std::string(kind_of(*document_))});
  }
}

Fields::Fields(const json::object& object, std::string pointer, std::vector<FieldError>& errors)
    : object_(&object), pointer_(std::move(pointer)), errors_(&errors) {}

bool Fields::has(std::string_view name) const {
  if (object_ == nullptr) return false;
  const json::value* value = object_->if_contains(name);
  return value != nullptr && !value->is_null();
}

std::string Fields::text(std::string_view name, TextRule rule) {
  const json::value* value = need(name);
  return value == nullptr ? std::string() : read_text(*value, name, quoted(name), rule);
}

std::optional<std::string> Fields::maybe_text(std::string_view name, TextRule rule) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return read_text(*value, name, quoted(name), rule);
}

std::int64_t Fields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const json::value* value = need(name);
  return value == nullptr ? min : read_integer(*value, name, min, max);
}

std::optional<std::int64_t> Fields::maybe_integer(std::string_view name, std::int64_t min,
                                                  std::int64_t max) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return read_integer(*value, name, min, max);
}

std::optional<bool> Fields::maybe_boolean(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const bool* is_true = value->if_bool()) return *is_true;
  refuse(name, "wrong_type", not_kind(name, "true or false", *value));
  return false;
}

core::Instant Fields::instant(std::string_view name) {
  const json::value* value = need(name);
  return value == nullptr ? core::Instant{} : read_instant(*value, name);
}

std::optional<core::Instant> Fields::maybe_instant(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return read_instant(*value, name);
}

std::optional<core::Day> Fields::maybe_day(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto text = text_of(*value);
  if (!text) {
    refuse(name, "wrong_type", not_kind(name, "a day such as \"2026-03-02\"", *value));
    return core::Day{};
  }
  const auto day = core::parse_day(*text);
  if (day) return *day;
  refuse(name, "invalid_value", quoted(name) + " must be a day such as \"2026-03-02\"");
  return core::Day{};
}

std::optional<core::Currency> Fields::currency(std::string_view name) {
  const json::value* value = need(name);
  if (value == nullptr) return std::nullopt;
  const auto text = text_of(*value);
  if (!text) {
    refuse(name, "wrong_type", not_kind(name, "a currency such as \"EUR\"", *value));
    return std::nullopt;
  }
  const auto currency = core::Currency::parse(*text);
  if (currency) return *currency;
  refuse(name, "invalid_value", quoted(name) + " must be an ISO 4217 currency such as \"EUR\"");
  return std::nullopt;
}

std::string Fields::one_of(std::string_view name, std::initializer_list<std::string_view> words) {
  const json::value* value = need(name);
  return value == nullptr ? std::string(*words.begin())
                          : read_word(*value, name, {words.begin(), words.size()});
}

std::optional<std::string> Fields::maybe_one_of(std::string_view name,
                                                std::span<const std::string_view> words) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return read_word(*value, name, words);
}

std::vector<std::string> Fields::texts(std::string_view name, std::size_t count_max,
                                       TextRule rule) {
  std::vector<std::string> list;
  const json::array* array = entries(name, 0, count_max);
  if (array == nullptr) return list;
  const std::string parent = pointer_;
  pointer_ += pointer_part(name);
  std::size_t index = 0;
  for (const json::value& value : *array) {
    const std::string label = "entry " + std::to_string(index) + " of " + quoted(name);
    list.push_back(read_text(value, std::to_string(index++), label, rule));
  }
  pointer_ = parent;
  return list;
}

void Fields::objects(std::string_view name, std::size_t count_min, std::size_t count_max,
                     const std::function<void(Fields&)>& read) {
  const json::array* array = entries(name, count_min, count_max);
  if (array == nullptr) return;
  std::size_t index = 0;
  for (const json::value& value : *array) {
    const std::string pointer = pointer_ + pointer_part(name) + "/" + std::to_string(index);
    if (const json::object* object = value.if_object()) {
      Fields part(*object, pointer, *errors_);
      read(part);
      part.refuse_unknown();
    } else if (errors_->size() < errors_max) {
      errors_->push_back({pointer, "wrong_type",
                          "entry " + std::to_string(index) + " of " + quoted(name) +
                              " must be an object, not " + std::string(kind_of(value))});
    }
    ++index;
  }
}

bool Fields::object(std::string_view name, bool required,
                    const std::function<void(Fields&)>& read) {
  const json::value* value = required ? need(name) : find(name);
  if (value == nullptr) return false;
  const json::object* object = value->if_object();
  if (object == nullptr) {
    refuse(name, "wrong_type", not_kind(name, "an object", *value));
    return false;
  }
  Fields part(*object, pointer_ + pointer_part(name), *errors_);
  read(part);
  part.refuse_unknown();
  return true;
}

const json::value* Fields::raw(std::string_view name) {
  if (object_ == nullptr) return nullptr;
  find(name);
  return object_->if_contains(name);
}

void Fields::refuse(std::string_view name, std::string_view code, std::string detail) {
  if (is_broken_ || errors_->size() >= errors_max) return;
  std::string pointer = name.empty() ? pointer_ : pointer_ + pointer_part(name);
  errors_->push_back({std::move(pointer), std::string(code), std::move(detail)});
}

void Fields::refuse_unknown() {
  if (object_ == nullptr) return;
  for (const auto& [key, value] : *object_) {
    const std::string_view name(key.data(), key.size());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    std::string detail = "there is no field " + quoted(name) + " here";
    if (const std::string* meant = closest(name, known_)) {
      detail += "; did you mean " + quoted(*meant) + "?";
    }
    refuse(name, "unknown_field", std::move(detail));
  }
  // Told once, even when it is asked again.
  for (const auto& entry : *object_)
    known_.emplace_back(entry.key().data(), entry.key().size());
}

std::optional<core::Answer> Fields::refusal() {
  if (!is_broken_) refuse_unknown();
  if (errors_->empty()) return std::nullopt;
  std::string detail = errors_->front().detail;
  if (errors_->size() > 1) {
    detail += " (and " + std::to_string(errors_->size() - 1) + " more: see \"errors\")";
  }
  std::string code = "invalid_request";
  if (is_broken_) {
    code = "invalid_json";
  } else if (std::all_of(errors_->begin(), errors_->end(),
                         [](const FieldError& error) { return error.code == "unknown_field"; })) {
    code = "unknown_field";
  }
  return problem(400, code, detail, *errors_);
}

// Marks the name as known. nullptr when it is absent or null.
const json::value* Fields::find(std::string_view name) {
  if (object_ == nullptr) return nullptr;
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  const json::value* value = object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::value* Fields::need(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr && object_ != nullptr) {
    refuse(name, "required", quoted(name) + " is missing");
  }
  return value;
}

std::string Fields::read_text(const json::value& value, std::string_view name,
                              const std::string& label, TextRule rule) {
  const auto text = text_of(value);
  if (!text) {
    refuse(name, "wrong_type", label + " must be a text, not " + std::string(kind_of(value)));
  } else if (text->size() < rule.min) {
    refuse(name, "too_short",
           rule.min == 1 ? label + " must not be empty"
                         : label + " must have at least " + std::to_string(rule.min) + " bytes");
  } else if (text->size() > rule.max) {
    refuse(name, "too_long",
           label + " must have at most " + std::to_string(rule.max) + " bytes; it has " +
               std::to_string(text->size()));
  } else if (has_control(*text)) {
    // Texts end up in CSV, headers and logs, where a line break would start something new.
    refuse(name, "invalid_value",
           label + " must not have control characters, such as line breaks or tabs");
  } else {
    return std::string(*text);
  }
  return {};
}

std::int64_t Fields::read_integer(const json::value& value, std::string_view name, std::int64_t min,
                                  std::int64_t max) {
  const std::string wanted = quoted(name) + " must be an integer from " + std::to_string(min) +
                             " to " + std::to_string(max);
  if (const std::int64_t* number = value.if_int64()) {
    if (min <= *number && *number <= max) return *number;
    refuse(name, "out_of_range", wanted + ", not " + std::to_string(*number));
  } else if (const auto source = number_source(value)) {
    if (source->find_first_of(".eE") == source->npos) {
      refuse(name, "out_of_range", wanted);
    } else if (name.ends_with("_minor")) {
      refuse(name, "wrong_type",
             wanted + ": money is in the currency's minor unit, such as 1999 for 19.99 EUR");
    } else if (name.ends_with("_ppm")) {
      refuse(name, "wrong_type",
             wanted + ": rates are parts per million, such as 100000 for 10 percent");
    } else {
      refuse(name, "wrong_type", wanted + ", without a fraction or an exponent");
    }
  } else {
    refuse(name, "wrong_type", wanted + ", not " + std::string(kind_of(value)));
  }
  return min;
}

core::Instant Fields::read_instant(const json::value& value, std::string_view name) {
  constexpr std::string_view wanted = "a time such as \"2026-03-02T09:15:00Z\"";
  const auto text = text_of(value);
  if (!text) {
    refuse(name, "wrong_type", not_kind(name, wanted, value));
    return {};
  }
  const auto at = core::parse_instant(*text);
  if (at) return *at;
  refuse(name, "invalid_value", quoted(name) + " must be " + std::string(wanted));
  return {};
}

std::string Fields::read_word(const json::value& value, std::string_view name,
                              std::span<const std::string_view> words) {
  const auto text = text_of(value);
  for (const std::string_view word : words) {
    if (text == word) return std::string(word);
  }
  refuse(name, text ? "invalid_value" : "wrong_type",
         quoted(name) + " must be " + (words.size() > 1 ? "one of " : "") + joined(words));
  return std::string(words.front());
}

const json::array* Fields::entries(std::string_view name, std::size_t count_min,
                                   std::size_t count_max) {
  const json::value* value = count_min > 0 ? need(name) : find(name);
  if (value == nullptr) return nullptr;
  const json::array* array = value->if_array();
  if (array == nullptr) {
    refuse(name, "wrong_type", not_kind(name, "an array", *value));
    return nullptr;
  }
  if (array->size() >= count_min && array->size() <= count_max) return array;
  refuse(name, "out_of_range",
         quoted(name) + " must have " + std::to_string(count_min) + " to " +
             std::to_string(count_max) + " entries; it has " + std::to_string(array->size()));
  return nullptr;
}

}  // namespace fairlead::net
