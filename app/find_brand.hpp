// Which brand a command is about.
#pragma once

#include <string>

#include "core/id.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

// The brand that an id or a name means; the only one when nothing was said. Errc::config names the
// brands there are.
core::Result<core::BrandId> find_brand(storage::Session& session, const std::string& wanted);

}  // namespace fairlead::app
