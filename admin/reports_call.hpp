// What every report's route does before and after its own work: reads the call, refuses it, shapes
// the answer. Blocking; on the work pool.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "admin/reports_query.hpp"
#include "admin/reports_scope.hpp"
#include "core/rate.hpp"
#include "core/result.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct ReportBrand {
  std::string currency;
  core::Zone zone;
  core::Rate margin;
};

struct Asked {
  ReportBrand brand;
  ReportQuery query;
  ReportScope scope;
};

// What a call asks for. What is wrong with it is noted in `problems`; an influencer's key sees its
// own rows alone, whatever was asked.
core::Result<Asked> read_call(storage::Database& database, const net::Call& call, Report report,
                              std::vector<net::FieldError>& problems);

core::Answer refuse(std::vector<net::FieldError> problems);
core::Answer failure(const core::Error& error);
core::Answer csv_answer(std::string csv, const std::string& name);
// The part of a JSON answer that says what was asked.
boost::json::object heading(const Asked& asked, std::string_view group_by);

}  // namespace fairlead::admin
