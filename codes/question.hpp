// A shop's question as it comes over the wire: which codes, for which order, with what in the cart.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/cart.hpp"
#include "codes/life.hpp"
#include "core/answer.hpp"
#include "core/result.hpp"
#include "net/json.hpp"

namespace fairlead::codes {

inline constexpr std::size_t codes_max = 10;               // in one cart
inline constexpr std::size_t click_ids_max = 20;           // in one cart
inline constexpr std::size_t body_bytes_max = 512 * 1024;  // 500 lines with long ids fit
inline constexpr std::int64_t ttl_s_default = 900;         // of a hold
inline constexpr std::int64_t ttl_s_min = 30;
inline constexpr std::int64_t ttl_s_max = 7 * 24 * 3'600;

// `code` asks about one code; `codes` about all that the cart should have, and replaces what the
// order held before.
enum class Form : std::uint8_t { one, list };

struct Question {
  Action action = Action::validate;
  Form form = Form::one;
  std::vector<std::string> codes;  // as typed; one, or 0 … codes_max
  std::string order_ref;           // "" when a validate names none
  Cart cart;
  std::vector<std::string> click_ids;  // click tokens, as an order names them
  std::int64_t ttl_s = ttl_s_default;
  bool is_paid = false;  // money has moved: a limit flags, and does not refuse
  std::optional<core::CodeUseId> reservation = {};
};

// The question, or the answer that says what is wrong with the body: 400 for its form, 422
// `amounts_inconsistent` when the items do not add up to the subtotal.
boost::system::result<Question, core::Answer> read_question(std::string_view body, Action action);

// Which uses of an order a release or a rollback means.
struct GiveBack {
  Action action = Action::release;
  std::string order_ref;
  std::vector<std::string> codes;  // empty: all of the order
  std::optional<core::CodeUseId> reservation = {};
  // Of a rollback of a part: one amount over the whole discount, or amounts of lines.
  std::optional<std::int64_t> amount_minor = {};
  struct Line {
    std::string line_id;
    std::int64_t amount_minor;
  };
  std::vector<Line> items = {};

  bool is_partial() const { return amount_minor || !items.empty(); }
};
boost::system::result<GiveBack, core::Answer> read_give_back(std::string_view body, Action action);

}  // namespace fairlead::codes
