// How a link's destination brings its code along, per kind of shop: the page that the brand wrote
// becomes the address under which the shop applies a code and then shows that page. Built when the
// link is written, so a click costs no more for it; {code} and {click_id} stay macros until then.
// The result is checked as every destination is. Pure; any thread.
//
// What shops take is documented by each: Shopify's /discount/{code}?redirect=, WooCommerce's
// /checkout-link/?products=…&coupon= (core) and the parameter of a plugin, which differs from one
// to the next. What is put into `redirect` is a whole address of its own, so it is encoded once
// more, as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "redirect/utm.hpp"

namespace fairlead::redirect {

struct ApplyWay {
  enum class Kind : std::uint8_t { none, shopify, woocommerce, generic, custom };
  Kind kind = Kind::none;
  std::string parameter;  // of woocommerce with a plugin, and generic; "" = "coupon"
  std::string products;   // of woocommerce's own checkout link, "12:1,15:2"; "" = by plugin
  std::string pattern;    // of custom: "https://{shop}/cart/1:1?discount={code}&to={path}"

  bool operator==(const ApplyWay&) const = default;
};
std::string_view name_of(ApplyWay::Kind kind);  // "shopify", …; "" for none and custom

// Each part by itself; Errc::invalid says which field of `apply` is wrong and what would be right:
// "apply/parameter must …".
core::Result<void> check_apply(const ApplyWay& way);

// `page` is a destination that check_destination() has accepted. Slots of a pattern: {shop} (host
// and port of the page), {path} (its path, query and fragment with the click's token, encoded as a
// whole), {utm_source} … {utm_content} (the link's), and every macro of a destination.
// Errc::invalid starts with "destination" or "apply/template": a page whose own macros a shopper
// can fill must not go into {path}, where a value would be decoded twice and could lead to another
// host.
core::Result<std::string> apply_destination(const ApplyWay& way, std::string_view page,
                                            const UtmValues& utm);

}  // namespace fairlead::redirect
