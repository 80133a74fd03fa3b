#include "redirect/load_links.hpp"

#include "redirect/answers.hpp"
#include "redirect/brands.hpp"
#include "redirect/sql.hpp"
#include "redirect/utm.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

LinkRecord record_of(const storage::Row& row, const std::vector<BrandRecord>& brands,
                     const BrandRecord* brand) {
  LinkRecord link;
  link.brand = row.id<core::BrandId>(0);
  link.id = row.id<core::LinkId>(1);
  link.domain = row.text(2);
  link.slug = row.text(3);
  link.status = static_cast<int>(row.integer(7));
  if (!is_redirect_status(link.status)) link.status = default_status;
  link.brand_index = static_cast<std::uint32_t>(brand - brands.data());
  const bool is_wanted = row.integer(8) != 0 && row.integer(9) == 0;
  if (!is_wanted) return link;
  auto destination = split_destination(row.text(4));
  // A domain that left the brand's list takes its links with it at once.
  link.is_served =
      destination && is_allowed_host(destination->host, destination->origin.starts_with("https://"),
                                     brand->allowed_domains);
  if (!link.is_served) return link;
  link.target.destination = std::move(*destination);
  const UtmValues utm = stored_utm(row.text(5));
  for (std::size_t i = 0; i < utm.size(); ++i)
    append_encoded(link.target.utm[i], utm[i]);
  link.target.utm_locked = row.integer(6) != 0;
  return link;
}

std::vector<LinkRecord> read_links(storage::Session& session,
                                   const std::vector<BrandRecord>& brands) {
  std::vector<LinkRecord> links;
  std::int64_t brand = 0;
  std::int64_t link = 0;
  for (;;) {
    const storage::Rows rows = session.run(sql::list_links_after, brand, link, page_rows);
    for (const storage::Row& row : rows) {
      brand = row.integer(0);
      link = row.integer(1);
      const BrandRecord* const owner = find_brand(brands, {brand});
      if (owner != nullptr) links.push_back(record_of(row, brands, owner));
    }
    if (static_cast<std::int64_t>(rows.size()) < page_rows) return links;
  }
}

}  // namespace

core::Result<std::shared_ptr<const LinkTable>> load_links(storage::Database& main,
                                                          std::uint64_t seed,
                                                          std::string_view default_domain) {
  return main.read([&](storage::Session& session) {
    std::vector<BrandRecord> brands = read_brands(session);
    std::vector<LinkRecord> links = read_links(session, brands);
    return std::shared_ptr<const LinkTable>(
        std::make_shared<LinkTable>(seed, default_domain, std::move(brands), std::move(links)));
  });
}

}  // namespace fairlead::redirect
