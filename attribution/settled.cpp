#include "attribution/settled.hpp"

#include "core/check.hpp"

namespace fairlead::attribution {

std::string_view word_of(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::applied:
      return "applied";
    case DeliveryOutcome::needs_review:
      return "needs_review";
    case DeliveryOutcome::duplicate:
      return "duplicate";
    case DeliveryOutcome::ignored:
      return "ignored";
    case DeliveryOutcome::waiting:
      return "waiting";
    case DeliveryOutcome::failed:
      return "failed";
  }
  CHECK(!"every outcome has its word");
}

std::string_view word_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:
      return "none";
    case Refusal::unauthorized:
      return "unauthorized";
    case Refusal::removed:
      return "removed";
    case Refusal::invalid:
      return "invalid";
    case Refusal::unknown_click:
      return "unknown_click";
    case Refusal::unknown_customer:
      return "unknown_customer";
    case Refusal::conflict:
      return "conflict";
    case Refusal::key_reused:
      return "key_reused";
    case Refusal::unavailable:
      return "unavailable";
  }
  CHECK(!"every refusal has its word");
}

}  // namespace fairlead::attribution
