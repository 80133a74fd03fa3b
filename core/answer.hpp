// What a call answers, as data: storage keeps it for a repeated Idempotency-Key, net sends it. The
// status numbers are HTTP's, because the contract's are. Values; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fairlead::core {

struct Answer {
  int status = 200;
  std::string media_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond those net always sends
};

}  // namespace fairlead::core
