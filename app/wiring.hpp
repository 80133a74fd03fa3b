// The table of contents of the running server: its parts in the order they are made. They are
// destroyed in reverse. Stop order: stop accepting → let sessions finish → cancel after a limit →
// flush the recorder → close the databases. Use from one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/admin.hpp"
#include "app/config.hpp"
#include "app/periodic.hpp"
#include "app/secrets.hpp"
#include "attribution/attribution.hpp"
#include "codes/batch_maker.hpp"
#include "codes/codes.hpp"
#include "codes/page_check.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/net.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

class Wiring {
 public:
  // Opens everything and starts serving. Errc::busy: port or data in use; Errc::config; storage
  // errors. The clock must outlive the wiring.
  static core::Result<std::unique_ptr<Wiring>> start(const Config& config,
                                                     const core::Clock& clock);
  ~Wiring();

  // Drains and closes; returns how many connections had to be cut. Doing it twice does nothing.
  std::size_t stop();
  // Reads the links from the database again.
  core::Result<void> reload_links();
  // Opens the files of countries and datacenters again; when one cannot be used, both stay.
  core::Result<void> reload_places();
  // Reads the certificates again; when one cannot be used, all stay as they were.
  core::Result<void> reload_certificates();
  std::uint16_t port(std::size_t listener = 0) const { return server_->port(listener); }
  std::uint16_t tls_port() const;  // 0: there is none
  const std::vector<net::Route>& routes() const { return router_->routes(); }

 private:
  Wiring(const Config& config, Secrets secrets) : config_(config), secrets_(std::move(secrets)) {}

  core::Result<void> open_databases(const core::Clock& clock);
  std::vector<net::Route> all_routes();
  std::vector<net::Route> code_routes();
  std::vector<std::string> not_ready() const;
  net::ServerOptions server_options() const;
  void watch_leaks(const core::Clock& clock);
  void watch_signals(const core::Clock& clock);

  Config config_;
  Secrets secrets_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<redirect::Redirect> redirect_;  // the one writer of the click file
  std::unique_ptr<storage::Database> clicks_;     // the same file, for looking only
  std::unique_ptr<codes::BatchMaker> batches_;
  admin::KnownKeys known_keys_;
  std::unique_ptr<codes::CodeCheck> code_check_;
  std::unique_ptr<net::Router> router_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<Periodic> leak_watch_;    // reads both databases
  std::unique_ptr<Periodic> signal_watch_;  // as it does
  bool is_stopped_ = false;
};

// Reads codes that redirects made for single clicks, under the keys of click tokens.
codes::ReadClickCode click_code_reader(const Secrets& secrets);
// What attribution needs from its neighbours; also used by the demo, which has no server.
attribution::Dependencies attribution_dependencies(storage::Database& database,
                                                   storage::Database* clicks,
                                                   const Secrets& secrets);

}  // namespace fairlead::app
