// The fixture of tests that run the program on either engine: a data directory and a database of
// its own, and what is typed at a prompt. One thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/engines.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {

class ProgramOnEveryEngine : public testing::TestWithParam<storage::Engine> {
 protected:
  ProgramOnEveryEngine();
  std::vector<std::string> arguments() const;
  // `fairlead <words…>` on these data, to its end.
  Ran run(std::vector<std::string> words) const;
  // A file with this text, and its path.
  std::string file(const std::string& text, const char* name = "input.csv") const;
  // Shop::set_up on a server that is stopped again; fills keys_ and deal_.
  void set_up_brand();

  test::TemporaryDirectory directory_;
  test::TestDatabase database_{GetParam()};
  BrandKeys keys_;
  std::string deal_;
};

}  // namespace fairlead::whole
