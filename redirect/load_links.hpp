// Reads every brand and link into a new LinkTable. Blocks; on the work pool or at start.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/result.hpp"
#include "redirect/link_table.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

core::Result<std::shared_ptr<const LinkTable>> load_links(storage::Database& main,
                                                          std::uint64_t seed,
                                                          std::string_view default_domain);

}  // namespace fairlead::redirect
