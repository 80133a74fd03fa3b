#include "admin/attribution_report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>

#include "admin/sql.hpp"
#include "core/csv.hpp"
#include "net/json.hpp"

namespace fairlead::admin {

namespace {

namespace json = boost::json;
using attribution::Comparison;
using attribution::InfluencerCredits;
using attribution::ModelCredit;
using attribution::ModelName;

attribution::ModelQuestion read_question(const net::Call& call, const Asked& asked,
                                         std::vector<net::FieldError>& problems) {
  attribution::ModelQuestion question{.campaign = asked.query.campaign};
  if (const auto order = net::query_value(call.request.query, "order")) {
    const bool is_good = order->size() == 1 && *order >= "1" &&
                         order->front() - '0' <= attribution::markov_order_max;
    if (is_good)
      question.markov_order = order->front() - '0';
    else
      problems.push_back({"?order", "out_of_range",
                          "order is how many touches a Markov state remembers, 1 to " +
                              std::to_string(attribution::markov_order_max)});
  }
  const auto model = net::query_value(call.request.query, "model");
  if (!model) return question;
  std::string known;
  for (const ModelName& each : attribution::model_names()) {
    if (each.name == *model) question.model = *model;
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  if (question.model.empty())
    problems.push_back({"?model", "invalid_value", "model must be one of " + known});
  return question;
}

std::map<std::int64_t, std::string> read_names(storage::Session& session, core::BrandId brand) {
  std::map<std::int64_t, std::string> names;
  for (const auto& row : within_limit(session.run(sql::report_influencers, brand, report_rows_max)))
    names[row.integer(0)] = row.text(1);
  return names;
}

struct Facts {
  std::vector<std::shared_ptr<const attribution::JourneyPart>> parts;
  std::map<std::int64_t, std::string> names;
};

// A column of the table: what is asked of one influencer's row.
struct Row {
  const Comparison& comparison;
  const InfluencerCredits& credits;
  const std::string& name;
};

json::value or_null(const std::optional<std::int64_t>& number) {
  return number ? json::value(*number) : json::value();
}

json::value credit_json(const std::optional<ModelCredit>& credit) {
  if (!credit) return nullptr;
  json::object object{{"orders_ppm", credit->orders_ppm}, {"revenue_minor", credit->revenue_minor}};
  if (credit->orders_range) {
    object["orders_low_ppm"] = credit->orders_range->low;
    object["orders_high_ppm"] = credit->orders_range->high;
    object["revenue_low_minor"] = credit->revenue_range->low;
    object["revenue_high_minor"] = credit->revenue_range->high;
  }
  return object;
}

json::object row_json(const Row& row, const std::vector<ModelName>& names) {
  json::object models;
  for (std::size_t i = 0; i < names.size(); ++i)
    models[names[i].name] = credit_json(row.credits.models[i]);
  json::array places;
  for (const auto& place : row.credits.places)
    places.push_back(json::object{{"place", place.place},
                                  {"orders_ppm", place.orders_ppm},
                                  {"revenue_minor", place.revenue_minor}});
  return {{"influencer_id", row.credits.influencer.text()},
          {"name", row.name},
          {"currency", row.comparison.currency},
          {"journeys", row.credits.journeys},
          {"journeys_with_others", row.credits.journeys_with_others},
          {"removal_effect_ppm", or_null(row.credits.removal_effect_ppm)},
          {"models", std::move(models)},
          {"shapley_by_place", std::move(places)}};
}

json::value missing_json(const std::optional<attribution::NotEnoughData>& missing) {
  if (!missing) return nullptr;
  const auto counts = [](const attribution::JourneyCounts& each) {
    return json::object{{"journeys", each.converting},
                        {"with_two_influencers", each.with_two_influencers}};
  };
  return json::object{{"have", counts(missing->have)}, {"need", counts(missing->need)}};
}

json::object totals_json(const Comparison& comparison) {
  return {{"orders", comparison.orders},
          {"orders_without_journey", comparison.orders_without_journey},
          {"journeys", comparison.journeys.converting},
          {"with_two_influencers", comparison.journeys.with_two_influencers},
          {"summary", std::to_string(comparison.journeys.with_two_influencers) + " of " +
                          std::to_string(comparison.journeys.converting) +
                          " journeys have two or more influencers"},
          {"revenue_minor", comparison.revenue_minor},
          {"not_enough_data", missing_json(comparison.missing)},
          {"replicates", comparison.replicates}};
}

std::vector<core::Cell> heading_cells(const std::vector<ModelName>& names) {
  std::vector<core::Cell> cells{std::string("influencer_id"),
                                std::string("name"),
                                std::string("currency"),
                                std::string("journeys"),
                                std::string("journeys_with_others"),
                                std::string("removal_effect_ppm")};
  for (const ModelName& model : names) {
    const std::string name(model.name);
    cells.emplace_back(name + "_orders_ppm");
    cells.emplace_back(name + "_revenue_minor");
    if (model.pays) continue;
    for (const char* end :
         {"_orders_low_ppm", "_orders_high_ppm", "_revenue_low_minor", "_revenue_high_minor"})
      cells.emplace_back(name + end);
  }
  return cells;
}

std::vector<core::Cell> row_cells(const Row& row, const std::vector<ModelName>& names) {
  std::vector<core::Cell> cells{row.credits.influencer.text(), row.name, row.comparison.currency,
                                row.credits.journeys, row.credits.journeys_with_others};
  const auto add = [&](bool is_there, std::int64_t number) {
    if (is_there)
      cells.emplace_back(number);
    else
      cells.emplace_back(nullptr);
  };
  add(row.credits.removal_effect_ppm.has_value(), row.credits.removal_effect_ppm.value_or(0));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ModelCredit credit = row.credits.models[i].value_or(ModelCredit{});
    add(row.credits.models[i].has_value(), credit.orders_ppm);
    add(row.credits.models[i].has_value(), credit.revenue_minor);
    if (names[i].pays) continue;
    const auto orders = credit.orders_range.value_or(attribution::Range{});
    const auto revenue = credit.revenue_range.value_or(attribution::Range{});
    for (const std::int64_t end : {orders.low, orders.high, revenue.low, revenue.high})
      add(credit.orders_range.has_value(), end);
  }
  return cells;
}

// What each influencer's row shows; an influencer's key sees its own.
std::vector<Row> rows_of(const std::vector<Comparison>& comparisons, const Facts& facts,
                         core::InfluencerId only) {
  static const std::string nameless;
  std::vector<Row> rows;
  for (const Comparison& comparison : comparisons)
    for (const InfluencerCredits& credits : comparison.influencers) {
      if (only && credits.influencer != only) continue;
      const auto name = facts.names.find(credits.influencer.number);
      rows.push_back({comparison, credits, name == facts.names.end() ? nameless : name->second});
    }
  return rows;
}

core::Answer answer(const Asked& asked, const attribution::ModelQuestion& question,
                    const std::vector<Comparison>& comparisons, const std::vector<Row>& rows) {
  auto names = attribution::model_names();
  if (asked.query.format == ReportFormat::csv) {
    std::string csv;
    core::append_csv_record(csv, heading_cells(names));
    for (const Row& row : rows)
      core::append_csv_record(csv, row_cells(row, names));
    return csv_answer(std::move(csv), "attribution");
  }
  json::array data;
  for (const Row& row : rows)
    data.push_back(row_json(row, names));
  json::object totals;
  // The brand's numbers are not the influencer's to read.
  if (!asked.scope.influencer)
    for (const Comparison& comparison : comparisons)
      totals[comparison.currency] = totals_json(comparison);
  json::array pays, informs;
  for (const ModelName& name : names)
    (name.pays ? pays : informs).push_back(json::value(name.name));
  json::object body = heading(asked, "influencer");
  body["nulls"] = "none";
  body["markov_order"] = question.markov_order;
  body["models_that_pay"] = std::move(pays);
  body["models_that_inform"] = std::move(informs);
  body["totals"] = std::move(totals);
  body["data"] = std::move(data);
  return net::json_answer(200, body);
}

}  // namespace

core::Answer answer_attribution_report(storage::Database& database, attribution::JourneyDays& days,
                                       const net::Call& call) {
  std::vector<net::FieldError> problems;
  const auto asked = read_call(database, call, Report::attribution, problems);
  if (!asked) return failure(asked.error());
  const auto question = read_question(call, *asked, problems);
  if (!problems.empty()) return refuse(std::move(problems));
  const auto facts = database.read([&](storage::Session& session) {
    return Facts{attribution::read_journeys(session, days, call.who.brand, asked->brand.zone,
                                            asked->scope.period),
                 read_names(session, call.who.brand)};
  });
  if (!facts) return failure(facts.error());
  const auto comparisons = days.compare(facts->parts, question);
  return answer(*asked, question, *comparisons,
                rows_of(*comparisons, *facts, asked->scope.influencer));
}

}  // namespace fairlead::admin
