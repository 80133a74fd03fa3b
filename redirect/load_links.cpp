#include "redirect/load_links.hpp"

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

}  // namespace

core::Result<std::shared_ptr<const LinkTable>> load_links(storage::Database& main,
                                                          LinkTableBuilder& builder) {
  return main.read([&](storage::Session& session) {
    builder.set_brands(read_brands(session));
    std::int64_t brand = 0;
    std::int64_t link = 0;
    for (;;) {
      const storage::Rows rows = session.run(sql::list_links_after, brand, link, page_rows);
      for (const storage::Row& row : rows) {
        brand = row.integer(0);
        link = row.integer(1);
        builder.add(link_row(row));
      }
      if (static_cast<std::int64_t>(rows.size()) < page_rows) return builder.build();
    }
  });
}

}  // namespace fairlead::redirect
