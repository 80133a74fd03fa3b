#include "core/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <memory>

#include "core/check.hpp"

namespace fairlead::core {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

std::string encode(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < left ? static_cast<std::uint8_t>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j <= left; ++j)
      text += alphabet[group >> (18 - 6 * j) & 63];
    if (padded) text.append(3 - left, '=');
  }
  return text;
}

constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Accepts only what encode() would have written, so that each value has one text.
Result<std::string> decode(std::string_view text, std::string_view alphabet, bool padded) {
  std::string_view body = text;
  if (padded) {
    if (body.size() % 4 != 0) return fail(Errc::invalid, "not base64");
    while (!body.empty() && body.back() == '=')
      body.remove_suffix(1);
    if (text.size() - body.size() > 2) return fail(Errc::invalid, "not base64");
  }
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : body) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return fail(Errc::invalid, "not base64");
    group = (group << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xff);
    }
  }
  if (encode(bytes, alphabet, padded) != text) return fail(Errc::invalid, "not base64");
  return bytes;
}

}  // namespace

Digest sha256(std::string_view bytes) {
  // Fetched once: SHA256() of OpenSSL 3 looks the algorithm up by its name each time.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Digest digest{};
  unsigned int size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr) == 1);
  CHECK(size == digest.size());
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest{};
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
             digest.data(), &size) != nullptr);
  CHECK(size == digest.size());
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::span<std::uint8_t> bytes) {
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

std::uint32_t random_below(std::uint32_t bound) {
  CHECK(bound > 0);
  const std::uint32_t limit = UINT32_MAX - UINT32_MAX % bound;  // refuses the uneven rest
  for (;;) {
    std::array<std::uint8_t, 4> bytes{};
    fill_random(bytes);
    const std::uint32_t number = std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
                                 std::uint32_t{bytes[2]} << 8 | bytes[3];
    if (number < limit) return number % bound;
  }
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string base64(std::string_view bytes) {
  return encode(bytes, standard, true);
}
Result<std::string> parse_base64(std::string_view text) {
  return decode(text, standard, true);
}
std::string base64url(std::string_view bytes) {
  return encode(bytes, url_safe, false);
}
Result<std::string> parse_base64url(std::string_view text) {
  return decode(text, url_safe, false);
}

std::string seal(std::string_view key, std::string_view plain, std::string_view context) {
  CHECK(key.size() == 32);
  std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
  fill_random({bytes_of(sealed), nonce_bytes});
  const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  CHECK(cipher != nullptr);
  int size = 0;
  CHECK(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                           bytes_of(sealed)) == 1);
  CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(context),
                          static_cast<int>(context.size())) == 1);
  CHECK(EVP_EncryptUpdate(cipher.get(), bytes_of(sealed) + nonce_bytes, &size, bytes_of(plain),
                          static_cast<int>(plain.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(cipher.get(), bytes_of(sealed) + nonce_bytes + plain.size(), &size) ==
        1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                            bytes_of(sealed) + nonce_bytes + plain.size()) == 1);
  return sealed;
}

Result<std::string> open_sealed(std::string_view key, std::string_view sealed,
                                std::string_view context) {
  CHECK(key.size() == 32);
  const Error wrong = fail(Errc::invalid, "a sealed secret does not open with this key");
  if (sealed.size() < nonce_bytes + tag_bytes) return wrong;
  const std::string_view cipher_text =
      sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  std::string plain(cipher_text.size(), '\0');
  const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  CHECK(cipher != nullptr);
  int size = 0;
  CHECK(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                           bytes_of(sealed)) == 1);
  CHECK(EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(context),
                          static_cast<int>(context.size())) == 1);
  CHECK(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &size, bytes_of(cipher_text),
                          static_cast<int>(cipher_text.size())) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + plain.size(), &size) != 1) return wrong;
  return plain;
}

}  // namespace fairlead::core
