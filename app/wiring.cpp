#include "app/wiring.hpp"

#include <iterator>
#include <thread>

#include "app/version.hpp"
#include "codes/codes.hpp"
#include "core/log.hpp"
#include "redirect/click_code.hpp"
#include "redirect/click_ids.hpp"

namespace fairlead::app {

namespace {

// How codes/ learns of a click: from its token alone.
std::function<std::optional<codes::ClickFact>(std::string_view)> code_click_reader(
    const Secrets& secrets) {
  return [keys = secrets.token_keys](std::string_view token) -> std::optional<codes::ClickFact> {
    const auto fact = redirect::read_token(keys, token);
    if (!fact) return std::nullopt;
    return codes::ClickFact{fact->link, fact->at};
  };
}

}  // namespace

core::Result<std::unique_ptr<Wiring>> Wiring::start(const Config& config,
                                                    const core::Clock& clock) {
  auto secrets = load_secrets(config.data);
  if (!secrets) return secrets.error();
  std::unique_ptr<Wiring> wiring(new Wiring(config, *secrets));

  auto opened = wiring->open_databases(clock);
  if (!opened) return opened.error();
  wiring->batches_ = std::make_unique<codes::BatchMaker>(*wiring->database_, clock);
  wiring->batches_->start();
  wiring->router_ = std::make_unique<net::Router>(
      wiring->all_routes(), admin::authenticator(*wiring->database_, wiring->known_keys_),
      admin::origin_finder(*wiring->database_));
  wiring->server_ = std::make_unique<net::Server>(wiring->server_options(), *wiring->router_,
                                                  *wiring->redirect_, clock);
  auto started = wiring->server_->start();
  if (!started) return started.error();
  // Not at once: a start has better things to do, and one that is tried again and again finds
  // nothing new.
  wiring->leak_watch_ =
      std::make_unique<Periodic>(Rhythm{std::chrono::minutes(5), std::chrono::hours(1)},
                                 [part = wiring.get(), &clock] { part->watch_leaks(clock); });
  wiring->signal_watch_ =
      std::make_unique<Periodic>(Rhythm{std::chrono::minutes(8), std::chrono::hours(1)},
                                 [part = wiring.get(), &clock] { part->watch_signals(clock); });
  return wiring;
}

Wiring::~Wiring() {
  stop();
}

std::size_t Wiring::stop() {
  if (is_stopped_) return 0;
  is_stopped_ = true;
  const std::size_t cut = server_ ? server_->stop() : 0;
  if (batches_) batches_->stop();
  leak_watch_.reset();
  signal_watch_.reset();
  clicks_.reset();  // the writer closes last, so that it can fold its log into the file
  if (redirect_) redirect_->stop();
  return cut;
}

void Wiring::watch_leaks(const core::Clock& clock) {
  const auto watched = admin::watch_leaks(*database_, *clicks_, clock.now());
  if (!watched) {
    core::log(core::Level::error, "leak_watch_failed", {{"detail", watched.error().detail}});
  } else if (watched->found > 0) {
    core::log(core::Level::warning, "leaks_found", {{"codes", std::to_string(watched->found)}});
  }
}

void Wiring::watch_signals(const core::Clock& clock) {
  const auto watched = attribution::watch_signals(*database_, clicks_.get(), clock.now());
  if (!watched) {
    core::log(core::Level::error, "signal_watch_failed", {{"detail", watched.error().detail}});
  } else if (watched->commissions > 0) {
    core::log(core::Level::warning, "signals_found",
              {{"commissions", std::to_string(watched->commissions)}});
  }
}

core::Result<void> Wiring::reload_links() {
  return redirect_->reload_links();
}

core::Result<void> Wiring::reload_places() {
  return redirect_->reload_places();
}

core::Result<void> Wiring::reload_certificates() {
  return server_->reload_certificates();
}

std::uint16_t Wiring::tls_port() const {
  if (config_.listen_tls.host.empty()) return 0;
  return port(config_.admin_listen.host.empty() ? 1 : 2);  // as server_options() orders them
}

core::Result<void> Wiring::open_databases(const core::Clock& clock) {
  // With more threads on the work pool, each still finds a connection to PostgreSQL.
  const int readers = static_cast<int>(std::max<std::int64_t>(4, config_.work_threads / 2 + 2));
  auto database = storage::open({.url = config_.database_url(), .readers_max = readers});
  if (!database) return database.error();
  database_ = std::move(*database);

  redirect::Options options;
  options.durability =
      config_.is_durable ? redirect::Durability::commit : redirect::Durability::async;
  options.commit_wait_ms_max = static_cast<std::uint32_t>(config_.commit_wait_ms_max);
  options.queue_clicks_max = static_cast<std::size_t>(config_.queue_clicks_max);
  options.public_url = config_.shown_url();
  options.default_domain = config_.shown_host();
  options.geo_database = config_.geo_database;
  options.datacenter_ranges = config_.datacenter_ranges;
  options.refuse_datacenters = config_.refuse_datacenters;
  options.duplicate_window_s = static_cast<std::uint32_t>(config_.duplicate_window_s);
  options.flood_person_minute_max = static_cast<std::uint32_t>(config_.flood_person_minute_max);
  options.flood_network_minute_max = static_cast<std::uint32_t>(config_.flood_network_minute_max);
  options.click_retention_days = config_.click_retention_days;
  options.salt_file = config_.salt_path();
  auto redirect = redirect::Redirect::open(*database_, config_.clicks_file(), secrets_.token_keys,
                                           clock, options);
  if (!redirect) return redirect.error();
  redirect_ = std::move(*redirect);

  auto clicks = storage::open_read_only(
      {.url = "sqlite:" + config_.clicks_file(), .schema = storage::Schema::clicks});
  if (!clicks) return clicks.error();
  clicks_ = std::move(*clicks);
  return {};
}

std::vector<net::Route> Wiring::all_routes() {
  std::vector<net::Route> all;
  const auto append = [&all](std::vector<net::Route> routes) {
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
  };
  append(redirect_->routes());
  append(code_routes());
  auto attribution_needs = attribution_dependencies(*database_, clicks_.get(), secrets_);
  attribution_needs.settle_clicks = [this] { return redirect_->settle(); };
  attribution_needs.activate = [this](std::span<const core::ClickId> prefetches) {
    redirect_->activate(prefetches);
  };
  append(attribution::routes(attribution_needs));
  append(admin::routes({
      .database = *database_,
      .clicks = *clicks_,
      .known_keys = known_keys_,
      .metrics = {[this](auto& metrics) { server_->collect(metrics); },
                  [this](auto& metrics) { redirect_->collect(metrics); },
                  [this](auto& metrics) { code_check_->collect(metrics); },
                  [this](auto& metrics) { database_->append_metrics(metrics); },
                  attribution::collect},
      .not_ready = [this] { return not_ready(); },
      .version = std::string(version),
      .brand_changed =
          [this] {
            if (auto reloaded = redirect_->reload_brands(); !reloaded)
              core::log(core::Level::error, "reload_failed", {{"detail", reloaded.error().detail}});
          },
  }));
  return all;
}

std::vector<net::Route> Wiring::code_routes() {
  const codes::Dependencies needs{.database = *database_,
                                  .read_click = code_click_reader(secrets_),
                                  .read_click_code = click_code_reader(secrets_),
                                  .public_url = config_.shown_url(),
                                  .batch_asked = [this] { batches_->wake(); }};
  code_check_ = std::make_unique<codes::CodeCheck>(
      needs, codes::GuessLimitOptions{.network_minute_max = config_.check_network_minute_max,
                                      .key_minute_max = config_.check_key_minute_max,
                                      .brand_minute_max = config_.check_brand_minute_max});
  auto routes = codes::routes(needs);
  for (auto& route : code_check_->routes())
    routes.push_back(std::move(route));
  return routes;
}

std::vector<std::string> Wiring::not_ready() const {
  std::vector<std::string> reasons;
  if (auto answered = database_->check(); !answered) {
    core::log(core::Level::error, "database_not_ready", {{"detail", answered.error().detail}});
    reasons.emplace_back("the database does not take writes; the log says why");
  }
  if (!redirect_->is_loaded())
    reasons.emplace_back("the links are being loaded; until then each is read on its own");
  if (!redirect_->is_recording()) reasons.emplace_back("clicks cannot be written; redirects go on");
  return reasons;
}

net::ServerOptions Wiring::server_options() const {
  net::ServerOptions options;
  const bool is_split = !config_.admin_listen.host.empty();
  options.listeners.push_back({.address = config_.listen.host,
                               .port = config_.listen.port,
                               .serve_redirects = true,
                               .serve_api = !is_split});
  if (is_split)
    options.listeners.push_back({.address = config_.admin_listen.host,
                                 .port = config_.admin_listen.port,
                                 .serve_redirects = false,
                                 .serve_api = true});
  if (!config_.listen_tls.host.empty())
    options.listeners.push_back({.address = config_.listen_tls.host,
                                 .port = config_.listen_tls.port,
                                 .serve_redirects = true,
                                 .serve_api = !is_split,
                                 .is_tls = true});
  for (std::size_t i = 0; i < config_.tls_cert.size(); ++i)
    options.certificates.push_back({config_.tls_cert[i], config_.tls_key[i]});
  options.tls_tickets = static_cast<std::size_t>(config_.tls_tickets);
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  options.threads = config_.threads > 0 ? static_cast<std::size_t>(config_.threads)
                                        : std::min(cores, redirect::click_lanes_max);
  options.work_threads = static_cast<std::size_t>(config_.work_threads);
  options.trusted_proxies = config_.trusted_proxies;
  options.limits.drain_ms_max = static_cast<std::uint32_t>(config_.drain_ms_max);
  return options;
}

codes::ReadClickCode click_code_reader(const Secrets& secrets) {
  return
      [keys = secrets.token_keys](core::BrandId brand, core::CodeId code, std::string_view digits) {
        return redirect::read_click_code(keys, digits, brand, code);
      };
}

attribution::Dependencies attribution_dependencies(storage::Database& database,
                                                   storage::Database* clicks,
                                                   const Secrets& secrets) {
  auto read_token =
      [keys = secrets.token_keys](std::string_view token) -> core::Result<attribution::TokenFact> {
    auto fact = redirect::read_token(keys, token);
    if (!fact) return fact.error();
    return attribution::TokenFact{fact->click, fact->link, fact->at};
  };
  return {database, clicks, std::move(read_token),     secrets.sealing_key,
          {},       {},     click_code_reader(secrets)};
}

}  // namespace fairlead::app
