// Another program that a test needs beside fairlead, such as a browser's driver: started, waited
// for until it says where it listens, and ended with all it started. One thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::whole {

class Child {
 public:
  // Throws std::runtime_error with what the program said when `before_port`, followed by a number,
  // is not in its output within 60 s.
  Child(std::vector<std::string> command, const std::string& before_port);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::uint16_t port() const { return port_; }
  std::string output() const;

 private:
  test::TemporaryDirectory directory_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace fairlead::whole
