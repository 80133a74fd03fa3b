#include "redirect/bulk_links.hpp"

#include <boost/json/serialize.hpp>

#include "net/json.hpp"
#include "net/problem.hpp"
#include "redirect/holdout_runs.hpp"
#include "redirect/link_context.hpp"
#include "redirect/link_routes.hpp"
#include "redirect/links.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::redirect {

namespace {

namespace json = boost::json;
using core::Answer;

// One row as it was read: a link to create, or what is wrong with it already.
struct Row {
  std::size_t number = 0;  // from 0
  NewLink link;
  std::vector<net::FieldError> errors;
};

struct Bulk {
  std::vector<Row> rows;
  const json::array* bodies = nullptr;  // of the rows, as sent; owned by the body's Fields
  bool is_atomic = false;
};

std::string pointer_of(std::size_t row) {
  return "/links/" + std::to_string(row);
}

Row read_row(const json::value& value, std::size_t number, const Options& options) {
  Row row{.number = number, .link = {}, .errors = {}};
  const json::object* const object = value.if_object();
  if (object == nullptr) {
    row.errors.push_back({pointer_of(number), "wrong_type",
                          "A row must be an object such as {\"deal_id\":\"deal_…\"}."});
    return row;
  }
  net::Fields fields(*object, pointer_of(number), row.errors);
  row.link = read_new_link(fields, options.default_domain);
  fields.refuse_unknown();
  return row;
}

Bulk read_bulk(net::Fields& body, const Options& options) {
  Bulk bulk;
  bulk.is_atomic = body.maybe_boolean("atomic").value_or(false);
  const json::value* const links = body.raw("links");
  bulk.bodies = links == nullptr ? nullptr : links->if_array();
  if (bulk.bodies == nullptr) {
    body.refuse("links", links == nullptr ? "required" : "wrong_type",
                "links must be an array of 1 to 10000 links.");
    return bulk;
  }
  if (bulk.bodies->empty() || bulk.bodies->size() > bulk_links_max) {
    body.refuse("links", "out_of_range",
                "links must have 1 to 10000 entries, this has " +
                    std::to_string(bulk.bodies->size()) + ".");
    return bulk;
  }
  for (const json::value& value : *bulk.bodies)
    bulk.rows.push_back(read_row(value, bulk.rows.size(), options));
  return bulk;
}

json::array errors_json(const std::vector<net::FieldError>& errors) {
  json::array list;
  for (const net::FieldError& error : errors)
    list.push_back(
        json::object{{"pointer", error.pointer}, {"code", error.code}, {"detail", error.detail}});
  return list;
}

class BulkRoutes {
 public:
  BulkRoutes(storage::Database& database, Options options, LinksChanged changed)
      : database_(database), options_(std::move(options)), changed_(std::move(changed)) {}

  Answer create(const net::Call& call) const {
    net::Fields body(call.request.body);
    Bulk bulk = read_bulk(body, options_);
    if (auto refusal = body.refusal()) return *refusal;
    std::vector<core::LinkId> created;
    auto answer = storage::once(database_, net::idempotency_key(call), call.now,
                                [&](storage::Session& session) {
                                  created.clear();  // of an attempt before
                                  return create_all(session, call, bulk, created);
                                });
    if (!answer) return net::problem_of(answer.error());
    if (answer->status < 300) changed_(call.who.brand, created);
    return *answer;
  }

 private:
  Answer create_all(storage::Session& session, const net::Call& call, const Bulk& bulk,
                    std::vector<core::LinkId>& created) const;
  // The result of one row; what is wrong with it goes to `errors`.
  json::object create_one(LinkContext& context, const net::Call& call, const Row& row,
                          const json::value& body, std::vector<core::LinkId>& made,
                          std::vector<net::FieldError>& errors) const;

  storage::Database& database_;
  Options options_;
  LinksChanged changed_;
};

Answer BulkRoutes::create_all(storage::Session& session, const net::Call& call, const Bulk& bulk,
                              std::vector<core::LinkId>& created) const {
  LinkContext context(session, call.who.brand);
  json::array results;
  std::vector<net::FieldError> all_errors;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bulk.rows.size(); ++i) {
    std::vector<net::FieldError> errors = bulk.rows[i].errors;
    json::object result{{"row", i}};
    if (errors.empty()) {
      result = create_one(context, call, bulk.rows[i], (*bulk.bodies)[i], created, errors);
      result["row"] = i;
    }
    if (!errors.empty()) {
      ++refused;
      result["errors"] = errors_json(errors);
      if (bulk.is_atomic) std::move(errors.begin(), errors.end(), std::back_inserter(all_errors));
    }
    results.push_back(std::move(result));
  }
  if (bulk.is_atomic && refused > 0)
    return net::problem(400, "links_refused",
                        std::to_string(refused) + " of " + std::to_string(bulk.rows.size()) +
                            " links are refused, so none was created.",
                        std::move(all_errors));
  return net::json_answer(refused == 0 ? 201 : 200,
                          json::object{{"created", bulk.rows.size() - refused},
                                       {"refused", refused},
                                       {"results", std::move(results)}});
}

json::object BulkRoutes::create_one(LinkContext& context, const net::Call& call, const Row& row,
                                    const json::value& body, std::vector<core::LinkId>& made,
                                    std::vector<net::FieldError>& errors) const {
  const auto refuse = [&](const core::Error& error) {
    auto field = refused_field(error);
    // Everything create_link() says is about a field; a failure of the world is thrown.
    if (!field) field = net::FieldError{"", "refused", error.detail};
    field->pointer = pointer_of(row.number) + field->pointer;
    errors.push_back(std::move(*field));
    return json::object();
  };
  const std::int64_t days_kept = options_.click_retention_days;
  if (auto kept = check_kept(row.link.rules.holdout, days_kept, call.now); !kept)
    return refuse(kept.error());
  const auto created = create_link(context, row.link, call.now);
  if (!created) return refuse(created.error());
  made.push_back(created->id);
  json::object change = body.as_object();
  change["slug"] = created->slug;
  storage::record_change(context.session(), call.who.brand, call.now, call.who.key.text(),
                         "created", created->id.text(), json::serialize(change));
  return {{"id", created->id.text()},
          {"slug", created->slug},
          {"url", link_url(*check_domain(row.link.domain), created->slug, options_)}};
}

}  // namespace

std::vector<net::Route> bulk_link_routes(storage::Database& database, const Options& options,
                                         LinksChanged changed) {
  const auto routes = std::make_shared<const BulkRoutes>(database, options, std::move(changed));
  return {{.method = net::Method::post,
           .pattern = "/v1/links/bulk",
           .roles = net::only(net::Role::admin),
           .handler = [routes](const net::Call& call) { return routes->create(call); },
           .body_bytes_max = bulk_body_bytes_max}};
}

}  // namespace fairlead::redirect
