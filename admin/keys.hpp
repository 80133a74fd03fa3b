// API keys: "fl_<role>_" + 8 characters of public id + 43 characters of secret (256 random bits in
// base64url). The whole text is a credential; only its SHA-256 is stored. A key is found by its
// public id and compared in constant time; an unknown id costs the same work as a wrong secret.
// Pure apart from the functions with a Session, which run inside its transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin.hpp"

namespace fairlead::admin {

inline constexpr std::size_t public_id_bytes = 8;
inline constexpr std::size_t secret_bytes = 43;

inline constexpr std::size_t origins_max = 20;

// The wire name of a role and back: "admin", "viewer", "shop", "influencer", "browser". Frozen.
std::string_view name_of(net::Role role);
std::optional<net::Role> role_named(std::string_view name);

struct KeyText {
  net::Role role;
  std::string_view public_id;  // points into the text that was parsed
};
// nullopt unless the text is exactly what make_key_text() can give: no blanks, no other length.
std::optional<KeyText> parse_key_text(std::string_view text);
std::string make_key_text(net::Role role);

struct NewKey {
  net::Role role;
  core::InfluencerId influencer = {};
  std::string note = {};
  std::optional<core::Instant> expires_at = {};
  std::vector<std::string> origins = {};  // of role browser: 1 … origins_max of check_origin()
};
CreatedKey store_key(storage::Session& session, core::BrandId brand, const NewKey& key,
                     core::Instant now);
// In order of id, with numbers greater than `after` and at most `up_to`.
std::vector<KeyInfo> load_keys(storage::Session& session, core::BrandId brand, std::int64_t after,
                               std::int64_t up_to, std::int64_t limit);

}  // namespace fairlead::admin
