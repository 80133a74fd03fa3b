#include "storage/audit.hpp"

#include "storage/sql.hpp"

namespace fairlead::storage {

void record_change(Session& session, core::BrandId brand, core::Instant at, std::string_view actor,
                   std::string_view verb, std::string_view subject, std::string_view change) {
  session.run(sql::insert_audit_event, brand, core::new_id<core::EventId>(at), at, actor, verb,
              subject, change);
}

void forget_changes(Session& session, core::BrandId brand, std::string_view subject) {
  session.run(sql::clear_changes, brand, subject);
}

}  // namespace fairlead::storage
