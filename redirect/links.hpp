// Links as the brand edits them: rows of the table, their checks and their JSON. Functions with a
// Session run inside its transaction, on the work pool.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "redirect/link_rules.hpp"
#include "redirect/redirect.hpp"
#include "redirect/utm.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

class LinkContext;

struct Link {
  core::LinkId id;
  core::DealId deal;
  std::string domain;  // "" = the default domain
  std::string slug;
  std::string destination;
  UtmValues utm;
  bool utm_locked = false;
  int status = 302;
  bool is_enabled = true;
  std::int64_t version = 1;
  core::Instant created_at;
  core::Instant changed_at;
  std::optional<core::Instant> archived_at;
  LinkRules rules;
};

// Called after a committed change with the links it touched; returns when they are served as they
// are now.
using LinksChanged = std::function<void(core::BrandId, std::span<const core::LinkId>)>;

std::optional<Link> find_link(storage::Session& session, core::BrandId brand, core::LinkId id);
// Not archived, in order of id, after `after`; deal 0 = all.
std::vector<Link> list_links(storage::Session& session, core::BrandId brand, core::DealId deal,
                             std::int64_t after, std::int64_t limit);
// False when the row is no longer of link.version, or archived.
bool update_link(storage::Session& session, core::BrandId brand, const Link& link,
                 core::Instant now);
bool archive_link(storage::Session& session, core::BrandId brand, const Link& link,
                  core::Instant now);

// As create_link() of redirect.hpp, for many links in one transaction.
core::Result<CreatedLink> create_link(LinkContext& context, const NewLink& link, core::Instant now);

std::vector<std::string> allowed_domains(storage::Session& session, core::BrandId brand);

// 1–64 of letters, digits, '-', '_', '.', '~', not starting with '.', no reserved first segment.
core::Result<void> check_slug(std::string_view slug);
// As core::host_name() writes it; "" stays "".
core::Result<std::string> check_domain(std::string_view domain);
// "" when it is the server's default domain in any spelling; else as it is given.
std::string own_domain(std::string_view domain, std::string_view default_domain);

// What a shopper types: "https://go.shop.example/mia".
std::string link_url(std::string_view domain, std::string_view slug, const Options& options);
boost::json::object link_json(const Link& link, const Options& options);

}  // namespace fairlead::redirect
