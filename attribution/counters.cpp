#include "attribution/counters.hpp"

#include "attribution/attribution.hpp"

namespace fairlead::attribution {

Counters& counters() {
  static Counters all;
  return all;
}

void count_refused(Outcome outcome) {
  if (outcome == Outcome::invalid_token) counters().tokens_invalid.add();
  if (outcome == Outcome::foreign) counters().tokens_foreign.add();
  if (outcome == Outcome::expired) counters().tokens_expired.add();
}

void collect(std::vector<core::Metric>& metrics) {
  const auto add = [&](const char* name, const char* help, const char* label, const char* value,
                       const core::Counter& counter) {
    metrics.push_back({core::Metric::Kind::counter,
                       name,
                       help,
                       {{label, value}},
                       static_cast<double>(counter.value())});
  };
  const Counters& all = counters();
  const char* orders = "fairlead_orders_total";
  const char* orders_help = "Orders that shops sent, by what became of them.";
  add(orders, orders_help, "outcome", "booked", all.orders_booked);
  add(orders, orders_help, "outcome", "repeated", all.orders_repeated);
  add(orders, orders_help, "outcome", "conflicting", all.orders_conflicting);
  const char* refunds = "fairlead_refunds_total";
  const char* refunds_help = "Refunds that shops sent, by what became of them.";
  add(refunds, refunds_help, "outcome", "booked", all.refunds_booked);
  add(refunds, refunds_help, "outcome", "repeated", all.refunds_repeated);
  const char* tokens = "fairlead_click_tokens_refused_total";
  const char* tokens_help = "Click tokens of orders that did not attribute, by reason.";
  add(tokens, tokens_help, "reason", "invalid", all.tokens_invalid);
  add(tokens, tokens_help, "reason", "foreign", all.tokens_foreign);
  add(tokens, tokens_help, "reason", "expired", all.tokens_expired);
  const char* webhooks = "fairlead_webhooks_total";
  const char* webhooks_help = "Webhook deliveries, by what became of them.";
  add(webhooks, webhooks_help, "outcome", "unsigned", all.webhooks_unsigned);
  add(webhooks, webhooks_help, "outcome", "applied", all.webhooks_applied);
  add(webhooks, webhooks_help, "outcome", "duplicate", all.webhooks_duplicate);
  add(webhooks, webhooks_help, "outcome", "ignored", all.webhooks_ignored);
  add(webhooks, webhooks_help, "outcome", "waiting", all.webhooks_waiting);
  add(webhooks, webhooks_help, "outcome", "failed", all.webhooks_failed);
}

}  // namespace fairlead::attribution
