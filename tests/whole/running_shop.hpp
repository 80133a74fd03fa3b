// The fixture of tests that ask a running server as the brand's admin, on either engine. One
// thread.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/engines.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {

class RunningShop : public testing::TestWithParam<storage::Engine> {
 protected:
  RunningShop() { database_.close(); }
  void SetUp() override {
    const auto keys = init_brand(arguments_);
    server_.emplace(arguments_);
    shop_.emplace(server_->port(), keys);
    shop_->set_up();
  }
  // The answer, which must have this status.
  boost::json::value admin(int status, const std::string& method, const std::string& target,
                           const boost::json::value& body = nullptr) {
    const auto answer = shop_->as_admin(method, target, body);
    EXPECT_EQ(answer.status, status) << method << " " << target << ": " << answer.body;
    return boost::json::parse(answer.body);
  }

  test::TemporaryDirectory directory_;
  test::TestDatabase database_{GetParam()};
  const std::vector<std::string> arguments_{"--data", directory_.file("data"), "--database",
                                            database_.url()};
  std::optional<ServerProcess> server_;
  std::optional<Shop> shop_;
};

}  // namespace fairlead::whole
