// POST /v1/codes/check: may a shopper's code be used for this cart? Asked by the shop's own page,
// with a key of role browser that everybody can read, so it must tell a guesser nothing: it takes
// no lock and changes nothing, knows no order and no customer, and answers every refusal with the
// same bytes after the same statements. Why a code was refused is counted and logged instead. What
// a page may rely on, and why, is in docs/checkout-browser.md.
//
// Threads: made once at start and must outlive the router; handlers run on the work pool.
#pragma once

#include <deque>
#include <vector>

#include "codes/codes.hpp"
#include "codes/guess_limits.hpp"
#include "core/answer.hpp"
#include "core/metrics.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

class CodeCheck {
 public:
  CodeCheck(Dependencies dependencies, GuessLimitOptions limits);

  std::vector<net::Route> routes();
  // fairlead_code_checks_total by what came out: valid, rate_limited, or the reason's wire name.
  void collect(std::vector<core::Metric>& metrics) const;

 private:
  core::Answer check(const net::Call& call);

  const Dependencies dependencies_;
  GuessLimits limits_;
  std::deque<core::Counter> answered_;  // by Verdict
  core::Counter limited_;
};

}  // namespace fairlead::codes
