#include "redirect/checksum.hpp"

#include <array>
#include <cstring>

namespace fairlead::redirect {

namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // bits reversed

constexpr std::array<std::uint32_t, 256> table = [] {
  std::array<std::uint32_t, 256> made{};
  for (std::uint32_t byte = 0; byte < made.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit)
      rest = (rest & 1) != 0 ? rest >> 1 ^ polynomial : rest >> 1;
    made[byte] = rest;
  }
  return made;
}();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_processor(std::string_view bytes,
                                                                    std::uint32_t before) {
  std::uint64_t state = ~before;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    state = __builtin_ia32_crc32di(state, word);
  }
  auto rest = static_cast<std::uint32_t>(state);
  for (const char c : bytes)
    rest = __builtin_ia32_crc32qi(rest, static_cast<std::uint8_t>(c));
  return ~rest;
}

const bool processor_can = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
#if defined(__x86_64__)
  if (processor_can) return crc32c_by_processor(bytes, before);
#endif
  return crc32c_by_table(bytes, before);
}

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t before) {
  std::uint32_t state = ~before;
  for (const char c : bytes)
    state = state >> 8 ^ table[(state ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~state;
}

}  // namespace fairlead::redirect
