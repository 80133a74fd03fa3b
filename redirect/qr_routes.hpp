// GET /v1/links/{id}/qr.svg and qr.png: the link's URL as a QR code. The URL is the link's own,
// unless the caller asks for a utm_source of its own in it. Handlers run on the work pool.
#pragma once

#include <vector>

#include "net/router.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

std::vector<net::Route> qr_routes(storage::Database& database, const Options& options);

}  // namespace fairlead::redirect
