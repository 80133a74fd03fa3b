// Amounts as Stripe writes them: whole numbers in its own smallest unit, which for a few currencies
// is not the minor unit of ISO 4217. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>

#include "core/money.hpp"
#include "core/result.hpp"

namespace fairlead::attribution {

// Absent is 0. Errc::invalid or overflow names the field; an amount below zero is refused.
core::Result<std::int64_t> stripe_money(const boost::json::object& object, std::string_view name,
                                        core::Currency currency);

}  // namespace fairlead::attribution
