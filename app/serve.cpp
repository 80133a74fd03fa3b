#include <csignal>
#include <cstdio>
#include <string>

#include "app/commands.hpp"
#include "app/log_sink.hpp"
#include "app/version.hpp"
#include "app/wiring.hpp"
#include "core/log.hpp"

namespace fairlead::app {

namespace {

// Signals are taken by one thread with sigwait; every other thread has them blocked.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of the write, not an end
  return set;
}

void report_reload(const std::string& what, const core::Result<void>& reloaded) {
  if (reloaded) {
    core::log(core::Level::info, "reloaded", {{"what", what}});
  } else {
    core::log(core::Level::error, "reload_failed",
              {{"what", what},
               {"detail", reloaded.error().detail},
               {"consequence", "what was loaded before stays in use"}});
  }
}

}  // namespace

int serve(const Config& config) {
  install_log_sink();
  const sigset_t signals = block_signals();
  const core::SystemClock clock;
  auto wiring = Wiring::start(config, clock);
  if (!wiring) return report_failure("cannot start", wiring.error());
  core::log(core::Level::info, "listening",
            {{"url", config.shown_url()},
             {"port", std::to_string((*wiring)->port())},
             {"tls_port", std::to_string((*wiring)->tls_port())},
             {"data", config.data},
             {"version", std::string(version)}});

  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    report_reload("links", (*wiring)->reload_links());
    if (!config.geo_database.empty() || !config.datacenter_ranges.empty())
      report_reload("country and datacenter files", (*wiring)->reload_places());
    if ((*wiring)->tls_port() != 0) report_reload("certificates", (*wiring)->reload_certificates());
  }
  core::log(core::Level::info, "stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  const std::size_t cut = (*wiring)->stop();
  core::log(core::Level::info, "stopped", {{"connections_cut", std::to_string(cut)}});
  return 0;
}

}  // namespace fairlead::app
