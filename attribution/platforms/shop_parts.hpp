// What several platforms' orders have in common: where a click token hides, how customers are told
// apart, items whose base is known, cancellations. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/platforms.hpp"

namespace fairlead::attribution {

inline constexpr std::size_t shop_lines_max = 5'000;
inline constexpr std::int64_t shop_quantity_max = 1'000'000;
inline constexpr std::size_t shop_entries_max = 2'000;  // of each list in one refund

// nullopt: absent, or sent more than once.
std::optional<std::string_view> single_header(const net::Request& request, std::string_view name);
// Whether `signed_text` has one of the MACs under one of the secrets. Every secret is tried against
// every MAC, so that the time says nothing about which one it was. MACs are raw bytes.
bool is_authentic(std::span<const std::string> secrets, std::string_view signed_text,
                  std::span<const std::string> macs);

// Whether unix seconds as they are written lie within 300 s of now, before or after: the window in
// which a signature with a time may be used again.
bool is_recent(std::string_view seconds, core::Instant now);

// Once however it is written, and no more than an order may have.
void add_code(std::vector<std::string>& codes, const std::string& code);
// The token of a page's address, "" when it has none that could be one.
std::string click_token_of(std::string_view address);
// Hex SHA-256 of the normalised address; "" of none. The address itself is not kept.
std::string email_digest(std::string email);

// An item of that base: the unit price is rounded up to whole units, and the discount, which is
// `discount_minor` to a unit for each piece, takes up the rounding. All ≥ 0, quantity ≥ 1.
core::Item item_of_base(std::string line_id, std::int64_t quantity, std::int64_t base_minor,
                        std::int64_t discount_minor);

enum class Cancelled { no, yes };
// Nothing is left of the order, or everything again.
Change cancellation(std::string order_ref, Cancelled cancelled, core::Instant state_at);

}  // namespace fairlead::attribution
