// redirect/ answers GET /{slug}: it decides where to (decide.hpp, pure), records the click
// (recorder.hpp) and lets the 302 go after the click's group commit. Links are read from an
// immutable table per I/O thread (link_table.hpp); an edit is a new table handed to each thread
// that shares with the old one what did not change (link_keeper.hpp), so reading links takes no
// lock. docs/ARCHITECTURE.md says in which order to read the folder.
//
// Routes: POST|GET /v1/links, POST /v1/links/bulk, GET|PATCH|DELETE /v1/links/{id}, GET
// /v1/links/{id}/qr.svg|png. Tables: links, holdout_runs (main database); clicks, click_links,
// click_profiles, click_words, click_uses, click_rollups, click_rollups_by, click_visitors,
// click_epochs, click_state (click file, written by one thread only). Threads: FastPath on the I/O
// threads; link handlers on the work pool; start(), stop() and reload_places() from main.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/difference.hpp"
#include "core/events.hpp"
#include "core/metrics.hpp"
#include "net/net.hpp"
#include "redirect/link_rules.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

enum class Durability { commit, async };

struct Options {
  Durability durability = Durability::commit;
  std::uint32_t commit_wait_ms_max = 50;
  std::size_t queue_clicks_max = 100'000;
  std::string default_domain;             // host that links without an own domain are shown under
  std::string public_url;                 // "http://127.0.0.1:8080", for the `url` of a link
  std::string salt_file;                  // the day's visitor salt; "" keeps it in memory only
  std::string geo_database;               // a MaxMind file with countries; "" = no country is known
  std::string datacenter_ranges;          // a file of networks; "" = none are known
  bool refuse_datacenters = false;        // else a click from there is only marked
  std::uint32_t duplicate_window_s = 10;  // 0 … 3600; 0 = no click is a duplicate
  std::uint32_t flood_person_minute_max = 10;    // clicks on one link; 0 = no limit
  std::uint32_t flood_network_minute_max = 300;  // clicks by at most 3 user agents; 0 = no limit
  std::int64_t click_retention_days = 0;         // then their rows go; 0 = never
};

// Keys that sign click tokens: the first signs, all verify. 32 bytes each, with a key id of one
// byte.
struct TokenKey {
  std::uint8_t id;
  std::string secret;
};

// What a click token says once its MAC is right. 36 characters, URL-safe; see docs/decisions/0003.
struct ClickFact {
  core::ClickId click;
  core::LinkId link;
  core::Instant at;
};
std::string make_token(const TokenKey& key, core::ClickId click, core::LinkId link);
// Errc::invalid: not a token, forged, unknown key; the work is the same for each.
core::Result<ClickFact> read_token(const std::vector<TokenKey>& keys, std::string_view token);

struct NewLink {
  core::DealId deal;
  std::string slug;                                      // "" = generated
  std::string domain;                                    // "" = the default domain
  std::string destination;                               // "" = the campaign's landing URL
  std::vector<std::pair<std::string, std::string>> utm;  // utm_source …
  bool utm_locked = false;
  int status = 302;
  LinkRules rules;
};
struct CreatedLink {
  core::LinkId id;
  std::string slug;
};
// Errc::not_found: no such deal; Errc::conflict: the slug is taken; Errc::invalid names the field.
core::Result<CreatedLink> create_link(storage::Session& session, core::BrandId brand,
                                      const NewLink& link, core::Instant now);

// https (or http where an entry "http://…" allows it), no userinfo, no IP literal, host on an
// allowed domain or below it. Returns the form that is stored, in ASCII, with the host as
// core::host_name() writes it; Errc::invalid says what is wrong and what would be right.
core::Result<std::string> check_destination(std::string_view url,
                                            const std::vector<std::string>& allowed_domains);

class Redirect : public net::FastPath {
 public:
  // Both databases and the clock must outlive it. Links are loaded after start(). Errc of storage.
  static core::Result<std::unique_ptr<Redirect>> open(storage::Database& main,
                                                      const std::string& clicks_file,
                                                      std::vector<TokenKey> keys,
                                                      const core::Clock& clock, Options options);
  virtual std::vector<net::Route> routes() = 0;
  // Reads every link again, beside the table that is served; returns when each I/O thread has it.
  virtual core::Result<void> reload_links() = 0;
  // Called after brands, their fallbacks or their allowed domains changed; takes effect at once for
  // all their links.
  virtual core::Result<void> reload_brands() = 0;
  // Opens the files of countries and datacenters again; returns when each I/O thread has them. When
  // one cannot be used, both stay as they were: Errc::config names the key, the file and the
  // reason. Blocks: never on an I/O thread.
  virtual core::Result<void> reload_places() = 0;
  virtual void collect(std::vector<core::Metric>& metrics) const = 0;
  // False while the links are being loaded; each that is asked for is then read on its own.
  virtual bool is_loaded() const = 0;
  // False while clicks cannot be made durable or cannot be taken into the click file; for /readyz.
  virtual bool is_recording() const = 0;
  // Waits until every click answered so far is in the click file, which otherwise takes a
  // quarter of a second. False when that fails or takes longer than a few seconds. Blocks: never on
  // an I/O thread.
  virtual bool settle() = 0;
  // Prefetches whose tokens came back with an order: they become valid a moment later, or repeats
  // (redirect/activation.hpp). Blocks: never on an I/O thread.
  virtual void activate(std::span<const core::ClickId> prefetches) = 0;
  // Writes what is queued, takes it into the click file and closes both. After the server stopped.
  virtual void stop() = 0;
};

// For the demo and imports: appends finished clicks to the click file without a server running.
struct PastClick {
  core::ClickId click;
  core::BrandId brand;
  core::LinkId link;
  core::ClickVerdict verdict = core::ClickVerdict::valid;
  std::int64_t visitor = 0;  // 0 = not known
  std::string app;           // "instagram", …
  std::string country;       // "DE"
  std::string device;        // "phone", "desktop", "tablet", "bot"
};
// `zones` gives each brand's time zone for the rollup's day.
core::Result<void> append_clicks(const std::string& clicks_file, storage::Database& main,
                                 const std::vector<PastClick>& clicks);

// Judges the stored clicks since an instant again, under the present rules: by the name of the rule
// that hit each, its flags, visitor, link and time. No server may run on the click file. The main
// database is only read. docs/verdicts.md says what this can tell.
struct RescoreRequest {
  core::Instant since;
  std::uint32_t duplicate_window_s = 10;
  bool refuse_datacenters = false;
  bool is_dry_run = false;  // changes nothing
};
struct RescoreReport {
  struct OfLink {
    std::string slug;
    std::map<core::ClickVerdict, std::int64_t> before;
    std::map<core::ClickVerdict, std::int64_t> after;
  };
  core::Instant since;  // later than asked for where clicks were removed: whole days are judged
  std::int64_t clicks = 0;
  std::int64_t changed = 0;
  std::map<core::LinkId, OfLink> links;  // that have clicks
};
core::Result<RescoreReport> rescore(storage::Database& main, storage::Database& clicks,
                                    const RescoreRequest& request);
std::string rules_text();  // "2 (isbot 5.2.3, …)": the version of the rules and of their lists

// A click file of an older version has no rollups after it was migrated: they are counted from its
// clicks here, once. Whoever opens the file for writing calls it before anything else.
core::Result<void> complete_rollups(storage::Database& main, storage::Database& clicks);

// Recounts every rollup and every visitor whose clicks are all kept. Empty when they agree.
core::Differences verify(storage::Session& main, storage::Session& clicks);

// Confirmed clicks that are in the journal and not in the click file yet, at some moment of the
// call. Different is what was confirmed and cannot be read; a running server makes no difference.
struct WaitingClicks {
  std::int64_t clicks = 0;
  core::Differences differences;
};
// Errc of storage, and Errc::config or io when the journal cannot be looked at.
core::Result<WaitingClicks> verify_journal(storage::Database& clicks,
                                           const std::string& clicks_file);

}  // namespace fairlead::redirect
