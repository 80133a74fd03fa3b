#include "admin/resource.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "admin/admin.hpp"
#include "core/check.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

constexpr net::Roles readers = net::Role::admin | net::Role::viewer;

bool is_among(std::string_view name, const std::vector<std::string_view>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

core::Answer item_answer(int status, const Resource& resource, const net::Principal& who,
                         Item item) {
  if (who.role != net::Role::admin) {
    for (const std::string_view name : resource.admin_only)
      item.json.erase(name);
  }
  core::Answer answer = net::json_answer(status, item.json);
  answer.headers.emplace_back("ETag", net::etag_of(item.version));
  return answer;
}

core::Answer create(storage::Database& database, const Resource& resource, const net::Call& call) {
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        const core::BrandId brand = call.who.brand;
        const std::int64_t number = core::new_id_number(call.now);
        net::Fields body(call.request.body);
        if (auto refused = resource.write({session, brand, number, std::nullopt, call.now}, body)) {
          return *refused;
        }
        auto item = load_one(session, brand, resource, number);
        CHECK(item.has_value());
        const std::string id = core::id_text(resource.prefix, number);
        const json::object change =
            differences({}, item->json, resource.writable, resource.unlogged);
        storage::record_change(session, brand, call.now, call.who.key.text(), "created", id,
                               json::serialize(change));
        core::Answer answer = item_answer(201, resource, call.who, std::move(*item));
        answer.headers.emplace_back("Location", resource.path + "/" + id);
        return answer;
      }));
}

// Reads ?influencer_id=… and ?archived= into the filter; gives the refusal when one is wrong.
std::optional<core::Answer> read_filter(const Resource& resource, const net::Request& request,
                                        Filter& filter) {
  struct Choice {
    std::string_view name;
    std::string_view prefix;
    std::int64_t Filter::*member;
  };
  static constexpr Choice choices[] = {
      {"influencer_id", core::InfluencerTag::prefix, &Filter::influencer},
      {"campaign_id", core::CampaignTag::prefix, &Filter::campaign},
      {"deal_id", core::DealTag::prefix, &Filter::deal}};
  for (const Choice& choice : choices) {
    if (!is_among(choice.name, resource.filters)) continue;
    const auto text = net::query_value(request.query, choice.name);
    if (!text) continue;
    const auto number = core::parse_id_text(choice.prefix, *text);
    if (!number) {
      return net::problem(400, "invalid_request", "A query parameter is not an id of its kind.",
                          {{"?" + std::string(choice.name), "invalid_value",
                            std::string(choice.name) + " must be an id such as \"" +
                                core::id_text(choice.prefix, 1) + "\"."}});
    }
    filter.*choice.member = *number;
  }
  if (const auto archived = net::query_value(request.query, "archived")) {
    if (*archived != "true" && *archived != "false") {
      return net::problem(400, "invalid_request", "A query parameter is not one of its words.",
                          {{"?archived", "invalid_value", "archived must be true or false."}});
    }
    filter.with_archived = *archived == "true";
  }
  return std::nullopt;
}

std::vector<std::string_view> parameters_of(const Resource& resource) {
  std::vector<std::string_view> names = resource.filters;
  names.push_back("archived");
  return names;
}

core::Answer list(storage::Database& database, const Resource& resource, const net::Call& call) {
  const auto page = net::read_page(call.request, parameters_of(resource));
  if (!page) return page.error();
  Filter filter;
  if (auto refused = read_filter(resource, call.request, filter)) return *refused;
  filter.after = page->after;
  filter.limit = page->limit + 1;
  auto items = database.read(
      [&](storage::Session& session) { return resource.load(session, call.who.brand, filter); });
  if (!items) return net::problem_of(items.error());
  const auto limit = static_cast<std::size_t>(page->limit);
  const bool has_more = items->size() > limit;
  const std::int64_t last = has_more ? (*items)[limit - 1].number : 0;
  json::array data;
  for (Item& item : *items) {
    if (call.who.role != net::Role::admin) {
      for (const std::string_view name : resource.admin_only)
        item.json.erase(name);
    }
    data.emplace_back(std::move(item.json));
  }
  return net::list_answer(std::move(data), has_more, last);
}

core::Answer read(storage::Database& database, const Resource& resource, const net::Call& call) {
  const auto number = core::parse_id_text(resource.prefix, call.values[0]);
  if (!number) return no_such(resource.noun);
  auto item = database.read([&](storage::Session& session) {
    return load_one(session, call.who.brand, resource, *number);
  });
  if (!item) return net::problem_of(item.error());
  if (!*item) return no_such(resource.noun);
  return item_answer(200, resource, call.who, std::move(**item));
}

// What is stored with the patch laid over it, or the refusal to touch a fixed field.
json::object laid_over(const Resource& resource, const json::object& before,
                       const json::object& patch, std::vector<net::FieldError>& errors) {
  json::object merged;
  for (const std::string_view name : resource.writable) {
    const json::value* value = before.if_contains(name);
    if (value != nullptr && !value->is_null()) merged[name] = *value;
  }
  for (const std::string_view name : resource.fixed) {
    const json::value* wanted = patch.if_contains(name);
    const json::value* present = before.if_contains(name);
    if (wanted == nullptr || (present != nullptr && *wanted == *present)) continue;
    errors.push_back({"/" + std::string(name), "immutable",
                      std::string(name) + " stays as the " + resource.noun +
                          " was created; create another " + resource.noun + " instead."});
  }
  for (const std::string_view name : resource.whole) {
    if (patch.contains(name)) merged.erase(name);
  }
  merge_patch(merged, patch);
  return merged;
}

core::Answer change(storage::Database& database, const Resource& resource, const net::Call& call) {
  const auto number = core::parse_id_text(resource.prefix, call.values[0]);
  if (!number) return no_such(resource.noun);
  const auto patch = read_patch(call.request.body);
  if (!patch) return net::problem(400, "invalid_json", patch.error().detail);
  return net::answer_of(database.transact([&](storage::Session& session) -> core::Answer {
    const core::BrandId brand = call.who.brand;
    auto before = load_one(session, brand, resource, *number);
    if (!before) return no_such(resource.noun);
    if (auto stale = net::refuse_stale(call.request, before->version)) return *stale;
    if (before->is_archived) {
      return net::problem(409, "archived",
                          "This " + resource.noun + " is archived and cannot be changed any more.");
    }
    std::vector<net::FieldError> errors;
    const json::object merged = laid_over(resource, before->json, *patch, errors);
    if (!errors.empty()) {
      return net::problem(400, "invalid_request", "The body changes what cannot be changed.",
                          std::move(errors));
    }
    net::Fields body(merged, "", errors);
    const Writing writing{session, brand, *number, before->version, call.now};
    if (auto refused = resource.write(writing, body)) {
      session.abandon();
      return *refused;
    }
    auto after = load_one(session, brand, resource, *number);
    CHECK(after.has_value());
    const json::object changed =
        differences(before->json, after->json, resource.writable, resource.unlogged);
    if (changed.empty()) {
      // Asked for what is there already: nothing to write down, and the ETag stays.
      session.abandon();
      return item_answer(200, resource, call.who, std::move(*before));
    }
    storage::record_change(session, brand, call.now, call.who.key.text(), "updated",
                           core::id_text(resource.prefix, *number), json::serialize(changed));
    return item_answer(200, resource, call.who, std::move(*after));
  }));
}

core::Answer archive(storage::Database& database, const Resource& resource, const net::Call& call) {
  const auto number = core::parse_id_text(resource.prefix, call.values[0]);
  if (!number) return no_such(resource.noun);
  return net::answer_of(database.transact([&](storage::Session& session) -> core::Answer {
    const core::BrandId brand = call.who.brand;
    auto before = load_one(session, brand, resource, *number);
    if (!before) return no_such(resource.noun);
    if (auto stale = net::refuse_stale(call.request, before->version)) return *stale;
    if (!before->is_archived) {
      if (session.run(resource.archive, brand, *number, call.now, before->version).changed == 0) {
        changed_meanwhile();
      }
      storage::record_change(session, brand, call.now, call.who.key.text(), "archived",
                             core::id_text(resource.prefix, *number), "{}");
    }
    auto after = load_one(session, brand, resource, *number);
    CHECK(after.has_value());
    return item_answer(200, resource, call.who, std::move(*after));
  }));
}

}  // namespace

std::vector<net::Route> resource_routes(storage::Database& database, const Resource& resource) {
  using Function = core::Answer (*)(storage::Database&, const Resource&, const net::Call&);
  const auto shared = std::make_shared<const Resource>(resource);
  const auto bound = [&](Function function) -> net::Handler {
    return [&database, shared, function](const net::Call& call) {
      return function(database, *shared, call);
    };
  };
  const std::string one = resource.path + "/{id}";
  return {{net::Method::post, resource.path, net::only(net::Role::admin), bound(create)},
          {net::Method::get, resource.path, readers, bound(list)},
          {net::Method::get, one, readers, bound(read)},
          {net::Method::patch, one, net::only(net::Role::admin), bound(change)},
          {net::Method::del, one, net::only(net::Role::admin), bound(archive)}};
}

core::Answer no_such(std::string_view noun) {
  return net::problem(404, "not_found", "There is no such " + std::string(noun) + ".");
}

std::optional<Item> load_one(storage::Session& session, core::BrandId brand,
                             const Resource& resource, std::int64_t number) {
  Filter filter;
  filter.after = number - 1;
  filter.up_to = number;
  filter.with_archived = true;
  auto items = resource.load(session, brand, filter);
  if (items.empty()) return std::nullopt;
  return std::move(items.front());
}

void changed_meanwhile() {
  throw storage::StatementFailed{core::fail(core::Errc::busy, "the row was changed meanwhile"),
                                 true};
}

}  // namespace fairlead::admin
