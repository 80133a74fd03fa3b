// /v1/links: create, list, read, edit, archive. Handlers run on the work pool, several at once.
#pragma once

#include <functional>
#include <vector>

#include "core/result.hpp"
#include "net/router.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// `changed` is called after each committed change, so that the redirect serves it when the answer
// leaves. The database must outlive the routes.
std::vector<net::Route> link_routes(storage::Database& database, const Options& options,
                                    std::function<void()> changed);

}  // namespace fairlead::redirect
