// Reads brands and links from the database into a LinkTableBuilder. Blocks; on the work pool or at
// start.
#pragma once

#include <cstdint>
#include <memory>

#include "core/result.hpp"
#include "redirect/link_table.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// Every brand and every link.
core::Result<std::shared_ptr<const LinkTable>> load_links(storage::Database& main,
                                                          LinkTableBuilder& builder);

}  // namespace fairlead::redirect
