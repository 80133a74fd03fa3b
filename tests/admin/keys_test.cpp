#include "admin/keys.hpp"

#include <gtest/gtest.h>

#include "core/crypto.hpp"
#include "tests/admin/api.hpp"

namespace fairlead::admin {

namespace {

TEST(KeyText, IsReadAsItWasMade) {
  for (const net::Role role : {net::Role::admin, net::Role::viewer, net::Role::shop,
                               net::Role::influencer, net::Role::browser}) {
    const std::string text = make_key_text(role);
    const auto parsed = parse_key_text(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->role, role);
    EXPECT_EQ(parsed->public_id.size(), public_id_bytes);
    EXPECT_EQ(text.size(), 4 + name_of(role).size() + public_id_bytes + secret_bytes);
    EXPECT_NE(make_key_text(role), text);
  }
}

TEST(KeyText, IsRefusedUnlessExact) {
  const std::string good = make_key_text(net::Role::admin);
  ASSERT_TRUE(parse_key_text(good).has_value());
  std::string look_alike = good;
  look_alike[9] = 'l';  // not a letter of a public id
  std::string upper_public = good;
  upper_public[9] = 'A';
  std::string bad_secret = good;
  bad_secret.back() = '=';
  std::string with_zero = good;
  with_zero[30] = '\0';
  const std::string bad[] = {"",
                             "0",
                             "0e1",
                             "null",
                             "[]",
                             "fl_",
                             "fl_admin_",
                             good + "A",
                             good.substr(0, good.size() - 1),
                             " " + good,
                             good + " ",
                             "FL_admin_" + good.substr(9),
                             "fl_Admin_" + good.substr(9),
                             "fl_owner_" + good.substr(9),
                             "fl__admin_" + good.substr(9),
                             look_alike,
                             upper_public,
                             bad_secret,
                             with_zero,
                             std::string(100'000, 'a')};
  for (const std::string& text : bad) {
    EXPECT_FALSE(parse_key_text(text).has_value()) << text;
  }
}

class Keys : public test::OnEveryEngine {
 protected:
  Api api{database()};
  TestBrand brand = api.make_brand("North");
};
INSTANTIATE_ON_ENGINES(Keys);

TEST_P(Keys, TellWhoCallsAndNothingElse) {
  KnownKeys known_keys;
  const auto authenticate = authenticator(database(), known_keys);
  const auto who = authenticate(brand.influencer_key, api.clock.now());
  ASSERT_TRUE(who.has_value());
  EXPECT_EQ(who->brand, brand.id);
  EXPECT_EQ(who->role, net::Role::influencer);
  EXPECT_EQ(who->influencer, brand.influencer);
  EXPECT_TRUE(who->key);
}

TEST_P(Keys, AreRefusedWithAnotherSecretRoleOrPublicId) {
  KnownKeys known_keys;
  const auto authenticate = authenticator(database(), known_keys);
  std::string wrong_secret = brand.viewer;
  wrong_secret.back() = wrong_secret.back() == 'A' ? 'E' : 'A';
  // A viewer's key does not become an admin's by its name.
  const std::string wrong_role =
      "fl_admin_" + brand.viewer.substr(std::string("fl_viewer_").size());
  for (const std::string& token : {wrong_secret, wrong_role, make_key_text(net::Role::viewer)}) {
    const auto who = authenticate(token, api.clock.now());
    ASSERT_FALSE(who.has_value());
    EXPECT_EQ(who.error().code, core::Errc::unauthorized);
  }
}

TEST_P(Keys, ShowTheirSecretOnceAndStoreItNowhere) {
  const RequestHeaders once = {{"Idempotency-Key", "key-1"}};
  const auto created =
      api.call("POST", "/v1/keys", brand.admin, R"({"role":"shop","note":"till"})", once);
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string secret = member_of(created, "secret");
  ASSERT_TRUE(parse_key_text(secret).has_value());
  EXPECT_EQ(header_of(created, "Cache-Control"), "no-store");

  const auto repeated =
      api.call("POST", "/v1/keys", brand.admin, R"({"role":"shop","note":"till"})", once);
  EXPECT_EQ(repeated.status, 201);
  EXPECT_EQ(member_of(repeated, "id"), member_of(created, "id"));
  EXPECT_EQ(member_of(repeated, "secret"), "null");

  const auto listed = api.call("GET", "/v1/keys", brand.admin);
  EXPECT_EQ(listed.status, 200);
  EXPECT_EQ(listed.body.find(secret.substr(20)), std::string::npos);
  const auto events = api.call("GET", "/v1/events", brand.admin);
  EXPECT_EQ(events.body.find(secret.substr(20)), std::string::npos);
}

TEST_P(Keys, StopWorkingWhenTheyAreRevoked) {
  ASSERT_EQ(api.call("GET", "/v1/brand", brand.viewer).status, 200);
  const auto keys =
      api.database().read([&](storage::Session& session) { return list_keys(session, brand.id); });
  ASSERT_EQ(keys->size(), 4U);
  const std::string viewer_id = (*keys)[1].id.text();
  const auto revoked = api.call("DELETE", "/v1/keys/" + viewer_id, brand.admin);
  EXPECT_EQ(revoked.status, 200);
  EXPECT_EQ(member_of(revoked, "revoked_at"), "2026-03-02T09:15:00Z");
  // The clock has not moved: there is no moment in which the key still works.
  EXPECT_EQ(api.call("GET", "/v1/brand", brand.viewer).status, 401);
  api.clock.advance_seconds(60);
  const auto again = api.call("DELETE", "/v1/keys/" + viewer_id, brand.admin);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, revoked.body);
}

// As `fairlead key revoke` on PostgreSQL does, or another server.
TEST_P(Keys, RevokedByAnotherProcessStopWorkingWithinASecond) {
  ASSERT_EQ(api.call("GET", "/v1/brand", brand.viewer).status, 200);
  database()
      .transact([&](storage::Session& session) {
        const auto keys = list_keys(session, brand.id);
        return revoke_key(session, brand.id, keys[1].id, api.clock.now());
      })
      .value();
  api.clock.advance_seconds(1);
  EXPECT_EQ(api.call("GET", "/v1/brand", brand.viewer).status, 401);
}

TEST_P(Keys, StopWorkingWhenTheyExpire) {
  const auto created = api.call("POST", "/v1/keys", brand.admin,
                                R"({"role":"viewer","expires_at":"2026-03-02T10:15:00Z"})");
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string key = member_of(created, "secret");
  api.clock.advance_seconds(3599);
  EXPECT_EQ(api.call("GET", "/v1/brand", key).status, 200);
  api.clock.advance_seconds(1);
  EXPECT_EQ(api.call("GET", "/v1/brand", key).status, 401);
}

TEST_P(Keys, OfTheLastAdminStay) {
  const auto keys =
      api.database().read([&](storage::Session& session) { return list_keys(session, brand.id); });
  const std::string admin_id = keys->front().id.text();
  const auto refused = api.call("DELETE", "/v1/keys/" + admin_id, brand.admin);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(member_of(refused, "code"), "last_admin_key");
  ASSERT_EQ(api.call("POST", "/v1/keys", brand.admin, R"({"role":"admin"})").status, 201);
  EXPECT_EQ(api.call("DELETE", "/v1/keys/" + admin_id, brand.admin).status, 200);
  EXPECT_EQ(api.call("GET", "/v1/brand", brand.admin).status, 401);
}

TEST_P(Keys, OfAnotherBrandCannotBeRevoked) {
  const TestBrand other = api.make_brand("South");
  const auto keys =
      api.database().read([&](storage::Session& session) { return list_keys(session, other.id); });
  const auto foreign = api.call("DELETE", "/v1/keys/" + keys->front().id.text(), brand.admin);
  const auto unknown = api.call("DELETE", "/v1/keys/" + core::KeyId{12345}.text(), brand.admin);
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.body, unknown.body);
  EXPECT_EQ(api.call("GET", "/v1/brand", other.admin).status, 200);
}

TEST_P(Keys, OfAnInfluencerNameOneOfTheBrand) {
  const TestBrand other = api.make_brand("South");
  const auto foreign =
      api.call("POST", "/v1/keys", brand.admin,
               R"({"role":"influencer","influencer_id":")" + other.influencer.text() + "\"}");
  EXPECT_EQ(foreign.status, 400);
  const auto own =
      api.call("POST", "/v1/keys", brand.admin,
               R"({"role":"influencer","influencer_id":")" + brand.influencer.text() + "\"}");
  EXPECT_EQ(own.status, 201) << own.body;
}

}  // namespace

}  // namespace fairlead::admin
