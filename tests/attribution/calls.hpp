// Golden conversations with a tracker's protocol: tests/golden/attribution/<platform>_calls.txt.
// Blocks parted by empty lines:
//
//   # what it shows
//   > GET /aff_lsr?transaction_id={mia}&security_token={secret}     request, headers, body
//   < 200 text/plain; charset=utf-8                                 status, media type, body
//   < success=true;
//   = accepted | mia 500 | leo 0        the verdict, and what each has earned after all
//
// {secret} is the integration's, {mia}, {mia2}, {leo} are clicks of the brand's links, {other} is
// one of another brand, {future} one of a later day, {damaged} none at all, {basic} the base64 of
// an account and the secret. "*" and the id 0 stand for numbers that are made of the call. "@ 60"
// lets seconds pass. One thread.
#pragma once

#include <string>
#include <vector>

#include "attribution/platforms.hpp"
#include "tests/attribution/shop.hpp"

namespace fairlead::attribution {

inline constexpr std::string_view tracker_secret = "tracker-secret-1";

struct CallOf {
  std::string what;
  std::int64_t wait_seconds = 0;
  net::Method method = net::Method::get;
  std::string target;  // behind the integration's path
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 0;
  std::string media_type;
  std::string answer;
  std::string verdict;
  std::int64_t mia_minor = 0;
  std::int64_t leo_minor = 0;
};
// Placeholders are filled in. A block that is not understood fails the test.
std::vector<CallOf> golden_calls(const Platform& platform);

class Tracker {
 public:
  Tracker(Shop& shop, const Platform& platform);

  Reply send(const CallOf& call) const;
  std::string id() const { return id_; }

 private:
  Shop& shop_;
  std::string id_;
  std::string path_;
};

// Of an answer; "" when it has none.
std::string header_of(const Reply& reply, std::string_view name);

}  // namespace fairlead::attribution
