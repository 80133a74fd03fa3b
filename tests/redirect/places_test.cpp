// Countries and hosting ranges: from files that are right, odd, cut off and missing.
#include <gtest/gtest.h>

#include <fstream>

#include "redirect/address_ranges.hpp"
#include "redirect/click_facts.hpp"
#include "redirect/countries.hpp"
#include "tests/redirect/country_file.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

constexpr const char* browser =
    "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";

class PlacesTest : public testing::Test {
 protected:
  std::string file_of(const std::string& name, const std::string& bytes) {
    const std::string file = directory_.file(name);
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  AddressRanges ranges_of(const std::string& lines) {
    auto ranges = AddressRanges::read(file_of("ranges.txt", lines));
    EXPECT_TRUE(ranges) << ranges.error().detail;
    return std::move(*ranges);
  }
  std::string complaint_of(const std::string& lines) {
    auto ranges = AddressRanges::read(file_of("ranges.txt", lines));
    EXPECT_FALSE(ranges);
    return ranges ? "" : ranges.error().detail;
  }
  std::string_view country(const Countries& countries, std::string_view address) {
    return countries.of(parse_address(address).value());
  }
  test::TemporaryDirectory directory_;
};

bool contains(const AddressRanges& ranges, std::string_view address) {
  return ranges.contains(parse_address(address).value());
}

TEST_F(PlacesTest, CountriesOfBothFormsAndFamiliesAreRead) {
  using Form = test::CountryFile::Form;
  for (const Form form : {Form::nested, Form::flat}) {
    const std::string bytes = test::CountryFile(form)
                                  .add("203.0.113.0", 24, "DE")
                                  .add("198.51.100.128", 25, "FR")
                                  .add("2001:db8::", 32, "JP")
                                  .bytes();
    const auto countries = Countries::open(file_of("country.mmdb", bytes));
    ASSERT_TRUE(countries) << countries.error().detail;
    EXPECT_EQ(country(**countries, "203.0.113.9"), "DE");
    EXPECT_EQ(country(**countries, "::ffff:203.0.113.9"), "DE");
    EXPECT_EQ(country(**countries, "198.51.100.200"), "FR");
    EXPECT_EQ(country(**countries, "198.51.100.1"), "");
    EXPECT_EQ(country(**countries, "2001:db8:1::1"), "JP");
    EXPECT_EQ(country(**countries, "2001:db9::1"), "");
  }
}

TEST_F(PlacesTest, AMissingOrBrokenCountryFileIsAnError) {
  EXPECT_EQ(Countries::open(directory_.file("none.mmdb")).error().code, core::Errc::config);
  const std::string whole = test::CountryFile().add("203.0.113.0", 24, "DE").bytes();
  for (const std::string& broken :
       {std::string(), std::string("no database at all"), whole.substr(0, whole.size() / 2)}) {
    const auto opened = Countries::open(file_of("broken.mmdb", broken));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().detail.find("broken.mmdb"), std::string::npos);
  }
}

TEST_F(PlacesTest, AFileThatIsDamagedInsideDoesNoHarm) {
  const std::string whole =
      test::CountryFile().add("203.0.113.0", 24, "DE").add("2001:db8::", 32, "JP").bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    const auto countries = Countries::open(file_of("damaged.mmdb", damaged));
    if (!countries) continue;
    EXPECT_LE(country(**countries, "203.0.113.9").size(), 2U);
    EXPECT_LE(country(**countries, "2001:db8::1").size(), 2U);
  }
}

TEST_F(PlacesTest, TheFreeDatabaseKnowsWellKnownAddresses) {
  const auto countries = Countries::open(FAIRLEAD_LISTS
                                         "/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/"
                                         "geo-whois-asn-country.mmdb");
  ASSERT_TRUE(countries) << countries.error().detail;
  EXPECT_EQ(country(**countries, "8.8.8.8"), "US");
  EXPECT_EQ(country(**countries, "2001:4860:4860::8888"), "US");
  EXPECT_EQ(country(**countries, "127.0.0.1"), "");
}

TEST_F(PlacesTest, RangesHoldTheirFirstAndLastAddressAndNoOther) {
  const AddressRanges ranges =
      ranges_of("# hosting\n203.0.113.64/26\n198.51.100.7 # one machine\n\r\n2001:db8:8000::/33\n");
  EXPECT_EQ(ranges.size(), 3U);
  for (const char* inside : {"203.0.113.64", "203.0.113.127", "198.51.100.7",
                             "2001:db8:8000::", "2001:db8:ffff:ffff::1", "::ffff:203.0.113.65"})
    EXPECT_TRUE(contains(ranges, inside)) << inside;
  for (const char* outside : {"203.0.113.63", "203.0.113.128", "198.51.100.6", "198.51.100.8",
                              "2001:db8:7fff:ffff::", "2001:db9::", "0.0.0.0", "::"})
    EXPECT_FALSE(contains(ranges, outside)) << outside;
  EXPECT_FALSE(contains(AddressRanges(), "203.0.113.64"));
}

TEST_F(PlacesTest, OverlappingRangesAreOne) {
  const AddressRanges ranges =
      ranges_of("203.0.113.0/25\n203.0.113.0/24\n203.0.113.200/32\n0.0.0.0/0\n::/0\n");
  EXPECT_EQ(ranges.size(), 1U);
  EXPECT_TRUE(contains(ranges, "192.0.2.1"));
}

TEST_F(PlacesTest, ALineThatIsNoNetworkIsNamed) {
  EXPECT_NE(complaint_of("203.0.113.0/24\nnonsense\n").find(":2: \"nonsense\""), std::string::npos);
  for (const char* line : {"203.0.113.0/33", "203.0.113.0/", "203.0.113.0/-1", "203.0.113/24",
                           "2001:db8::/129", "203.0.113.0/24/25", "203.0.113.0/2x"})
    EXPECT_NE(complaint_of(line).find(":1: "), std::string::npos) << line;
  EXPECT_NE(AddressRanges::read(directory_.file("none")).error().detail.find("cannot be read"),
            std::string::npos);
}

TEST_F(PlacesTest, ADatacenterIsMarkedAndOnlyRefusedOnRequest) {
  const AddressRanges ranges = ranges_of("203.0.113.0/24");
  AgentCache agents(1);
  net::Request request;
  request.client_address = "203.0.113.9";
  request.headers = {{"User-Agent", browser}};
  const ClickFacts marked = read_facts(request, agents, {.datacenters = &ranges});
  EXPECT_EQ(marked.verdict, core::ClickVerdict::valid);
  EXPECT_EQ(marked.flags, flag_datacenter);
  const Places strict{.datacenters = &ranges, .refuse_datacenters = true};
  EXPECT_EQ(read_facts(request, agents, strict).verdict, core::ClickVerdict::datacenter);
  EXPECT_EQ(read_facts(request, agents, strict).rule, rule_datacenter);
  request.headers = {{"User-Agent", "curl/8.7.1"}};
  EXPECT_EQ(read_facts(request, agents, strict).verdict, core::ClickVerdict::bot);
  request.headers = {{"User-Agent", browser}};
  request.client_address = "203.0.114.9";
  EXPECT_EQ(read_facts(request, agents, strict).flags, 0U);
}

}  // namespace
}  // namespace fairlead::redirect
