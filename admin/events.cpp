#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

// The audit log, oldest first, so that a reader who keeps the cursor never sees an event twice.
core::Answer list_events(storage::Database& database, const net::Call& call) {
  const auto page = net::read_page(call.request, {"subject"});
  if (!page) return page.error();
  const std::string subject = net::query_value(call.request.query, "subject").value_or("");
  auto rows = database.read([&](storage::Session& session) {
    return session.run(sql::select_events, call.who.brand, page->after, subject, page->limit + 1);
  });
  if (!rows) return net::problem_of(rows.error());
  json::array data;
  for (const auto& row : *rows) {
    json::object event;
    event["id"] = row.id<core::EventId>(0).text();
    event["at"] = time_json(row, 1);
    event["actor"] = row.text(2);
    event["verb"] = row.text(3);
    event["subject"] = row.text(4);
    event["change"] = stored_json(row.text(5));
    data.emplace_back(std::move(event));
  }
  const auto limit = static_cast<std::size_t>(page->limit);
  const bool has_more = rows->size() > limit;
  return net::list_answer(std::move(data), has_more,
                          has_more ? rows->rows[limit - 1].integer(0) : 0);
}

}  // namespace

std::vector<net::Route> event_routes(storage::Database& database) {
  return {{net::Method::get, "/v1/events", net::Role::admin | net::Role::viewer,
           [&database](const net::Call& call) { return list_events(database, call); }}};
}

}  // namespace fairlead::admin
