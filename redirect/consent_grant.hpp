// A shopper's consent as a brand's consent platform hands it over in the query of a click:
//
//   fl_consent=granted.<seconds since 1970>.<32 hex digits>
//
// The digits are the first half of HMAC-SHA256, with the brand's consent key as text, over what
// stands before them ("granted.1772442900"). The key is made from a token key and the brand's id,
// so it is stored nowhere, differs for each brand and rotates with token.keys. A grant is for the
// one click it comes with and lives for minutes, because a link with one may be passed on.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

inline constexpr std::int64_t grant_age_s_max = 600;
inline constexpr std::int64_t grant_ahead_s_max = 60;  // clocks differ

// 43 letters, URL-safe.
std::string consent_key(const TokenKey& key, core::BrandId brand);

// Whether the query says so with a signature of any of the keys. The first fl_consent that grants
// is looked at, as it was sent.
bool grants_consent(const std::vector<TokenKey>& keys, core::BrandId brand, std::string_view query,
                    core::Instant now);

}  // namespace fairlead::redirect
