#include "admin/keys.hpp"

#include <limits>

#include "admin/sql.hpp"
#include "core/check.hpp"
#include "core/crypto.hpp"

namespace fairlead::admin {

namespace {

struct RoleName {
  net::Role role;
  std::string_view name;
};
constexpr RoleName role_names[] = {{net::Role::admin, "admin"},
                                   {net::Role::viewer, "viewer"},
                                   {net::Role::shop, "shop"},
                                   {net::Role::influencer, "influencer"},
                                   {net::Role::browser, "browser"}};

// Crockford's base32: a public id is read aloud and typed, so letters that look alike are left out.
constexpr std::string_view public_alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view secret_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool is_made_of(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

core::Error unknown_key() {
  return core::fail(core::Errc::unauthorized, "The key is unknown, expired or revoked.");
}

std::vector<std::string> origins_of(storage::Session& session, core::BrandId brand,
                                    core::KeyId key) {
  std::vector<std::string> origins;
  for (const auto& row :
       session.run(sql::select_api_key_origins, brand, key.number - 1, key, origins_max))
    origins.push_back(row.text(1));
  return origins;
}

core::Result<net::Principal> authenticate(storage::Database& database, KnownKeys& known_keys,
                                          std::string_view token, core::Instant now) {
  const auto text = parse_key_text(token);
  if (!text) return unknown_key();
  const core::Digest digest = core::sha256(token);
  if (const auto known = known_keys.find(digest, now)) return known->who;
  const auto generation = known_keys.generation();
  auto rows = database.read(
      [&](storage::Session& session) { return session.run(sql::find_api_key, text->public_id); });
  if (!rows) return rows.error();
  // Without a row the comparison runs all the same, against a digest that no text has.
  static const std::string nobody(core::Digest{}.size(), '\0');
  const bool is_known = !rows->empty();
  const std::string& stored = is_known ? rows->one().blob(2) : nobody;
  const bool is_equal = core::equal_in_constant_time(stored, core::as_text(digest));
  if (!is_known || !is_equal) return unknown_key();
  const storage::Row& row = rows->one();
  if (!row.is_null(6)) return unknown_key();
  KnownKeys::Known known{net::Principal{row.id<core::BrandId>(0),
                                        row.id<core::KeyId>(1),
                                        text->role,
                                        row.id<core::InfluencerId>(4),
                                        {}},
                         std::nullopt};
  if (!row.is_null(5)) known.expires_at = row.instant(5);
  if (known.expires_at && *known.expires_at <= now) return unknown_key();
  if (known.who.role == net::Role::browser) {
    auto origins = database.read([&](storage::Session& session) {
      return origins_of(session, known.who.brand, known.who.key);
    });
    if (!origins) return origins.error();
    known.who.origins = std::move(*origins);
  }
  known_keys.remember(digest, known, now, generation);
  return known.who;
}

}  // namespace

net::Authenticate authenticator(storage::Database& database, KnownKeys& known_keys) {
  return [&database, &known_keys](std::string_view token, core::Instant now) {
    return authenticate(database, known_keys, token, now);
  };
}

net::IsListedOrigin origin_finder(storage::Database& database) {
  return [&database](std::string_view origin, core::Instant now) {
    return database.read([&](storage::Session& session) {
      return !session.run(sql::find_listed_origin, origin, now).empty();
    });
  };
}

std::string_view name_of(net::Role role) {
  for (const RoleName& entry : role_names) {
    if (entry.role == role) return entry.name;
  }
  CHECK(!"a role without a name");
  return {};
}

std::optional<net::Role> role_named(std::string_view name) {
  for (const RoleName& entry : role_names) {
    if (entry.name == name) return entry.role;
  }
  return std::nullopt;
}

std::optional<KeyText> parse_key_text(std::string_view text) {
  for (const RoleName& entry : role_names) {
    const std::string prefix = "fl_" + std::string(entry.name) + "_";
    if (!text.starts_with(prefix)) continue;
    const std::string_view rest = text.substr(prefix.size());
    if (rest.size() != public_id_bytes + secret_bytes) return std::nullopt;
    const std::string_view public_id = rest.substr(0, public_id_bytes);
    if (!is_made_of(public_id, public_alphabet)) return std::nullopt;
    if (!is_made_of(rest.substr(public_id_bytes), secret_alphabet)) return std::nullopt;
    return KeyText{entry.role, public_id};
  }
  return std::nullopt;
}

std::string make_key_text(net::Role role) {
  std::string text = "fl_" + std::string(name_of(role)) + "_";
  for (std::size_t i = 0; i < public_id_bytes; ++i) {
    text += public_alphabet[core::random_below(public_alphabet.size())];
  }
  std::array<std::uint8_t, 32> secret;
  core::fill_random(secret);
  text += core::base64url({reinterpret_cast<const char*>(secret.data()), secret.size()});
  return text;
}

CreatedKey store_key(storage::Session& session, core::BrandId brand, const NewKey& key,
                     core::Instant now) {
  CHECK((key.role == net::Role::influencer) == static_cast<bool>(key.influencer));
  CHECK((key.role == net::Role::browser) == !key.origins.empty());
  const auto id = core::new_id<core::KeyId>(now);
  std::string text = make_key_text(key.role);
  const auto parsed = parse_key_text(text);
  CHECK(parsed.has_value());
  std::optional<std::int64_t> influencer;
  if (key.influencer) influencer = key.influencer.number;
  session.run(sql::insert_api_key, brand, id, parsed->public_id,
              storage::Blob{std::string(core::as_text(core::sha256(text)))},
              static_cast<std::int64_t>(key.role), influencer, key.note, now, key.expires_at);
  for (const std::string& origin : key.origins)
    session.run(sql::insert_api_key_origin, brand, id, origin);
  return {id, std::move(text)};
}

CreatedKey create_key(storage::Session& session, core::BrandId brand, net::Role role,
                      core::InfluencerId influencer, std::string_view note, core::Instant now) {
  return store_key(session, brand, {role, influencer, std::string(note)}, now);
}

CreatedKey create_browser_key(storage::Session& session, core::BrandId brand,
                              std::vector<std::string> origins, std::string_view note,
                              core::Instant now) {
  return store_key(
      session, brand,
      {.role = net::Role::browser, .note = std::string(note), .origins = std::move(origins)}, now);
}

std::vector<KeyInfo> load_keys(storage::Session& session, core::BrandId brand, std::int64_t after,
                               std::int64_t up_to, std::int64_t limit) {
  std::vector<KeyInfo> keys;
  for (const auto& row : session.run(sql::select_api_keys, brand, after, up_to, limit)) {
    KeyInfo key{row.id<core::KeyId>(0), row.text(1), static_cast<net::Role>(row.integer(2)),
                row.text(4), row.instant(5)};
    key.influencer = row.id<core::InfluencerId>(3);
    if (!row.is_null(6)) key.expires_at = row.instant(6);
    if (!row.is_null(7)) key.revoked_at = row.instant(7);
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return keys;
  // Both lists are in order of key.
  auto key = keys.begin();
  const auto rows_max = static_cast<std::int64_t>(keys.size() * origins_max);
  for (const auto& row :
       session.run(sql::select_api_key_origins, brand, after, keys.back().id, rows_max)) {
    while (key->id != row.id<core::KeyId>(0))
      ++key;
    key->origins.push_back(row.text(1));
  }
  return keys;
}

std::vector<KeyInfo> list_keys(storage::Session& session, core::BrandId brand) {
  constexpr std::int64_t keys_max = 10'000;
  return load_keys(session, brand, 0, std::numeric_limits<std::int64_t>::max(), keys_max);
}

bool revoke_key(storage::Session& session, core::BrandId brand, core::KeyId key,
                core::Instant now) {
  if (session.run(sql::revoke_api_key, brand, key, now).changed > 0) return true;
  return !load_keys(session, brand, key.number - 1, key.number, 1).empty();
}

}  // namespace fairlead::admin
