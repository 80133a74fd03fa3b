// Reads brands and links from the database into a LinkTableBuilder. Blocks; never on an I/O thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "redirect/link_table.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// Every brand and every own domain: what must be known before the first link is looked for.
core::Result<void> load_directory(storage::Database& main, LinkTableBuilder& builder);

// The page of links behind `after`, a transaction of its own. Where the next one starts; nullopt
// after the last.
struct LinkKey {
  core::BrandId brand;
  core::LinkId link;
  auto operator<=>(const LinkKey&) const = default;
};
core::Result<std::optional<LinkKey>> load_page(storage::Database& main, LinkTableBuilder& builder,
                                               LinkKey after);

// These links as they are now, with the brands that are new.
core::Result<void> load_some(storage::Database& main, LinkTableBuilder& builder,
                             const std::set<LinkKey>& links);

// The links that find() would look for, as far as there are any.
core::Result<void> load_wanted(storage::Database& main, LinkTableBuilder& builder,
                               std::span<const LinkTable::Wanted> wanted);

}  // namespace fairlead::redirect
