// Signatures of every platform: the published vectors, what must be refused, and a random search
// for something that is accepted and should not be.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "attribution/platforms.hpp"
#include "core/crypto.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {

namespace {

const core::Instant vector_time = core::Instant{}.plus_seconds(1'767'225'600);

// One good delivery; each test damages a copy.
struct Signed {
  Platform platform;
  std::vector<std::string> secrets;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t signature = 0;  // which header holds the MAC
  core::Instant now = vector_time;

  bool is_accepted() const {
    net::Request request;
    request.method = net::Method::post;
    request.body = body;
    for (const auto& [name, value] : headers)
      request.headers.emplace_back(name, value);
    return platform.is_signed(request, secrets, now);
  }
  std::string& mac() { return headers[signature].second; }
};

Signed shopify_vector() {
  return {shopify(),
          {"fl-test-shopify"},
          R"({"id":9007199254740993,"test":false,"currency":"EUR"})",
          {{"X-Shopify-Hmac-Sha256", "yZoB3Ysxp7w260ilLPDOqXyY0Ikn+EkU+MluRZnAa1U="}}};
}

Signed woocommerce_vector() {
  return {woocommerce(),
          {"fl-test-woo"},
          R"({"id":41,"status":"processing","currency":"EUR"})",
          {{"X-WC-Webhook-Signature", "jJI097Km5oPEDgjmipc5P8PbCfANY2ePu/iY5XBuiBM="}}};
}

Signed stripe_vector() {
  return {stripe(),
          {"whsec_fl_test"},
          R"({"id":"evt_fl_1","type":"checkout.session.completed"})",
          {{"Stripe-Signature",
            "t=1767225600,v1=b76f105df6b83f4701141ffb6338f880ed6624e5219c7fc23a887ce45c7101d1"}}};
}

Signed standard_vector() {
  return {standard(),
          {"whsec_ZmFpcmxlYWQtdGVzdC1zZWNyZXQtMDAw"},
          R"({"type":"order.paid","data":{"id":"A-1"}})",
          {{"webhook-id", "msg_fl1"},
           {"webhook-timestamp", "1767225600"},
           {"webhook-signature", "v1,6w4PyPng4A9AkzyYHm9/K6PbEpVMyyf1JagxkVLOtFE="}},
          2};
}

std::vector<Signed> all_vectors() {
  return {shopify_vector(), woocommerce_vector(), stripe_vector(), standard_vector()};
}

std::vector<Signed> timed_vectors() {
  return {stripe_vector(), standard_vector()};
}

TEST(Signatures, EveryPlatformHasAVectorThatIsAccepted) {
  std::size_t count = 0;
  for (const Signed& good : all_vectors()) {
    EXPECT_TRUE(good.is_accepted()) << good.platform.name;
    ++count;
  }
  // Trackers sign nothing; they send their secret.
  EXPECT_EQ(count, static_cast<std::size_t>(
                       std::count_if(platforms().begin(), platforms().end(),
                                     [](const Platform& each) { return !each.protocol; })));
}

TEST(Signatures, TheSpecificationsOwnVectorIsAccepted) {
  Signed official = standard_vector();
  official.secrets = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  official.body = R"({"test": 2432232314})";
  official.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                      {"webhook-timestamp", "1614265330"},
                      {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  official.now = core::Instant{}.plus_seconds(1'614'265'330);
  EXPECT_TRUE(official.is_accepted());
}

TEST(Signatures, ThePreviousSecretIsGoodAsLongAsItIsKept) {
  for (Signed good : all_vectors()) {
    const std::string other = good.platform.refuse_secret == nullptr
                                  ? "another-secret"
                                  : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const std::string own = good.secrets.front();
    good.secrets = {other, own};
    EXPECT_TRUE(good.is_accepted()) << good.platform.name;
    good.secrets = {other};
    EXPECT_FALSE(good.is_accepted()) << good.platform.name;
    good.secrets = {};
    EXPECT_FALSE(good.is_accepted()) << good.platform.name;
  }
}

TEST(Signatures, EveryByteOfTheBodyIsCovered) {
  for (const Signed& good : all_vectors()) {
    for (std::size_t i = 0; i < good.body.size(); ++i) {
      Signed bad = good;
      bad.body[i] ^= 1;
      EXPECT_FALSE(bad.is_accepted()) << good.platform.name << " " << i;
    }
    for (const std::string& body : {std::string(), good.body + "\n", " " + good.body}) {
      Signed bad = good;
      bad.body = body;
      EXPECT_FALSE(bad.is_accepted()) << good.platform.name;
    }
  }
}

TEST(Signatures, DamagedHeadersAreRefused) {
  for (const Signed& good : all_vectors()) {
    SCOPED_TRACE(good.platform.name);
    const auto refused = [&](auto damage) {
      Signed bad = good;
      damage(bad);
      EXPECT_FALSE(bad.is_accepted())
          << bad.headers.size() << " " << (bad.headers.empty() ? "" : bad.headers.back().second);
    };
    for (std::size_t cut = 1; cut < good.headers[good.signature].second.size(); ++cut)
      refused([&](Signed& bad) { bad.mac().resize(bad.mac().size() - cut); });
    for (std::size_t missing = 0; missing < good.headers.size(); ++missing) {
      refused([&](Signed& bad) {
        bad.headers.erase(bad.headers.begin() + static_cast<std::ptrdiff_t>(missing));
      });
      refused([&](Signed& bad) { bad.headers.push_back(bad.headers[missing]); });
    }
    refused([](Signed& bad) { bad.headers.clear(); });
    refused([](Signed& bad) { bad.mac() += "="; });
    refused([](Signed& bad) { bad.mac().insert(bad.mac().size() - 8, " "); });
    refused([](Signed& bad) { bad.mac().insert(bad.mac().size() - 8, "\n"); });
    refused([](Signed& bad) {
      for (char& c : bad.mac())
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
  }
}

TEST(Signatures, WithATimeAreGoodForFiveMinutesBothWays) {
  for (Signed good : timed_vectors()) {
    SCOPED_TRACE(good.platform.name);
    for (const std::int64_t seconds : {-300, -1, 0, 1, 300}) {
      good.now = vector_time.plus_seconds(seconds);
      EXPECT_TRUE(good.is_accepted()) << seconds;
    }
    for (const std::int64_t seconds : {-301, 301, 86'400, -86'400}) {
      good.now = vector_time.plus_seconds(seconds);
      EXPECT_FALSE(good.is_accepted()) << seconds;
    }
  }
}

TEST(Signatures, OfStripeMayBeSeveralAndOnlyV1Counts) {
  Signed good = stripe_vector();
  const std::string mac = good.mac().substr(good.mac().find("v1=") + 3);
  const std::string wrong(64, '0');
  const auto accepted = [&](const std::string& header) {
    good.mac() = header;
    return good.is_accepted();
  };
  EXPECT_TRUE(accepted("t=1767225600,v1=" + wrong + ",v1=" + mac));
  EXPECT_TRUE(accepted("v1=" + mac + ",v0=" + wrong + ",t=1767225600,v2=x"));
  EXPECT_FALSE(accepted("t=1767225600,v0=" + mac));
  EXPECT_FALSE(accepted("v1=" + mac));
  EXPECT_FALSE(accepted("t=1767225600,t=1767225600,v1=" + mac));
  EXPECT_FALSE(accepted("t=+1767225600,v1=" + mac));
  EXPECT_FALSE(accepted("t=1767225600 ,v1=" + mac));
  EXPECT_FALSE(accepted("t=1767225601,v1=" + mac));
  EXPECT_FALSE(accepted("t=99999999999999999999,v1=" + mac));
}

TEST(Signatures, OfStandardWebhooksMayBeSeveralAndOnlyV1Counts) {
  Signed good = standard_vector();
  const std::string mac = good.mac();
  const auto accepted = [&](const std::string& header) {
    good.mac() = header;
    return good.is_accepted();
  };
  EXPECT_TRUE(accepted("v1,AAAA v1a,x " + mac));
  EXPECT_FALSE(accepted("v1a," + mac.substr(3)));
  EXPECT_FALSE(accepted(mac.substr(3)));
  EXPECT_FALSE(accepted("v2," + mac.substr(3)));
  good.mac() = mac;
  good.headers[0].second = "msg_fl1.1767225600";
  EXPECT_FALSE(good.is_accepted());
}

TEST(Signatures, OfShopifyUnderTwoNamesMustAgree) {
  Signed good = shopify_vector();
  good.headers.emplace_back("Shopify-Hmac-Sha256", good.mac());
  EXPECT_TRUE(good.is_accepted());
  good.headers.back().second[0] = 'z';
  EXPECT_FALSE(good.is_accepted());
}

TEST(Signatures, SecretsThatAreNoneAreNamed) {
  const auto refuse = standard().refuse_secret;
  EXPECT_EQ(refuse("whsec_ZmFpcmxlYWQtdGVzdC1zZWNyZXQtMDAw"), "");
  for (const char* bad : {"", "whsec_", "ZmFpcmxlYWQtdGVzdC1zZWNyZXQtMDAw",
                          "whsec_c2hvcnQ=", "whsec_not base64 at all but long enough"})
    EXPECT_NE(refuse(bad), "") << bad;
}

// Changes one to three bytes of the MAC, the body, the id or the time.
void mutate(Signed& delivery, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return random() % bound; };
  for (std::size_t n = 1 + below(3); n > 0; --n) {
    const std::size_t place = below(delivery.headers.size() + 1);
    std::string& text =
        place == delivery.headers.size() ? delivery.body : delivery.headers[place].second;
    const std::size_t at = below(text.size() + 1);
    if (at == text.size() || below(4) == 0)
      text.insert(at, 1, static_cast<char>(below(256)));
    else if (below(3) == 0)
      text.erase(at, 1);
    else
      text[at] = static_cast<char>(below(256));
  }
}

// What a change to the headers may leave as it was: other blanks and entries around a good MAC.
bool says_the_same(const Signed& a, const Signed& b) {
  if (a.body != b.body) return false;
  if (a.platform.name == "shopify" || a.platform.name == "woocommerce")
    return a.headers == b.headers;
  if (a.platform.name == "stripe") {
    // Bytes before or between the parts make another, unknown part of the header.
    const std::string& good = a.headers[0].second;
    const std::string parts[] = {good.substr(0, good.find(',')), good.substr(good.find(',') + 1)};
    const std::string text = "," + b.headers[0].second + ",";
    return text.find("," + parts[0] + ",") != text.npos &&
           text.find("," + parts[1] + ",") != text.npos;
  }
  const std::string text = " " + b.headers[2].second + " ";
  return a.headers[0] == b.headers[0] && a.headers[1] == b.headers[1] &&
         text.find(" " + a.headers[2].second + " ") != text.npos;
}

// A million in the long form, a few thousand always.
TEST(Signatures, NoMutationIsAccepted) {
  std::mt19937_64 random(test::random_seed());
  const int per_platform = std::getenv("FAIRLEAD_LONG") != nullptr ? 250'000 : 2'000;
  for (const Signed& good : all_vectors()) {
    int tried = 0;
    while (tried < per_platform) {
      Signed bad = good;
      mutate(bad, random);
      if (says_the_same(good, bad)) continue;
      ++tried;
      ASSERT_FALSE(bad.is_accepted())
          << good.platform.name << ": " << bad.mac() << " of " << bad.body;
    }
  }
}

}  // namespace

}  // namespace fairlead::attribution
