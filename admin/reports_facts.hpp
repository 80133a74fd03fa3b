// What the main database knows about a report's period: credits, refunds, postings, code uses, fees
// and costs, added to the report's table. Inside the caller's snapshot.
#pragma once

#include "admin/reports_directory.hpp"
#include "admin/reports_scope.hpp"
#include "admin/reports_table.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

void add_facts(storage::Session& session, const ReportScope& scope, Directory& directory,
               RoiTable& table);

}  // namespace fairlead::admin
