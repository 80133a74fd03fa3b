// The few cryptographic values everyone shares, all from OpenSSL: digests, MACs, random bytes,
// sealed secrets and their texts. Pure apart from the random source; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace fairlead::core {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
// Constant time for equal lengths; different lengths are unequal at once.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// RAND_bytes; CHECKs that the system's generator works.
void fill_random(std::span<std::uint8_t> bytes);
std::uint32_t random_below(std::uint32_t bound);  // uniform in 0 … bound−1; bound > 0

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
Result<std::string> parse_base64(std::string_view text);  // strict: padding, no blanks
std::string base64url(std::string_view bytes);            // no padding
Result<std::string> parse_base64url(std::string_view text);

// AES-256-GCM: 12 bytes nonce, ciphertext, 16 bytes tag. `key` is 32 bytes (CHECK). `context` is
// bound to the secret, so that a sealed value moved to another row does not open (Errc::invalid).
std::string seal(std::string_view key, std::string_view plain, std::string_view context);
Result<std::string> open_sealed(std::string_view key, std::string_view sealed,
                                std::string_view context);

inline std::string_view as_text(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace fairlead::core
