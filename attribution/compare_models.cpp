#include "attribution/compare_models.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "attribution/models/bootstrap.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

namespace {

// Journeys of one currency from all parts, with influencers numbered by id.
struct Merged {
  std::int64_t orders = 0;
  std::int64_t orders_without_journey = 0;
  JourneyPaths paths;
};

bool is_wanted(const JourneyPart& part, std::span<const Step> steps, core::CampaignId campaign) {
  return !campaign || std::any_of(steps.begin(), steps.end(), [&](Step step) {
    return part.touched[step].campaign == campaign;
  });
}

std::vector<core::InfluencerId> influencers_of(const std::vector<const JourneyPart*>& parts,
                                               core::CampaignId campaign) {
  std::set<core::InfluencerId> ids;
  for (const JourneyPart* part : parts) {
    std::vector<char> is_met(part->touched.size());
    for (const Journeys& journeys : part->of_currencies)
      for (const PathRow& row : journeys.paths.rows())
        if (is_wanted(*part, journeys.paths.steps(row), campaign))
          for (const Step step : journeys.paths.steps(row))
            is_met[step] = 1;
    for (std::size_t i = 0; i < is_met.size(); ++i)
      if (is_met[i] != 0) ids.insert(part->touched[i].influencer);
  }
  return {ids.begin(), ids.end()};
}

void merge(const JourneyPart& part, const Journeys& journeys,
           const std::vector<core::InfluencerId>& influencers, core::CampaignId campaign,
           Merged& merged) {
  std::vector<Step> number_of(part.touched.size());
  for (std::size_t i = 0; i < part.touched.size(); ++i)
    number_of[i] = static_cast<Step>(
        std::lower_bound(influencers.begin(), influencers.end(), part.touched[i].influencer) -
        influencers.begin());
  if (!campaign) {
    merged.orders += journeys.orders;
    merged.orders_without_journey += journeys.orders_without_journey;
  }
  std::vector<Step> steps;
  for (const PathRow& row : journeys.paths.rows()) {
    const auto own = journeys.paths.steps(row);
    if (!is_wanted(part, own, campaign)) continue;
    steps.clear();
    for (const Step step : own)
      steps.push_back(number_of[step]);
    PathRow& target = merged.paths.row(steps, row.key);
    target.conversions += row.conversions;
    target.value += row.value;
    target.value_squares += row.value_squares;
    if (campaign) merged.orders += row.conversions;
    const auto shares = merged.paths.time_shares(target);
    const auto added = journeys.paths.time_shares(row);
    for (std::size_t i = 0; i < added.size(); ++i) {
      shares[i].conversions += added[i].conversions;
      shares[i].value += added[i].value;
    }
  }
}

std::int64_t rounded(double number) {
  return std::llround(std::clamp(number, -9e18, 9e18));
}

Range range_of(const Interval& interval, double scale) {
  return {rounded(interval.low * scale), rounded(interval.high * scale)};
}

constexpr auto ppm = static_cast<double>(core::ppm_one);

class Comparer {
 public:
  Comparer(const Merged& merged, const std::vector<core::InfluencerId>& influencers,
           const ModelQuestion& question)
      : merged_(merged), question_(question) {
    result_.orders = merged.orders;
    result_.orders_without_journey = merged.orders_without_journey;
    result_.journeys = count_journeys(merged.paths);
    result_.missing = not_enough_data(result_.journeys);
    for (const core::InfluencerId id : influencers)
      result_.influencers.push_back({.influencer = id});
    for (const PathRow& row : merged.paths.rows())
      count(row);
  }

  Comparison compare() {
    for (const Model& model : models())
      add(model.name,
          is_asked(model.name) ? std::optional(rule_totals(model, merged_.paths)) : std::nullopt);
    add_report_models();
    std::erase_if(result_.influencers, [](const auto& row) { return row.journeys == 0; });
    return std::move(result_);
  }

 private:
  bool is_asked(std::string_view name) const {
    return question_.model.empty() || question_.model == name;
  }

  void count(const PathRow& row) {
    const auto steps = merged_.paths.steps(row);
    const std::set<Step> different(steps.begin(), steps.end());
    result_.revenue_minor += row.value;
    for (const Step step : different) {
      result_.influencers[step].journeys += row.conversions;
      if (different.size() > 1) result_.influencers[step].journeys_with_others += row.conversions;
    }
  }

  // Nothing: a column without numbers.
  void add(std::string_view, std::optional<Estimate> estimate) {
    if (!estimate) {
      for (auto& row : result_.influencers)
        row.models.emplace_back();
      return;
    }
    // Of this currency there may be fewer influencers than of all.
    estimate->conversions.resize(result_.influencers.size());
    estimate->value.resize(result_.influencers.size());
    const auto orders =
        apportion(estimate->conversions, result_.journeys.converting * core::ppm_one);
    const auto revenue = apportion(estimate->value, result_.revenue_minor);
    for (std::size_t i = 0; i < orders.size(); ++i)
      result_.influencers[i].models.push_back(ModelCredit{orders[i], revenue[i], {}, {}});
  }

  void add_report_models() {
    // Fewer rows to draw, where repeats change nothing.
    const bool is_first_order = question_.markov_order == 1 || !is_asked("markov");
    const JourneyPaths paths = is_first_order ? merged_.paths.without_repeats() : merged_.paths;
    const std::uint32_t replicates = replicates_of(paths.rows().size(), question_.drawn_rows_max);
    std::vector<Estimator> estimators;
    std::vector<std::size_t> columns;
    for (const ReportModel& model : report_models()) {
      std::optional<Estimate> estimate;
      if (is_asked(model.name) && !result_.missing) {
        auto estimator = model.prepare(paths, question_.markov_order);
        estimate = estimator(tallies_of(paths));
        const double cost =
            model.prepare == prepare_markov ? markov_cost(paths, question_.markov_order) : 0;
        if (cost * replicates <= markov_operations_max) {
          estimators.push_back(std::move(estimator));
          columns.push_back(result_.influencers.front().models.size());
        }
      }
      add(model.name, std::move(estimate));
    }
    if (result_.missing) return;
    if (is_asked("shapley")) add_places();
    if (is_asked("markov")) add_removal_effects(paths);
    if (estimators.empty()) return;
    result_.replicates = replicates;
    const auto spreads = bootstrap(paths, estimators, replicates, question_.seed);
    for (std::size_t model = 0; model < spreads.size(); ++model)
      for (std::size_t i = 0; i < spreads[model].conversions.size(); ++i) {
        auto& credit = result_.influencers[i].models[columns[model]];
        if (!credit) continue;
        credit->orders_range = range_of(spreads[model].conversions[i], ppm);
        credit->revenue_range = range_of(spreads[model].value[i], 1);
      }
  }

  void add_places() {
    for (const PlaceShare& share : ordered_shapley(merged_.paths, places_shown_max))
      result_.influencers[share.influencer].places.push_back(
          {share.place, rounded(share.conversions * ppm), rounded(share.value)});
  }

  void add_removal_effects(const JourneyPaths& paths) {
    const auto effects = removal_effects(paths, question_.markov_order, tallies_of(paths));
    if (!effects) return;
    for (std::size_t i = 0; i < effects->conversion.size(); ++i)
      result_.influencers[i].removal_effect_ppm = rounded(effects->conversion[i] * ppm);
  }

  const Merged& merged_;
  const ModelQuestion& question_;
  Comparison result_;
};

}  // namespace

std::vector<ModelName> model_names() {
  std::vector<ModelName> names;
  for (const Model& model : models())
    names.push_back({model.name, true});
  for (const ReportModel& model : report_models())
    names.push_back({model.name, false});
  return names;
}

std::vector<Comparison> compare_models(const std::vector<const JourneyPart*>& parts,
                                       const ModelQuestion& question) {
  const auto influencers = influencers_of(parts, question.campaign);
  std::map<std::string, Merged> of_currencies;
  for (const JourneyPart* part : parts)
    for (const Journeys& journeys : part->of_currencies)
      merge(*part, journeys, influencers, question.campaign, of_currencies[journeys.currency]);
  std::vector<Comparison> comparisons;
  for (const auto& [currency, merged] : of_currencies) {
    if (merged.orders == 0) continue;
    comparisons.push_back(Comparer(merged, influencers, question).compare());
    comparisons.back().currency = currency;
  }
  return comparisons;
}

std::uint32_t replicates_of(std::size_t rows, std::int64_t drawn_rows_max) {
  const auto affordable = drawn_rows_max / std::max<std::int64_t>(1, std::int64_t(rows));
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(affordable, 200, 2'000));
}

std::vector<std::int64_t> apportion(const std::vector<double>& estimates, std::int64_t total) {
  std::vector<std::int64_t> parts;
  std::vector<std::size_t> order(estimates.size());
  if (estimates.empty()) return parts;
  const double sum = std::accumulate(estimates.begin(), estimates.end(), 0.0);
  const double scale = sum > 0 ? static_cast<double>(total) / sum : 0;
  std::int64_t left = total;
  for (const double estimate : estimates) {
    parts.push_back(static_cast<std::int64_t>(std::floor(estimate * scale)));
    left -= parts.back();
  }
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return estimates[a] * scale - std::floor(estimates[a] * scale) >
           estimates[b] * scale - std::floor(estimates[b] * scale);
  });
  for (std::size_t i = 0; i < order.size() && left > 0; ++i, --left)
    ++parts[order[i]];
  // Beyond 2⁵³ a double's own rounding is left over: a few units for the largest.
  *std::max_element(parts.begin(), parts.end()) += left;
  return parts;
}

}  // namespace fairlead::attribution
