// A click on its way from an I/O thread to the writer: fixed size, nothing on the heap, so that a
// flood costs queue slots and no allocations. Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/events.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "redirect/click_facts.hpp"

namespace fairlead::redirect {

// What clicks share is stored once as a word of a kind. Stored and frozen: add, never renumber.
enum class WordKind : std::uint8_t {
  country = 1,
  device = 2,
  os = 3,
  browser = 4,
  app = 5,
  referrer = 6,
  language = 7,
  utm = 8,   // "utm_source=…&utm_medium=…", percent-encoded
  subs = 9,  // "sub1=…&sub2=…", percent-encoded
};

// Text of the request, kept in the click itself. What does not fit is cut.
template <std::size_t bytes_max>
class ShortText {
 public:
  ShortText() = default;
  explicit ShortText(std::string_view text) { append(text); }
  void append(std::string_view text) {
    for (const char c : text)
      if (size_ < bytes_max) bytes_[size_++] = c;
  }
  void lower() {
    for (std::size_t i = 0; i < size_; ++i)
      if (bytes_[i] >= 'A' && bytes_[i] <= 'Z') bytes_[i] = static_cast<char>(bytes_[i] + 32);
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, bytes_max> bytes_;
  std::uint16_t size_ = 0;
};

inline constexpr std::size_t utm_bytes_max = 200;   // of a click's utm values together
inline constexpr std::size_t subs_bytes_max = 160;  // of its sub ids together

struct PendingClick {
  core::ClickId id;
  core::BrandId brand;
  core::LinkId link;
  core::Zone zone;  // the brand's, for the rollup's day
  core::ClickVerdict verdict = core::ClickVerdict::valid;
  std::int64_t visitor = 0;  // 0 = not known
  Network network;
  std::uint32_t flags = 0;
  std::string_view device;  // into static tables
  std::string_view os;
  std::string_view browser;
  std::string_view app;
  ShortText<2> country;
  ShortText<language_bytes_max> language;
  ShortText<referrer_bytes_max> referrer;
  ShortText<utm_bytes_max> utm;
  ShortText<subs_bytes_max> subs;
};

}  // namespace fairlead::redirect
