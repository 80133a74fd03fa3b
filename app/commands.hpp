// What each subcommand does, apart from how it is typed. Each returns the exit code and says on
// standard error what went wrong. One thread, apart from the server that serve() runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace fairlead::app {

enum class Output { text, json };

// Serves until SIGTERM or SIGINT, then drains. SIGHUP reads the links, the files of countries and
// datacenters and the certificates again.
int serve(const Config& config);

struct InitRequest {
  std::string brand;
  std::string currency = "EUR";
  std::string timezone = "Europe/Berlin";
  std::vector<std::string> domains;  // where destinations may lie
  Output output = Output::text;
};
int init(const Config& config, const InitRequest& request);

struct DemoRequest {
  std::string until;  // "2026-03-01", the day after the last one shown; "" = today in UTC
  Output output = Output::text;
};
int demo(const Config& config, const DemoRequest& request);

struct KeyRequest {
  std::string brand;                 // id or name; may be empty when there is only one
  std::string role;                  // create
  std::string influencer;            // create, of role influencer
  std::string note;                  // create
  std::vector<std::string> origins;  // create, of role browser
  std::string key;                   // revoke: "key_…"
  Output output = Output::text;
};
int create_key(const Config& config, const KeyRequest& request);
int list_keys(const Config& config, const KeyRequest& request);
int revoke_key(const Config& config, const KeyRequest& request);
// Prints the key with which the brand's consent platform signs; also beside a server.
int print_consent_key(const Config& config, const KeyRequest& request);

struct PrivacyRequest {
  std::string brand;          // as in KeyRequest
  std::string customer;       // the shop's key, an e-mail address or its SHA-256
  std::string influencer;     // "inf_…"; one of the two
  bool is_confirmed = false;  // erase
};
int export_person(const Config& config, const PrivacyRequest& request);
int erase_person(const Config& config, const PrivacyRequest& request);

struct ImportRequest {
  std::string file;
  std::string brand;            // as in KeyRequest
  std::string format = "auto";  // yourls, shlink, dub, bitly, fairlead
  std::string deal;             // of all rows; "" = each row names its own (format fairlead)
  bool is_dry_run = false;
  bool is_request = false;  // print_links() instead
  Output output = Output::text;
};
// 0; 1 when a row was refused, and the others are there.
int import_links(const Config& config, const ImportRequest& request);
// Prints the body of one POST /v1/links/bulk and opens no database, so that a running server can
// take the links. 0; 1 when a row is left out, which is named.
int print_links(const Config& config, const ImportRequest& request);

// fairlead import codes: all of the file or nothing; ImportRequest's format and is_request do not
// count. 0; 1 when the file has problems, which are named by line and column.
int import_codes(const Config& config, const ImportRequest& request);

struct ExportRequest {
  std::string file;   // "" or "-" = standard output
  std::string brand;  // as in KeyRequest
};
int export_links(const Config& config, const ExportRequest& request);

struct RescoreRequest {
  std::string since;  // "2026-03-01" or "2026-03-01T12:00:00Z"
  bool is_dry_run = false;
  Output output = Output::text;
};
// Judges the clicks since then again; the server must not be running.
int rescore(const Config& config, const RescoreRequest& request);

int verify(const Config& config, Output output);
int migrate(const Config& config);

// Prints "fairlead: <what>: <detail>" and returns the exit code that fits: 2 for configuration,
// else 1.
int report_failure(std::string_view what, const core::Error& error);

}  // namespace fairlead::app
