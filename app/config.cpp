#include "app/config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include "core/crypto.hpp"
#include "net/ascii.hpp"

namespace fairlead::app {

namespace {

using core::Errc;
using core::fail;

// Takes a value into the configuration; false when it is not what the setting's help says.
using Take = bool (*)(Config&, std::string_view);

struct Entry {
  Setting setting;
  Take take;
};

bool take_integer(std::string_view text, std::int64_t min, std::int64_t max, std::int64_t& out) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (number < min || number > max) return false;
  out = number;
  return true;
}

// "127.0.0.1:8080", "[::1]:8080".
bool take_address(std::string_view text, Address& out) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view host = text.substr(0, colon);
  const bool is_bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (!is_bracketed && host.find(':') != std::string_view::npos) return false;
  std::int64_t port = 0;
  if (!take_integer(text.substr(colon + 1), 0, 65'535, port)) return false;
  out = Address{std::string(host), static_cast<std::uint16_t>(port)};
  return true;
}

bool take_database(Config& config, std::string_view text) {
  const bool is_known = text.starts_with("postgres://") || text.starts_with("postgresql://") ||
                        text.starts_with("sqlite:");
  if (is_known) config.database = text;
  return is_known;
}

bool take_durability(Config& config, std::string_view text) {
  config.is_durable = text == "commit";
  return text == "commit" || text == "async";
}

bool take_url(Config& config, std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  const auto is_url_byte = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(text.begin(), text.end(), is_url_byte)) return false;
  while (text.ends_with('/'))
    text.remove_suffix(1);
  config.public_url = text;
  return text.size() > 8;
}

// "a, b": at least one, none empty.
bool take_list(std::string_view text, std::vector<std::string>& out) {
  out.clear();
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    while (one.starts_with(' '))
      one.remove_prefix(1);
    while (one.ends_with(' '))
      one.remove_suffix(1);
    if (one.empty()) return false;
    out.emplace_back(one);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
  }
  return true;
}

bool take_file(std::string_view text, std::string& out) {
  out = text;
  return !text.empty();
}

const Entry entries[] = {
    {{"data", "the directory of databases and keys, such as \"data\""},
     [](Config& c, std::string_view v) {
       c.data = v;
       return !v.empty();
     }},
    {{"listen", "ADDRESS:PORT to serve on, such as \"127.0.0.1:8080\" or \"[::1]:8080\""},
     [](Config& c, std::string_view v) { return take_address(v, c.listen); }},
    {{"admin_listen", "ADDRESS:PORT for the API alone, such as \"127.0.0.1:8081\""},
     [](Config& c, std::string_view v) { return take_address(v, c.admin_listen); }},
    {{"listen_tls", "ADDRESS:PORT to serve HTTPS on, such as \"0.0.0.0:8443\""},
     [](Config& c, std::string_view v) { return take_address(v, c.listen_tls); }},
    {{"tls_cert",
      "PEM files, each a certificate with its chain, such as \"cert.pem\" or \"a.pem, b.pem\"; a "
      "client gets the one with the name it asks for, or else the first"},
     [](Config& c, std::string_view v) { return take_list(v, c.tls_cert); }},
    {{"tls_key", "PEM files with the keys of tls_cert, in the same order, such as \"key.pem\""},
     [](Config& c, std::string_view v) { return take_list(v, c.tls_key); }},
    {{"tls_tickets", "session tickets per TLS 1.3 handshake, 0 to 2"},
     [](Config& c, std::string_view v) { return take_integer(v, 0, 2, c.tls_tickets); }},
    {{"database", "\"postgres://user@host/name\" or \"sqlite:/path/fairlead.db\""}, take_database},
    {{"threads", "I/O threads, 0 (one per core) to 64"},
     [](Config& c, std::string_view v) { return take_integer(v, 0, 64, c.threads); }},
    {{"work_threads", "threads for the API and the database, 1 to 256"},
     [](Config& c, std::string_view v) { return take_integer(v, 1, 256, c.work_threads); }},
    {{"durability", "\"commit\" (answer after the click is on disk) or \"async\""},
     take_durability},
    {{"commit_wait_ms_max", "milliseconds a redirect waits for its commit, 1 to 10000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 1, 10'000, c.commit_wait_ms_max);
     }},
    {{"queue_clicks_max", "clicks that may wait for the disk, 1000 to 10000000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 1'000, 10'000'000, c.queue_clicks_max);
     }},
    {{"drain_ms_max", "milliseconds to finish what is in flight at a stop, 0 to 600000"},
     [](Config& c, std::string_view v) { return take_integer(v, 0, 600'000, c.drain_ms_max); }},
    {{"public_url", "where shoppers reach this server, such as \"https://go.example.com\""},
     take_url},
    {{"salt_file", "a file in memory that no backup reads, such as \"/run/fairlead/visitor.salt\""},
     [](Config& c, std::string_view v) {
       c.salt_file = v;
       return v.starts_with('/');
     }},
    {{"trusted_proxies",
      "addresses or networks whose X-Forwarded-For is believed, such as "
      "\"127.0.0.1, 10.0.0.0/8\""},
     [](Config& c, std::string_view v) { return take_list(v, c.trusted_proxies); }},
    {{"geo_database", "a file of countries in MaxMind's format, such as \"country.mmdb\""},
     [](Config& c, std::string_view v) { return take_file(v, c.geo_database); }},
    {{"datacenter_ranges", "a text file with a network a line, such as \"datacenters.txt\""},
     [](Config& c, std::string_view v) { return take_file(v, c.datacenter_ranges); }},
    {{"datacenter_verdict", "\"mark\" (clicks from datacenters count) or \"invalid\""},
     [](Config& c, std::string_view v) {
       c.refuse_datacenters = v == "invalid";
       return v == "mark" || v == "invalid";
     }},
    {{"duplicate_window_s", "seconds in which a click again is a duplicate, 0 (never) to 3600"},
     [](Config& c, std::string_view v) { return take_integer(v, 0, 3600, c.duplicate_window_s); }},
    {{"flood_person_minute_max", "clicks of one person on one link a minute, 0 (any) to 1000000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 0, 1'000'000, c.flood_person_minute_max);
     }},
    {{"flood_network_minute_max",
      "clicks of one network with few user agents a minute, 0 (any) to 1000000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 0, 1'000'000, c.flood_network_minute_max);
     }},
    {{"check_network_minute_max",
      "wrong codes a page of one network may try a minute, 0 (any) to 1000000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 0, 1'000'000, c.check_network_minute_max);
     }},
    {{"check_key_minute_max",
      "wrong codes that may be tried with one browser key a minute, 0 (any) to 1000000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 0, 1'000'000, c.check_key_minute_max);
     }},
    {{"check_brand_minute_max",
      "wrong codes that pages may try of one brand a minute, 0 (any) to 1000000"},
     [](Config& c, std::string_view v) {
       return take_integer(v, 0, 1'000'000, c.check_brand_minute_max);
     }},
    {{"click_retention_days",
      "days after which rows of clicks are removed, 0 (never) to 760; reports of whole days stay"},
     [](Config& c, std::string_view v) { return take_integer(v, 0, 760, c.click_retention_days); }},
};

const Entry* find_entry(std::string_view name) {
  const auto* found = std::find_if(std::begin(entries), std::end(entries),
                                   [&](const Entry& entry) { return entry.setting.name == name; });
  return found == std::end(entries) ? nullptr : found;
}

std::string all_names() {
  std::string names;
  for (const Entry& entry : entries)
    names += (names.empty() ? "" : ", ") + std::string(entry.setting.name);
  return names;
}

// `place` is what the message begins with: "fairlead.toml:3: listen", "FAIRLEAD_LISTEN",
// "--listen".
core::Result<void> apply(Config& config, std::string_view name, std::string_view value,
                         const std::string& place) {
  const Entry* entry = find_entry(name);
  if (entry == nullptr)
    return fail(Errc::config, place + ": there is no such key; the keys are " + all_names());
  if (!entry->take(config, value))
    return fail(Errc::config, place + " = \"" + std::string(value) + "\": must be " +
                                  std::string(entry->setting.help));
  return {};
}

// The value as text; a list of strings is joined by commas. nullopt for what no setting can be.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  const auto* list = node.as_array();
  if (list == nullptr) return std::nullopt;
  std::string joined;
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::nullopt;
    joined += (joined.empty() ? "" : ",") + text->get();
  }
  return joined;
}

core::Result<void> apply_file(Config& config, const std::string& file) {
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return fail(Errc::config, file + ":" + std::to_string(error.source().begin.line) + ": " +
                                  std::string(error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string place = file + ":" + std::to_string(node.source().begin.line) + ": " + name;
    const auto text = text_of(node);
    if (!text && find_entry(name) != nullptr)
      return fail(Errc::config, place + ": must be " + std::string(find_entry(name)->setting.help));
    auto done = apply(config, name, text.value_or(""), place);
    if (!done) return done;
  }
  return {};
}

core::Result<void> apply_environment(Config& config, const std::vector<std::string>& environment) {
  constexpr std::string_view prefix = "FAIRLEAD_";
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos || !variable.starts_with(prefix)) continue;
    const std::string full = variable.substr(0, equals);
    if (full == "FAIRLEAD_CONFIG" || full == "FAIRLEAD_SQL_COVERAGE") continue;  // not settings
    std::string name = full.substr(prefix.size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto done = apply(config, name, std::string_view(variable).substr(equals + 1), full);
    if (!done) return done;
  }
  return {};
}

// What no setting can see alone.
core::Result<void> check_together(const Config& config) {
  const bool has_tls = !config.listen_tls.host.empty();
  if (has_tls && config.tls_cert.empty())
    return fail(Errc::config, "listen_tls needs tls_cert and tls_key: there is none");
  if (config.tls_cert.size() != config.tls_key.size()) {
    return fail(
        Errc::config,
        "tls_cert and tls_key must name as many files each, in the same order; tls_cert names " +
            std::to_string(config.tls_cert.size()) + ", tls_key " +
            std::to_string(config.tls_key.size()));
  }
  if (!has_tls && !config.tls_cert.empty()) {
    return fail(Errc::config,
                "tls_cert is set, listen_tls is not: nothing would use it; set "
                "listen_tls, such as \"0.0.0.0:8443\"");
  }
  return {};
}

// "127.0.0.1:8080"; an address of all interfaces is reached by the loopback one.
std::string reachable(const Address& at) {
  const bool is_v6 = at.host.find(':') != std::string::npos;
  const bool is_any = at.host == "0.0.0.0" || at.host == "::";
  const std::string host = is_any ? "127.0.0.1" : is_v6 ? "[" + at.host + "]" : at.host;
  return host + ":" + std::to_string(at.port);
}

}  // namespace

std::string Config::database_url() const {
  return database.empty() ? "sqlite:" + data + "/fairlead.db" : database;
}

std::string Config::salt_path() const {
  if (!salt_file.empty()) return salt_file;
  std::string folder = "/dev/shm";
  for (const char* name : {"XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY"})
    if (const char* given = std::getenv(name); given != nullptr && given[0] == '/') folder = given;
  // Two servers on one machine have two data directories.
  std::error_code ignored;
  const std::string place = std::filesystem::weakly_canonical(data, ignored).string();
  return folder + "/fairlead-" + core::hex(core::as_text(core::sha256(place))).substr(0, 16) +
         ".salt";
}

std::string Config::shown_url() const {
  if (!public_url.empty()) return public_url;
  return listen_tls.host.empty() ? "http://" + reachable(listen)
                                 : "https://" + reachable(listen_tls);
}

std::string Config::api_url() const {
  return admin_listen.host.empty() ? shown_url() : "http://" + reachable(admin_listen);
}

std::string Config::shown_host() const {
  std::string host = shown_url();
  host.erase(0, host.find("://") + 3);
  host.erase(std::min(host.find_first_of("/?#"), host.size()));
  const std::size_t port = host.rfind(':');
  if (port != std::string::npos && host.find(']', port) == std::string::npos) host.erase(port);
  std::transform(host.begin(), host.end(), host.begin(), net::lower);
  return host;
}

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> list;
    for (const Entry& entry : entries)
      list.push_back(entry.setting);
    return list;
  }();
  return all;
}

core::Result<Config> load_config(const std::string& file,
                                 const std::vector<std::string>& environment,
                                 const std::map<std::string, std::string>& flags) {
  Config config;
  const bool is_named = !file.empty();
  const std::string path = is_named ? file : "fairlead.toml";
  std::error_code ignored;
  const bool is_there = std::filesystem::is_regular_file(path, ignored);
  if (is_named && !is_there)
    return fail(Errc::config, "--config " + path + ": there is no such file");
  if (is_there) {
    auto done = apply_file(config, path);
    if (!done) return done.error();
  }
  auto done = apply_environment(config, environment);
  if (!done) return done.error();
  for (const auto& [name, value] : flags) {
    std::string flag = "--" + name;
    std::replace(flag.begin(), flag.end(), '_', '-');
    done = apply(config, name, value, flag);
    if (!done) return done.error();
  }
  done = check_together(config);
  if (!done) return done.error();
  return config;
}

}  // namespace fairlead::app
