#include "redirect/load_links.hpp"

#include <utility>

#include "core/log.hpp"
#include "redirect/brands.hpp"
#include "redirect/rule_fields.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

// A link whose rules cannot be read is not served: without them it might lead anybody anywhere at
// any time.
void add_rules(const std::string& text, LinkRow& link) {
  if (text.empty()) return;
  auto rules = stored_rules(text);
  if (rules) {
    link.rules = std::make_shared<const LinkRules>(std::move(*rules));
    return;
  }
  link.is_wanted = false;
  core::log(core::Level::error, "link_rules_damaged",
            {{"link", link.id.text()}, {"why", rules.error().detail}});
}

LinkRow link_row(const storage::Row& row) {
  LinkRow link;
  link.brand = row.id<core::BrandId>(0);
  link.id = row.id<core::LinkId>(1);
  link.domain = row.text(2);
  link.slug = row.text(3);
  link.destination = row.text(4);
  link.utm = row.text(5);
  link.utm_locked = row.integer(6) != 0;
  link.status = static_cast<int>(row.integer(7));
  const bool is_archived = row.integer(9) != 0;
  link.is_wanted = row.integer(8) != 0 && !is_archived;
  if (!is_archived) add_rules(row.text(10), link);
  return link;
}

void add_rows(storage::Session& session, const storage::Rows& rows, LinkTableBuilder& builder) {
  bool are_brands_new = false;
  for (const storage::Row& row : rows) {
    const LinkRow link = link_row(row);
    if (!builder.has_brand(link.brand) && !std::exchange(are_brands_new, true))
      builder.set_brands(read_brands(session));
    builder.add(link);
  }
}

}  // namespace

core::Result<void> load_directory(storage::Database& main, LinkTableBuilder& builder) {
  return main.read([&](storage::Session& session) {
    builder.set_brands(read_brands(session));
    std::string domain;
    for (;;) {
      const storage::Rows next = session.run(sql::find_next_domain, domain);
      if (next.empty()) return;
      domain = next.one().text(0);
      builder.add_domain(next.one().id<core::BrandId>(1), domain);
    }
  });
}

core::Result<std::optional<LinkKey>> load_page(storage::Database& main, LinkTableBuilder& builder,
                                               LinkKey after) {
  return main.read([&](storage::Session& session) -> std::optional<LinkKey> {
    const storage::Rows rows =
        session.run(sql::list_links_after, after.brand, after.link, page_rows);
    add_rows(session, rows, builder);
    if (static_cast<std::int64_t>(rows.size()) < page_rows) return std::nullopt;
    const storage::Row& last = rows.rows.back();
    return LinkKey{last.id<core::BrandId>(0), last.id<core::LinkId>(1)};
  });
}

core::Result<void> load_some(storage::Database& main, LinkTableBuilder& builder,
                             const std::set<LinkKey>& links) {
  return main.read([&](storage::Session& session) {
    for (const LinkKey& link : links)
      add_rows(session, session.run(sql::read_link_row, link.brand, link.link), builder);
  });
}

core::Result<void> load_wanted(storage::Database& main, LinkTableBuilder& builder,
                               std::span<const LinkTable::Wanted> wanted) {
  return main.read([&](storage::Session& session) {
    for (const LinkTable::Wanted& one : wanted)
      for (const std::string& domain : {one.domain, one.other_domain})
        for (const std::string& slug : {one.slug, one.other_slug})
          if (!slug.empty())
            add_rows(session, session.run(sql::find_link_row, domain, slug), builder);
  });
}

}  // namespace fairlead::redirect
