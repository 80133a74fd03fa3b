#include "tests/attribution/calls.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/crypto.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view clicked_at = "2026-03-01T10:00:00Z";

std::string filled_in(std::string text) {
  const std::pair<std::string, std::string> values[] = {
      {"{secret}", std::string(tracker_secret)},
      {"{basic}", core::base64("IRtest:" + std::string(tracker_secret))},
      {"{mia}", Shop::token(11, 5001, clicked_at)},
      {"{mia2}", Shop::token(12, 5001, "2026-03-01T11:00:00Z")},
      {"{leo}", Shop::token(13, 5002, clicked_at)},
      {"{other}", Shop::token(14, 5101, clicked_at)},
      {"{future}", Shop::token(15, 5001, "2026-03-09T10:00:00Z")},
      {"{damaged}", "genuine-no-more"}};
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

net::Method method_of(const std::string& name) {
  for (const auto method : {net::Method::get, net::Method::head, net::Method::post,
                            net::Method::put, net::Method::del}) {
    if (net::name_of(method) == name) return method;
  }
  ADD_FAILURE() << "no method " << name;
  return net::Method::other;
}

std::int64_t earned(const std::string& part, const std::string& name) {
  EXPECT_TRUE(part.starts_with(name + " ")) << part;
  return std::stoll(part.substr(name.size() + 1));
}

// {sig} is that of the query in front of it.
std::string signed_query(std::string target) {
  const auto query = target.find('?');
  const auto mark = target.find("{sig}");
  if (mark == target.npos) return target;
  const auto end = target.find("&sig=");
  const auto mac = core::hmac_sha256(tracker_secret,
                                     std::string_view(target).substr(query + 1, end - query - 1));
  return target.replace(mark, 5, core::hex(core::as_text(mac)));
}

class Reader {
 public:
  void take(const std::string& line) {
    if (line.empty() && is_whole_) finish();
    if (line.size() < 2 && line != ">" && line != "<") return;
    const std::string rest = line.size() > 2 ? line.substr(2) : "";
    if (line[0] == '#') call_.what += (call_.what.empty() ? "" : " ") + rest;
    if (line[0] == '@') call_.wait_seconds = std::stoll(rest);
    if (line[0] == '>') take_request(filled_in(rest));
    if (line[0] == '<') take_answer(filled_in(rest));
    if (line[0] == '=') take_outcome(rest);
  }
  std::vector<CallOf> finish() {
    if (call_.status != 0) calls_.push_back(std::move(call_));
    call_ = {};
    is_body_ = is_whole_ = false;
    return calls_;
  }

 private:
  void take_request(const std::string& line) {
    if (call_.target.empty()) {
      const auto words = test::words_of(line);
      ASSERT_EQ(words.size(), 2u) << line;
      call_.method = method_of(words[0]);
      call_.target = signed_query(words[1]);
    } else if (is_body_) {
      call_.body += (call_.body.empty() ? "" : "\n") + line;
    } else if (line.empty()) {
      is_body_ = true;
    } else {
      const auto colon = line.find(": ");
      ASSERT_NE(colon, line.npos) << line;
      call_.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
  }
  void take_answer(const std::string& line) {
    if (call_.status == 0) {
      call_.status = std::stoi(line);
      call_.media_type = line.size() > 4 ? line.substr(4) : "";
    } else {
      call_.answer += (call_.answer.empty() ? "" : "\n") + line;
    }
  }
  void take_outcome(const std::string& line) {
    const auto parts = test::parts_of(line, "|");
    ASSERT_EQ(parts.size(), 3u) << line;
    is_whole_ = true;
    call_.verdict = parts[0];
    call_.mia_minor = earned(parts[1], "mia");
    call_.leo_minor = earned(parts[2], "leo");
  }

  std::vector<CallOf> calls_;
  CallOf call_;
  bool is_body_ = false;
  bool is_whole_ = false;
};

}  // namespace

std::vector<CallOf> golden_calls(const Platform& platform) {
  std::istringstream text(
      test::golden_file("attribution/" + std::string(platform.name) + "_calls.txt"));
  Reader reader;
  for (std::string line; std::getline(text, line);)
    reader.take(line);
  return reader.finish();
}

Tracker::Tracker(Shop& shop, const Platform& platform) : shop_(shop) {
  const auto reply = shop.post("/v1/integrations",
                               R"({"platform":")" + std::string(platform.name) + R"(","secret":")" +
                                   std::string(tracker_secret) + R"("})",
                               "admin");
  EXPECT_EQ(reply.status, 201) << reply.body;
  id_ = reply.at("/id");
  path_ = reply.at("/webhook_path");
}

Reply Tracker::send(const CallOf& call) const {
  Headers headers;
  for (const auto& [name, value] : call.headers)
    headers.emplace_back(name, value);
  const std::string rest =
      call.target == "/" || call.target.starts_with("/?") ? call.target.substr(1) : call.target;
  return shop_.call(call.method, path_ + rest, call.body, "", headers);
}

std::string header_of(const Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace fairlead::attribution
