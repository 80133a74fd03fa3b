// What operators ask: is the process alive, may it get traffic, and how is it doing.
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "admin/resources.hpp"
#include "net/json.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

core::Answer healthz(const net::Call&) {
  return net::json_answer(200, {{"status", "ok"}});
}

core::Answer readyz(const Dependencies& dependencies) {
  json::array reasons;
  if (dependencies.not_ready) {
    for (const std::string& reason : dependencies.not_ready()) {
      reasons.emplace_back(reason);
    }
  }
  if (reasons.empty()) return net::json_answer(200, {{"status", "ready"}, {"reasons", reasons}});
  core::Answer answer = net::json_answer(503, {{"status", "not_ready"}, {"reasons", reasons}});
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

// One family per name, in the order of first appearance, with a line per set of labels.
std::vector<prometheus::MetricFamily> families_of(const std::vector<core::Metric>& metrics) {
  std::vector<prometheus::MetricFamily> families;
  std::map<std::string_view, std::size_t> places;
  for (const core::Metric& metric : metrics) {
    const bool is_counter = metric.kind == core::Metric::Kind::counter;
    const auto [place, is_new] = places.try_emplace(metric.name, families.size());
    if (is_new) {
      families.push_back(
          {metric.name,
           metric.help,
           is_counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
           {}});
    }
    prometheus::ClientMetric line;
    for (const auto& [name, value] : metric.labels) {
      line.label.push_back({name, value});
    }
    if (is_counter) {
      line.counter.value = metric.value;
    } else {
      line.gauge.value = metric.value;
    }
    families[place->second].metric.push_back(std::move(line));
  }
  return families;
}

core::Answer metrics_answer(const Dependencies& dependencies) {
  std::vector<core::Metric> metrics;
  metrics.push_back({core::Metric::Kind::gauge,
                     "fairlead_build_info",
                     "Always 1; the label says which version runs.",
                     {{"version", dependencies.version}},
                     1});
  for (const core::MetricSource& source : dependencies.metrics) {
    source(metrics);
  }
  core::Answer answer;
  answer.media_type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = prometheus::TextSerializer().Serialize(families_of(metrics));
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

}  // namespace

std::vector<net::Route> operation_routes(const Dependencies& dependencies) {
  return {{net::Method::get, "/healthz", net::anyone, healthz},
          {net::Method::get, "/readyz", net::anyone,
           [dependencies](const net::Call&) { return readyz(dependencies); }},
          {net::Method::get, "/metrics", net::anyone,
           [dependencies](const net::Call&) { return metrics_answer(dependencies); }}};
}

}  // namespace fairlead::admin
