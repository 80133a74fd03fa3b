// What shops call a code besides its text: some platforms' orders name a promotion by its id only
// ("promo_…"). An order that names such an id is an order with the code.
#include <boost/json.hpp>

#include "codes/handlers.hpp"
#include "codes/sql.hpp"
#include "codes/stored_code.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"

namespace fairlead::codes {

namespace {

constexpr std::size_t shop_ids_max = 20;

core::Answer no_such_code() {
  return net::problem(404, "not_found", "There is no such code.");
}

core::Answer show(storage::Session& session, core::BrandId brand, core::CodeId id) {
  boost::json::array ids;
  for (const storage::Row& row : session.run(sql::list_shop_ids, brand, id))
    ids.push_back(boost::json::string(row.text(0)));
  return net::json_answer(200, boost::json::object{{"shop_ids", std::move(ids)}});
}

core::Answer get(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  return net::answer_of(database.read([&](storage::Session& session) {
    if (!find_code(session, call.who.brand, *id)) return no_such_code();
    return show(session, call.who.brand, *id);
  }));
}

core::Answer put(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  net::Fields body(call.request.body);
  const auto shop_ids = body.texts("shop_ids", shop_ids_max, {.min = 1, .max = 128});
  if (!body.has("shop_ids")) body.refuse("shop_ids", "required", "shop_ids must be a list");
  if (auto refusal = body.refusal()) return *refusal;
  const auto brand = call.who.brand;
  return net::answer_of(
      database.transact([&](storage::Session& session) -> core::Result<core::Answer> {
        if (!lock_code(session, brand, *id)) return no_such_code();
        session.run(sql::delete_shop_ids, brand, *id);
        for (const std::string& shop_id : shop_ids) {
          if (session.run(sql::insert_shop_id, brand, shop_id, *id).changed == 0)
            return core::fail(core::Errc::conflict,
                              "\"" + shop_id + "\" is given twice or belongs to another code");
        }
        storage::record_change(session, brand, call.now, call.who.key.text(), "updated", id->text(),
                               boost::json::serialize(boost::json::object{
                                   {"shop_ids", boost::json::value_from(shop_ids)}}));
        return show(session, brand, *id);
      }));
}

}  // namespace

std::vector<net::Route> shop_id_routes(storage::Database& database) {
  return {{net::Method::get, "/v1/codes/{id}/shop_ids", net::Role::admin | net::Role::viewer,
           [&database](const net::Call& call) { return get(database, call); }},
          {net::Method::put, "/v1/codes/{id}/shop_ids", net::only(net::Role::admin),
           [&database](const net::Call& call) { return put(database, call); }}};
}

}  // namespace fairlead::codes
