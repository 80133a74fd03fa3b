// The packed links against a plain map, and what a lookup may and may not find.
#include "redirect/link_table.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

constexpr core::BrandId brand{11};
constexpr core::BrandId other_brand{12};

BrandRecord brand_record(core::BrandId id, std::vector<std::string> allowed) {
  return {id, "https://shop.example/oops", core::Zone::utc(), std::move(allowed)};
}

struct Links {
  explicit Links(std::string_view default_domain = "go.example") : builder(7, default_domain) {
    builder.set_brands({brand_record(brand, {"shop.example"})});
  }
  void add(std::int64_t id, std::string_view slug, std::string_view destination,
           std::string_view domain = "") {
    builder.add(
        {.brand = brand, .id = {id}, .domain = domain, .slug = slug, .destination = destination});
  }
  LinkTableBuilder builder;
};

std::string url_of(const LinkTable::Found& found) {
  return found.link == nullptr ? "" : std::string(found.link->target().destination.url);
}

TEST(LinkTable, EmptyTableFindsNothing) {
  Links links;
  const auto table = links.builder.build();
  EXPECT_EQ(table->size(), 0u);
  EXPECT_EQ(table->find("go.example", "/mia").link, nullptr);
  EXPECT_EQ(table->find("go.example", "/mia").brand->id, brand) << "the only brand's fallback";
  EXPECT_EQ(table->find("go.example", "/").brand, nullptr);
}

TEST(LinkTable, RecordKeepsWhatTheRowSaid) {
  Links links;
  links.builder.add({.brand = brand,
                     .id = {5},
                     .slug = "mia",
                     .destination = "https://shop.example:8443/a/{slug}?b=1&utm_term=x#c",
                     .utm = R"({"utm_source":"insta gram"})",
                     .utm_locked = true,
                     .status = 308});
  links.builder.add({.brand = brand,
                     .id = {6},
                     .slug = "odd",
                     .destination = "https://shop.example/",
                     .status = 200});
  const auto table = links.builder.build();
  const auto found = table->find("go.example", "/mia");
  ASSERT_NE(found.link, nullptr);
  EXPECT_EQ(found.link->id(), core::LinkId{5});
  EXPECT_EQ(found.link->slug(), "mia");
  EXPECT_EQ(found.link->status(), 308);
  EXPECT_EQ(found.rules, nullptr);
  const Target target = found.link->target();
  EXPECT_EQ(target.destination.origin(), "https://shop.example:8443");
  EXPECT_EQ(target.destination.host(), "shop.example");
  EXPECT_EQ(target.destination.path(), "/a/{slug}");
  EXPECT_EQ(target.destination.query(), "b=1&utm_term=x");
  EXPECT_EQ(target.destination.fragment(), "c");
  EXPECT_TRUE(target.destination.has_macro);
  EXPECT_EQ(target.destination.has_utm, 1U << 3);
  EXPECT_EQ(target.utm_default(0), "insta%20gram");
  EXPECT_TRUE(target.utm->is_locked);
  EXPECT_EQ(table->find("go.example", "/odd").link->status(), 302) << "no redirect status";
}

TEST(LinkTable, LinksOfACampaignShareTheirUtmDefaults) {
  Links links;
  for (const char* slug : {"a", "b"})
    links.builder.add({.brand = brand,
                       .id = {1},
                       .slug = slug,
                       .destination = "https://shop.example/",
                       .utm = R"({"utm_term":"x"})"});
  const auto table = links.builder.build();
  EXPECT_EQ(table->find("", "/a").link->target().utm, table->find("", "/b").link->target().utm);
}

TEST(LinkTable, BrandsListDecidesAtOnceForAllItsLinks) {
  Links links;
  links.add(1, "one", "https://shop.example/1");
  links.add(2, "two", "https://www.shop.example/2");
  links.add(3, "else", "https://else.example/3");
  const auto before = links.builder.build();
  EXPECT_NE(before->find("", "/one").link, nullptr);
  EXPECT_NE(before->find("", "/two").link, nullptr);
  EXPECT_EQ(before->find("", "/else").link, nullptr) << "never was on the list";
  links.builder.set_brands({brand_record(brand, {"www.shop.example", "else.example"})});
  const auto after = links.builder.build();
  EXPECT_EQ(after->find("", "/one").link, nullptr);
  EXPECT_EQ(after->find("", "/one").brand->id, brand) << "its fallback answers";
  EXPECT_NE(after->find("", "/two").link, nullptr);
  EXPECT_NE(after->find("", "/else").link, nullptr);
  EXPECT_NE(before->find("", "/one").link, nullptr) << "an older table stays as it was";
}

TEST(LinkTable, HttpOriginsNeedTheirOwnEntry) {
  Links links;
  links.add(1, "s", "https://shop.example/");
  links.add(2, "p", "http://shop.example/");
  const auto table = links.builder.build();
  EXPECT_NE(table->find("", "/s").link, nullptr);
  EXPECT_EQ(table->find("", "/p").link, nullptr);
}

TEST(LinkTable, OwnDomainsAreFoundAsClientsWriteThem) {
  Links links;
  links.builder.set_brands({brand_record(other_brand, {"shop.example"})});
  links.add(1, "mia", "https://shop.example/default");
  links.add(2, "mia", "https://shop.example/own", "own.example");
  links.add(3, "mia", "https://shop.example/idn", "xn--bcher-kva.example");
  links.add(4, "lea", "https://shop.example/named", "go.example");
  const auto table = links.builder.build();
  for (const char* host : {"own.example", "OWN.Example", "own.example.", "Own.EXAMPLE."})
    EXPECT_EQ(url_of(table->find(host, "/mia")), "https://shop.example/own") << host;
  EXPECT_EQ(url_of(table->find("XN--Bcher-KVA.example", "/mia")), "https://shop.example/idn");
  for (const char* host :
       {"go.example", "", "stranger.example", "own.example..", ".own.example", "own.example:80",
        "b\xc3\xbc"
        "cher.example"})
    EXPECT_EQ(url_of(table->find(host, "/mia")), "https://shop.example/default") << host;
  EXPECT_EQ(url_of(table->find(std::string(300, 'a'), "/mia")), "https://shop.example/default");
  EXPECT_EQ(url_of(table->find("go.example", "/lea")), "https://shop.example/named");
  EXPECT_EQ(table->find("own.example", "/lea").link, nullptr) << "not on this domain";
  EXPECT_EQ(table->find("own.example", "/lea").brand->id, brand) << "the domain is its brand's";
  EXPECT_EQ(table->find("go.example", "/nobody").brand, nullptr) << "of two brands";
}

// The domain was one brand's own before the server took its name.
TEST(LinkTable, LinksOfTheDefaultDomainWinOverThoseOfAnOwnDomainOfItsName) {
  Links links;
  links.builder.set_brands({brand_record(other_brand, {"shop.example"})});
  const auto add_own = [&](std::int64_t id, std::string_view slug) {
    links.builder.add({.brand = other_brand,
                       .id = {id},
                       .domain = "go.example",
                       .slug = slug,
                       .destination = "https://shop.example/own"});
  };
  links.add(1, "mia", "https://shop.example/default");
  add_own(2, "mia");
  add_own(3, "lea");
  add_own(4, "own");
  links.add(5, "lea", "https://shop.example/default");
  const auto expect = [](const LinkTable& table) {
    for (const char* host : {"go.example", "stranger.example"}) {
      for (const char* path : {"/mia", "/lea", "/mia/", "/%6cea"})
        EXPECT_EQ(url_of(table.find(host, path)), "https://shop.example/default") << path;
      EXPECT_EQ(url_of(table.find(host, "/own/")), "https://shop.example/own");
    }
  };
  expect(*links.builder.build());
  add_own(2, "mia");
  expect(*links.builder.build());
}

TEST(LinkTable, SlugsLongerThanARecordHoldsAreLeftOut) {
  Links links;
  links.add(1, std::string(255, 'a'), "https://shop.example/longest");
  links.add(2, std::string(256, 'a'), "https://shop.example/beyond");
  const auto table = links.builder.build();
  EXPECT_EQ(table->size(), 1u);
  EXPECT_EQ(url_of(table->find("", "/" + std::string(255, 'a'))), "https://shop.example/longest");
  EXPECT_EQ(url_of(table->find("", "/" + std::string(255, 'a') + "/")),
            "https://shop.example/longest");
  EXPECT_EQ(table->find("", "/" + std::string(256, 'a')).link, nullptr);
}

// What a table should hold, kept the plain way.
struct Wanted {
  std::int64_t id;
  std::string url;
  bool is_wanted;
};
using Model = std::map<std::pair<std::string, std::string>, Wanted>;

void compare(const LinkTable& table, const Model& model) {
  ASSERT_EQ(table.size(), model.size());
  for (const auto& [key, wanted] : model) {
    const auto found = table.find(key.first, "/" + key.second);
    if (!wanted.is_wanted) {
      ASSERT_EQ(found.link, nullptr) << key.second;
      continue;
    }
    ASSERT_NE(found.link, nullptr) << key.first << "/" << key.second;
    ASSERT_EQ(found.link->id().number, wanted.id);
    ASSERT_EQ(found.link->target().destination.url, wanted.url);
  }
}

TEST(LinkTable, ManyEditsGiveTheSameAsAPlainMap) {
  test::Random random;
  Links links("");
  Model model;
  std::int64_t next_id = 1;
  std::vector<std::shared_ptr<const LinkTable>> kept;
  std::vector<Model> kept_models;
  for (int edit = 0; edit < 60; ++edit) {
    // Some large edits, so that shards get new bases, and many of one row.
    const auto rows = random.between(0, 5) == 0 ? random.between(1, 6000) : random.between(1, 3);
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::string domain =
          random.between(0, 3) == 0 ? "d" + std::to_string(random.between(0, 5)) : "";
      const std::string slug = "s" + std::to_string(random.between(0, 9'000));
      const std::string url = "https://shop.example/" + std::string(random.between(0, 40), 'x') +
                              std::to_string(next_id);
      const bool is_wanted = random.between(0, 9) != 0;
      links.builder.add({.brand = brand,
                         .id = {next_id},
                         .domain = domain,
                         .slug = slug,
                         .destination = url,
                         .is_wanted = is_wanted});
      model[{domain, slug}] = {next_id++, url, is_wanted};
    }
    const auto table = links.builder.build();
    compare(*table, model);
    EXPECT_EQ(table->find("", "/none").link, nullptr);
    if (edit % 20 == 5) {
      kept.push_back(table);
      kept_models.push_back(model);
    }
  }
  for (std::size_t i = 0; i < kept.size(); ++i)
    compare(*kept[i], kept_models[i]);  // a table does not change under its reader
}

TEST(LinkTable, LinkCostsAtMost120BytesBesideItsUrl) {
  Links links;
  constexpr std::size_t count = 200'000;
  std::size_t url_bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string url = "https://shop.example/products/" + std::to_string(i * 7919);
    url_bytes += url.size();
    links.add(static_cast<std::int64_t>(i), "slug" + std::to_string(i), url);
  }
  const auto table = links.builder.build();
  ASSERT_EQ(table->size(), count);
  const std::size_t per_link = (table->bytes() - url_bytes) / count;
  EXPECT_LE(per_link, 120u);
  RecordProperty("bytes_per_link_beside_url", static_cast<int>(per_link));
  std::printf("bytes per link beside its URL: %zu\n", per_link);
}

}  // namespace
}  // namespace fairlead::redirect
