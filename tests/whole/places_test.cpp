// Countries and datacenters of the real program, taken up again by SIGHUP.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/redirect/country_file.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

TEST(Places, HangupTakesUpNewFilesAndRefusesBadOnes) {
  test::TemporaryDirectory directory;
  const std::string countries = directory.file("country.mmdb");
  const std::string ranges = directory.file("ranges.txt");
  const auto put = [](const std::string& file, const std::string& bytes) {
    std::ofstream(file + ".new", std::ios::binary) << bytes;
    std::filesystem::rename(file + ".new", file);
  };
  const auto put_country = [&](const std::string& name) {
    put(countries, test::CountryFile().add("127.0.0.0", 8, name).bytes());
  };
  put_country("DE");
  put(ranges, "192.0.2.0/24\n");
  std::vector<std::string> arguments = {"--data", directory.file("data")};
  const BrandKeys keys = init_brand(arguments);
  arguments.insert(arguments.end(), {"--geo-database", countries, "--datacenter-ranges", ranges});
  ServerProcess server(arguments);
  Shop shop(server.port(), keys);
  shop.set_up();
  test::HttpClient client(server.port());
  client.use_key(keys.admin_key);
  ASSERT_EQ(
      client
          .post("/v1/links", R"({"deal_id":")" + shop.deal_id + R"(","slug":"where","targets":[
                          {"if":{"country":["DE"]},"destination":"https://shop.example/de"},
                          {"if":{"country":["FR"]},"destination":"https://shop.example/fr"}]})")
          .status,
      201);
  const auto leads_to = [&] {
    const std::string location = client.get("/where").header("Location");
    return location.substr(0, location.find('?'));
  };
  EXPECT_EQ(leads_to(), "https://shop.example/de");

  put(ranges, "everywhere\n");
  put_country("FR");
  ::kill(server.pid(), SIGHUP);
  server.wait_for_log("reload_failed");
  EXPECT_NE(server.log().find("datacenter_ranges = " + ranges + ":1:"), std::string::npos)
      << server.log();
  EXPECT_EQ(leads_to(), "https://shop.example/de") << "what was there before is served";

  put(ranges, "192.0.2.0/24\n");
  ::kill(server.pid(), SIGHUP);
  server.wait_for_log("\"what\":\"country and datacenter files\"", 2);
  EXPECT_EQ(leads_to(), "https://shop.example/fr");
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace fairlead::whole
