// track.js in a real Chromium: a shopper clicks a link of the real program, lands in a shop, buys,
// and what the shop's server gets is sent to fairlead as the platform would send it. On one engine
// only, because no browser can see which it is.
#include <gtest/gtest.h>

#include "core/time.hpp"
#include "tests/whole/pages.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/track.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class TrackOrders : public Track {};

TEST_F(TrackOrders, AShopifyCartCarriesTheClickWithNothingKeptOnTheDevice) {
  const std::string token = follow("/none/shopify/lamp");
  EXPECT_EQ(received("cart").at("attributes").at("fl_click"), json::value(token));
  browser().click("#add");
  browser().click("#buy");
  const json::value order = received("order");
  EXPECT_EQ(order.at("attributes").at("fl_click"), json::value(token));
  EXPECT_EQ(order.at("items").as_array().size(), 1U);
  EXPECT_EQ(kept(), "");

  json::array attributes;
  for (const auto& [name, value] : order.at("attributes").as_object())
    attributes.push_back({{"name", name}, {"value", value}});
  deliver("shopify", {{"id", 9'007'199'254'740'993},
                      {"test", false},
                      {"created_at", soon()},
                      {"updated_at", soon()},
                      {"financial_status", "paid"},
                      {"currency", "EUR"},
                      {"taxes_included", false},
                      {"note_attributes", attributes},
                      {"line_items",
                       {{{"id", 1},
                         {"quantity", 2},
                         {"price", "50.00"},
                         {"discount_allocations", {{{"amount", "10.00"}}}},
                         {"tax_lines", json::array{}}}}}});
  EXPECT_EQ(commission_of("9007199254740993"), 900);
}

TEST_F(TrackOrders, ACartThatKnowsItsClickIsNotWrittenAgain) {
  const std::string token = follow("/granted/shopify/lamp");
  received("cart");
  open("/granted/shopify/chair");
  EXPECT_EQ(browser().text("fairlead.click()"), token);
  EXPECT_TRUE(browser().becomes("performance.getEntriesByName('https://shop.example/cart.js')[0]"));
  browser().run("return new Promise((done) => setTimeout(done, 200))");  // it would be sent by now
  EXPECT_EQ(count_received(), 1U);
}

TEST_F(TrackOrders, AWooCommerceCheckoutOfFormsCarriesTheClickThroughTheAddress) {
  const std::string token = follow("/none/woo/lamp");
  browser().click("#next");
  EXPECT_EQ(browser().url(),
            "https://shop.example/none/woo/checkout?step=1&fl_click=" + token + "#pay");
  ASSERT_TRUE(browser().becomes("document.querySelector('form [name=fl_click]')"));
  browser().click("#buy");
  const json::value form = received("order").at("form");
  EXPECT_EQ(form.at("fl_click"), json::value(token));
  EXPECT_EQ(form.at("billing_email"), "ada@shop.example");
  EXPECT_EQ(kept(), "");

  deliver(
      "woocommerce",
      {{"id", 1207},
       {"status", "processing"},
       {"currency", "EUR"},
       {"date_created_gmt", soon().substr(0, 19)},
       {"date_modified_gmt", soon().substr(0, 19)},
       {"date_paid_gmt", soon().substr(0, 19)},
       {"total", "90.00"},
       {"line_items", {{{"id", 31}, {"quantity", 2}, {"subtotal", "100.00"}, {"total", "90.00"}}}},
       {"meta_data", {{{"key", "_fl_click"}, {"value", form.at("fl_click")}}}}});
  EXPECT_EQ(commission_of("1207"), 900);
}

TEST_F(TrackOrders, AWooCommerceCheckoutOfBlocksGetsItAsExtensionData) {
  const std::string token = follow("/granted/blocks/checkout");
  EXPECT_TRUE(browser().becomes("extensions.fairlead"));
  browser().click("#buy");
  EXPECT_EQ(received("order").at("extensions").at("fairlead").at("fl_click"), json::value(token));
  browser().run("fairlead.consent(false)");
  EXPECT_EQ(browser().text("extensions.fairlead.fl_click"), "");
}

TEST_F(TrackOrders, StripeGetsItAsTheReferenceWhereTheShopHasNoneOfItsOwn) {
  const std::string token = follow("/none/stripe/lamp");
  const auto link = [](const std::string& id) {
    return browser().text("document.querySelector('#" + id + "').href");
  };
  const auto reference = [](const std::string& element) {
    return browser().text("document.querySelector('" + element +
                          "').getAttribute('client-reference-id')");
  };
  EXPECT_TRUE(browser().becomes("document.querySelector('#buy').href.includes('reference')"));
  EXPECT_EQ(link("own"), "https://buy.stripe.com/test_own?client_reference_id=user-7");
  EXPECT_EQ(link("named"), "https://pay.shop.example/x?a=b%20c&ref=" + token);
  EXPECT_EQ(reference("stripe-buy-button"), token);
  EXPECT_EQ(reference("stripe-pricing-table"), "user-7");

  browser().run("fairlead.consent(false)");
  EXPECT_EQ(link("buy"), "https://buy.stripe.com/test_lamp?locale=de#top");
  EXPECT_EQ(link("own"), "https://buy.stripe.com/test_own?client_reference_id=user-7");
  EXPECT_EQ(reference("stripe-buy-button"), "null");
  EXPECT_EQ(reference("stripe-pricing-table"), "user-7");
  browser().run("fairlead.consent(true)");

  browser().click("#buy");
  const json::value query = received("payment").at("query");
  EXPECT_EQ(query.at("client_reference_id"), json::value(token));
  EXPECT_EQ(query.at("locale"), "de");
  deliver("stripe", {{"id", "evt_fl_1"},
                     {"created", core::SystemClock().now().micros / 1'000'000 + 1},
                     {"livemode", true},
                     {"type", "checkout.session.completed"},
                     {"data",
                      {{"object",
                        {{"id", "cs_live_fl1"},
                         {"object", "checkout.session"},
                         {"mode", "payment"},
                         {"created", core::SystemClock().now().micros / 1'000'000 + 1},
                         {"payment_status", "paid"},
                         {"payment_intent", "pi_fl1"},
                         {"currency", "eur"},
                         {"amount_total", 9'000},
                         {"total_details", {{"amount_shipping", 0}, {"amount_tax", 0}}},
                         {"client_reference_id", query.at("client_reference_id")}}}}}});
  EXPECT_EQ(commission_of("cs_live_fl1"), 900);
}

TEST_F(TrackOrders, AShopOfOnesOwnGetsAllClicksAndTheNewestAlone) {
  const std::string first = follow("/granted/own/lamp");
  const std::string second = follow("/granted/own/lamp");
  browser().click("#next");
  EXPECT_EQ(browser().url(), "https://shop.example/granted/own/checkout?q=a%20b+c&empty=#pay")
      << "what is kept needs no place in the address";
  ASSERT_TRUE(browser().becomes("document.querySelector('[name=fl_click]').value"));
  browser().click("#buy");
  const json::value order = received("order");
  EXPECT_EQ(order.at("form").at("fl_click"), json::value(second));
  EXPECT_EQ(order.at("form").at("fl_clicks"), json::value(first + "." + second));
  EXPECT_EQ(order.at("form").at("ref"), json::value(second));
  EXPECT_EQ(order.at("form").at("fl_click_note"), "mine");
  EXPECT_EQ(order.at("cookie"), json::value(first + "." + second));

  json::object body = Shop::order_body("OWN-1", "", "");
  body["click_ids"] = json::array{first, second};
  const auto booked = shop().as_shop("POST", "/v1/orders", body);
  EXPECT_EQ(booked.status, 201) << booked.body;
  EXPECT_EQ(commission_of("OWN-1"), 900);
}

TEST_F(TrackOrders, AnAppThatTidiesTheAddressAndShowsItsFormLaterIsServed) {
  const std::string token = follow("/none/app/start");
  browser().click("#here");
  EXPECT_EQ(browser().url(), "https://shop.example/none/app/start#more");
  browser().click("#show");
  ASSERT_TRUE(browser().becomes("document.querySelector('[name=fl_click]')?.value"));
  browser().click("#buy");
  EXPECT_EQ(received("order").at("form").at("fl_click"), json::value(token));
}

TEST_F(TrackOrders, TheRecipeForShopifyTakesWhatTheCookieBannerSaid) {
  const std::string html = blocks_of(page("integrations/shopify.md"), "html");
  const std::size_t from = html.find("<script>") + 8;
  browser().before_each_page(
      "window.Shopify = { customerPrivacy: { marketingAllowed: () => !!sessionStorage.allowed },"
      " loadFeatures: (features, done) => { if (features[0].name === 'consent-tracking-api')"
      " setTimeout(done, 50); } };" +
      html.substr(from, html.rfind("</script>") - from));
  const std::string token = follow("/required/shopify/lamp");
  const auto decide = [](const char* what) {
    browser().run(std::string("sessionStorage.allowed = '") + what +
                  "'; document.dispatchEvent(new CustomEvent('visitorConsentCollected'))");
  };
  EXPECT_EQ(browser().text("fairlead.click()"), "");
  decide("yes");
  EXPECT_EQ(browser().text("localStorage.fl_clicks"), token);
  EXPECT_EQ(received("cart").at("attributes").at("fl_click"), json::value(token));
  open("/required/shopify/chair");
  browser().run("return new Promise((done) => setTimeout(done, 100))");  // the banner has spoken
  EXPECT_EQ(browser().text("fairlead.click()"), token);
  decide("");
  EXPECT_EQ(kept(), "allowed");
}

TEST_F(TrackOrders, TheRecipeForWooCommerceTakesWhatTheConsentApiSaid) {
  browser().before_each_page(
      "window.wp_has_consent = (kind) => kind === 'marketing' && !!sessionStorage.allowed;" +
      blocks_of(page("integrations/woocommerce.md"), "js"));
  const std::string token = follow("/required/woo/checkout");
  const auto decide = [](const std::string& kind, const std::string& what) {
    browser().run("if ('" + kind + "' === 'marketing') sessionStorage.allowed = '" +
                  (what == "allow" ? "yes" : "") +
                  "'; document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change',"
                  " { detail: { '" +
                  kind + "': '" + what + "' } }))");
  };
  EXPECT_EQ(browser().text("fairlead.click()"), "");
  decide("statistics", "allow");
  EXPECT_EQ(browser().text("fairlead.click()"), "");
  decide("marketing", "allow");
  EXPECT_EQ(browser().text("localStorage.fl_clicks"), token);
  open("/required/woo/checkout");
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), token);
  decide("marketing", "deny");
  EXPECT_EQ(kept(), "allowed");
}

TEST(TrackScriptServed, WhereShoppersAreAndTheApiIsNot) {
  const test::TemporaryDirectory directory;
  init_brand({"--data", directory.file("data")});
  const ServerProcess server({"--data", directory.file("data"), "--admin-listen", "127.0.0.1:0"});
  test::HttpClient shopper(server.port());
  EXPECT_EQ(shopper.get("/track.js").status, 200);
  EXPECT_EQ(shopper.request("POST", "/track.js").status, 405);
  EXPECT_EQ(shopper.get("/docs").status, 404);
}

}  // namespace
}  // namespace fairlead::whole
