// POST /v1/links/bulk: up to 10,000 links in one request, one transaction and one new link table.
// Each row is answered on its own: what was made of it, or which of its fields is wrong. A refused
// row does not keep the others from being created, unless the caller asks for all or none. Handlers
// run on the work pool.
#pragma once

#include <cstddef>
#include <vector>

#include "net/router.hpp"
#include "redirect/links.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

inline constexpr std::size_t bulk_links_max = 10'000;
inline constexpr std::size_t bulk_body_bytes_max = std::size_t{8} * 1024 * 1024;

// `changed` is called once for all links of a request, after its commit.
std::vector<net::Route> bulk_link_routes(storage::Database& database, const Options& options,
                                         LinksChanged changed);

}  // namespace fairlead::redirect
