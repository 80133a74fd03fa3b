// QR codes are read back by another program (zbarimg), as SVG and as PNG.
#include "net/qr.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include "tests/redirect/link_api.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

// What zbarimg reads in a picture; "" when it finds no code.
std::string decoded(const std::string& bytes, const char* ending) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file(std::string("code.") + ending);
  std::ofstream(file, std::ios::binary) << bytes;
  const std::string command = "zbarimg --raw -q -Sdisable -Sqrcode.enable " + file + " 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::string text;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr)
    text += buffer.data();
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

// Draws the one kind of path that net::qr_svg() writes, so that the test needs no SVG program.
std::string drawn(const std::string& svg, int size) {
  std::string pixels(static_cast<std::size_t>(size * size), '\xff');
  std::size_t at = svg.rfind("d=\"") + 3;
  int x = 0, y = 0, width = 0, height = 0, back = 0, used = 0;
  while (std::sscanf(svg.c_str() + at, "M%d %dh%dv%dh-%dz%n", &x, &y, &width, &height, &back,
                     &used) == 5) {
    EXPECT_EQ(width, back);
    for (int row = y; row < y + height; ++row)
      pixels.replace(static_cast<std::size_t>(row * size + x), static_cast<std::size_t>(width),
                     static_cast<std::size_t>(width), '\0');
    at += static_cast<std::size_t>(used);
  }
  EXPECT_EQ(svg.substr(at), "\"/></svg>\n");
  return "P5 " + std::to_string(size) + " " + std::to_string(size) + " 255\n" + pixels;
}

net::QrStyle style(std::string_view query) {
  return net::read_qr_style(query).value();
}

TEST(Qr, AnotherProgramReadsWhatWasWritten) {
  const std::string long_url = "https://links.a-rather-long-brand-name.example/" +
                               std::string(64, 'x') + "?utm_source=" + std::string(200, 'q');
  for (const std::string& url : {std::string("https://go.example/mia"), long_url}) {
    for (const char* query : {"", "ecc=L&margin=4&size=300", "ecc=H&size=1000",
                              "ecc=Q&dark=0b3d2e&light=%23f4f1ea", "margin=16&size=2048"}) {
      EXPECT_EQ(decoded(net::qr_png(url, style(query)).value(), "png"), url) << query;
      EXPECT_EQ(decoded(drawn(net::qr_svg(url, style(query)).value(), style(query).size_px), "pgm"),
                url)
          << query;
    }
  }
}

TEST(Qr, PicturesHaveTheSizeAndTheColoursAskedFor) {
  const std::string png =
      net::qr_png("https://go.example/mia", style("size=333&dark=102030")).value();
  ASSERT_GT(png.size(), 60u);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\x01\x4d\0\0\x01\x4d", 8)) << "IHDR";
  EXPECT_EQ(png[24], 1) << "one bit a pixel";
  EXPECT_NE(png.find("\xff\xff\xff\x10\x20\x30"), std::string::npos) << "PLTE";
  const std::string svg =
      net::qr_svg("https://go.example/mia", style("size=333&dark=102030")).value();
  EXPECT_NE(svg.find("width=\"333\" height=\"333\""), std::string::npos);
  EXPECT_NE(svg.find("#102030"), std::string::npos);
}

TEST(Qr, RefusalsNameTheParameter) {
  for (const auto& [query, name] :
       std::vector<std::pair<const char*, const char*>>{{"size=31", "size"},
                                                        {"size=2049", "size"},
                                                        {"size=1e3", "size"},
                                                        {"size=", "size"},
                                                        {"size=-5", "size"},
                                                        {"margin=17", "margin"},
                                                        {"margin=x", "margin"},
                                                        {"ecc=m", "ecc"},
                                                        {"dark=red", "dark"},
                                                        {"dark=12345", "dark"},
                                                        {"light=1234567", "light"},
                                                        {"colour=1", "colour"},
                                                        {"dark=ffffff&light=000000", "dark"},
                                                        {"dark=767676&light=aaaaaa", "dark"},
                                                        {"dark=ffff00", "dark"},
                                                        {"siz%65=300&x", "x"},
                                                        {"x", "x"}}) {
    const auto read = net::read_qr_style(query);
    ASSERT_FALSE(read) << query;
    EXPECT_TRUE(read.error().detail.starts_with(std::string(name) + " ")) << read.error().detail;
  }
  EXPECT_TRUE(net::read_qr_style("dark=767676")) << "4.5 to 1 on white";
  const auto small = net::qr_png("https://go.example/mia", style("size=32&margin=16"));
  ASSERT_FALSE(small);
  EXPECT_TRUE(small.error().detail.starts_with("size must be at least 57")) << small.error().detail;
  EXPECT_FALSE(net::qr_svg(std::string(3'000, 'x'), {}));
}

class QrRoutes : public test::LinkApi {};
INSTANTIATE_ON_ENGINES(QrRoutes);

TEST_P(QrRoutes, TheCodeLeadsToTheLink) {
  const std::string id = shop.add_link({.slug = "mia"}).text();
  role = net::Role::viewer;
  const core::Answer png = get("/v1/links/" + id + "/qr.png");
  EXPECT_EQ(png.status, 200);
  EXPECT_EQ(png.media_type, "image/png");
  EXPECT_EQ(header(png, "Cache-Control"), "private, no-cache");
  EXPECT_EQ(decoded(png.body, "png"), "https://go.example/mia") << "nothing is added unasked";
  const core::Answer marked = get("/v1/links/" + id + "/qr.png?utm_source=beach+flyer");
  EXPECT_EQ(decoded(marked.body, "png"), "https://go.example/mia?utm_source=beach%20flyer");
  const core::Answer svg = get("/v1/links/" + id + "/qr.svg?size=400");
  EXPECT_EQ(svg.media_type, "image/svg+xml");
  EXPECT_EQ(decoded(drawn(svg.body, 400), "pgm"), "https://go.example/mia");
}

TEST_P(QrRoutes, APictureThatIsKnownIsNotSentAgain) {
  const std::string path = "/v1/links/" + shop.add_link({.slug = "mia"}).text() + "/qr.svg";
  const std::string tag = header(get(path), "ETag");
  const std::string known = "\"x\", " + tag;
  const core::Answer again = get(path, {{"If-None-Match", known}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(again, "ETag"), tag);
  EXPECT_EQ(get(path + "?size=300", {{"If-None-Match", tag}}).status, 200);
}

TEST_P(QrRoutes, WhatIsNoLinkOrNoStyle) {
  const std::string id = shop.add_link({.slug = "mia"}).text();
  EXPECT_EQ(get("/v1/links/lnk_0000000000001/qr.png").status, 404);
  EXPECT_EQ(get("/v1/links/x/qr.svg").status, 404);
  const core::Answer refused = get("/v1/links/" + id + "/qr.svg?size=9");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(boost::json::parse(refused.body).at("errors").at(0).at("pointer"), "?size");
  EXPECT_EQ(get("/v1/links/" + id + "/qr.svg?utm_source=").status, 400);
  brand = {12};
  EXPECT_EQ(get("/v1/links/" + id + "/qr.svg").status, 404) << "another brand's";
  role = net::Role::shop;
  EXPECT_EQ(get("/v1/links/" + id + "/qr.svg").status, 403);
}

}  // namespace
}  // namespace fairlead::redirect
