// Recounts what the making of codes keeps: batches and looks. Inside the caller's transaction.
#pragma once

#include "core/difference.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

void verify_making(storage::Session& session, core::Differences& differences);

}  // namespace fairlead::codes
