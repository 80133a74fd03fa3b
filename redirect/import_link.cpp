#include "redirect/import_link.hpp"

#include "redirect/links.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

core::Result<ImportedAs> import_link(LinkContext& context, const ImportedLink& imported,
                                     core::Instant now) {
  const NewLink& link = imported.link;
  const auto created = create_link(context, link, now);
  storage::Session& session = context.session();
  if (created) {
    const core::Instant at = std::min(imported.created_at.value_or(now), now);
    if (at != now || !imported.is_enabled)
      session.run(sql::set_link_origin, context.brand(), created->id, at, imported.is_enabled);
    return ImportedAs{created->id, true};
  }
  const auto domain = check_domain(link.domain);
  if (created.error().code != core::Errc::conflict || !domain) return created.error();
  const storage::Rows rows =
      session.run(sql::find_link_by_slug, context.brand(), *domain, link.slug);
  if (rows.empty()) return created.error();
  const std::string& leads_to = rows.one().text(1);
  const auto wanted = check_destination(link.destination, context.allowed_domains());
  if (wanted && *wanted == leads_to) return ImportedAs{rows.one().id<core::LinkId>(0), false};
  return core::fail(core::Errc::conflict, "slug \"" + link.slug + "\" is taken by a link to " +
                                              leads_to + "; rename one of them");
}

}  // namespace fairlead::redirect
