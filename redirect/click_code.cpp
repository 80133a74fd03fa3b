#include "redirect/click_code.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>

#include "core/check.hpp"
#include "core/crypto.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t id_letters = 13;
constexpr std::size_t siphash_bytes = 16;
// Separates these MACs from any other use of the same secret. Frozen.
constexpr std::string_view purpose = "fl_code.1";
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace

ClickCodes::ClickCodes(const std::vector<TokenKey>& keys) : context_(new_siphash(siphash_bytes)) {
  CHECK(!keys.empty());
  for (const TokenKey& key : keys) {
    const core::Digest derived = core::hmac_sha256(key.secret, purpose);
    std::copy_n(derived.begin(), siphash_bytes, keys_.emplace_back().begin());
  }
}

ClickCodes::~ClickCodes() {
  for (auto& key : keys_)
    OPENSSL_cleanse(key.data(), key.size());
}

void ClickCodes::append(std::string& out, std::string_view prefix, core::BrandId brand,
                        core::CodeId code, core::ClickId click) {
  std::array<char, id_letters> id;
  auto number = static_cast<std::uint64_t>(click.number);
  for (std::size_t i = id_letters; i-- > 0; number >>= 5)
    id[i] = alphabet[number & 31];
  const Mac mac = mac_of(keys_.front(), brand, code, click);
  out.append(prefix).append("-").append(id.data(), id.size()).append(mac.data(), mac.size());
}

std::optional<core::ClickId> ClickCodes::read(std::string_view digits, core::BrandId brand,
                                              core::CodeId code) {
  const bool is_whole = digits.size() == click_code_digits;
  std::uint64_t number = 0;
  for (std::size_t i = 0; is_whole && i < id_letters; ++i) {
    const std::size_t digit = alphabet.find(digits[i]);
    // 13 letters hold 65 bits, an id is one of 63: every click has one spelling.
    if (digit == alphabet.npos || number >> 58 != 0) return std::nullopt;
    number = number << 5 | digit;
  }
  if (!is_whole || number == 0) return std::nullopt;
  const core::ClickId click{static_cast<std::int64_t>(number)};
  const std::string_view given = digits.substr(id_letters);
  bool is_good = false;
  for (const auto& key : keys_) {
    const Mac mac = mac_of(key, brand, code, click);
    is_good |= core::equal_in_constant_time(given, {mac.data(), mac.size()});
  }
  if (!is_good) return std::nullopt;
  return click;
}

ClickCodes::Mac ClickCodes::mac_of(const std::array<std::uint8_t, 16>& key, core::BrandId brand,
                                   core::CodeId code, core::ClickId click) {
  std::array<std::uint8_t, 24> body;
  auto* at = body.data();
  for (const std::int64_t number : {brand.number, code.number, click.number}) {
    for (int shift = 56; shift >= 0; shift -= 8)
      *at++ = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift);
  }
  EVP_MAC_CTX* const context = context_.get();
  std::array<std::uint8_t, siphash_bytes> tag{};
  std::size_t size = 0;
  CHECK(EVP_MAC_init(context, key.data(), key.size(), nullptr) == 1);
  CHECK(EVP_MAC_update(context, body.data(), body.size()) == 1);
  CHECK(EVP_MAC_final(context, tag.data(), &size, tag.size()) == 1 && size == tag.size());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i)
    bits = bits << 8 | tag[i];
  Mac mac;
  for (char& letter : mac) {
    letter = alphabet[bits >> 59];
    bits <<= 5;
  }
  return mac;
}

std::optional<core::ClickId> read_click_code(const std::vector<TokenKey>& keys,
                                             std::string_view digits, core::BrandId brand,
                                             core::CodeId code) {
  return ClickCodes(keys).read(digits, brand, code);
}

}  // namespace fairlead::redirect
