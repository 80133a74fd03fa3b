// A code for one click, made while the click is answered and without any write of its own:
// PREFIX-TTTTTTTTTTTTTMMMMMMMMMM. PREFIX is the text of the link's code, T the click's id as every
// id is written (13 letters), M a MAC of 50 bits (10 letters), both in Crockford's base32 in
// capitals, which has no I, L, O and U. The MAC is SipHash-2-4 over brand, code and click, under a
// key derived from the secret that signs click tokens, so nobody but a server of the brand makes
// one, and none is good for another brand or code. See docs/decisions/0009.
//
// A ClickCodes belongs to one thread; read_click_code() is for any.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redirect/redirect.hpp"
#include "redirect/siphash.hpp"
#include "redirect/token.hpp"

namespace fairlead::redirect {

inline constexpr std::size_t click_code_digits = 23;      // behind the '-'
inline constexpr std::size_t click_code_prefix_max = 16;  // so that 40 letters hold all of it

class ClickCodes {
 public:
  // The first key makes codes, all are good; there is at least one (CHECK).
  explicit ClickCodes(const std::vector<TokenKey>& keys);
  ~ClickCodes();
  ClickCodes(const ClickCodes&) = delete;
  ClickCodes& operator=(const ClickCodes&) = delete;

  // Appends the code to `out`; `prefix` as it is.
  void append(std::string& out, std::string_view prefix, core::BrandId brand, core::CodeId code,
              core::ClickId click);
  // The click of 23 letters in capitals; nothing when they are not of this brand and code. Letters
  // that name a click cost the MAC of every key, right or wrong.
  std::optional<core::ClickId> read(std::string_view digits, core::BrandId brand,
                                    core::CodeId code);

 private:
  using Mac = std::array<char, 10>;  // as letters
  Mac mac_of(const std::array<std::uint8_t, 16>& key, core::BrandId brand, core::CodeId code,
             core::ClickId click);

  MacContext context_;
  std::vector<std::array<std::uint8_t, 16>> keys_;
};

// As ClickCodes::read(), for a code that comes back now and then.
std::optional<core::ClickId> read_click_code(const std::vector<TokenKey>& keys,
                                             std::string_view digits, core::BrandId brand,
                                             core::CodeId code);

}  // namespace fairlead::redirect
