// The two families of routes of codes/: what shops ask at checkout, and how a brand keeps its
// codes. Threads: built once at start; handlers run on the work pool, several at once.
#pragma once

#include <optional>
#include <vector>

#include "net/router.hpp"
#include "storage/idempotency.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

std::vector<net::Route> checkout_routes(storage::Database& database);
std::vector<net::Route> resource_routes(storage::Database& database);

// The memory of this POST: scope is method, path and key of the caller. A header that cannot be a
// key gives a 400.
std::optional<core::Answer> read_idempotency(const net::Call& call, storage::IdempotencyKey& key);

// The answer, or the problem of the failure.
core::Answer settled(core::Result<core::Answer> answer);

}  // namespace fairlead::codes
