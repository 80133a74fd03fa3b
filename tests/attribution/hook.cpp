#include "tests/attribution/hook.hpp"

#include <gtest/gtest.h>

#include "core/crypto.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

const std::string key = "0123456789abcdef0123456789abcdef";

std::string mac_of(std::string_view secret, std::string_view text) {
  return std::string(core::as_text(core::hmac_sha256(secret, text)));
}

}  // namespace

Hook::Hook(const Shop& shop, std::string_view platform) : shop_(shop), platform_(platform) {
  const std::string secret = platform == "standard" ? "whsec_" + core::base64(key) : key;
  const auto reply =
      shop.post("/v1/integrations",
                R"({"platform":")" + platform_ + R"(","secret":")" + secret + R"("})", "admin");
  EXPECT_EQ(reply.status, 201) << reply.body;
  id_ = reply.at("/id");
  path_ = reply.at("/webhook_path");
}

Reply Hook::deliver(std::string_view body, std::string_view topic) const {
  return shop_.call(net::Method::post, path_, body, "", headers_of(body, topic));
}

Reply Hook::deliver_golden(const std::string& name) const {
  return deliver(test::golden_file("attribution/" + platform_ + "/" + name + ".json"));
}

Headers Hook::headers_of(std::string_view body, std::string_view topic) const {
  auto& [mac, time, id, kind] = texts_;
  kind = topic;
  time = std::to_string(shop_.clock.now().micros / 1'000'000);
  if (platform_ == "stripe") {
    mac = "t=" + time + ",v1=" + core::hex(mac_of(key, time + "." + std::string(body)));
    return {{"Stripe-Signature", mac}};
  }
  if (platform_ == "woocommerce") {
    mac = core::base64(mac_of(key, body));
    return {{"X-WC-Webhook-Signature", mac}, {"X-WC-Webhook-Topic", kind}};
  }
  id = "msg_" + core::hex(core::as_text(core::sha256(body))).substr(0, 16);
  mac = "v1," + core::base64(mac_of(key, id + "." + time + "." + std::string(body)));
  return {{"webhook-id", id}, {"webhook-timestamp", time}, {"webhook-signature", mac}};
}

}  // namespace fairlead::attribution
