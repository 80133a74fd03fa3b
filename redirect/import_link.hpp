// One link that comes from another system, or from fairlead's own export: created with its date and
// state, or found to be there already. Runs inside the transaction of its LinkContext.
#pragma once

#include <optional>
#include <string>

#include "redirect/link_context.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

struct ImportedLink {
  NewLink link;
  std::optional<core::Instant> created_at;  // where it comes from; not after now
  bool is_enabled = true;
};

struct ImportedAs {
  core::LinkId id;
  bool is_new = false;  // false: the brand has that slug, and it leads there already
};

// Fails as create_link() does; Errc::conflict says where a taken slug of this brand leads.
core::Result<ImportedAs> import_link(LinkContext& context, const ImportedLink& imported,
                                     core::Instant now);

}  // namespace fairlead::redirect
