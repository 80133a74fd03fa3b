#include "redirect/service.hpp"

#include "core/crypto.hpp"
#include "core/log.hpp"
#include "net/wire.hpp"
#include "redirect/bot_lists.hpp"
#include "redirect/bulk_links.hpp"
#include "redirect/click_store.hpp"
#include "redirect/consent_grant.hpp"
#include "redirect/deep_link.hpp"
#include "redirect/hand_out.hpp"
#include "redirect/link_routes.hpp"
#include "redirect/preview.hpp"
#include "redirect/qr_routes.hpp"
#include "redirect/seeded_hash.hpp"
#include "redirect/track_script.hpp"

namespace fairlead::redirect {

namespace {

// "utm_source=…&utm_medium=…": what the visit was marked with, the shopper's value or the link's.
void note_utm(std::string& out, const Target& target, const KnownValues& known) {
  out.clear();
  for (std::size_t i = 0; i < utm_names.size(); ++i) {
    const std::string_view own = target.utm_default(i);
    const bool is_locked = !own.empty() && target.utm->is_locked;
    std::string value;
    if (known.has_utm[i] && !is_locked) {
      std::string plain;
      append_decoded(plain, known.utm[i], utm_bytes_max);
      append_encoded(value, plain);
    } else {
      value = own;
    }
    if (value.empty()) continue;
    if (!out.empty()) out.append("&");
    out.append(utm_names[i]);
    out.append("=");
    out.append(value);
  }
}

void note_subs(std::string& out, const KnownValues& known) {
  out.clear();
  for (std::size_t i = 0; i < sub_count; ++i) {
    if (known.sub[i].empty()) continue;
    std::string plain;
    std::string value;
    append_decoded(plain, known.sub[i], subs_bytes_max);
    append_encoded(value, plain);
    const char name[] = {'s', 'u', 'b', static_cast<char>('1' + i), '='};
    if (!out.empty()) out.append("&");
    out.append(name, sizeof name);
    out.append(value);
  }
}

void set_lowered(std::string& out, std::string_view text) {
  out = text;
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
}

// A picture or hidden frame is no visit and a bot nobody: they get no cookie, and the former no
// visitor at all, so that they cannot plant one.
VisitorPlan plan_for(const BrandRecord& brand, const std::vector<TokenKey>& keys,
                     const ClickFacts& facts, const net::Request& request, core::Instant now) {
  constexpr std::uint32_t random_values = 1U << 22;
  const VisitorPolicy& policy = brand.visitors;
  const bool may_set = policy.uses_cookie && facts.verdict == core::ClickVerdict::valid;
  const bool is_granted = grants_consent(keys, brand.id, request.query, now);
  VisitorPlan plan = plan_visitor({may_set, is_granted ? Consent::granted : policy.consent},
                                  {.has_opted_out = facts.has_opted_out(),
                                   .cookie = facts.cookie,
                                   .query = request.query,
                                   .random = may_set ? core::random_below(random_values) : 0,
                                   .now = now});
  if (facts.verdict == core::ClickVerdict::embedded) plan.may_hash = false;
  return plan;
}

void append_location(std::string& location, const RuledClick& ruled, const ClickParts& click,
                     const KnownValues& known) {
  decide(ruled.target, click, known, location);
  if (ruled.app == nullptr) return;
  const std::string page = std::exchange(location, {});
  append_intent(location, page, *ruled.app);
}

// Of a link that is there and not served, its own.
std::string_view fallback_of(const LinkTable::Found& found) {
  if (found.rules == nullptr) return {};
  return fallback_of(*found.rules, *found.brand);
}

// Without the '+' that asks for a preview; no slug ends in one.
std::string_view slug_path(std::string_view path) {
  if (path.ends_with('+')) path.remove_suffix(1);
  return path;
}

}  // namespace

Service::Tools::Tools(const Service& service, std::size_t lane)
    : places(service.places_),
      signer(service.keys_),
      click_codes(service.keys_),
      ids(lane, service.newest_click_),
      visitors(*service.salt_),
      agents(service.seed_) {}

Service::Service(storage::Database& main, Parts parts, std::vector<TokenKey> keys,
                 const core::Clock& clock, Options options)
    : main_(main),
      keys_(std::move(keys)),
      clock_(clock),
      options_(std::move(options)),
      seed_(parts.seed),
      newest_click_(parts.newest_click),
      salt_(std::move(parts.salt)),
      uses_(parts.uses),
      places_(std::move(parts.places)),
      retention_(std::move(parts.retention)),
      repeats_({.duplicate_window_s = options_.duplicate_window_s,
                .person_minute_max = options_.flood_person_minute_max,
                .network_minute_max = options_.flood_network_minute_max}),
      recorder_({.sink = std::move(parts.sink),
                 .journal = std::move(parts.journal),
                 .judge = [this](const ClickRecord& click) { return repeats_.judge(click); },
                 .each_second = [this] { keep_salt(); }},
                options_),
      links_(std::move(parts.links)) {
  BotLists::of_this_build();  // made now, not when the first shopper waits
}

void Service::keep_salt() {
  salt_->of(clock_.now());  // at midnight, also when nobody clicks
  if (auto saved = salt_->save(); !saved)
    core::log(core::Level::warning, "salt_not_saved", {{"why", saved.error().detail}});
}

void Service::start(const std::vector<net::Executor>& threads) {
  executors_ = threads;
  for (std::size_t i = 0; i < threads.size(); ++i)
    tools_.push_back(std::make_unique<Tools>(*this, i));
  links_->start(threads, [this](std::size_t thread, std::shared_ptr<const LinkTable> table) {
    tools_[thread]->table = std::move(table);
  });
  recorder_.start(threads);
}

net::FastPath::Leaves Service::answer(const net::Request& request, std::size_t thread, bool closing,
                                      std::string& wire, net::HeldAnswer& held) {
  const AfterAnswer after = closing ? AfterAnswer::close : AfterAnswer::keep_open;
  if (!must_look_up(request, thread)) return respond(request, thread, after, wire, held);
  links_->look_up(thread, request.host, slug_path(request.path),
                  [this, &request, thread, after, &wire, &held](bool is_asked) {
                    if (respond_late(request, thread, after, wire, held, is_asked) == Leaves::now)
                      held.release();
                  });
  return Leaves::when_written;
}

// While the links are being loaded, one that is not there yet may be in the database.
bool Service::must_look_up(const net::Request& request, std::size_t thread) const {
  const LinkTable& table = *tools_[thread]->table;
  if (table.is_complete() || request.path == "/") return false;
  if (request.method != net::Method::get && request.method != net::Method::head) return false;
  return !table.find(request.host, slug_path(request.path)).is_known;
}

net::FastPath::Leaves Service::respond_late(const net::Request& request, std::size_t thread,
                                            AfterAnswer after, std::string& wire,
                                            net::HeldAnswer& held, bool is_asked) {
  try {
    if (is_asked) return respond(request, thread, after, wire, held);
    append_unavailable(wire, net::http_date(clock_.now()), after);
  } catch (const std::exception& failure) {
    core::log(core::Level::error, "redirect_failed", {{"detail", failure.what()}});
    wire.clear();
    append_server_error(wire, net::http_date(clock_.now()), after);
  }
  return Leaves::now;
}

net::FastPath::Leaves Service::respond(const net::Request& request, std::size_t thread,
                                       AfterAnswer after, std::string& wire,
                                       net::HeldAnswer& held) {
  Tools& tools = *tools_[thread];
  const core::Instant now = clock_.now();
  if (now.micros / 1'000'000 != tools.date_second) {
    tools.date_second = now.micros / 1'000'000;
    tools.date = net::http_date(now);
  }
  if (request.method != net::Method::get && request.method != net::Method::head) {
    append_method_not_allowed(wire, tools.date, after);
    return Leaves::now;
  }
  const LinkTable::Found found = tools.table->find(request.host, request.path);
  if (found.link == nullptr) {
    if (!respond_preview(request, tools, after, wire))
      respond_unknown(request, found.brand, fallback_of(found), tools.date, after, wire);
    return Leaves::now;
  }
  const LinkRecord& link = *found.link;
  const ClickFacts facts = read_facts(request, tools.agents, tools.places->places());
  const KnownValues known = known_values(request.query);
  const VisitorPlan visitor = plan_for(*found.brand, keys_, facts, request, now);
  RuledClick ruled;
  if (found.rules == nullptr) {
    ruled.target = link.target();
  } else if (ruled = rule(request, found, facts, visitor, now, tools); ruled.is_closed) {
    respond_unknown(request, found.brand, ruled.fallback_url, tools.date, after, wire);
    return Leaves::now;
  }
  const core::ClickId id = tools.ids.next(now);
  const TokenText token = tools.signer.sign(id, link.id());
  ClickParts parts{
      link.slug(), request.query, {token.data(), token.size()}, code_of(found, id, tools)};
  tools.location.clear();
  append_location(tools.location, ruled, parts, known);
  if (tools.location.size() > location_bytes_max) {
    shortened_.add();
    parts.query = {};
    tools.location.clear();
    append_location(tools.location, ruled, parts, {});
  }
  if (tools.location.size() > location_bytes_max || !is_header_safe(tools.location)) {
    unsafe_.add();
    append_server_error(wire, tools.date, after);
    return Leaves::now;
  }
  append_redirect(wire, link.status(), tools.location, tools.date, after,
                  cookie_line(visitor, request.via_tls));

  const ClickRecord click = record_of(request, found, id, facts, visitor, known, ruled, tools);
  return recorder_.push(thread, click, held) ? Leaves::when_released : Leaves::now;
}

RuledClick Service::rule(const net::Request& request, const LinkTable::Found& found,
                         const ClickFacts& facts, const VisitorPlan& visitor, core::Instant now,
                         Tools& tools) {
  const LinkRules& rules = *found.rules;
  Visit visit{.at = now, .query = request.query, .link = found.link->id()};
  visit.device = facts.device;
  visit.os = facts.os;
  visit.browser = facts.browser;
  visit.app = facts.app;
  visit.country = facts.country;
  visit.language = facts.language;
  // Who must not be known is told apart by what lives in this process's memory only.
  visit.is_known = visitor.visitor != 0 || visitor.may_hash;
  if (!rules.split.empty() || rules.holdout.kind == Holdout::Kind::visitor) {
    if (visitor.visitor != 0) {
      visit.visitor = static_cast<std::uint64_t>(visitor.visitor);
    } else if (visitor.may_hash) {
      visit.visitor = static_cast<std::uint64_t>(
          tools.visitors.of(now, found.brand->id, request.client_address, facts.user_agent));
    } else {
      visit.visitor = who_of(seed_, request.client_address, facts.user_agent);
    }
  }
  ClickUses* uses = nullptr;
  if (rules.click_limit > 0) {
    ClickUses*& known = tools.uses[visit.link.number];
    if (known == nullptr) known = &uses_.of(visit.link);
    uses = known;
  }
  return apply_rules(rules, found.link->target(), *found.brand, visit, facts.verdict, uses);
}

std::string_view Service::code_of(const LinkTable::Found& found, core::ClickId click,
                                  Tools& tools) {
  if (found.rules == nullptr) return {};
  const LinkCode& code = found.rules->code;
  if (!code.is_per_click) return code.text;
  tools.code.clear();
  tools.click_codes.append(tools.code, code.text, found.brand->id, code.id, click);
  return tools.code;
}

ClickRecord Service::record_of(const net::Request& request, const LinkTable::Found& found,
                               core::ClickId id, const ClickFacts& facts,
                               const VisitorPlan& visitor, const KnownValues& known,
                               const RuledClick& ruled, Tools& tools) {
  const core::BrandId brand = found.brand->id;
  const core::LinkId link = found.link->id();
  const core::Instant now = core::instant_of_id(id.number);
  const DayAndHour at = tools.days.of(brand, found.brand->zone, now);
  ClickTexts& texts = tools.texts;
  set_lowered(texts.language, facts.language);
  set_lowered(texts.referrer, facts.referrer);
  note_utm(texts.utm, found.link->target(), known);
  note_subs(texts.subs, known);
  ClickRecord click{.id = id, .brand = brand, .link = link, .day = at.day, .hour = at.hour};
  click.verdict = facts.verdict;
  click.network = facts.network;
  click.flags =
      facts.flags | ruled.flags | static_cast<std::uint32_t>(visitor.consent) << flag_consent_shift;
  click.variant = ruled.variant;
  click.rule = facts.rule;
  click.device = facts.device;
  click.os = facts.os;
  click.browser = facts.browser;
  click.app = facts.app;
  click.country = facts.country;
  click.language = texts.language;
  click.referrer = texts.referrer;
  click.utm = texts.utm;
  click.subs = texts.subs;
  click.who = who_of(seed_, request.client_address, facts.user_agent);
  click.visitor = visitor.visitor;
  if (click.visitor != 0) click.flags |= flag_cookie;
  if (click.visitor == 0 && visitor.may_hash)
    click.visitor = tools.visitors.of(now, brand, request.client_address, facts.user_agent);
  return click;
}

// GET /{slug}+ of a link that is served: no click is made. False for everything else.
bool Service::respond_preview(const net::Request& request, Tools& tools, AfterAnswer after,
                              std::string& wire) {
  const std::string_view path = previewed_path(request.path);
  if (path.empty()) return false;
  const LinkTable::Found found = tools.table->find(request.host, path);
  if (found.link == nullptr) return false;
  if (found.rules != nullptr && !is_on_time(*found.rules, clock_.now())) return false;
  std::string destination;
  // A preview is no click, so there is no code of its own to show.
  const LinkCode* const code = found.rules == nullptr ? nullptr : &found.rules->code;
  const bool has_code = code != nullptr && !code->is_per_click;
  decide(found.link->target(),
         {found.link->slug(), "", "", has_code ? std::string_view(code->text) : ""}, {},
         destination);
  if (!is_header_safe(destination)) return false;
  previews_.add();
  append_preview(wire, request.method,
                 {.slug = found.link->slug(),
                  .brand = found.brand->name,
                  .destination = destination,
                  .may_differ = found.rules != nullptr},
                 tools.date, after);
  return true;
}

void Service::respond_unknown(const net::Request& request, const BrandRecord* brand,
                              std::string_view fallback_url, std::string_view date,
                              AfterAnswer after, std::string& wire) {
  unknown_.add();
  const bool has_slug = request.path != "/";
  if (fallback_url.empty() && has_slug && brand != nullptr) fallback_url = brand->fallback_url;
  if (!fallback_url.empty()) {
    append_redirect(wire, default_status, fallback_url, date, after);
  } else {
    append_not_found(wire, request.method, date, after);
  }
}

std::vector<net::Route> Service::routes() {
  const LinksChanged changed = [this](core::BrandId brand, std::span<const core::LinkId> links) {
    if (auto taken = links_->links_changed(brand, links); !taken)
      core::log(core::Level::error, "links_not_read", {{"why", taken.error().detail}});
  };
  std::vector<net::Route> all = link_routes(main_, options_, changed);
  const auto append = [&all](std::vector<net::Route> routes) {
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
  };
  append(bulk_link_routes(main_, options_, changed));
  append(qr_routes(main_, options_));
  append(track_routes());
  return all;
}

void Service::collect(std::vector<core::Metric>& metrics) const {
  recorder_.collect(metrics);
  retention_->collect(metrics);
  using Kind = core::Metric::Kind;
  metrics.push_back({Kind::counter,
                     "fairlead_redirects_unknown_total",
                     "Requests for a slug that is unknown, disabled or archived.",
                     {},
                     static_cast<double>(unknown_.value())});
  metrics.push_back({Kind::counter,
                     "fairlead_previews_total",
                     "Pages of GET /{slug}+, which are no clicks.",
                     {},
                     static_cast<double>(previews_.value())});
  metrics.push_back({Kind::counter,
                     "fairlead_redirects_unsafe_total",
                     "Locations held back because a byte may not stand in a header, or because "
                     "they are over 16 KiB without what the request brought; always 0.",
                     {},
                     static_cast<double>(unsafe_.value())});
  metrics.push_back({Kind::counter,
                     "fairlead_redirects_shortened_total",
                     "Locations over 16 KiB, sent without the query and the sub ids.",
                     {},
                     static_cast<double>(shortened_.value())});
  links_->collect(metrics);
}

core::Result<void> Service::reload_places() {
  auto opened = PlaceFiles::open(options_);
  if (!opened) return opened.error();
  // The former files are closed here, when no thread looks into them any more.
  const std::shared_ptr<const PlaceFiles> former = std::exchange(places_, std::move(*opened));
  hand_out(
      executors_, [this, places = places_](std::size_t thread) { tools_[thread]->places = places; },
      [] { return false; });
  return {};
}

void Service::activate(std::span<const core::ClickId> prefetches) {
  auto brands = main_.read([](storage::Session& session) { return read_brands(session); });
  if (!brands) {
    core::log(core::Level::error, "prefetch_not_activated", {{"why", brands.error().detail}});
    return;
  }
  recorder_.activate(
      {{prefetches.begin(), prefetches.end()}, std::move(*brands), options_.duplicate_window_s});
}

void Service::stop() {
  links_->stop();
  recorder_.stop();
}

namespace {

RetentionRule rule_of(storage::Database& main, const Options& options) {
  return {options.click_retention_days, [&main] { return days_needed(main); }};
}

}  // namespace

core::Result<std::unique_ptr<Redirect>> Redirect::open(storage::Database& main,
                                                       const std::string& clicks_file,
                                                       std::vector<TokenKey> keys,
                                                       const core::Clock& clock, Options options) {
  if (keys.empty()) return core::fail(core::Errc::config, "there is no key to sign click tokens");
  auto retention = std::make_shared<Retention>(clock, rule_of(main, options));
  auto store = ClickStore::open_file(clicks_file, main, retention);
  if (!store) return store.error();
  auto salt = DailySalt::open(options.salt_file, clock.now());
  if (!salt) return salt.error();
  Service::Parts parts;
  parts.retention = std::move(retention);
  auto places = PlaceFiles::open(options);
  if (!places) return places.error();
  parts.places = std::move(*places);
  core::fill_random({reinterpret_cast<std::uint8_t*>(&parts.seed), sizeof parts.seed});
  parts.links = std::make_unique<LinkKeeper>(main, clock, parts.seed, options.default_domain);
  if (auto opened = parts.links->open(); !opened) return opened.error();
  auto journal = Journal::open(clicks_file + ".journal", (*store)->position());
  if (!journal) return journal.error();
  auto left = leftovers(**journal, (*store)->position());
  if (!left) return left.error();
  parts.uses = (*store)->uses();
  for (const auto& [link, uses] : left->uses)
    parts.uses[link] += uses;
  parts.newest_click = std::max((*store)->newest_click(), left->newest);
  parts.sink = std::move(*store);
  parts.journal = std::move(*journal);
  parts.salt = std::move(*salt);
  return std::unique_ptr<Redirect>(std::make_unique<Service>(
      main, std::move(parts), std::move(keys), clock, std::move(options)));
}

}  // namespace fairlead::redirect
