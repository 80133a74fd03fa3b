#include "attribution/commission_signals.hpp"

#include <boost/json.hpp>
#include <cstdio>

#include "attribution/sql.hpp"
#include "storage/audit.hpp"

namespace fairlead::attribution {

namespace json = boost::json;

namespace {

constexpr std::string_view actor_at_booking = "signals";

StoredSignal read_row(const storage::Row& row) {
  StoredSignal signal{.number = row.integer(0),
                      .commission = row.id<core::CommissionId>(1),
                      .order = row.id<core::OrderId>(2),
                      .influencer = row.id<core::InfluencerId>(3),
                      .deal = row.id<core::DealId>(4),
                      .signal = row.text(5),
                      .evidence = json::parse(row.text(6)).as_object(),
                      .is_held = row.integer(7) != 0,
                      .found_at = row.instant(8),
                      .decision = row.text_or(9, ""),
                      .decided_at = {},
                      .decision_reason = row.text_or(11, "")};
  if (!signal.decision.empty()) signal.decided_at = row.instant(10);
  return signal;
}

std::vector<StoredSignal> read_rows(const storage::Rows& rows) {
  std::vector<StoredSignal> signals;
  for (const storage::Row& row : rows)
    signals.push_back(read_row(row));
  return signals;
}

std::string number_text(const json::value& number) {
  if (const auto* whole = number.if_int64()) return std::to_string(*whole);
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", number.to_number<double>());
  return text;
}

// What the evidence of a comparison adds to the sentence; nothing for what is seen of one order.
std::string numbers_text(const json::object& evidence) {
  const auto* orders = evidence.if_contains("orders");
  if (orders == nullptr) return "";
  return " (" + number_text(evidence.at("hits")) + " of " + number_text(*orders) + " orders, " +
         number_text(evidence.at("expected")) + " expected, threshold " +
         number_text(evidence.at("threshold")) + ", p = " + number_text(evidence.at("p")) + ")";
}

}  // namespace

Noted note_signal(storage::Session& session, core::BrandId brand, const NewSignal& found,
                  const SignalPolicy& policy, std::string_view actor, core::Instant now) {
  const SignalTest& test = test_of(found.signal);
  const std::string_view action = policy.action_of(found.signal);
  if (action == "off") return Noted::not_new;
  const bool holds = action == "hold";
  if (session
          .run(sql::insert_signal, brand, core::new_id_number(now), found.commission, found.order,
               found.influencer, found.deal, test.name, json::serialize(found.evidence),
               holds ? 1 : 0, now)
          .changed == 0)
    return Noted::not_new;
  if (!holds) return Noted::reported;
  ledger::hold_commission(session, brand, found.commission, test.told, actor, now);
  return Noted::held;
}

void note_booked_signals(storage::Session& session, const core::Order& order,
                         const ledger::Commission& commission, const Touch& touch,
                         bool is_newness_in_doubt, core::Instant now) {
  std::optional<std::int64_t> age_s;
  if (touch.via == core::Via::click && touch.touched_at)
    age_s =
        std::max<std::int64_t>(0, (order.placed_at.micros - touch.touched_at->micros) / 1'000'000);
  const bool is_quick = age_s && *age_s < click_to_order_floor_s_max;
  // Nearly every order ends here, with nothing read.
  if (!touch.is_own_purchase && !is_newness_in_doubt && !is_quick) return;

  const SignalPolicy policy = find_signal_policy(session, order.brand);
  const auto note = [&](Signal signal, json::object evidence) {
    json::object change{{"signal", test_of(signal).name}, {"evidence", evidence}};
    const Noted noted = note_signal(session, order.brand,
                                    {.signal = signal,
                                     .commission = commission.id,
                                     .order = commission.order,
                                     .influencer = commission.influencer,
                                     .deal = commission.deal,
                                     .evidence = std::move(evidence)},
                                    policy, actor_at_booking, now);
    if (noted == Noted::not_new) return;
    change["held"] = noted == Noted::held;
    storage::record_change(session, order.brand, now, actor_at_booking, "signal_found",
                           commission.id.text(), json::serialize(change));
  };
  if (touch.is_own_purchase) note(Signal::self_referral, {});
  if (is_newness_in_doubt) note(Signal::duplicate_customers, {});
  if (is_quick && *age_s < policy.click_to_order_floor_s)
    note(Signal::click_to_order_short,
         {{"age_s", *age_s}, {"threshold", policy.click_to_order_floor_s}});
}

json::object signal_json(const StoredSignal& signal) {
  const SignalTest* test = find_signal_test(signal.signal);
  json::object object{{"id", core::SignalId{signal.number}.text()},
                      {"signal", signal.signal},
                      {"commission_id", signal.commission.text()},
                      {"order_id", signal.order.text()},
                      {"influencer_id", signal.influencer.text()},
                      {"deal_id", signal.deal.text()},
                      {"is_held", signal.is_held},
                      {"found_at", core::format_instant(signal.found_at)},
                      {"reason", test == nullptr ? signal.signal : test->sentence},
                      {"evidence", signal.evidence},
                      {"decision", nullptr}};
  if (!signal.decision.empty())
    object["decision"] = json::object{{"action", signal.decision},
                                      {"reason", signal.decision_reason},
                                      {"at", core::format_instant(signal.decided_at)}};
  return object;
}

std::string signal_text(const StoredSignal& signal) {
  const SignalTest* test = find_signal_test(signal.signal);
  std::string text = " It was noticed because ";
  text += test == nullptr ? std::string_view(signal.signal) : test->sentence;
  text += numbers_text(signal.evidence) + ".";
  if (!signal.decision.empty())
    text += " The brand " + signal.decision + " it on " +
            core::format_instant(signal.decided_at).substr(0, 10) + ": " + signal.decision_reason +
            ".";
  return text;
}

std::vector<StoredSignal> signals_of(storage::Session& session, core::BrandId brand,
                                     core::CommissionId commission) {
  return read_rows(session.run(sql::list_signals_of_commission, brand, commission));
}

std::vector<StoredSignal> list_signals(storage::Session& session, core::BrandId brand,
                                       const SignalFilter& filter, std::int64_t after,
                                       std::int64_t limit) {
  return read_rows(session.run(sql::list_signals, brand, filter.influencer, filter.signal,
                               filter.status, after, limit));
}

bool decide_signals(storage::Session& session, core::BrandId brand, core::CommissionId commission,
                    std::string_view decision, std::string_view reason, std::string_view actor,
                    core::Instant now) {
  return session.run(sql::decide_signals, brand, commission, decision, now, actor, reason).changed >
         0;
}

}  // namespace fairlead::attribution
