#include "net/trusted_proxies.hpp"

#include "tests/net/fixture.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::net {
namespace {

TEST(TrustedProxies, TheClientIsTheRightMostHopThatIsNoProxy) {
  for (const test::GoldenLine& line : test::golden_lines("net/clients.txt", 4)) {
    const auto& fields = line.fields;
    const auto proxies = TrustedProxies::parse(fields[0].empty() ? std::vector<std::string>{}
                                                                 : std::vector{fields[0]});
    ASSERT_TRUE(proxies) << line.where;
    Request request;
    std::string_view rest = fields[2];
    while (!rest.empty()) {
      const auto end = rest.find(" ; ");
      request.headers.emplace_back("x-forwarded-for", rest.substr(0, end));
      rest = end == rest.npos ? "" : rest.substr(end + 3);
    }
    EXPECT_EQ(proxies->client_of(fields[1], request), fields[3]) << line.where;
  }
}

TEST(TrustedProxies, ABadEntryIsNamed) {
  for (const char* entry : {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0/8",
                            "fd00::/129", "10.0.0.1/-1", "10.0.0.1 "}) {
    const auto proxies = TrustedProxies::parse({"127.0.0.1", entry});
    ASSERT_FALSE(proxies) << entry;
    EXPECT_EQ(proxies.error().code, core::Errc::config);
    EXPECT_NE(proxies.error().detail.find("\"" + std::string(entry) + "\""), std::string::npos);
  }
}

TEST_F(ServerTest, ForwardedHeadersCountOnlyFromATrustedProxy) {
  start();
  const test::HttpHeaders forwarded = {{"X-Forwarded-For", "198.51.100.1"},
                                       {"X-Forwarded-Proto", "https"}};
  test::HttpClient direct(port());
  EXPECT_EQ(direct.get("/a", forwarded).header("X-Client"), "127.0.0.1");
  EXPECT_NE(direct.get("/v1/echo", forwarded).body.find("\"via_tls\":false"), std::string::npos);
  direct.close();
  server_->stop();

  ServerOptions options;
  options.trusted_proxies = {"127.0.0.0/8"};
  start(options);
  test::HttpClient proxied(port());
  EXPECT_EQ(proxied.get("/a", forwarded).header("X-Client"), "198.51.100.1");
  const std::string body = proxied.get("/v1/echo", forwarded).body;
  EXPECT_NE(body.find("\"via_tls\":true"), std::string::npos) << body;
  EXPECT_NE(body.find("\"client\":\"198.51.100.1\""), std::string::npos) << body;
  EXPECT_EQ(proxied.get("/a").header("X-Client"), "127.0.0.1");  // nothing stays from the last one
}

TEST_F(ServerTest, ABadTrustedProxyStopsTheStart) {
  ServerOptions options;
  options.listeners = {{}};
  options.trusted_proxies = {"everyone"};
  Server server(options, *router_, fast_path_, clock_);
  const auto started = server.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, core::Errc::config);
}

}  // namespace
}  // namespace fairlead::net
