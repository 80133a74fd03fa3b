// From the bytes of a whole head to a Request: the guard first, then Beast's parser, which must
// agree with it. Needs no socket, so that it can be fuzzed. Pure; any thread.
#pragma once

#include <string_view>

#include "net/guard.hpp"
#include "net/limits.hpp"
#include "net/request.hpp"

namespace fairlead::net {

// What the session must know about a request and its handlers need not.
struct Head {
  std::uint64_t content_length = 0;
  bool is_http11 = false;
  bool is_chunked = false;
  bool keeps_alive = false;
  enum class Expect { nothing, to_continue, unknown } expect = Expect::nothing;
};

// Reads the head into `request` (views into `bytes`; body and client are left alone) and `head`.
// Does not allocate once request.headers has its capacity. Refuses what the guard refuses, what is
// over the limits (414, 431), and what Beast reads differently from the guard (400, rule 0).
GuardVerdict read_head(std::string_view bytes, const Limits& limits, Request& request, Head& head);

}  // namespace fairlead::net
