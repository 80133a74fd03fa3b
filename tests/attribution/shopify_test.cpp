// The Shopify adapter without a database: signatures, and what is odd about bodies.
#include <gtest/gtest.h>

#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "core/crypto.hpp"
#include "tests/attribution/platform_cases.hpp"
#include "tests/attribution/shop.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

const std::string secret = "fl-test-shopify";
const std::string body = R"({"id":9007199254740993,"test":false,"currency":"EUR"})";
const std::string mac = "yZoB3Ysxp7w260ilLPDOqXyY0Ikn+EkU+MluRZnAa1U=";

bool is_signed(const Headers& headers, std::vector<std::string> secrets = {secret},
               std::string_view signed_body = body) {
  net::Request request;
  request.method = net::Method::post;
  request.body = signed_body;
  request.headers = headers;
  return shopify().is_signed(request, secrets, {});
}

Notice read_golden(const std::string& name) {
  return attribution::read_golden(shopify(), name);
}

TEST(ShopifySignature, IsTakenUnderBothSpellings) {
  EXPECT_TRUE(is_signed({{"X-Shopify-Hmac-Sha256", mac}}));
  EXPECT_TRUE(is_signed({{"x-shopify-hmac-sha256", mac}}));
  EXPECT_TRUE(is_signed({{"Shopify-Hmac-Sha256", mac}}));
  EXPECT_TRUE(is_signed({{"X-Shopify-Hmac-Sha256", mac}, {"Shopify-Hmac-Sha256", mac}}));
}

TEST(ShopifySignature, TheCurrentAndThePreviousSecretAreGood) {
  EXPECT_TRUE(is_signed({{"Shopify-Hmac-Sha256", mac}}, {"new-secret", secret}));
  EXPECT_TRUE(is_signed({{"Shopify-Hmac-Sha256", mac}}, {secret, "old-secret"}));
  EXPECT_FALSE(is_signed({{"Shopify-Hmac-Sha256", mac}}, {"new-secret"}));
  EXPECT_FALSE(is_signed({{"Shopify-Hmac-Sha256", mac}}, {}));
}

TEST(ShopifySignature, AnythingElseIsRefused) {
  EXPECT_FALSE(is_signed({}));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", ""}}));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac.substr(0, 40)}}));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac.substr(0, 43)}}));
  const std::string with_blank = " " + mac;
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", with_blank}}));
  const std::string hex = core::hex(core::as_text(core::hmac_sha256(secret, body)));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", hex}}));
  std::string other = mac;
  other[0] = 'z';
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", other}}));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac}, {"Shopify-Hmac-Sha256", other}}));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac}, {"X-Shopify-Hmac-Sha256", mac}}));
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac}}, {secret}, ""));
}

TEST(ShopifySignature, EveryByteOfTheBodyIsCovered) {
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string changed = body;
    changed[i] ^= 1;
    EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac}}, {secret}, changed)) << i;
  }
  EXPECT_FALSE(is_signed({{"X-Shopify-Hmac-Sha256", mac}}, {secret}, body + "\n"));
}

TEST(ShopifyOrders, KeepIdsBeyond53BitsAndOnlyTheDigestOfTheAddress) {
  const auto order = *read_golden("order_tax_included").order;
  EXPECT_EQ(order.order_ref, "9007199254741993");
  EXPECT_EQ(order.items.at(1).line_id, "9007199254741999");
  EXPECT_EQ(order.customer.email_sha256,
            core::hex(core::as_text(core::sha256("buyer@example.com"))));
  EXPECT_EQ(core::format_instant(order.placed_at), "2026-03-02T09:15:00Z");
}

TEST(ShopifyOrders, AreReadWhateverIsOddAboutTheText) {
  const std::string plain = R"("currency":"EUR","created_at":"2026-03-02T10:15:00Z",)"
                            R"("line_items":[{"id":1,"price":"1.00"}])";
  const auto read = [](const std::string& text) { return shopify().read({"", text, brand, {}}); };
  EXPECT_TRUE(read(R"({"id":1,)" + plain + "}").has_value());
  EXPECT_EQ(read(R"({"id":1,"id":2,)" + plain + "}")->order->order_ref, "2");
  EXPECT_TRUE(read("\xEF\xBB\xBF{\"id\":1," + plain + "}\r\n").has_value());
  EXPECT_TRUE(read("{\"id\":1,\"name\":\"\xff\xfe\"," + plain + "}").has_value());
  EXPECT_EQ(read(R"({"id":"a\u0000b",)" + plain + "}")->order->order_ref, "ab");
  for (const std::string token : {"%00", "%ff%fe", "a%20b", "%0d%0a", ""}) {
    const auto notice =
        read(R"({"id":1,"landing_site":"/?fl_click=)" + token + R"(",)" + plain + "}");
    EXPECT_TRUE(notice->order->click_ids.empty()) << token;
  }
}

TEST(ShopifyOrders, ThatCannotBeUnderstoodSayWhy) {
  const auto why = [](std::string_view topic, const std::string& text) {
    const auto notice = shopify().read({topic, text, brand, {}});
    return notice ? std::string("understood") : notice.error().detail;
  };
  const auto order = [](const std::string& line) {
    return R"({"id":1,"currency":"EUR","created_at":"2026-03-02T10:15:00Z","line_items":[)" + line +
           "]}";
  };
  EXPECT_EQ(why("orders/create", order(R"({"id":1,"price":"1.00"})")), "understood");
  EXPECT_NE(why("refunds/create", order(R"({"id":1,"price":"1.00"})")), "understood");
  EXPECT_NE(why("", "[]"), "understood");
  EXPECT_NE(why("", "{}"), "understood");
  EXPECT_NE(why("", "not json"), "understood");
  EXPECT_NE(why("", order(R"({"price":"1.00"})")), "understood");
  EXPECT_NE(why("", order(R"({"id":1,"price":"1.005"})")), "understood");
  EXPECT_NE(why("", order(R"({"id":1,"price":"1e3"})")), "understood");
  EXPECT_NE(why("", order(R"({"id":1,"price":"-1.00"})")), "understood");
  EXPECT_NE(why("", order(R"({"id":1,"price":"1.00","quantity":1.5})")), "understood");
  EXPECT_NE(why("", order(R"({"id":1,"price":"999999999999999999","quantity":9})")), "understood");
  EXPECT_NE(
      why("", R"({"id":1,"currency":"XXY","created_at":"2026-03-02T10:15:00Z","line_items":[]})"),
      "understood");
  EXPECT_NE(why("", R"({"id":1,"currency":"EUR","created_at":"yesterday","line_items":[]})"),
            "understood");
}

}  // namespace

}  // namespace fairlead::attribution
