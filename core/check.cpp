#include "core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace fairlead::core {

void check_failed(const char* claim, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s (%s:%d)\n", claim, file, line);
  std::abort();
}

}  // namespace fairlead::core
