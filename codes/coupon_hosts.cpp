// Sites and extensions that collect discount codes, by host. Written by hand and small on purpose:
// only services that call themselves coupon, voucher or cashback sites on their own front page
// (several are named in clean.io's primer on coupon extensions, "How do coupon extensions work",
// 17 December 2020). A brand adds its own with PATCH /v1/leak_policy.
#include <algorithm>
#include <array>

#include "codes/leaks.hpp"

namespace fairlead::codes {

namespace {

constexpr std::array<std::string_view, 30> coupon_hosts = {
    "capitaloneshopping.com", "couponbirds.com",  "couponcabin.com",
    "couponfollow.com",       "coupons.com",      "coupons.de",
    "couponsprovider.com",    "coupert.com",      "dealcatcher.com",
    "dealspotr.com",          "dontpayfull.com",  "gutscheine.de",
    "gutscheinparade.de",     "gutscheinpony.de", "gutscheinsammler.de",
    "hotukdeals.com",         "joinhoney.com",    "mydealz.de",
    "myvouchercodes.co.uk",   "promocodes.com",   "rakuten.com",
    "rather-be-shopping.com", "retailmenot.com",  "savings.com",
    "simplycodes.com",        "slickdeals.net",   "sparwelt.de",
    "vouchercodes.co.uk",     "wethrift.com",     "wikibuy.com",
};

}  // namespace

bool is_coupon_host(std::string_view host, const std::vector<std::string>& own) {
  while (host.find('.') != host.npos) {
    if (std::find(coupon_hosts.begin(), coupon_hosts.end(), host) != coupon_hosts.end() ||
        std::find(own.begin(), own.end(), host) != own.end())
      return true;
    host.remove_prefix(host.find('.') + 1);
  }
  return false;
}

}  // namespace fairlead::codes
