#include "redirect/consent_grant.hpp"

#include <charconv>

#include "core/crypto.hpp"

namespace fairlead::redirect {

namespace {

// Separates these keys from any other use of the same secret.
constexpr std::string_view purpose = "fl_consent.1";
constexpr std::string_view name = "fl_consent=";
constexpr std::string_view granted = "granted.";
constexpr std::size_t mac_digits = 32;

// "granted.…", of the first pair that begins so; "" when there is none.
std::string_view grant_in(std::string_view query) {
  for (std::size_t at = query.find(name); at != std::string_view::npos;
       at = query.find(name, at + 1)) {
    if (at > 0 && query[at - 1] != '&') continue;
    const std::string_view rest = query.substr(at + name.size());
    if (rest.starts_with(granted)) return rest.substr(0, rest.find('&'));
  }
  return {};
}

}  // namespace

std::string consent_key(const TokenKey& key, core::BrandId brand) {
  std::string about(purpose);
  for (int shift = 56; shift >= 0; shift -= 8)
    about += static_cast<char>(static_cast<std::uint64_t>(brand.number) >> shift);
  return core::base64url(core::as_text(core::hmac_sha256(key.secret, about)));
}

bool grants_consent(const std::vector<TokenKey>& keys, core::BrandId brand, std::string_view query,
                    core::Instant now) {
  const std::string_view grant = grant_in(query);
  const std::size_t dot = grant.rfind('.');
  if (grant.empty() || dot < granted.size() || grant.size() != dot + 1 + mac_digits) return false;
  const std::string_view signed_part = grant.substr(0, dot);
  const std::string_view seconds = signed_part.substr(granted.size());
  std::int64_t made_s = 0;
  const auto [end, error] =
      std::from_chars(seconds.data(), seconds.data() + seconds.size(), made_s);
  if (error != std::errc{} || end != seconds.data() + seconds.size()) return false;
  const std::int64_t now_s = now.micros / 1'000'000;
  if (made_s < now_s - grant_age_s_max || made_s > now_s + grant_ahead_s_max) return false;
  for (const TokenKey& key : keys) {
    const core::Digest mac = core::hmac_sha256(consent_key(key, brand), signed_part);
    const std::string digits = core::hex(core::as_text(mac)).substr(0, mac_digits);
    if (core::equal_in_constant_time(digits, grant.substr(dot + 1))) return true;
  }
  return false;
}

}  // namespace fairlead::redirect
