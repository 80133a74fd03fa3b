// What is recorded of a request besides its link: verdict, device, country, referrer, language,
// consent. Reads each header once. Pure apart from the thread's own agent cache.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/events.hpp"
#include "net/request.hpp"
#include "redirect/address_ranges.hpp"
#include "redirect/agents.hpp"
#include "redirect/countries.hpp"

namespace fairlead::redirect {

// Bits of a click's `flags`. Stored and frozen: add, never renumber.
inline constexpr std::uint32_t flag_gpc = 1;            // Sec-GPC: 1
inline constexpr std::uint32_t flag_dnt = 2;            // DNT: 1
inline constexpr std::uint32_t flag_tls = 4;            // the click came by TLS
inline constexpr std::uint32_t flag_no_activation = 8;  // Sec-Fetch says: not started by a person
inline constexpr std::uint32_t flag_datacenter = 16;    // the address is in a hosting range
inline constexpr std::uint32_t flag_closed = 32;      // the link was closed: led elsewhere by rule
inline constexpr std::uint32_t flag_uses_limit = 64;  // took one of the link's limited uses
// Two bits from here on are the Consent of visitor_cookie.hpp; from bit 16 on they are those of
// holdout.hpp.
inline constexpr int flag_consent_shift = 8;
inline constexpr std::uint32_t flag_cookie = 1'024;  // the visitor is the cookie's, by consent

inline constexpr std::size_t referrer_bytes_max = 64;
inline constexpr std::size_t language_bytes_max = 3;

// The stored part of a client's address: /24 of IPv4, /48 of IPv6; nothing for what is no address.
struct Network {
  std::array<std::uint8_t, 6> bytes{};
  std::uint8_t size = 0;  // 0, 3 or 6
};
Network network_of(std::string_view client_address);

struct ClickFacts {
  core::ClickVerdict verdict = core::ClickVerdict::valid;
  std::string_view rule;  // the rule that decided; "" = none hit
  std::string_view device;
  std::string_view os;
  std::string_view browser;
  std::string_view app;         // in-app browser, by user agent or by referrer
  std::string_view referrer;    // host of the Referer, as sent, "" when it is no host name
  std::string_view country;     // "DE", "" = not known
  std::string_view language;    // first of Accept-Language, "de"; as sent
  std::string_view user_agent;  // as sent; for the visitor hash only, never stored
  std::string_view cookie;      // the visitor's, fl_v; "" = none
  std::uint32_t flags = 0;
  Network network;
  // Global Privacy Control or Do Not Track.
  bool has_opted_out() const { return (flags & (flag_gpc | flag_dnt)) != 0; }
};

// What is known about addresses; either may be missing.
struct Places {
  const Countries* countries = nullptr;
  const AddressRanges* datacenters = nullptr;
  bool refuse_datacenters = false;  // else they are only marked: many VPNs are people
};

// First hit wins: HEAD, prefetch headers, the agent's rules, embedded, datacenter. Views point into
// the request and into `places`.
ClickFacts read_facts(const net::Request& request, AgentCache& agents, const Places& places = {});

}  // namespace fairlead::redirect
