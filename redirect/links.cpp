#include "redirect/links.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/host_name.hpp"
#include "net/router.hpp"
#include "redirect/answers.hpp"
#include "redirect/holdout_runs.hpp"
#include "redirect/link_codes.hpp"
#include "redirect/link_context.hpp"
#include "redirect/rule_fields.hpp"
#include "redirect/slugs.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t slug_bytes_max = 64;
constexpr int slug_attempts_max = 8;  // a second one is rare; the eighth has 56¹¹ to choose from

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

bool is_slug_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

Link link_of(const storage::Row& row) {
  Link link;
  link.id = row.id<core::LinkId>(0);
  link.deal = row.id<core::DealId>(1);
  link.domain = row.text(2);
  link.slug = row.text(3);
  link.destination = row.text(4);
  link.utm = stored_utm(row.text(5));
  link.utm_locked = row.integer(6) != 0;
  link.status = static_cast<int>(row.integer(7));
  link.is_enabled = row.integer(8) != 0;
  link.version = row.integer(9);
  link.created_at = row.instant(10);
  link.changed_at = row.instant(11);
  if (!row.is_null(12)) link.archived_at = row.instant(12);
  if (auto rules = stored_rules(row.text(13))) link.rules = std::move(*rules);
  return link;
}

std::string utm_text(const UtmValues& values) {
  return boost::json::serialize(utm_json(values));
}

// The link's own values; a campaign's stand in where the link says nothing.
core::Result<UtmValues> utm_of(const NewLink& link, std::string_view campaign_utm) {
  UtmValues values = stored_utm(campaign_utm);
  boost::json::object own;
  for (const auto& [name, value] : link.utm)
    own[name] = value;
  auto read = read_utm(own);
  if (!read) return read.error();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(*read)[i].empty()) values[i] = (*read)[i];
  return values;
}

}  // namespace

std::optional<Link> find_link(storage::Session& session, core::BrandId brand, core::LinkId id) {
  const storage::Rows rows = session.run(sql::find_link, brand, id);
  if (rows.empty()) return std::nullopt;
  return link_of(rows.one());
}

std::vector<Link> list_links(storage::Session& session, core::BrandId brand, core::DealId deal,
                             std::int64_t after, std::int64_t limit) {
  std::vector<Link> links;
  for (const storage::Row& row : session.run(sql::list_links, brand, after, deal, limit))
    links.push_back(link_of(row));
  return links;
}

bool update_link(storage::Session& session, core::BrandId brand, const Link& link,
                 core::Instant now) {
  return session
             .run(sql::update_link, brand, link.id, link.version, link.destination,
                  utm_text(link.utm), link.utm_locked, link.status, link.is_enabled,
                  rules_text(link.rules), now)
             .changed == 1;
}

bool archive_link(storage::Session& session, core::BrandId brand, const Link& link,
                  core::Instant now) {
  return session.run(sql::archive_link, brand, link.id, link.version, now).changed == 1;
}

std::vector<std::string> allowed_domains(storage::Session& session, core::BrandId brand) {
  std::vector<std::string> domains;
  for (const storage::Row& row : session.run(sql::list_allowed_domains, brand))
    domains.push_back(row.text(0));
  return domains;
}

core::Result<void> check_slug(std::string_view slug) {
  if (slug.empty() || slug.size() > slug_bytes_max)
    return refuse("slug must have 1 to 64 characters, this has " + std::to_string(slug.size()));
  if (!std::all_of(slug.begin(), slug.end(), is_slug_letter) || slug.front() == '.')
    return refuse("slug may contain letters, digits, - _ . and ~, and must not start with a dot");
  if (net::is_reserved_segment(slug))
    return refuse("slug \"" + std::string(slug) + "\" is reserved for the server itself");
  return {};
}

core::Result<std::string> check_domain(std::string_view domain) {
  if (domain.empty()) return std::string();
  auto name = core::host_name(domain);
  // No address: who reaches the server by it is led by the default domain's links.
  if (!name || core::is_ipv4_host(*name))
    return refuse(
        "domain must be a host name without scheme, port or path, such as go.shop.example");
  return std::move(*name);
}

std::string own_domain(std::string_view domain, std::string_view default_domain) {
  const bool is_default =
      domain == default_domain || core::host_name(domain).value_or("") == default_domain;
  return is_default ? std::string() : std::string(domain);
}

core::Result<CreatedLink> create_link(storage::Session& session, core::BrandId brand,
                                      const NewLink& link, core::Instant now) {
  LinkContext context(session, brand);
  return create_link(context, link, now);
}

core::Result<CreatedLink> create_link(LinkContext& context, const NewLink& link,
                                      core::Instant now) {
  storage::Session& session = context.session();
  const core::BrandId brand = context.brand();
  const LinkContext::Deal* const deal = context.deal(link.deal);
  if (deal == nullptr)
    return core::fail(core::Errc::not_found, "there is no deal " + link.deal.text());
  if (deal->is_archived) return refuse("deal " + link.deal.text() + " is archived");
  auto destination = check_destination(
      link.destination.empty() ? deal->landing_url : link.destination, context.allowed_domains());
  if (!destination) return destination.error();
  auto utm = utm_of(link, deal->utm);
  if (!utm) return utm.error();
  if (!is_redirect_status(link.status))
    return refuse("status must be 301, 302, 303, 307 or 308, not " + std::to_string(link.status));
  LinkRules rules = link.rules;
  if (auto good = check_rules(rules); !good) return good.error();
  if (auto good = check_rule_destinations(rules, {}, context.allowed_domains()); !good)
    return good.error();
  destination = settle_code(
      session, {brand, link.deal, *destination, *utm, context.allowed_domains()}, rules);
  if (!destination) return destination.error();
  if (auto good = settle_holdout(rules, {}, now); !good) return good.error();
  if (auto drawn = draw_run(rules, now); !drawn) return drawn.error();
  auto domain = check_domain(link.domain);
  if (!domain) return domain.error();
  if (!context.may_use_domain(*domain))
    return core::fail(core::Errc::conflict, "domain " + *domain + " is in use by another brand");
  if (!link.slug.empty())
    if (auto good = check_slug(link.slug); !good) return good.error();

  const auto id = core::new_id<core::LinkId>(now);
  for (int attempt = 0; attempt < slug_attempts_max; ++attempt) {
    const std::string slug = link.slug.empty() ? new_slug(slug_letters_at(attempt)) : link.slug;
    const auto inserted =
        session.run(sql::insert_link, brand, id, link.deal, *domain, slug, *destination,
                    utm_text(*utm), link.utm_locked, link.status, rules_text(rules), now);
    if (inserted.changed == 1) {
      record_run(session, brand, id, {}, rules, now);
      return CreatedLink{id, slug};
    }
    if (!link.slug.empty()) break;
  }
  return core::fail(core::Errc::conflict, "slug \"" + link.slug + "\" is taken; choose another");
}

std::string link_url(std::string_view domain, std::string_view slug, const Options& options) {
  std::string url = options.public_url;
  if (!domain.empty()) url = "https://" + std::string(domain);
  while (url.ends_with('/'))
    url.pop_back();
  return url.append("/").append(slug);
}

boost::json::object link_json(const Link& link, const Options& options) {
  boost::json::object json;
  json["id"] = link.id.text();
  json["slug"] = link.slug;
  json["url"] = link_url(link.domain, link.slug, options);
  json["deal_id"] = link.deal.text();
  json["domain"] = link.domain.empty() ? options.default_domain : link.domain;
  const bool is_applied = !link.rules.page.empty();
  json["destination"] = is_applied ? link.rules.page : link.destination;
  json["applied_url"] = nullptr;
  if (is_applied) json["applied_url"] = link.destination;
  json["utm"] = utm_json(link.utm);
  json["utm_locked"] = link.utm_locked;
  json["status"] = link.status;
  json["is_enabled"] = link.is_enabled;
  add_rules_json(link.rules, json);
  json["version"] = link.version;
  json["created_at"] = core::format_instant(link.created_at);
  json["changed_at"] = core::format_instant(link.changed_at);
  json["archived_at"] = nullptr;
  if (link.archived_at) json["archived_at"] = core::format_instant(*link.archived_at);
  return json;
}

}  // namespace fairlead::redirect
