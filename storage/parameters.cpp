#include "storage/parameters.hpp"

#include <string>

#include "core/check.hpp"

namespace fairlead::storage {

namespace {

// The length of the well-formed UTF-8 sequence at the start (Unicode 15, table 3-7), or 0.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : 0xbf;  // no surrogates
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;  // nothing above U+10FFFF
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void check_parameters(const Statement& statement, std::span<const Value> values) {
  CHECK(values.size() == static_cast<std::size_t>(statement.parameters));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto* text = std::get_if<std::string>(&values[i].cell());
    if (text == nullptr || is_storable_text(*text)) continue;
    throw StatementFailed{
        core::fail(core::Errc::invalid, std::string(statement.name) + ": parameter " +
                                            std::to_string(i + 1) +
                                            " holds a NUL or is not valid UTF-8"),
        false};
  }
}

bool is_storable_text(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0) return false;
    if (byte < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = sequence_bytes(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace fairlead::storage
