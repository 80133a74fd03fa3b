#include "net/traffic.hpp"

#include <string>
#include <utility>

namespace fairlead::net {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Collector {
 public:
  Collector(const std::vector<const Traffic*>& threads, std::vector<core::Metric>& metrics)
      : threads_(threads), metrics_(metrics) {}

  template <class Get>
  void add(core::Metric::Kind kind, std::string name, std::string help, Labels labels, Get get) {
    std::int64_t sum = 0;
    for (const Traffic* traffic : threads_)
      sum += get(*traffic).value();
    metrics_.push_back(
        {kind, std::move(name), std::move(help), std::move(labels), static_cast<double>(sum)});
  }

  void counter(std::string name, std::string help, Tally Traffic::*member) {
    add(core::Metric::Kind::counter, std::move(name), std::move(help), {},
        [member](const Traffic& traffic) -> const Tally& { return traffic.*member; });
  }

 private:
  const std::vector<const Traffic*>& threads_;
  std::vector<core::Metric>& metrics_;
};

}  // namespace

void collect_traffic(const std::vector<const Traffic*>& threads,
                     std::vector<core::Metric>& metrics) {
  Collector to(threads, metrics);
  const auto counter = core::Metric::Kind::counter;
  for (std::size_t status_class = 1; status_class < 6; ++status_class) {
    const std::string text = std::to_string(status_class) + "xx";
    to.add(counter, "fairlead_http_requests_total", "Answered requests.",
           {{"kind", "redirect"}, {"status", text}},
           [=](const Traffic& t) -> const Tally& { return t.redirects[status_class]; });
    to.add(counter, "fairlead_http_requests_total", "Answered requests.",
           {{"kind", "api"}, {"status", text}},
           [=](const Traffic& t) -> const Tally& { return t.api[status_class]; });
  }
  for (std::size_t rule = 0; rule < 7; ++rule) {
    to.add(counter, "fairlead_http_refused_total",
           "Requests refused by a rule of the guard; rule 0: not HTTP, or over a limit.",
           {{"rule", std::to_string(rule)}},
           [=](const Traffic& t) -> const Tally& { return t.refused[rule]; });
  }
  const std::pair<std::string, Tally Traffic::*> handshakes[] = {
      {"full", &Traffic::full_handshakes},
      {"resumed", &Traffic::resumed_handshakes},
      {"failed", &Traffic::failed_handshakes}};
  for (const auto& [result, member] : handshakes) {
    to.add(counter, "fairlead_tls_handshakes_total", "TLS handshakes that came to an end.",
           {{"result", result}}, [m = member](const Traffic& t) -> const Tally& { return t.*m; });
  }
  const std::pair<std::string, Tally Traffic::*> phases[] = {
      {"handshake", &Traffic::late_handshakes},
      {"head", &Traffic::late_heads},
      {"body", &Traffic::late_bodies},
      {"answer", &Traffic::late_reads},
      {"idle", &Traffic::idle}};
  for (const auto& [phase, member] : phases) {
    to.add(counter, "fairlead_http_timeouts_total", "Connections closed because a deadline passed.",
           {{"phase", phase}}, [m = member](const Traffic& t) -> const Tally& { return t.*m; });
  }
  to.counter("fairlead_http_connections_accepted_total", "Accepted connections.",
             &Traffic::accepted);
  to.add(core::Metric::Kind::gauge, "fairlead_http_connections_open", "Open connections.", {},
         [](const Traffic& t) -> const Tally& { return t.open; });
  to.add(core::Metric::Kind::gauge, "fairlead_http_unsent_bytes",
         "Memory of answers that wait for their clients.", {},
         [](const Traffic& t) -> const Tally& { return t.unsent_bytes; });
  to.counter("fairlead_http_slow_readers_cut_total",
             "Connections closed because answers that wait for their clients took too much memory.",
             &Traffic::crowded_reads);
  to.counter("fairlead_http_connections_over_limit_total",
             "Connections turned away because a thread had too many.", &Traffic::over_limit);
  to.counter("fairlead_http_accept_failures_total",
             "Failed accepts, such as out of file descriptors.", &Traffic::accept_failures);
  to.counter("fairlead_http_failures_total", "Answers that failed by a fault of the server.",
             &Traffic::failures);
}

}  // namespace fairlead::net
