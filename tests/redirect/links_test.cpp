// /v1/links: create, read, edit, archive, and everything that is refused.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "redirect/links.hpp"
#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

struct Called {
  int status;
  boost::json::object json;
  std::string etag;
  std::string text(std::string_view name) const {
    const auto* const value = json.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
  }
  std::string pointer() const {
    const auto* const errors = json.if_contains("errors");
    if (errors == nullptr) return "";
    return std::string(errors->as_array().at(0).at("pointer").as_string());
  }
};

class Links : public test::OnEveryEngine {
 public:
  Links() : clock(test::start_of_test), shop(database()), redirect(database(), clock) {}

  Called call(net::Method method, std::string_view path, std::string_view body = "",
              std::vector<std::pair<std::string_view, std::string_view>> headers = {},
              core::BrandId brand = Shop::brand) {
    net::Request request;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    request.query = path.size() > request.path.size() ? path.substr(request.path.size() + 1) : "";
    request.body = body;
    request.headers = std::move(headers);
    const net::Principal who{
        .brand = brand, .key = {77}, .role = net::Role::admin, .influencer = {}};
    const bool has_id = request.path.starts_with("/v1/links/");
    for (const net::Route& route : redirect->routes()) {
      if (route.method != method || route.pattern.ends_with("{id}") != has_id) continue;
      std::vector<std::string> values;
      if (has_id) values.emplace_back(request.path.substr(10));
      const core::Answer answer = route.handler({request, who, values, clock.now()});
      Called called{answer.status, boost::json::parse(answer.body).as_object(), ""};
      for (const auto& [name, value] : answer.headers)
        if (name == "ETag") called.etag = value;
      return called;
    }
    ADD_FAILURE() << "no route";
    return {};
  }
  Called create(const std::string& fields,
                std::vector<std::pair<std::string_view, std::string_view>> headers = {}) {
    return call(
        net::Method::post, "/v1/links",
        R"({"deal_id":")" + Shop::deal.text() + "\"" + (fields.empty() ? "" : ",") + fields + "}",
        std::move(headers));
  }

  core::ManualClock clock;
  Shop shop;
  test::RunningRedirect redirect;
};
INSTANTIATE_ON_ENGINES(Links);

TEST_P(Links, CreatedLinkIsServedWhenItsAnswerLeaves) {
  const Called created =
      create(R"("slug":"mia","utm":{"source":"instagram","utm_medium":"story"})");
  ASSERT_EQ(created.status, 201) << created.text("detail");
  EXPECT_TRUE(created.text("id").starts_with("lnk_"));
  EXPECT_EQ(created.text("slug"), "mia");
  EXPECT_EQ(created.text("url"), "https://go.example/mia");
  EXPECT_EQ(created.text("deal_id"), Shop::deal.text());
  EXPECT_EQ(created.text("domain"), "go.example");
  EXPECT_EQ(created.text("destination"), "https://shop.example/landing") << "the campaign's";
  EXPECT_EQ(created.json.at("utm"), boost::json::parse(R"({"utm_source":"instagram",
      "utm_medium":"story","utm_campaign":"summer"})"))
      << "the campaign's values where the link has none";
  EXPECT_EQ(created.json.at("status"), 302);
  EXPECT_EQ(created.etag, "\"1\"");
  EXPECT_EQ(redirect.get("/mia").status, "302");
}

TEST_P(Links, GeneratedSlugsAreEightPlainLetters) {
  std::set<std::string> slugs;
  for (int i = 0; i < 20; ++i) {
    const std::string slug = create("").text("slug");
    EXPECT_EQ(slug.size(), 8u);
    EXPECT_EQ(slug.find_first_of("0OIl1_-"), std::string::npos) << slug;
    EXPECT_TRUE(slugs.insert(slug).second);
  }
}

TEST_P(Links, SlugIsTakenOncePerDomain) {
  ASSERT_EQ(create(R"("slug":"mia")").status, 201);
  const Called again = create(R"("slug":"mia")");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.text("code"), "slug_taken");
  EXPECT_EQ(again.pointer(), "/slug");
  EXPECT_EQ(create(R"("slug":"Mia")").status, 201) << "case matters";
  EXPECT_EQ(create(R"("slug":"mia","domain":"own.example")").status, 201);
  EXPECT_EQ(create(R"("slug":"mia","domain":"go.example")").status, 409) << "the default domain";
}

TEST_P(Links, HostsAreStoredInAsciiHoweverTheyAreWritten) {
  shop.run(test::insert_domain, Shop::brand, "xn--gre-6ka8i.example");
  ASSERT_TRUE(redirect->reload_brands());
  const Called made =
      create(R"("slug":"ida","domain":"Go.Größe.example","destination":"https://größe.example/ü")");
  ASSERT_EQ(made.status, 201) << made.text("detail");
  EXPECT_EQ(made.text("domain"), "go.xn--gre-6ka8i.example");
  EXPECT_EQ(made.text("url"), "https://go.xn--gre-6ka8i.example/ida");
  EXPECT_EQ(made.text("destination"), "https://xn--gre-6ka8i.example/%C3%BC");
  EXPECT_TRUE(redirect.get("/ida", "", "go.xn--gre-6ka8i.example")
                  .headers.at("Location")
                  .starts_with("https://xn--gre-6ka8i.example/%C3%BC?"));
  EXPECT_EQ(create(R"("slug":"ida","domain":"go.xn--gre-6ka8i.example")").status, 409);
  EXPECT_EQ(create(R"("slug":"eva","domain":"GO。example")").text("domain"), "go.example");
  EXPECT_EQ(create(R"("slug":"eva")").status, 409) << "the default domain, written otherwise";
  // Cyrillic for Latin: another host, which is named as it would be stored.
  const Called alike = create(R"("destination":"https://ѕhop.example/")");
  EXPECT_EQ(alike.pointer(), "/destination");
  EXPECT_NE(alike.text("detail").find("xn--hop-ehd.example"), std::string::npos);
}

TEST_P(Links, NobodyTakesASlugOfTheDefaultDomainBySpellingItOtherwise) {
  shop.add_brand({12}, "Europe/Berlin", "", core::DealId{23});
  ASSERT_EQ(create(R"("slug":"mia")").status, 201);
  const Called other =
      call(net::Method::post, "/v1/links",
           R"({"slug":"mia","domain":"GO.example","deal_id":")" + core::DealId{23}.text() +
               R"(","destination":"https://shop.example/other"})",
           {}, {12});
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.text("code"), "slug_taken");
  EXPECT_TRUE(
      redirect.get("/mia").headers.at("Location").starts_with("https://shop.example/landing?"));
  EXPECT_EQ(create(R"("slug":"lea","domain":"Go.Example")").text("url"), "https://go.example/lea");
}

TEST_P(Links, RefusalsNameTheFieldAndWriteNothing) {
  struct Case {
    const char* fields;
    int status;
    const char* code;
    const char* pointer;
  };
  for (const Case& one : {
           Case{R"("slug":"v1")", 400, "invalid_request", "/slug"},
           {R"("slug":"a/b")", 400, "invalid_request", "/slug"},
           {R"("slug":"größe")", 400, "invalid_request", "/slug"},
           {R"("slug":".well")", 400, "invalid_request", "/slug"},
           {R"("slug":"")", 400, "invalid_request", "/slug"},
           {R"("slug":7)", 400, "invalid_request", "/slug"},
           {R"("slug":"a\u0000b")", 400, "invalid_request", "/slug"},
           {R"("destination":"http://shop.example/")", 400, "invalid_request", "/destination"},
           {R"("destination":"https://evil.example/")", 400, "invalid_request", "/destination"},
           {R"("destination":"javascript:x")", 400, "invalid_request", "/destination"},
           {R"("domain":"https://x.example")", 400, "invalid_request", "/domain"},
           {R"("domain":"a..example")", 400, "invalid_request", "/domain"},
           {R"("domain":"a／b.example")", 400, "invalid_request", "/domain"},
           {R"("domain":"go..shop.example")", 400, "invalid_request", "/domain"},
           {R"("domain":"-go.example")", 400, "invalid_request", "/domain"},
           {R"("domain":"go-.example")", 400, "invalid_request", "/domain"},
           {R"("domain":"192.0.2.7")", 400, "invalid_request", "/domain"},
           {R"("domain":"0x7f.1")", 400, "invalid_request", "/domain"},
           {R"("status":200)", 400, "invalid_request", "/status"},
           {R"("status":304)", 400, "invalid_request", "/status"},
           {R"("status":302.5)", 400, "invalid_request", "/status"},
           {R"("utm":{"colour":"red"})", 400, "invalid_request", "/utm"},
           {R"("utm":{"source":5})", 400, "invalid_request", "/utm"},
           {R"("utm":{"source":"a","utm_source":"b"})", 400, "invalid_request", "/utm"},
           {R"("utm":[])", 400, "invalid_request", "/utm"},
           {R"("utm":{"source":"a\nb"})", 400, "invalid_request", "/utm"},
           {R"("utm_locked":"yes")", 400, "invalid_request", "/utm_locked"},
           {R"("sulg":"mia")", 400, "unknown_field", "/sulg"},
       }) {
    const Called refused = create(one.fields);
    EXPECT_EQ(refused.status, one.status) << one.fields;
    EXPECT_EQ(refused.text("code"), one.code) << one.fields << refused.text("detail");
    EXPECT_EQ(refused.pointer(), one.pointer) << one.fields;
  }
  EXPECT_EQ(call(net::Method::post, "/v1/links", "{").status, 400);
  EXPECT_EQ(call(net::Method::post, "/v1/links", "{}").pointer(), "/deal_id");
  EXPECT_EQ(call(net::Method::post, "/v1/links", R"({"deal_id":"lnk_x"})").pointer(), "/deal_id");
  EXPECT_TRUE(call(net::Method::get, "/v1/links").json.at("data").as_array().empty());
}

TEST_P(Links, OtherBrandsRowsDoNotExist) {
  shop.add_brand({12}, "UTC", "", {23});
  const std::string foreign_deal = R"({"deal_id":")" + core::DealId{23}.text() + "\"}";
  const std::string no_deal = R"({"deal_id":")" + core::DealId{99}.text() + "\"}";
  const Called foreign = call(net::Method::post, "/v1/links", foreign_deal);
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.status, call(net::Method::post, "/v1/links", no_deal).status);
  const std::string id = create(R"("slug":"mia","domain":"own.example")").text("id");
  for (const net::Method method : {net::Method::get, net::Method::patch, net::Method::del})
    EXPECT_EQ(call(method, "/v1/links/" + id, "{}", {}, {12}).status, 404);
  EXPECT_TRUE(call(net::Method::get, "/v1/links", "", {}, {12}).json.at("data").as_array().empty());
  const Called domain =
      call(net::Method::post, "/v1/links",
           R"({"domain":"own.example","deal_id":")" + core::DealId{23}.text() + "\"}", {}, {12});
  EXPECT_EQ(domain.status, 409);
  EXPECT_EQ(domain.text("code"), "domain_taken");
}

TEST_P(Links, EditsAreGuardedServedAndAudited) {
  const std::string id = create(R"("slug":"mia")").text("id");
  const std::string path = "/v1/links/" + id;
  EXPECT_EQ(call(net::Method::patch, path, "{}", {{"If-Match", "\"7\""}}).status, 412);
  const Called edited =
      call(net::Method::patch, path,
           R"({"destination":"https://shop.example/new","utm":{"source":"tiktok"},)"
           R"("utm_locked":true,"status":307})",
           {{"If-Match", "\"1\""}});
  ASSERT_EQ(edited.status, 200) << edited.text("detail");
  EXPECT_EQ(edited.etag, "\"2\"");
  const auto answer = redirect.get("/mia", "utm_source=mine");
  EXPECT_EQ(answer.status, "307");
  EXPECT_TRUE(answer.headers.at("Location")
                  .starts_with("https://shop.example/new?utm_source=tiktok&fl_click="));
  EXPECT_EQ(call(net::Method::patch, path, R"({"slug":"other"})").text("code"), "unknown_field");
  EXPECT_EQ(call(net::Method::patch, path, R"({"destination":"https://evil.example/"})").pointer(),
            "/destination");
  ASSERT_EQ(call(net::Method::patch, path, R"({"is_enabled":false})").status, 200);
  EXPECT_EQ(redirect.get("/mia").status, "404");
  ASSERT_EQ(call(net::Method::patch, path, R"({"is_enabled":true})").status, 200);
  EXPECT_EQ(redirect.get("/mia").status, "307");
  ASSERT_EQ(call(net::Method::del, path).status, 200);
  EXPECT_EQ(redirect.get("/mia").status, "404");
  EXPECT_EQ(call(net::Method::del, path).status, 200) << "twice is once";
  EXPECT_EQ(call(net::Method::patch, path, "{}").text("code"), "link_archived");
  EXPECT_FALSE(call(net::Method::get, path).text("archived_at").empty()) << "history stays";
  EXPECT_EQ(create(R"("slug":"mia")").status, 409)
      << "an archived slug is not given to another link";

  const test::TestStatement verbs(
      "SELECT verb FROM audit_events WHERE subject = $1 ORDER BY event_id");
  std::string changes;
  const auto rows =
      database().read([&](storage::Session& session) { return session.run(verbs, id); }).value();
  for (const storage::Row& row : rows)
    changes += row.text(0) + " ";
  EXPECT_EQ(changes, "created updated updated updated archived ");
}

TEST_P(Links, NullGoesBackToWhatALinkHasWithoutTheField) {
  const Called plain = create(R"("slug":"plain")");
  const std::string path =
      "/v1/links/" + create(R"("slug":"mia","destination":"https://shop.example/own","status":307,)"
                            R"("utm":{"campaign":"mine"},"utm_locked":true)")
                         .text("id");
  ASSERT_EQ(call(net::Method::patch, path, R"({"is_enabled":false})").status, 200);
  for (const std::string name : {"destination", "status", "utm", "utm_locked", "is_enabled"}) {
    const Called edited = call(net::Method::patch, path, "{\"" + name + "\":null}");
    ASSERT_EQ(edited.status, 200) << edited.text("detail");
    EXPECT_EQ(edited.json.at(name), plain.json.at(name)) << name;
  }
  const auto answer = redirect.get("/mia");
  EXPECT_EQ(answer.status, "302");
  EXPECT_TRUE(answer.headers.at("Location")
                  .starts_with("https://shop.example/landing?utm_campaign=summer&fl_click="));
}

TEST_P(Links, AnEditThatChangesNothingIsNone) {
  const Called created = create(R"("slug":"mia","click_limit":5,"utm":{"source":"tiktok"})");
  const std::string path = "/v1/links/" + created.text("id");
  for (const char* body :
       {"{}", R"({"click_limit":5})", R"({"utm":{"source":"tiktok","campaign":"summer"}})",
        R"({"destination":"https://shop.example/landing","status":302,"is_enabled":true})",
        R"({"destination":null,"ends_at":null})"}) {
    clock.advance_seconds(1);
    const Called edited = call(net::Method::patch, path, body);
    EXPECT_EQ(edited.status, 200) << body;
    EXPECT_EQ(edited.etag, "\"1\"") << body;
    EXPECT_EQ(edited.json, created.json) << body;
  }
  const test::TestStatement count("SELECT COUNT(*) FROM audit_events WHERE subject = $1");
  const auto rows = database().read(
      [&](storage::Session& session) { return session.run(count, created.text("id")); });
  EXPECT_EQ(rows.value().one().integer(0), 1);
}

TEST_P(Links, RulesAreStoredEditedOneByOneAndShown) {
  const Called created = create(R"("slug":"mia","click_limit":5,"ends_at":"2027-01-01T00:00:00Z",)"
                                R"("expired_url":"https://shop.example/over",)"
                                R"("split":[{"destination":"HTTPS://Shop.example/a","weight":1},)"
                                R"({"destination":"https://shop.example/b","weight":3}])");
  ASSERT_EQ(created.status, 201) << created.text("detail");
  EXPECT_EQ(created.json.at("click_limit"), 5);
  EXPECT_EQ(created.text("ends_at"), "2027-01-01T00:00:00Z");
  EXPECT_TRUE(created.json.at("starts_at").is_null());
  EXPECT_EQ(
      created.json.at("split").at(0),
      boost::json::parse(R"({"destination":"https://shop.example/a","weight":1,"variant":1})"));
  const std::string path = "/v1/links/" + created.text("id");
  EXPECT_EQ(call(net::Method::patch, path, R"({"ends_at":null})").pointer(), "/expired_url")
      << "what would have no effect is refused, also when the other half is stored";
  EXPECT_EQ(call(net::Method::patch, path, R"({"starts_at":"2028-01-01T00:00:00Z"})").pointer(),
            "/ends_at");
  EXPECT_EQ(call(net::Method::patch, path,
                 R"({"targets":[{"if":{"os":["ios"]},"destination":"https://evil.example/"}]})")
                .pointer(),
            "/targets/0/destination");
  const Called edited =
      call(net::Method::patch, path, R"({"ends_at":null,"expired_url":null,"split":null})");
  ASSERT_EQ(edited.status, 200) << edited.text("detail");
  EXPECT_EQ(edited.json.at("click_limit"), 5);
  EXPECT_TRUE(edited.json.at("ends_at").is_null());
  EXPECT_TRUE(edited.json.at("split").as_array().empty());
  EXPECT_EQ(call(net::Method::get, path).json, edited.json);
  EXPECT_EQ(call(net::Method::get, "/v1/links").json.at("data").at(0), edited.json);
}

TEST_P(Links, RepeatedPostWithTheSameKeyIsOneLink) {
  const std::vector<std::pair<std::string_view, std::string_view>> key = {
      {"Idempotency-Key", "k1"}};
  const Called first = create("", key);
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(create("", key).text("id"), first.text("id"));
  EXPECT_EQ(create(R"("slug":"mia")", key).status, 422);
  EXPECT_EQ(call(net::Method::get, "/v1/links").json.at("data").as_array().size(), 1u);
}

TEST_P(Links, ListsComeInPages) {
  for (int i = 0; i < 5; ++i) {
    create(R"("slug":"page)" + std::to_string(i) + "\"");
    clock.advance_seconds(1);
  }
  std::string seen;
  std::string path = "/v1/links?limit=2";
  for (int page = 0; page < 3; ++page) {
    const Called list = call(net::Method::get, path);
    ASSERT_EQ(list.status, 200);
    for (const auto& link : list.json.at("data").as_array())
      seen += std::string(link.at("slug").as_string()) + " ";
    path = "/v1/links?limit=2&cursor=" + list.text("next_cursor");
    EXPECT_EQ(list.text("next_cursor").empty(), page == 2);
  }
  EXPECT_EQ(seen, "page0 page1 page2 page3 page4 ");
  EXPECT_EQ(call(net::Method::get, "/v1/links?deal_id=" + core::DealId{5}.text())
                .json.at("data")
                .as_array()
                .size(),
            0u);
  EXPECT_EQ(call(net::Method::get, "/v1/links?deal_id=x").status, 400);
  EXPECT_EQ(call(net::Method::get, "/v1/links?limit=0").status, 400);
}

TEST(Slugs, EdgesOfWhatIsAllowed) {
  for (const char* good : {"a", "end_", "end-", "a.b~c_D-9"})
    EXPECT_TRUE(check_slug(good)) << good;
  EXPECT_TRUE(check_slug(std::string(64, 'a')));
  EXPECT_FALSE(check_slug(std::string(65, 'a')));
  for (const char* bad : {"", ".", "..", "a b", "a+", "a%20", "a?", "v1", "healthz", "robots.txt"})
    EXPECT_FALSE(check_slug(bad)) << bad;
}

}  // namespace
}  // namespace fairlead::redirect
