// GET /track.js as browsers and caches see it; what it does in a page is
// tests/whole/track_orders_test.cpp.
#include "redirect/track_script.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

core::Answer get(const Headers& headers) {
  net::Request request;
  request.path = "/track.js";
  request.headers = headers;
  const net::Principal nobody;
  return track_routes().front().handler({request, nobody, {}, {}, "/track.js"});
}

std::string header(const core::Answer& answer, std::string_view name) {
  for (const auto& [known, value] : answer.headers)
    if (known == name) return value;
  return "";
}

std::string unpacked(const std::string& bytes) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("track.js.gz");
  std::ofstream(file, std::ios::binary) << bytes;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("gzip -dc " + file).c_str(), "r"),
                                                   &pclose);
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;)
    text.append(buffer.data(), size);
  return text;
}

TEST(TrackScript, TravelsInLessThanTwoKilobytesAndIsTheSameScript) {
  const core::Answer plain = get({});
  const core::Answer small = get({{"Accept-Encoding", "br, gzip, deflate"}});
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.media_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
  EXPECT_EQ(header(small, "Content-Encoding"), "gzip");
  EXPECT_LT(small.body.size(), 2'000U);
  EXPECT_GT(small.body.size(), 500U);
  EXPECT_EQ(unpacked(small.body), plain.body);
  for (const char* word : {"fl_click", "fl_clicks", "client_reference_id", "fairlead"})
    EXPECT_NE(plain.body.find(word), std::string::npos) << word;
  for (const char* word : {"eval(", "Function(", "http://", "sendBeacon", "XMLHttpRequest"})
    EXPECT_EQ(plain.body.find(word), std::string::npos) << word;
}

TEST(TrackScript, IsCompressedOnlyForWhoTakesIt) {
  const std::map<std::string, bool> cases = {{"gzip", true},
                                             {"GZIP", true},
                                             {"deflate, gzip;q=0.5", true},
                                             {"*", true},
                                             {"gzip;q=0", false},
                                             {"*, gzip;q=0", false},
                                             {"gzip; q=0.000", false},
                                             {"identity", false},
                                             {"", false},
                                             {"br", false},
                                             {"*;q=0", false},
                                             {"gzip;q=1.0, *;q=0", true},
                                             {"x-gzippy", false},
                                             {",,gzip,,", true}};
  for (const auto& [accept, is_small] : cases)
    EXPECT_EQ(header(get({{"Accept-Encoding", accept}}), "Content-Encoding") == "gzip", is_small)
        << accept;
}

TEST(TrackScript, IsAskedForAgainSoonAndAnsweredWithoutABody) {
  const core::Answer plain = get({});
  const core::Answer small = get({{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(header(plain, "Cache-Control"), "public, max-age=600, stale-while-revalidate=86400");
  EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header(plain, "Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(header(plain, "Access-Control-Allow-Origin"), "*");
  const std::string tag = header(plain, "ETag");
  const std::string small_tag = header(small, "ETag");
  EXPECT_EQ(tag.size(), 34U) << tag;
  EXPECT_NE(tag, small_tag);
  const std::string several = "\"other\", " + tag;
  const std::string weak = "W/" + small_tag;
  EXPECT_EQ(get({{"If-None-Match", several}}).status, 304);
  EXPECT_EQ(get({{"If-None-Match", tag}}).body, "");
  EXPECT_EQ(get({{"If-None-Match", weak}, {"Accept-Encoding", "gzip"}}).status, 304);
  EXPECT_EQ(get({{"If-None-Match", small_tag}}).status, 200) << "it has other bytes";
  EXPECT_EQ(get({{"If-None-Match", "\"other\""}}).status, 200);
}

}  // namespace
}  // namespace fairlead::redirect
