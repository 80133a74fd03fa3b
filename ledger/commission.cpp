#include "ledger/commission.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include "core/money.hpp"

namespace fairlead::ledger {

core::Result<std::int64_t> commission_minor(const Plan& plan, std::int64_t base_minor) {
  for (const PlanKind& entry : plan_kinds()) {
    if (entry.kind != plan.kind) continue;
    boost::system::error_code failed;
    const boost::json::value stored = boost::json::parse(plan.terms, failed);
    if (failed || !stored.is_object())
      return core::fail(core::Errc::invalid, "the terms of the plan are not a JSON object");
    auto terms = entry.read_terms(stored.get_object());
    if (!terms) return terms.error();
    return entry.commission_minor(*terms, std::max<std::int64_t>(base_minor, 0));
  }
  return core::fail(core::Errc::invalid, "there is no plan of kind \"" + plan.kind + "\"");
}

core::Result<std::int64_t> adjustment_minor(const Plan& plan, std::int64_t remaining_base_minor,
                                            std::int64_t booked_minor) {
  auto target = commission_minor(plan, remaining_base_minor);
  if (!target) return target;
  // Both are commissions of one plan or sums of such: the difference of two amounts ≥ 0 always
  // fits.
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(*target, booked_minor, &difference))
    return core::fail(core::Errc::overflow, "the reversal does not fit 64 bits");
  return difference;
}

}  // namespace fairlead::ledger
