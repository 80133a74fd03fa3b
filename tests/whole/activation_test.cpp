// A link that a browser fetched ahead, and the order that came of it.
#include <gtest/gtest.h>

#include "tests/support/http_client.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

TEST(Activation, APrefetchThatBroughtAnOrderCountsLiveAsByRescore) {
  test::TemporaryDirectory directory;
  const std::vector<std::string> arguments = {"--data", directory.file("data")};
  const BrandKeys keys = init_brand(arguments);
  const auto with_data = [&](std::vector<std::string> words) {
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run_program(words);
  };
  {
    ServerProcess server(arguments);
    Shop shop(server.port(), keys);
    shop.set_up();
    test::HttpClient browser(server.port());
    const test::HttpHeaders ahead = {
        {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"},
        {"Sec-Purpose", "prefetch"}};
    const std::string token = token_of(browser.get("/mia-summer", ahead).header("Location"));
    ASSERT_NE(token, "");
    browser.get("/mia-summer", ahead);  // of this one nothing comes back
    // The verdict is looked up when the order is booked: until then the click is in the journal.
    ASSERT_EQ(shop.as_shop("POST", "/v1/orders", Shop::order_body("A-1", token, "")).status, 201);
    EXPECT_EQ(server.stop(), 0);
  }
  const Ran ran = with_data({"rescore", "--since", "2026-01-01", "--dry-run", "--json"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_NE(ran.out.find(R"("changed":0)"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(R"("before":{"valid":1,"prefetch":1})"), std::string::npos) << ran.out;
  const Ran verified = with_data({"verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace fairlead::whole
