#include "app/config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::app {
namespace {

class ConfigFile : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = directory_.file("fairlead.toml");
    std::ofstream(path) << text;
    return path;
  }
  // The message of the refusal; "" when it was taken.
  static std::string refusal(const core::Result<Config>& config) {
    return config ? "" : config.error().detail;
  }
  test::TemporaryDirectory directory_;
};

TEST_F(ConfigFile, FlagBeatsEnvironmentBeatsFile) {
  const std::string file = write("threads = 3\nwork_threads = 5\ndrain_ms_max = 7\n");
  auto config = load_config(file, {"FAIRLEAD_WORK_THREADS=6", "FAIRLEAD_DRAIN_MS_MAX=8"},
                            {{"drain_ms_max", "9"}});
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->threads, 3);
  EXPECT_EQ(config->work_threads, 6);
  EXPECT_EQ(config->drain_ms_max, 9);
}

TEST_F(ConfigFile, RefusalNamesFileLineKeyValueAndWhatWouldBeRight) {
  const std::string file = write("threads = 2\n\nlisten = \"8080\"\n");
  EXPECT_EQ(refusal(load_config(file, {}, {})),
            file +
                ":3: listen = \"8080\": must be ADDRESS:PORT to serve on, such as "
                "\"127.0.0.1:8080\" or \"[::1]:8080\"");
}

TEST_F(ConfigFile, UnknownKeysAreRefusedWhereverTheyStand) {
  EXPECT_NE(
      refusal(load_config(write("treads = 2\n"), {}, {})).find(":1: treads: there is no such key"),
      std::string::npos);
  EXPECT_NE(refusal(load_config(write(""), {"FAIRLEAD_TREADS=2"}, {}))
                .find("FAIRLEAD_TREADS: there is no such key"),
            std::string::npos);
}

TEST(Config, TheVisitorSaltIsNeverInTheDataDirectory) {
  const Config one{.data = "/srv/fairlead/one"};
  const Config two{.data = "/srv/fairlead/two"};
  EXPECT_FALSE(one.salt_path().starts_with(one.data)) << one.salt_path();
  EXPECT_NE(one.salt_path(), two.salt_path()) << "two servers on one machine";
  EXPECT_EQ((Config{.salt_file = "/run/x.salt"}).salt_path(), "/run/x.salt");
}

TEST_F(ConfigFile, BrokenTomlNamesTheLine) {
  const std::string file = write("threads = 2\nlisten = \n");
  EXPECT_TRUE(refusal(load_config(file, {}, {})).starts_with(file + ":2: "));
}

TEST_F(ConfigFile, ANamedFileMustBeThere) {
  EXPECT_NE(refusal(load_config(directory_.file("none.toml"), {}, {})).find("no such file"),
            std::string::npos);
}

TEST_F(ConfigFile, EachSettingRefusesWhatItsHelpDoesNotSay) {
  const std::string file = write("");
  const std::pair<const char*, const char*> bad[] = {{"data", ""},
                                                     {"listen", "localhost"},
                                                     {"listen", "127.0.0.1:65536"},
                                                     {"listen", "::1:80"},
                                                     {"listen", ":8080"},
                                                     {"admin_listen", "x"},
                                                     {"listen_tls", "8443"},
                                                     {"tls_key", "a.key,,b.key"},
                                                     {"tls_tickets", "3"},
                                                     {"database", "mysql://x"},
                                                     {"threads", "-1"},
                                                     {"threads", "65"},
                                                     {"threads", "2.5"},
                                                     {"work_threads", "0"},
                                                     {"durability", "fast"},
                                                     {"commit_wait_ms_max", "0"},
                                                     {"commit_wait_ms_max", "99999999999999999999"},
                                                     {"queue_clicks_max", "10"},
                                                     {"drain_ms_max", "-1"},
                                                     {"click_retention_days", "-1"},
                                                     {"click_retention_days", "761"},
                                                     {"public_url", "go.example.com"},
                                                     {"public_url", "https://go example.com"},
                                                     {"trusted_proxies", "10.0.0.1,,"}};
  for (const auto& [name, value] : bad)
    EXPECT_NE(refusal(load_config(file, {}, {{name, value}})).find(": must be "), std::string::npos)
        << name << " = " << value;
}

TEST_F(ConfigFile, ClicksAreKeptForNinetyDaysUnlessSaidOtherwise) {
  const std::string file = write("");
  EXPECT_EQ(load_config(file, {}, {})->click_retention_days, 90);
  for (const std::int64_t days : {0, 1, 760})
    EXPECT_EQ(load_config(file, {}, {{"click_retention_days", std::to_string(days)}})
                  ->click_retention_days,
              days);
}

TEST_F(ConfigFile, LinksAreShownUnderThePublicUrlAndItsHost) {
  const std::tuple<const char*, const char*, const char*> urls[] = {
      {"https://go.example.com/", "https://go.example.com", "go.example.com"},
      {"http://go.example.com:8080", "http://go.example.com:8080", "go.example.com"},
      {"https://Go.Example.com", "https://Go.Example.com", "go.example.com"},
      {"http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]"}};
  for (const auto& [given, url, host] : urls) {
    auto config = load_config(write(""), {}, {{"public_url", given}});
    ASSERT_TRUE(config);
    EXPECT_EQ(config->shown_url(), url);
    EXPECT_EQ(config->shown_host(), host);
  }
  EXPECT_EQ(Config{}.shown_host(), "127.0.0.1");
}

TEST_F(ConfigFile, ListsAndBracketedAddressesAreRead) {
  auto config = load_config(
      write("listen = \"[::1]:0\"\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n"), {}, {});
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->listen.host, "::1");
  EXPECT_EQ(config->trusted_proxies, (std::vector<std::string>{"127.0.0.1", "10.0.0.0/8"}));
}

TEST_F(ConfigFile, TheApiIsReachedWhereItListens) {
  const auto api_url = [&](const std::string& settings) {
    return load_config(write(settings), {}, {{"public_url", "https://go.example"}})
        .value()
        .api_url();
  };
  EXPECT_EQ(api_url(""), "https://go.example");
  EXPECT_EQ(api_url("admin_listen = \"127.0.0.1:9000\"\n"), "http://127.0.0.1:9000");
  EXPECT_EQ(api_url("admin_listen = \"0.0.0.0:9000\"\n"), "http://127.0.0.1:9000");
  EXPECT_EQ(api_url("admin_listen = \"[::1]:9000\"\n"), "http://[::1]:9000");
}

TEST_F(ConfigFile, TlsNeedsACertificateAndAKeyForEachAndAnAddress) {
  const std::string pair = "tls_cert = \"a.pem\"\ntls_key = \"a.key\"\n";
  const std::string address = "listen_tls = \"0.0.0.0:8443\"\n";
  EXPECT_EQ(refusal(load_config(write(address + pair), {}, {})), "");
  EXPECT_EQ(refusal(load_config(write(address), {}, {})),
            "listen_tls needs tls_cert and tls_key: there is none");
  EXPECT_NE(refusal(load_config(write(address + "tls_cert = [\"a.pem\", \"b.pem\"]\n"
                                                "tls_key = \"a.key\"\n"),
                                {}, {}))
                .find("tls_cert names 2, tls_key 1"),
            std::string::npos);
  EXPECT_NE(refusal(load_config(write(pair), {}, {})).find("tls_cert is set, listen_tls is not"),
            std::string::npos);
}

TEST_F(ConfigFile, SeveralCertificatesAreAListOrSeparatedByCommas) {
  const std::vector<std::string> files = {"a.pem", "b.pem"};
  auto config = load_config(write("listen_tls = \"0.0.0.0:8443\"\n"
                                  "tls_cert = [\"a.pem\", \"b.pem\"]\n"),
                            {"FAIRLEAD_TLS_KEY=a.key, b.key"}, {});
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->tls_cert, files);
  EXPECT_EQ(config->tls_key[1], "b.key");
}

TEST_F(ConfigFile, LinksAreShownWithTlsWhereThereIsTls) {
  auto config = load_config(write("listen_tls = \"0.0.0.0:8443\"\ntls_cert = \"a.pem\"\n"
                                  "tls_key = \"a.key\"\n"),
                            {}, {});
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->shown_url(), "https://127.0.0.1:8443");
}

}  // namespace
}  // namespace fairlead::app
