#include "attribution/platforms/stripe_money.hpp"

#include "attribution/order_body.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

core::Result<std::int64_t> stripe_money(const boost::json::object& object, std::string_view name,
                                        core::Currency currency) {
  const auto amount = loose_integer(object, name, 0);
  if (!amount) return amount.error();
  if (*amount < 0 || *amount > amount_minor_max)
    return core::fail(core::Errc::overflow, "\"" + std::string(name) + "\" is out of range");
  // Written with two digits that these currencies do not have …
  if (currency.code() == "ISK" || currency.code() == "UGX")
    return core::multiply_divide(*amount, 1, 100);
  // … and without two that this one has.
  if (currency.code() == "MGA") return core::multiply_divide(*amount, 100, 1);
  return *amount;
}

}  // namespace fairlead::attribution
