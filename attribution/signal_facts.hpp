// What the databases hold of a brand's credited orders, as signals.hpp wants it. Inside the
// caller's transaction.
#pragma once

#include "attribution/signals.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

inline constexpr std::int64_t signal_window_days = 90;
// Of a brand with more credits in the window the newest count, and the window is as long as they
// reach.
inline constexpr std::size_t signal_orders_max = 200'000;

// `clicks` is a session of the click file; without it no networks and visitors are known.
SignalFacts read_signal_facts(storage::Session& session, storage::Session* clicks,
                              core::BrandId brand, core::Instant now);

}  // namespace fairlead::attribution
