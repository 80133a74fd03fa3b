#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "core/check.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

constexpr std::string_view counts[] = {"reach",    "impressions", "likes",
                                       "comments", "shares",      "saves"};

// A web address of the post, to click on in the dashboard: nothing that a browser would run.
void check_post_url(net::Fields& body, const std::optional<std::string>& url) {
  if (!url || url->starts_with("https://") || url->starts_with("http://")) return;
  body.refuse("url", "invalid_value", "url must start with https://.");
}

std::optional<core::Answer> write_post(const Writing& writing, net::Fields& body) {
  storage::Session& session = writing.session;
  const std::int64_t deal = read_reference(body, "deal_id", core::DealTag::prefix, "a deal");
  const std::string platform = read_platform(body, "platform");
  const auto url = body.maybe_text("url", {1, 2'048});
  check_post_url(body, url);
  const auto planned_at = body.maybe_instant("planned_at");
  const auto published_at = body.maybe_instant("published_at");
  if (!writing.version && deal != 0 && !campaign_of_deal(session, writing.brand, deal)) {
    refuse_reference(body, "deal_id", "a deal");
  }
  if (auto refusal = body.refusal()) return refusal;
  if (!writing.version) {
    session.run(sql::insert_post, writing.brand, writing.number, deal, platform, url, planned_at,
                published_at, writing.now);
    return std::nullopt;
  }
  const auto changed = session.run(sql::update_post, writing.brand, writing.number,
                                   *writing.version, platform, url, planned_at, published_at);
  if (changed.changed == 0) changed_meanwhile();
  return std::nullopt;
}

json::object metrics_json(const storage::Row& row, std::size_t at_column) {
  json::object metrics;
  metrics["at"] = time_json(row, at_column);
  std::size_t column = at_column;
  for (const std::string_view name : counts) {
    metrics[name] = number_json(row, ++column);
  }
  return metrics;
}

Item post_item(const storage::Row& row) {
  constexpr std::size_t newest_metrics = 9;
  const std::int64_t number = row.integer(0);
  json::object body;
  body["id"] = core::PostId{number}.text();
  body["deal_id"] = row.id<core::DealId>(3).text();
  body["platform"] = row.text(4);
  body["url"] = text_json(row, 5);
  body["planned_at"] = time_json(row, 6);
  body["published_at"] = time_json(row, 7);
  body["newest_metrics"] =
      row.is_null(newest_metrics) ? json::value() : json::value(metrics_json(row, newest_metrics));
  body["created_at"] = time_json(row, 8);
  body["archived_at"] = time_json(row, 2);
  return {number, row.integer(1), !row.is_null(2), std::move(body)};
}

std::vector<Item> load_posts(storage::Session& session, core::BrandId brand, const Filter& filter) {
  std::vector<Item> items;
  for (const auto& row : session.run(sql::select_posts, brand, filter.after, filter.up_to,
                                     filter.with_archived, filter.limit, filter.deal)) {
    items.push_back(post_item(row));
  }
  return items;
}

Resource posts() {
  return {.path = "/v1/posts",
          .noun = "post",
          .prefix = core::PostTag::prefix,
          .writable = {"deal_id", "platform", "url", "planned_at", "published_at"},
          .fixed = {"deal_id"},
          .whole = {},
          .admin_only = {},
          .unlogged = {},
          .filters = {"deal_id"},
          .load = load_posts,
          .write = write_post,
          .archive = sql::archive_post};
}

// Numbers of one moment; the same moment again replaces them, because platforms correct their
// counts.
core::Answer add_metrics(storage::Database& database, const net::Call& call) {
  const auto post = core::PostId::parse(call.values[0]);
  if (!post) return no_such("post");
  return net::answer_of(storage::once(
      database, net::idempotency_key(call), call.now,
      [&](storage::Session& session) -> core::Answer {
        const auto item = load_one(session, call.who.brand, posts(), post->number);
        if (!item) return no_such("post");
        net::Fields body(call.request.body);
        const core::Instant at = body.maybe_instant("at").value_or(call.now);
        std::vector<storage::Value> values{call.who.brand, *post, at};
        bool has_any = false;
        for (const std::string_view name : counts) {
          const auto count = body.maybe_integer(name, 0, amount_minor_max);
          has_any = has_any || count.has_value();
          values.emplace_back(count);
        }
        if (!has_any) {
          body.refuse("", "required",
                      "Give at least one of reach, impressions, likes, comments, shares, saves.");
        }
        if (auto refusal = body.refusal()) return *refusal;
        session.run_values(sql::put_post_metrics, values);
        const auto rows =
            session.run(sql::select_post_metrics, call.who.brand, *post, at.micros - 1, at, 1);
        return net::json_answer(201, metrics_json(rows.one(), 0));
      }));
}

core::Answer list_metrics(storage::Database& database, const net::Call& call) {
  const auto post = core::PostId::parse(call.values[0]);
  if (!post) return no_such("post");
  const auto page = net::read_page(call.request, {});
  if (!page) return page.error();
  auto rows = database.read([&](storage::Session& session) -> std::optional<storage::Rows> {
    if (!load_one(session, call.who.brand, posts(), post->number)) return std::nullopt;
    // A cursor is the moment of the last row; before the first page that is before any moment.
    const std::int64_t after = page->after == 0 ? -1 : page->after;
    return session.run(sql::select_post_metrics, call.who.brand, *post, after,
                       std::numeric_limits<std::int64_t>::max(), page->limit + 1);
  });
  if (!rows) return net::problem_of(rows.error());
  if (!*rows) return no_such("post");
  const storage::Rows& found = **rows;
  json::array data;
  for (const auto& row : found) {
    data.emplace_back(metrics_json(row, 0));
  }
  const auto limit = static_cast<std::size_t>(page->limit);
  const bool has_more = found.size() > limit;
  return net::list_answer(std::move(data), has_more,
                          has_more ? found.rows[limit - 1].integer(0) : 0);
}

}  // namespace

std::vector<net::Route> post_routes(storage::Database& database) {
  auto routes = resource_routes(database, posts());
  const std::string metrics = "/v1/posts/{id}/metrics";
  routes.push_back({net::Method::post, metrics, net::only(net::Role::admin),
                    [&database](const net::Call& call) { return add_metrics(database, call); }});
  routes.push_back({net::Method::get, metrics, net::Role::admin | net::Role::viewer,
                    [&database](const net::Call& call) { return list_metrics(database, call); }});
  return routes;
}

}  // namespace fairlead::admin
