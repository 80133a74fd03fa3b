// New verdicts for clicks that are stored already: rows, rollups and visitors change together.
// Inside a transaction of the caller, on the one connection that writes the click file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/events.hpp"
#include "redirect/brands.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

struct NewVerdict {
  core::ClickId click;
  core::ClickVerdict verdict;
  std::string rule;  // that decided; "" = none hit
};

// How many clicks changed their verdict; a click that is not there, or has the verdict already,
// keeps its row. When valid clicks stop being valid, and no other click of that visitor
// on that link and day becomes so, the visitors of their days are counted anew from the clicks,
// which reads those days once: hand over whole days together.
std::size_t rejudge(storage::Session& clicks, std::span<const NewVerdict> verdicts,
                    const std::vector<BrandRecord>& brands);

// All clicks from this one on were judged by this version of the rules.
void set_rules_version(storage::Session& clicks, core::ClickId from, std::int64_t version);

}  // namespace fairlead::redirect
