#include "tests/whole/track.hpp"

#include <algorithm>
#include <fstream>

#include "core/crypto.hpp"
#include "core/time.hpp"
#include "tests/support/certificate.hpp"
#include "tests/whole/server_process.hpp"

namespace fairlead::whole {

namespace json = boost::json;

namespace {
const std::string secret = "0123456789abcdef0123456789abcdef";
}  // namespace

// In the order in which each needs the ones before.
struct TrackWorld {
  static std::vector<std::string> with_tls(const std::string& data, const std::string& certificate,
                                           const std::string& key) {
    test::write_certificate(certificate, key, {.names = {"go.example", "shop.example"}});
    return {"--data",     data,        "--listen-tls", "127.0.0.1:0",
            "--tls-cert", certificate, "--tls-key",    key};
  }
  static std::string here(std::uint16_t port) { return " 127.0.0.1:" + std::to_string(port); }

  test::TemporaryDirectory directory;
  std::string certificate = directory.file("cert.pem");
  std::string key = directory.file("key.pem");
  std::string received = directory.file("received.jsonl");
  BrandKeys keys = init_brand({"--data", directory.file("data")});
  ServerProcess server{with_tls(directory.file("data"), certificate, key)};
  Shop shop{server.port(), keys};
  Child pages{{FAIRLEAD_NODE, FAIRLEAD_SOURCE_DIR "/tests/whole/shop_pages.mjs", certificate, key,
               received},
              "listening on port "};
  Chromium browser{"MAP go.example:443" + here(server.tls_port()) + ", MAP shop.example:443" +
                   here(pages.port()) + ", MAP *.shop.example:443" + here(pages.port()) +
                   ", MAP buy.stripe.com:443" + here(pages.port())};
};

std::unique_ptr<TrackWorld> Track::world_;

void Track::SetUpTestSuite() {
  world_ = std::make_unique<TrackWorld>();
  world_->shop.set_up();
}

void Track::TearDownTestSuite() {
  world_.reset();
}

void Track::SetUp() {
  forget_received();
}

void Track::TearDown() {
  EXPECT_EQ(browser().text("performance.getEntriesByType('resource').map((entry) => "
                           "new URL(entry.name).host).filter((host) => host !== 'go.example' && "
                           "host !== location.host).join()"),
            "");
  browser().forget_everything({"https://shop.example", "https://checkout.shop.example"});
  std::ifstream in(world_->received);
  for (std::string line; std::getline(in, line);)
    EXPECT_NE(json::parse(line).at("what"), "problem") << "in some page: " << line;
}

Chromium& Track::browser() {
  return world_->browser;
}

Shop& Track::shop() {
  return world_->shop;
}

std::string Track::follow(const std::string& page, const std::string& query) {
  const auto made = shop().as_admin(
      "POST", "/v1/links",
      {{"deal_id", shop().deal_id}, {"destination", "https://shop.example" + page}});
  EXPECT_EQ(made.status, 201) << made.body;
  const std::string slug(json::parse(made.body).at("slug").as_string());
  browser().open("https://go.example/" + slug + query);
  EXPECT_TRUE(browser().becomes("window.fairlead && fairlead.touches")) << browser().url();
  const std::string token =
      token_of(browser().text("performance.getEntriesByType('navigation')[0].name"));
  EXPECT_EQ(token.size(), 36U) << browser().url();
  return token;
}

void Track::open(const std::string& page) {
  browser().open("https://shop.example" + page);
  EXPECT_TRUE(browser().becomes("window.fairlead && fairlead.touches")) << browser().url();
}

json::value Track::received(const std::string& what) {
  for (int tries = 0; tries < 1'000; ++tries) {
    std::ifstream in(world_->received);
    json::value newest;
    for (std::string line; std::getline(in, line);) {
      const json::value entry = json::parse(line);
      if (entry.at("what") == json::value(what)) newest = entry;
    }
    if (!newest.is_null()) return newest;
    browser().run("return new Promise((done) => setTimeout(done, 10))");  // it is on its way
  }
  ADD_FAILURE() << "no " << what << " at " << browser().url();
  return json::object{};
}

void Track::forget_received() {
  std::ofstream(world_->received, std::ios::trunc);
}

std::size_t Track::count_received() {
  std::ifstream in(world_->received);
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
}

std::string Track::kept() {
  const auto names = browser().cookies();
  std::string found;
  for (const std::string& name : names)
    if (name != "cart") found += "cookie " + name + " ";
  return found + browser().text(
                     "Object.keys(localStorage).concat(Object.keys(sessionStorage))"
                     ".join()");
}

std::string Track::soon() {
  return core::format_instant(core::SystemClock().now().plus_seconds(1));
}

void Track::deliver(const std::string& platform, const json::object& body) {
  const auto made =
      shop().as_admin("POST", "/v1/integrations", {{"platform", platform}, {"secret", secret}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path(json::parse(made.body).at("webhook_path").as_string());
  const std::string text = json::serialize(body);
  const auto mac = [&](const std::string& signed_text) {
    return std::string(core::as_text(core::hmac_sha256(secret, signed_text)));
  };
  const std::string at = std::to_string(core::SystemClock().now().micros / 1'000'000);
  test::HttpHeaders headers;
  if (platform == "shopify") headers = {{"X-Shopify-Hmac-Sha256", core::base64(mac(text))}};
  if (platform == "woocommerce") headers = {{"X-WC-Webhook-Signature", core::base64(mac(text))}};
  if (platform == "stripe")
    headers = {{"Stripe-Signature", "t=" + at + ",v1=" + core::hex(mac(at + "." + text))}};
  test::HttpClient client(world_->server.port());
  const auto answer = client.post(path, text, headers);
  EXPECT_EQ(answer.status, 200) << answer.body;
}

std::int64_t Track::commission_of(const std::string& order_ref) {
  const auto answer = shop().as_shop("GET", "/v1/orders/" + order_ref);
  if (answer.status != 200) return -1;
  std::int64_t sum = 0;
  const json::value order = json::parse(answer.body);
  for (const json::value& commission : order.at("commissions").as_array())
    sum += commission.at("amount_minor").as_int64();
  return sum;
}

}  // namespace fairlead::whole
