#include "redirect/click_record.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace fairlead::redirect {

namespace {

static_assert(std::endian::native == std::endian::little, "records are stored little-endian");

constexpr std::size_t text_count = 10;

// What stands before the texts. Without gaps, so that its bytes are its value.
struct Fixed {
  std::uint16_t size;  // of the whole record, this field included
  std::uint8_t verdict;
  std::uint8_t hour;
  std::int32_t day;
  std::int64_t id;
  std::int64_t brand;
  std::int64_t link;
  std::int64_t visitor;
  std::uint32_t flags;
  std::uint8_t variant;
  std::uint8_t network_size;
  std::uint8_t network[6];
  std::uint8_t text_sizes[text_count];
  std::uint8_t unused[2];  // zero
};
static_assert(sizeof(Fixed) == 64 && alignof(Fixed) == 8);

using Text = std::pair<std::string_view ClickRecord::*, std::size_t>;  // which, and its most bytes
constexpr std::array<Text, text_count> texts = {{{&ClickRecord::rule, word_bytes_max},
                                                 {&ClickRecord::device, word_bytes_max},
                                                 {&ClickRecord::os, word_bytes_max},
                                                 {&ClickRecord::browser, word_bytes_max},
                                                 {&ClickRecord::app, word_bytes_max},
                                                 {&ClickRecord::country, word_bytes_max},
                                                 {&ClickRecord::language, word_bytes_max},
                                                 {&ClickRecord::referrer, referrer_bytes_max},
                                                 {&ClickRecord::utm, utm_bytes_max},
                                                 {&ClickRecord::subs, subs_bytes_max}}};

bool is_valid(const Fixed& fixed) {
  std::size_t size = sizeof fixed;
  for (const std::uint8_t text_size : fixed.text_sizes)
    size += text_size;
  return fixed.size == size && fixed.verdict < verdict_count && fixed.hour < 24 &&
         fixed.network_size <= sizeof fixed.network && fixed.unused[0] == 0 && fixed.unused[1] == 0;
}

}  // namespace

void append_record(std::string& bytes, const ClickRecord& click) {
  Fixed fixed{};
  std::size_t size = sizeof fixed;
  for (std::size_t i = 0; i < text_count; ++i) {
    const auto [text, bytes_max] = texts[i];
    fixed.text_sizes[i] = static_cast<std::uint8_t>(std::min((click.*text).size(), bytes_max));
    size += fixed.text_sizes[i];
  }
  fixed.size = static_cast<std::uint16_t>(size);
  fixed.verdict = static_cast<std::uint8_t>(click.verdict);
  fixed.hour = click.hour;
  fixed.day = click.day.number;
  fixed.id = click.id.number;
  fixed.brand = click.brand.number;
  fixed.link = click.link.number;
  fixed.visitor = click.visitor;
  fixed.flags = click.flags;
  fixed.variant = click.variant;
  fixed.network_size = click.network.size;
  std::copy_n(click.network.bytes.begin(), sizeof fixed.network, fixed.network);

  const std::size_t start = bytes.size();
  bytes.resize(start + size);
  char* at = bytes.data() + start;
  std::memcpy(at, &fixed, sizeof fixed);
  at += sizeof fixed;
  for (std::size_t i = 0; i < text_count; ++i)
    at = std::copy_n((click.*texts[i].first).data(), fixed.text_sizes[i], at);
}

bool read_record(std::string_view& rest, ClickRecord& click) {
  Fixed fixed;
  if (rest.size() < sizeof fixed) return false;
  std::memcpy(&fixed, rest.data(), sizeof fixed);
  if (fixed.size > rest.size() || !is_valid(fixed)) return false;
  click = {.id = {fixed.id},
           .brand = {fixed.brand},
           .link = {fixed.link},
           .day = {fixed.day},
           .hour = fixed.hour,
           .verdict = static_cast<core::ClickVerdict>(fixed.verdict),
           .variant = fixed.variant,
           .flags = fixed.flags,
           .visitor = fixed.visitor};
  click.network.size = fixed.network_size;
  std::copy_n(fixed.network, sizeof fixed.network, click.network.bytes.begin());
  std::size_t at = sizeof fixed;
  for (std::size_t i = 0; i < text_count; ++i) {
    click.*texts[i].first = rest.substr(at, fixed.text_sizes[i]);
    at += fixed.text_sizes[i];
  }
  rest.remove_prefix(fixed.size);
  return true;
}

void change_verdict(char* record, core::ClickVerdict verdict) {
  record[offsetof(Fixed, verdict)] = static_cast<char>(verdict);
}

}  // namespace fairlead::redirect
