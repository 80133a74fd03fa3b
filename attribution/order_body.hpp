// Orders and refunds as shops send them to the own API: reading, checking that they add up, and the
// fingerprint by which a repeated one is known. Pure; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/answer.hpp"
#include "core/events.hpp"

namespace fairlead::attribution {

inline constexpr std::size_t order_body_bytes_max = 512 * 1024;
// The most that one line, a whole order, its tax or its shipping may be: far above any real order
// and far below where sums of many orders could overflow.
inline constexpr std::int64_t amount_minor_max = 1'000'000'000'000'000;
inline constexpr std::int64_t placed_ahead_seconds_max = 86'400;

// The order, or the answer that says what is wrong with the body. `placed_at` may lie up to a day
// ahead, because shops' clocks and zones are often set wrong.
boost::system::result<core::Order, core::Answer> read_order(std::string_view body,
                                                            core::BrandId brand, core::Instant now);
boost::system::result<core::Refund, core::Answer> read_refund(std::string_view body,
                                                              core::BrandId brand,
                                                              std::string order_ref,
                                                              core::Instant now);

// nullopt when the sums hold, whichever door the order came through: amounts within their limits,
// no discount above its line, line ids distinct, tax at least the sum of the lines' taxes. Else a
// 400 `invalid_request` or a 422 `amounts_inconsistent` that names the field and the difference.
std::optional<core::Answer> check_order(const core::Order& order);

// Of one line, and of the whole order: Σ (unit price × quantity − discount). The sums must hold.
std::int64_t base_of(const core::Item& item);
std::int64_t base_of(const core::Order& order);

// Hex SHA-256 of what the order says, not of how it was written: the order of keys, white space and
// absent defaults make no difference.
std::string fingerprint_of(const core::Order& order);
std::string fingerprint_of(const core::Refund& refund);

}  // namespace fairlead::attribution
