#include "attribution/platforms/shop_parts.hpp"

#include <algorithm>
#include <charconv>

#include "codes/codes.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::size_t codes_max = 10;
constexpr std::int64_t tolerance_seconds = 300;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::optional<std::string_view> single_header(const net::Request& request, std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : request.headers) {
    if (!is_same_name(key, name)) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

bool is_authentic(std::span<const std::string> secrets, std::string_view signed_text,
                  std::span<const std::string> macs) {
  bool matches = false;
  for (const std::string& secret : secrets) {
    const core::Digest expected = core::hmac_sha256(secret, signed_text);
    for (const std::string& mac : macs) {
      if (core::equal_in_constant_time(mac, core::as_text(expected))) matches = true;
    }
  }
  return matches;
}

bool is_recent(std::string_view text, core::Instant now) {
  std::int64_t seconds = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || rest != text.data() + text.size() || text.size() > 12) return false;
  if (seconds < 0) return false;
  const core::Instant at = core::Instant{}.plus_seconds(seconds);
  return at.plus_seconds(tolerance_seconds) >= now && now.plus_seconds(tolerance_seconds) >= at;
}

void add_code(std::vector<std::string>& codes, const std::string& code) {
  if (code.empty() || codes.size() == codes_max) return;
  const std::string folded = codes::fold(code);
  const bool is_known = std::any_of(codes.begin(), codes.end(), [&](const std::string& known) {
    return codes::fold(known) == folded;
  });
  if (!is_known) codes.push_back(code);
}

std::string click_token_of(std::string_view address) {
  const auto question = address.find('?');
  if (question == address.npos) return "";
  const std::string_view query = address.substr(question + 1);
  const auto token = net::query_value(query.substr(0, query.find('#')), "fl_click");
  // Percent-decoding can give any byte; a token is plain text, and only text can be stored.
  const auto is_plain = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!token || token->size() > 128) return "";
  return std::all_of(token->begin(), token->end(), is_plain) ? *token : "";
}

std::string email_digest(std::string email) {
  std::erase_if(email, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  std::transform(email.begin(), email.end(), email.begin(), lower);
  return email.empty() ? "" : core::hex(core::as_text(core::sha256(email)));
}

core::Item item_of_base(std::string line_id, std::int64_t quantity, std::int64_t base_minor,
                        std::int64_t discount_minor) {
  core::Item item;
  item.line_id = std::move(line_id);
  item.quantity = quantity;
  item.unit_price_minor = (base_minor + discount_minor + quantity - 1) / quantity;
  item.discount_minor = item.unit_price_minor * quantity - base_minor;
  return item;
}

Change cancellation(std::string order_ref, Cancelled cancelled, core::Instant state_at) {
  Change change;
  change.order_ref = std::move(order_ref);
  change.state_at = state_at;
  change.judge = [cancelled, state_at](const SoldOrder& order) -> core::Result<Judged> {
    Judged judged;
    const bool is_known =
        find_effect(order.effects, EffectKind::cancellation, "cancelled") != nullptr;
    if (cancelled == Cancelled::no && !is_known) return judged;
    const bool is_cancelled = cancelled == Cancelled::yes;
    Statement& statement = judged.statements.emplace_back();
    statement.effect.ref = "cancelled";
    statement.effect.kind = EffectKind::cancellation;
    statement.effect.integration = order.integration;
    statement.effect.stated_at = state_at;
    statement.effect.stated_minor = is_cancelled ? 1 : 0;
    statement.placed_at = state_at;
    statement.reason = is_cancelled ? "order cancelled" : "order no longer cancelled";
    return judged;
  };
  return change;
}

}  // namespace fairlead::attribution
