// The configuration: fairlead.toml, overridden by FAIRLEAD_* variables, overridden by flags. An
// unknown key or a bad value stops the start with a message that names the key, the value, the
// place and what would be right; nothing falls back silently. Read once at the start; immutable
// afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace fairlead::app {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

struct Config {
  std::string data = "data";
  Address listen{"127.0.0.1", 8080};
  Address admin_listen;               // empty host: the API shares `listen` with the redirects
  Address listen_tls;                 // empty host: no TLS
  std::vector<std::string> tls_cert;  // files; tls_key has the key of each
  std::vector<std::string> tls_key;
  std::int64_t tls_tickets = 0;   // per handshake of TLS 1.3
  std::string database;           // empty: SQLite in the data directory
  std::int64_t threads = 0;       // I/O threads; 0: one per core, at most 64
  std::int64_t work_threads = 4;  // for the API and the database
  bool is_durable = true;         // durability = "commit"
  std::int64_t commit_wait_ms_max = 50;
  std::int64_t queue_clicks_max = 100'000;
  std::int64_t drain_ms_max = 30'000;
  std::string public_url;  // empty: the address of listen_tls, or else of listen
  std::vector<std::string> trusted_proxies;
  std::string geo_database;         // empty: countries are not known
  std::string datacenter_ranges;    // empty: none are known
  bool refuse_datacenters = false;  // datacenter_verdict = "invalid"
  std::int64_t duplicate_window_s = 10;
  std::int64_t flood_person_minute_max = 10;
  std::int64_t flood_network_minute_max = 300;
  std::int64_t check_network_minute_max = 10;
  std::int64_t check_key_minute_max = 120;
  std::int64_t check_brand_minute_max = 240;
  std::int64_t click_retention_days = 90;  // 0: for ever
  std::string salt_file;                   // empty: see salt_path()

  std::string database_url() const;
  std::string clicks_file() const { return data + "/clicks.db"; }
  // Where the day's visitor salt survives a restart: never in the data directory, which is backed
  // up. systemd's RuntimeDirectory=, else the user's runtime directory, else shared memory.
  std::string salt_path() const;
  // Where links are reached from outside, without a trailing slash.
  std::string shown_url() const;
  std::string api_url() const;  // where the API is, as this machine reaches it
  // Its host: the domain of links that have none of their own.
  std::string shown_host() const;
};

// One key of the configuration, as it is named in the file; the variable is FAIRLEAD_<NAME>, the
// flag --<name> with dashes.
struct Setting {
  std::string_view name;
  std::string_view help;  // says what a good value looks like
};
const std::vector<Setting>& settings();

// Flag values by setting name. `file`: "" reads ./fairlead.toml when it is there; a named file must
// be. `environment`: the process's, as NAME=value strings. Errc::config.
core::Result<Config> load_config(const std::string& file,
                                 const std::vector<std::string>& environment,
                                 const std::map<std::string, std::string>& flags);

}  // namespace fairlead::app
