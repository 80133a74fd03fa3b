// A prefetch whose token came back with an order was a person's after all. It becomes valid by the
// rule "activated"; or a duplicate, when that person had clicked on the link just before. And the
// click behind it, within the window, becomes the duplicate: when a browser asked twice, once ahead
// and once for its person, one of the two counts. What comes out is what `fairlead rescore` says.
#pragma once

#include <cstdint>
#include <vector>

#include "core/id.hpp"
#include "redirect/brands.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

struct Activation {
  std::vector<core::ClickId> clicks;  // what is no prefetch, or not there, is left alone
  std::vector<BrandRecord> brands;    // all there are, by id
  std::uint32_t duplicate_window_s = 10;
};

// How many were activated. Rows, rollups and visitors change together, inside the transaction of
// the caller, on the one connection that writes the click file.
std::size_t activate(storage::Session& clicks, const Activation& activation);

}  // namespace fairlead::redirect
