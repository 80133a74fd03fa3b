#include "redirect/address_ranges.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace fairlead::redirect {

namespace {

constexpr unsigned address_bits = 128;
constexpr unsigned v4_bits = 32;

std::string_view without_remark(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!line.empty() && is_blank(line.front()))
    line.remove_prefix(1);
  while (!line.empty() && is_blank(line.back()))
    line.remove_suffix(1);
  return line;
}

}  // namespace

core::Result<AddressRanges> AddressRanges::read(const std::string& file) {
  std::ifstream in(file);
  if (!in) return core::fail(core::Errc::config, file + ": cannot be read");
  AddressRanges ranges;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string_view text = without_remark(line);
    if (text.empty()) continue;
    const auto range = parse(text);
    if (!range)
      return core::fail(core::Errc::config,
                        file + ":" + std::to_string(number) + ": \"" + std::string(text) +
                            "\" is no network; one a line is right, such as 203.0.113.0/24");
    ranges.ranges_.push_back(*range);
  }
  if (in.bad()) return core::fail(core::Errc::config, file + ": cannot be read");
  ranges.merge();
  return ranges;
}

std::optional<AddressRanges::Range> AddressRanges::parse(std::string_view line) {
  const std::size_t slash = line.find('/');
  const auto address = parse_address(line.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits = line.find(':') == std::string_view::npos ? v4_bits : address_bits;
  unsigned prefix = bits;
  if (slash != std::string_view::npos) {
    const std::string_view text = line.substr(slash + 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), prefix);
    if (error != std::errc{} || end != text.data() + text.size() || prefix > bits)
      return std::nullopt;
  }
  Range range{*address, *address};
  for (unsigned bit = prefix + address_bits - bits; bit < address_bits; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> bit % 8);
    range.first[bit / 8] &= static_cast<std::uint8_t>(~mask);
    range.last[bit / 8] |= mask;
  }
  return range;
}

void AddressRanges::merge() {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> apart;
  for (const Range& range : ranges_) {
    if (apart.empty() || apart.back().last < range.first) {
      apart.push_back(range);
    } else {
      apart.back().last = std::max(apart.back().last, range.last);
    }
  }
  ranges_ = std::move(apart);
}

bool AddressRanges::contains(const AddressBytes& address) const {
  const auto behind = std::upper_bound(
      ranges_.begin(), ranges_.end(), address,
      [](const AddressBytes& one, const Range& range) { return one < range.first; });
  return behind != ranges_.begin() && !(std::prev(behind)->last < address);
}

}  // namespace fairlead::redirect
