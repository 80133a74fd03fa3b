// A 64-bit hash of short text under a secret seed, for tables whose keys outsiders choose: without
// the seed nobody can pick slugs or user agents that collide. Not for storage: the seed lives as
// long as the process. Multiply-and-fold mixing (the construction of wyhash). Pure; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace fairlead::redirect {

inline std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t seeded_hash(std::uint64_t seed, std::string_view text) {
  // Every factor depends on the seed; a known constant here could be cancelled by a chosen text.
  const std::uint64_t secret = seed * 0xe7037ed1a0b428dbULL + 0xa0761d6478bd642fULL;
  const std::size_t size = text.size();
  std::uint64_t state = seed;
  while (text.size() >= 16) {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::memcpy(&a, text.data(), 8);
    std::memcpy(&b, text.data() + 8, 8);
    state = fold_multiply(a ^ secret, b ^ state);
    text.remove_prefix(16);
  }
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (!text.empty()) std::memcpy(&a, text.data(), text.size() < 8 ? text.size() : 8);
  if (text.size() > 8) std::memcpy(&b, text.data() + 8, text.size() - 8);
  return fold_multiply(secret ^ size, fold_multiply(a ^ secret, b ^ state));
}

}  // namespace fairlead::redirect
