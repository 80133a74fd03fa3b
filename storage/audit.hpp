// The audit log of changes: who changed what, when. Table audit_events is owned here; rows are only
// ever added, and only an erasure empties what one says. Call it inside the transaction of the
// change. Same thread rules as Session.
#pragma once

#include <string_view>

#include "core/id.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

// `actor` is a key id's text or "cli"; `verb` is "created", "updated", "archived", "revoked", …;
// `subject` is the text of the changed thing's id; `change` is a JSON object without secrets.
void record_change(Session& session, core::BrandId brand, core::Instant at, std::string_view actor,
                   std::string_view verb, std::string_view subject, std::string_view change);
// Empties what was said of a person who is erased; who changed something and when stays.
void forget_changes(Session& session, core::BrandId brand, std::string_view subject);

}  // namespace fairlead::storage
