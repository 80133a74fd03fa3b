// Where a click goes: the link's destination, its macros replaced, the utm defaults and the
// shopper's query added, and the click token last. Pure: the same input gives the same Location;
// any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "redirect/destination.hpp"
#include "redirect/query.hpp"

namespace fairlead::redirect {

// What a link adds where the shopper's query says nothing; the links of a campaign share one.
struct UtmDefaults {
  std::array<std::string, utm_names.size()> values;  // percent-encoded; "" = none
  bool is_locked = false;                            // they win over what the shopper's query says
};

// Borrows both.
struct Target {
  Destination destination;
  const UtmDefaults* utm = nullptr;  // nullptr = none
  // Pairs of the shopper's that repeat a name of the destination's own query are not forwarded. Of
  // links that bring a code, whose address is an instruction to the shop.
  bool own_query_wins = false;

  std::string_view utm_default(std::size_t i) const {
    return utm == nullptr ? std::string_view{} : std::string_view(utm->values[i]);
  }
};

struct ClickParts {
  std::string_view slug;
  std::string_view query;      // behind the '?', as sent
  std::string_view token;      // "" = no click: no fl_click is added
  std::string_view code = {};  // what {code} becomes
};

// What is longer is not sent: some clients and proxies take no longer head, and the memory of
// answers that nobody reads must have a bound.
inline constexpr std::size_t location_bytes_max = 16 * 1024;

// Appends the Location to `location`, in the contract's order: destination with macros replaced and
// its own query byte for byte; utm defaults that neither it nor (unless locked) the shopper's query
// has; the shopper's pairs, without any fl_click, utm values the link locks and names the target
// keeps; fl_click; the fragment. What is beyond location_bytes_max already gets no more macros.
void decide(const Target& target, const ClickParts& click, const KnownValues& known,
            std::string& location);

// The last guard before the header: printable ASCII without blanks, nothing else.
bool is_header_safe(std::string_view location);

}  // namespace fairlead::redirect
