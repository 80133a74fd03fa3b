#include "redirect/token.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <string>

#include "core/check.hpp"
#include "core/crypto.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t body_bytes = 17;  // key id, click id, link id
constexpr std::size_t token_bytes = 27;
constexpr std::size_t siphash_bytes = 16;
// Separates these MACs from any other use of the same secret.
constexpr std::string_view purpose = "fl_click.2";
constexpr std::string_view old_purpose = "fl_click.1";
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Bytes = std::array<std::uint8_t, token_bytes>;

void put_number(std::uint8_t* at, std::int64_t number) {
  for (int i = 0; i < 8; ++i)
    at[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (56 - 8 * i));
}

std::int64_t get_number(const std::uint8_t* at) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i)
    number = number << 8 | at[i];
  return static_cast<std::int64_t>(number);
}

// 36 × 6 bits are exactly 27 bytes, so every text has one meaning and every meaning one text.
TokenText encode(const Bytes& bytes) {
  TokenText text;
  for (std::size_t i = 0, j = 0; i < token_bytes; i += 3, j += 4) {
    const std::uint32_t group =
        std::uint32_t{bytes[i]} << 16 | std::uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    text[j] = alphabet[group >> 18];
    text[j + 1] = alphabet[group >> 12 & 63];
    text[j + 2] = alphabet[group >> 6 & 63];
    text[j + 3] = alphabet[group & 63];
  }
  return text;
}

// False when a letter is foreign or the length is wrong; `bytes` is filled as far as it goes.
bool decode(std::string_view text, Bytes& bytes) {
  bool is_good = text.size() == token_letters;
  for (std::size_t i = 0, j = 0; j < token_letters; i += 3, j += 4) {
    std::uint32_t group = 0;
    for (std::size_t k = j; k < j + 4; ++k) {
      std::size_t digit = k < text.size() ? alphabet.find(text[k]) : std::string_view::npos;
      if (digit == std::string_view::npos) {
        is_good = false;
        digit = 0;
      }
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    bytes[i] = static_cast<std::uint8_t>(group >> 16);
    bytes[i + 1] = static_cast<std::uint8_t>(group >> 8);
    bytes[i + 2] = static_cast<std::uint8_t>(group);
  }
  return is_good;
}

}  // namespace

TokenSigner::TokenSigner(const std::vector<TokenKey>& keys) : context_(new_siphash(siphash_bytes)) {
  CHECK(!keys.empty());
  for (const TokenKey& key : keys) {
    Keyed keyed{key.id, key.secret, {}};
    const core::Digest derived = core::hmac_sha256(key.secret, purpose);
    std::copy_n(derived.begin(), keyed.key.size(), keyed.key.begin());
    keys_.push_back(std::move(keyed));
  }
}

TokenSigner::~TokenSigner() {
  for (Keyed& key : keys_) {
    OPENSSL_cleanse(key.key.data(), key.key.size());
    OPENSSL_cleanse(key.secret.data(), key.secret.size());
  }
}

TokenSigner::Mac TokenSigner::mac_of(const Keyed& key, const std::uint8_t* body) {
  EVP_MAC_CTX* const context = context_.get();
  std::array<std::uint8_t, siphash_bytes> tag{};
  std::size_t size = 0;
  CHECK(EVP_MAC_init(context, key.key.data(), key.key.size(), nullptr) == 1);
  CHECK(EVP_MAC_update(context, body, body_bytes) == 1);
  CHECK(EVP_MAC_final(context, tag.data(), &size, tag.size()) == 1 && size == tag.size());
  Mac mac;
  std::copy_n(tag.begin(), mac.size(), mac.begin());
  return mac;
}

TokenSigner::Mac TokenSigner::old_mac_of(const Keyed& key, const std::uint8_t* body) {
  const core::Digest digest = core::hmac_sha256(
      key.secret, std::string(old_purpose).append(reinterpret_cast<const char*>(body), body_bytes));
  Mac mac;
  std::copy_n(digest.begin(), mac.size(), mac.begin());
  return mac;
}

TokenText TokenSigner::sign(core::ClickId click, core::LinkId link) {
  Bytes bytes;
  bytes[0] = keys_.front().id;
  put_number(&bytes[1], click.number);
  put_number(&bytes[9], link.number);
  const Mac mac = mac_of(keys_.front(), bytes.data());
  std::copy(mac.begin(), mac.end(), bytes.begin() + body_bytes);
  return encode(bytes);
}

core::Result<ClickFact> TokenSigner::read(std::string_view token) {
  Bytes bytes{};
  bool is_good = decode(token, bytes);
  Keyed* key = &keys_.front();
  bool is_known = false;
  for (Keyed& candidate : keys_) {
    if (candidate.id != bytes[0] || is_known) continue;
    key = &candidate;
    is_known = true;
  }
  const Mac mac = mac_of(*key, bytes.data());
  const Mac old_mac = old_mac_of(*key, bytes.data());
  // Both are compared always, so that the work is the same.
  const bool is_signed = CRYPTO_memcmp(mac.data(), &bytes[body_bytes], mac.size()) == 0;
  const bool is_signed_as_before =
      CRYPTO_memcmp(old_mac.data(), &bytes[body_bytes], old_mac.size()) == 0;
  is_good &= is_known;
  is_good &= is_signed || is_signed_as_before;
  const core::ClickId click{get_number(&bytes[1])};
  const core::LinkId link{get_number(&bytes[9])};
  if (!is_good || click.number <= 0 || link.number <= 0)
    return core::fail(core::Errc::invalid, "not a click token of this server");
  return ClickFact{click, link, core::instant_of_id(click.number)};
}

std::string make_token(const TokenKey& key, core::ClickId click, core::LinkId link) {
  const TokenText text = TokenSigner({key}).sign(click, link);
  return {text.data(), text.size()};
}

core::Result<ClickFact> read_token(const std::vector<TokenKey>& keys, std::string_view token) {
  if (keys.empty()) return core::fail(core::Errc::invalid, "there is no key to check click tokens");
  return TokenSigner(keys).read(token);
}

}  // namespace fairlead::redirect
