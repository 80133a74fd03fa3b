// The guard in front of Beast 1.81: refuses every head that 1.81 would read differently from
// another HTTP implementation (docs/decisions/0004). Runs on the raw bytes of a whole head, before
// Beast sees them. It may refuse more than Beast, and what it passes Beast must frame in the same
// way; the fuzz target holds that. Pure; any thread.
//
//   rule 1  Transfer-Encoding that is not one field `chunked` on HTTP/1.1 without Content-Length
//   rule 2  more than one Content-Length, a list in it, or anything but digits
//   rule 3  a Host or target that two readers could understand differently
//   rule 4  folded lines
//   rules 5 and 6 are about bodies and sit in session.cpp; 7 is the deadline of a head
//   (session.cpp); 8 is a build rule: BOOST_DISABLE_ASSERTS (cmake/dependencies.cmake).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::net {

// Passes when status is 0. rule 0: not HTTP/1.x at all.
struct GuardVerdict {
  int status = 0;
  int rule = 0;
  std::string_view code;  // of the problem
  std::string_view why;   // a sentence for whoever wrote the client

  bool passes() const { return status == 0; }
};

// What the guard read on its way. Views point into the head.
struct Framing {
  std::string_view method;
  std::string_view path;  // origin form, whatever form the target had
  std::string_view query;
  std::string_view host;  // without port
  std::size_t target_bytes = 0;
  std::size_t fields = 0;
  std::uint64_t content_length = 0;
  bool is_http11 = false;
  bool is_chunked = false;
};

// `head` starts with the request line and ends with the empty line. `framing` is complete only when
// the verdict passes.
GuardVerdict guard(std::string_view head, Framing& framing);

// Finds the end of a head in bytes that arrive piece by piece, looking at each byte once.
class HeadScanner {
 public:
  enum class State { incomplete, complete, illegal };  // illegal: a line that ends without CR
  // `bytes` is everything so far; earlier bytes must not have changed.
  State scan(std::string_view bytes);
  std::size_t size() const { return size_; }  // of the whole head, when complete
  void reset() { *this = {}; }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  std::size_t size_ = 0;
};

}  // namespace fairlead::net
