// What a brand wants done about signals of fraud. Inside the caller's transaction.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "attribution/signals.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

inline constexpr std::int64_t click_to_order_floor_s_max = 60;

struct SignalPolicy {
  // "off", "report" or "hold" by the signal's name, for those that differ from their default.
  std::map<std::string, std::string, std::less<>> actions;
  // An order that follows its click sooner is a click_to_order_short by itself; 0 … 60, 0: none is.
  std::int64_t click_to_order_floor_s = 0;
  std::int64_t version = 0;
  std::string_view action_of(Signal signal) const;
};

SignalPolicy find_signal_policy(storage::Session& session, core::BrandId brand);
void put_signal_policy(storage::Session& session, core::BrandId brand, const SignalPolicy& policy);

}  // namespace fairlead::attribution
