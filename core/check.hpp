// CHECK states what the program relies on. It is on in every build, release included: going on
// after a broken promise would write wrong money. Input from outside can never reach a CHECK; it is
// refused with a Result or a Verdict long before. Any thread.
#pragma once

namespace fairlead::core {

// Prints the broken claim with its place to standard error and aborts. Never returns.
[[noreturn]] void check_failed(const char* claim, const char* file, int line);

}  // namespace fairlead::core

#define CHECK(claim) \
  ((claim) ? static_cast<void>(0) : ::fairlead::core::check_failed(#claim, __FILE__, __LINE__))
