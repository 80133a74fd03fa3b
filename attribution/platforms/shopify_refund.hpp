// A Shopify refund: what it takes from the commission base of the order's lines. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "attribution/platforms.hpp"

namespace fairlead::attribution {

// A refund as it comes in refunds/create or inside an order. Rules, by the order's own figures:
// with lines: the part of the line's base that the refunded quantity stands for, when the shop's
// subtotal agrees with or without tax to one unit; else the smaller of subtotal and what is left,
// noted `refund_amount_mismatch`. Without lines: successful refund money minus its shipping part.
// Money that lines, tax and shipping do not explain is noted `money_mismatch`.
core::Result<Change> read_shopify_refund(const boost::json::object& refund, std::string order_ref);

}  // namespace fairlead::attribution
