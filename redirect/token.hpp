// Click tokens: 36 URL-safe characters that let an order be attributed with the click store empty
// or on another node. 27 bytes: key id (1) | click id (8) | link id (8) | MAC (10), numbers
// big-endian; the MAC is SipHash-2-4 cut to 80 bits. The time is the click id's. See
// docs/decisions/0003.
//
// A TokenSigner belongs to one thread and keeps its context, because it is on the redirect path.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redirect/redirect.hpp"
#include "redirect/siphash.hpp"

namespace fairlead::redirect {

inline constexpr std::size_t token_letters = 36;
using TokenText = std::array<char, token_letters>;

class TokenSigner {
 public:
  // The first key signs, all verify; there is at least one (CHECK).
  explicit TokenSigner(const std::vector<TokenKey>& keys);
  ~TokenSigner();
  TokenSigner(const TokenSigner&) = delete;
  TokenSigner& operator=(const TokenSigner&) = delete;

  TokenText sign(core::ClickId click, core::LinkId link);
  // Errc::invalid: not a token, forged or of an unknown key; the same MACs are computed in every
  // case. Tokens of earlier versions, whose MAC was HMAC-SHA256, are read for ever.
  core::Result<ClickFact> read(std::string_view token);

 private:
  using Mac = std::array<std::uint8_t, 10>;
  struct Keyed {
    std::uint8_t id;
    std::string secret;
    std::array<std::uint8_t, 16> key;  // derived from the secret
  };
  Mac mac_of(const Keyed& key, const std::uint8_t* body);
  static Mac old_mac_of(const Keyed& key, const std::uint8_t* body);

  MacContext context_;
  std::vector<Keyed> keys_;
};

}  // namespace fairlead::redirect
