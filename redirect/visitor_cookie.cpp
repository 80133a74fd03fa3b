#include "redirect/visitor_cookie.hpp"

#include <array>
#include <charconv>

#include "core/id.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::array<std::string_view, 4> words = {"not_asked", "denied", "granted",
                                                   "not_required"};
constexpr std::size_t cookie_letters = 16;
constexpr int random_bits = 22;

// 0 when it is no id of a visitor that may still be alive.
std::int64_t read_cookie(std::string_view text, core::Instant now) {
  if (text.size() != cookie_letters) return 0;
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (error != std::errc() || end != text.data() + text.size() || id <= 0) return 0;
  const core::Instant made = core::instant_of_id(id);
  const bool is_alive = made <= now && now.micros - made.micros <= cookie_age_s_max * 1'000'000;
  return is_alive ? id : 0;
}

bool withdraws(std::string_view query) {
  constexpr std::string_view pair = "fl_consent=denied";
  for (std::size_t at = query.find(pair); at != std::string_view::npos;
       at = query.find(pair, at + 1)) {
    const std::size_t end = at + pair.size();
    if ((at == 0 || query[at - 1] == '&') && (end == query.size() || query[end] == '&'))
      return true;
  }
  return false;
}

}  // namespace

std::string_view word_of(Consent consent) {
  return words[static_cast<std::size_t>(consent)];
}

Consent consent_of(std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return static_cast<Consent>(i);
  return Consent::denied;
}

VisitorPlan plan_visitor(const VisitorPolicy& policy, const VisitorSigns& signs) {
  VisitorPlan plan;
  plan.consent = withdraws(signs.query) ? Consent::denied : policy.consent;
  plan.may_hash = !signs.has_opted_out;
  const bool has_consent =
      plan.consent == Consent::granted || plan.consent == Consent::not_required;
  if (!policy.uses_cookie || !has_consent || signs.has_opted_out) {
    if (!signs.cookie.empty()) plan.change = CookieChange::remove;
    return plan;
  }
  plan.visitor = read_cookie(signs.cookie, signs.now);
  if (plan.visitor == 0) {
    constexpr std::uint64_t low = (std::uint64_t{1} << random_bits) - 1;
    plan.visitor = core::first_id_at(signs.now) | static_cast<std::int64_t>(signs.random & low);
    plan.change = CookieChange::set;
  }
  return plan;
}

std::string cookie_line(const VisitorPlan& plan, bool via_tls) {
  if (plan.change == CookieChange::none) return {};
  std::string line = "Set-Cookie: fl_v=";
  if (plan.change == CookieChange::set) {
    std::array<char, cookie_letters> digits{};
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(), plan.visitor, 16);
    const auto size = static_cast<std::size_t>(written.ptr - digits.data());
    line.append(cookie_letters - size, '0').append(digits.data(), size);
    line.append("; Max-Age=").append(std::to_string(cookie_age_s_max));
  } else {
    line += "; Max-Age=0";
  }
  line += "; Path=/; HttpOnly; SameSite=Lax";
  return line.append(via_tls ? "; Secure\r\n" : "\r\n");
}

std::string_view visitor_cookie(std::string_view header) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    std::string_view pair = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    while (pair.starts_with(' '))
      pair.remove_prefix(1);
    if (pair.starts_with("fl_v=")) return pair.substr(5);
  }
  return {};
}

}  // namespace fairlead::redirect
