// What the redirect needs to know of brands: zone, fallback and allowed domains. Blocks; inside a
// transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "redirect/link_directory.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// Every brand with its allowed domains, in order of id.
std::vector<BrandRecord> read_brands(storage::Session& session);
// The brand of that id in such a list; nullptr when there is none.
const BrandRecord* find_brand(const std::vector<BrandRecord>& brands, core::BrandId id);

}  // namespace fairlead::redirect
