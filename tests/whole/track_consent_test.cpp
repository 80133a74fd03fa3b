// What track.js keeps on a shopper's device, and when: looked for in a real Chromium.
#include <gtest/gtest.h>

#include "core/time.hpp"
#include "tests/whole/pages.hpp"
#include "tests/whole/track.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class TrackConsent : public Track {};

TEST_F(TrackConsent, NothingIsKeptBeforeConsent) {
  const std::string token = follow("/none/own/lamp");
  EXPECT_EQ(browser().text("fairlead.click()"), token);
  EXPECT_EQ(kept(), "");
  browser().click("#here");
  EXPECT_TRUE(browser().url().ends_with(token + "#more")) << browser().url();
  browser().run(
      "document.querySelector('#away').addEventListener('click', (event) => "
      "event.preventDefault()); document.querySelector('#away').click()");
  EXPECT_EQ(browser().text("document.querySelector('#away').href"), "https://other.example/x");
  browser().click("#next");
  EXPECT_EQ(browser().url(),
            "https://shop.example/none/own/checkout?q=a%20b+c&empty=&fl_click=" + token + "#pay");
  EXPECT_TRUE(browser().becomes("document.querySelector('[name=fl_click]').value"));
  EXPECT_EQ(kept(), "");
  open("/none/own/checkout");
  EXPECT_EQ(browser().text("fairlead.click()"), "");
}

TEST_F(TrackConsent, AShopperWhoRefusedIsNotFollowedAtAll) {
  const std::string token = follow("/denied/own/lamp");
  EXPECT_EQ(browser().text("fairlead.touches().length"), "0");
  browser().click("#next");
  EXPECT_EQ(browser().url().find(token), std::string::npos);
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), "");
  EXPECT_EQ(kept(), "");
}

TEST_F(TrackConsent, WhereConsentIsRequiredNothingHappensBeforeAndItIsAskedForOnce) {
  const std::string token = follow("/required/own/checkout");
  EXPECT_EQ(browser().text("fairlead.touches().length"), "0");
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), "");
  EXPECT_EQ(kept(), "");
  browser().run("fairlead.consent(true)");
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), token);
  open("/required/own/checkout");  // nobody is told again
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), token);
  browser().run("fairlead.consent(false)");
  open("/required/own/checkout?fl_click=" + token);
  EXPECT_EQ(browser().text("fairlead.click()"), "");
  EXPECT_EQ(kept(), "");
}

TEST_F(TrackConsent, ConsentKeepsAndItsWithdrawalErasesEverythingOfIt) {
  const std::string token = follow("/none/own/lamp");
  browser().run("fairlead.consent(true)");
  EXPECT_EQ(browser().text("localStorage.fl_clicks"), token);
  open("/none/own/checkout");  // another page, whose address does not say it
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), token);
  browser().run("fairlead.consent(false)");
  EXPECT_EQ(kept(), "");
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), "");
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_clicks]').value"), "");
  EXPECT_EQ(browser().text("fairlead.touches().length"), "0");
  open("/none/own/lamp");
  EXPECT_EQ(browser().text("fairlead.touches().length"), "0");
}

TEST_F(TrackConsent, WithdrawalTakesTheClickOutOfAShopifyCart) {
  follow("/granted/shopify/lamp");
  received("cart");
  forget_received();
  browser().run("fairlead.consent(false)");
  EXPECT_TRUE(received("cart").at("attributes").as_object().empty());
  EXPECT_EQ(kept(), "");
}

TEST_F(TrackConsent, WithdrawalFindsTheClickInACartThatAnEarlierPageFilled) {
  follow("/none/shopify/lamp");
  received("cart");
  open("/none/shopify/cart");
  EXPECT_EQ(browser().text("fairlead.click()"), "");
  forget_received();
  browser().run("fairlead.consent(false)");
  EXPECT_TRUE(received("cart").at("attributes").as_object().empty());
}

TEST_F(TrackConsent, ARefusalThatCameWithTheClickCountsUntilTheShopSaysOtherwise) {
  const std::string token = follow("/granted/own/lamp", "?fl_consent=denied");
  EXPECT_NE(browser().url().find("fl_consent=denied&"), std::string::npos) << browser().url();
  EXPECT_EQ(browser().text("fairlead.click()"), "");
  EXPECT_EQ(kept(), "");
  browser().run("fairlead.consent(true)");
  EXPECT_EQ(browser().text("localStorage.fl_clicks"), token);
}

TEST_F(TrackConsent, AWithdrawalInAnotherPageIsOneHereToo) {
  follow("/granted/own/checkout");
  browser().run(
      "localStorage.clear(); document.cookie = 'fl_clicks=;path=/;max-age=0;"
      "domain=shop.example'; dispatchEvent(new Event('storage'))");
  EXPECT_EQ(browser().text("fairlead.touches().length"), "0");
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), "");
  EXPECT_EQ(kept(), "");
}

TEST_F(TrackConsent, APageThatSaysRefusedErasesWhatWasKept) {
  follow("/granted/own/lamp");
  EXPECT_NE(kept(), "");
  open("/denied/own/lamp");
  EXPECT_EQ(kept(), "");
}

TEST_F(TrackConsent, TheCookieIsTheShopsOwnAndEndsWithTheLookBack) {
  const std::string token = follow("/granted/own/lamp");
  const json::value all = browser().devtools("Network.getAllCookies", {}).at("cookies");
  ASSERT_EQ(all.as_array().size(), 1U);
  const json::value& cookie = all.at(0);
  EXPECT_EQ(cookie.at("name"), "fl_clicks");
  EXPECT_EQ(cookie.at("value"), json::value(token));
  EXPECT_EQ(cookie.at("domain"), ".shop.example");
  EXPECT_EQ(cookie.at("secure"), true);
  EXPECT_EQ(cookie.at("sameSite"), "Lax");
  const double days = (cookie.at("expires").to_number<double>() -
                       static_cast<double>(core::SystemClock().now().micros) / 1e6) /
                      86'400;
  EXPECT_NEAR(days, 30, 0.01);
  // A checkout on a host of its own has no storage of the shop's, but the cookie.
  browser().open("https://checkout.shop.example/none/own/checkout");
  EXPECT_TRUE(browser().becomes("document.querySelector('[name=fl_click]').value"));
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), token);
}

TEST_F(TrackConsent, AnOptOutOfTheBrowserBeatsConsent) {
  for (const char* signal :
       {"globalPrivacyControl', { get: () => true }", "doNotTrack', { get: () => '1' }"}) {
    browser().before_each_page("Object.defineProperty(Navigator.prototype, '" +
                               std::string(signal) + ")");
    follow("/granted/own/lamp");
    EXPECT_EQ(kept(), "") << signal;
    browser().run("fairlead.consent(true)");
    EXPECT_EQ(kept(), "") << signal;
    browser().forget_everything({"https://shop.example"});
  }
  // And what was kept before goes.
  follow("/granted/own/lamp");
  EXPECT_NE(kept(), "");
  browser().before_each_page(
      "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })");
  open("/granted/own/checkout");
  EXPECT_EQ(kept(), "");
}

TEST_F(TrackConsent, BlockedStorageBreaksNothing) {
  browser().before_each_page(
      "const blocked = { get() { throw new DOMException('blocked', 'SecurityError'); },"
      " set() { throw new DOMException('blocked', 'SecurityError'); } };"
      "Object.defineProperty(window, 'localStorage', blocked);"
      "Object.defineProperty(Document.prototype, 'cookie', blocked);");
  const std::string token = follow("/granted/own/lamp");
  browser().click("#next");  // what cannot be kept goes along
  EXPECT_TRUE(browser().becomes("document.querySelector('[name=fl_click]').value"));
  EXPECT_EQ(browser().text("document.querySelector('[name=fl_click]').value"), token);
}

TEST_F(TrackConsent, KeptClicksAreFewAndYoungAndInTheirOwnOrder) {
  // Tokens of clicks so many days ago; the script looks at their time alone.
  browser().before_each_page(
      "window.madeAt = (days, letter) => { const bytes = new Uint8Array(27).fill(letter);"
      " let number = (Date.now() - days * 864e5 - Date.UTC(2020, 0)) * 64;"
      " for (let i = 6; i > 0; --i) { bytes[i] = number % 256; number = Math.floor(number / 256); }"
      " return btoa(String.fromCharCode(...bytes)).replace(/\\+/g, '-').replace(/\\//g, '_'); };"
      "if (location.host === 'shop.example' && !localStorage.fl_clicks) localStorage.fl_clicks ="
      " [madeAt(31, 1), madeAt(29, 2), 'nonsense', madeAt(3, 3), madeAt(9, 4), madeAt(-2, 5),"
      "  madeAt(5, 6), madeAt(7, 7), madeAt(1, 8), madeAt(1, 8)].join('.');");
  const std::string token = follow("/granted/own/lamp");
  const auto letters =
      "fairlead.touches().map((token) => atob(token.replace(/-/g, '+').replace(/_/g, '/'))"
      ".charCodeAt(7)).slice(0, -1).join()";
  EXPECT_EQ(browser().text(letters), "7,6,3,8");
  EXPECT_EQ(browser().text("fairlead.touches().length"), "5");
  EXPECT_EQ(browser().text("fairlead.click()"), token);
  EXPECT_EQ(browser().text("localStorage.fl_clicks"),
            browser().text("fairlead.touches().join('.')"));
  // An old bookmark is no new click.
  open("/granted/own/lamp?fl_click=" + browser().text("fairlead.touches()[1]"));
  EXPECT_EQ(browser().text("fairlead.click()"), token);
  open("/granted/own/lamp?fl_click=" + std::string(35, 'x'));
  open("/granted/own/lamp?fl_click=" + std::string(37, 'x'));
  EXPECT_EQ(browser().text("fairlead.click()"), token);
}

TEST_F(TrackConsent, WhatIsSaidBeforeTheScriptIsThereCounts) {
  browser().before_each_page(blocks_of(page("integrations/track.md"), "js"));
  const std::string token = follow("/denied/own/lamp");
  EXPECT_EQ(browser().text("localStorage.fl_clicks"), token);
}

}  // namespace
}  // namespace fairlead::whole
