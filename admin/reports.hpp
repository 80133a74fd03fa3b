// Reports: numbers about what influencers brought and cost, from the same rows the ledger and the
// click file are made of, as JSON or CSV. Reading only; handlers run on the work pool, several at
// once.
#pragma once

#include <vector>

#include "admin/admin.hpp"
#include "net/router.hpp"

namespace fairlead::admin {

// GET /v1/reports/roi and GET /v1/reports/clicks, for admin and viewer keys and for influencer
// keys, which see their own rows alone (and profit and roi as if the brand's margin were
// 1,000,000).
//
//   ?group_by=influencer|campaign|deal|link|code|platform|tier|country|day|week|month (roi: needed)
//   ?group_by=link|influencer|campaign|deal|hour|day|week|month|country|device|os|browser|app|
//             language                                               (clicks; default: link)
//   &from=2026-03-01 or an RFC 3339 instant, inclusive               (default: the beginning)
//   &to=2026-04-01 or an RFC 3339 instant, exclusive                 (default: the end of today)
//   &campaign_id=cmp_…  &format=json|csv                             (default: all, json)
//   &influencer_id=inf_…  &link_id=lnk_…                             (clicks only; default: all)
//
// A day is the brand's. An unknown parameter or value is refused with a 400 that names it.
//
// What counts when: clicks when they came, orders and revenue when the order was placed, refunds
// when the refund was, commission when its posting is dated, code uses when they were redeemed
// (uses of orders over a code's limit are not uses), a deal's fee and gifts when the deal starts
// (or was created), costs at their own instant. Rows are per key and currency; what has no currency
// of its own (clicks, fees, gifts) counts in the currency of its campaign. What cannot be assigned
// to a key (a code's order in a report by link, a campaign's cost in a report by influencer, every
// fee in a report by link or code) stands in a row with the key "", so that every column but
// visitors and orders sums to its total. `visitors` and `orders` are distinct within each row;
// visitors are exact up to 256 and beyond that a sketch's (core/visitor_sketch.hpp). Rows without a
// single number are left out. Order: by time for day, week and month, else by revenue,
// highest first, then by key.
//
// platform is that of an influencer's first handle; tier (below_nano to 999 followers, nano to
// 4,999, micro to 100,000, macro) is that of the largest handle as it stands today; country is the
// influencer's.
//
// Conversion counts orders that a click led to (click_orders) over valid clicks, with the 95 %
// Wilson interval. roi, roas, aov, epc and cpa come without an interval: they mix random orders
// with fixed fees and costs decided by people, and their spread cannot be told from sums alone.
// GET /v1/reports/attribution, for the same keys: every attribution model over the same journeys, a
// row per influencer and currency. ?from, to, campaign_id (journeys with a touch for it, whole) and
// format as above; &model=linear, one of them; &order=1…4, of the Markov chain.
std::vector<net::Route> report_routes(const Dependencies& dependencies);

}  // namespace fairlead::admin
