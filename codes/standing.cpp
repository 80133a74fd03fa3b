#include "codes/standing.hpp"

#include "codes/sql.hpp"
#include "core/email_hash.hpp"

namespace fairlead::codes {

namespace {

// The latest of the named clicks that belongs to a link of the code's influencer.
std::optional<core::Instant> latest_click(const Asker& asker, const StoredCode& code,
                                          const Question& question) {
  std::optional<core::Instant> latest;
  if (!asker.dependencies.read_click) return latest;
  for (const auto& token : question.click_ids) {
    const auto click = asker.dependencies.read_click(token);
    if (!click || click->at > asker.now || (latest && click->at <= *latest)) continue;
    const auto owner = asker.session.run(sql::find_influencer_of_link, asker.brand, click->link);
    if (owner.empty() || owner.one().id<core::InfluencerId>(0) != code.influencer) continue;
    latest = click->at;
  }
  return latest;
}

}  // namespace

Standing read_standing(const Asker& asker, const StoredCode& code, const Question& question) {
  Standing standing;
  const auto& rules = code.terms.customers;
  const auto& customer = question.cart.customer;
  if (rules.is_first_order_only && !customer.identity().empty()) {
    standing.customer_has_ordered =
        !asker.session
             .run(sql::find_other_order, asker.brand, customer.identity(),
                  customer.second_identity(), question.order_ref)
             .empty();
  }
  standing.is_influencer = core::is_hash_of_email(customer.email_sha256, code.influencer_email);
  if (rules.click_hours_max > 0) standing.clicked_at = latest_click(asker, code, question);
  return standing;
}

}  // namespace fairlead::codes
