// /v1/links: create, list, read, edit, archive. Handlers run on the work pool, several at once.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "net/json.hpp"
#include "net/router.hpp"
#include "redirect/links.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// The body of a new link, or one of many; problems go to its Fields. `default_domain` as in
// Options.
NewLink read_new_link(net::Fields& body, std::string_view default_domain);
// Which field create_link() refused and why; nullopt for a failure of the world.
std::optional<net::FieldError> refused_field(const core::Error& error);

// `changed` is called after each committed change, so that the redirect serves it when the answer
// leaves. The database must outlive the routes.
std::vector<net::Route> link_routes(storage::Database& database, const Options& options,
                                    LinksChanged changed);

}  // namespace fairlead::redirect
