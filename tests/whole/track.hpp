// A shopper in a real Chromium between fairlead and the pages of shops: the fixture of the tests of
// track.js. Tests of one suite share the server, the pages and the browser, because a browser takes
// seconds to start; each begins with an empty browser. One thread.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "tests/whole/chromium.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {

struct TrackWorld;

class Track : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;  // no page had an error, a refused script or a request to others

  static Chromium& browser();
  static Shop& shop();
  // Makes a link to the page, follows it, and gives the token of the click.
  static std::string follow(const std::string& page, const std::string& query = "");
  static void open(const std::string& page);
  // The newest thing of that kind that the shop's server got; waits for it.
  static boost::json::value received(const std::string& what);
  static void forget_received();
  static std::size_t count_received();
  // What scripts keep on the device; "" is nothing. The shop's own cart cookie does not count.
  static std::string kept();
  // "2026-…Z", a second ahead: an order comes behind its click, also in whole seconds.
  static std::string soon();
  // Sends the body as that platform does, signed, by an integration of its own.
  static void deliver(const std::string& platform, const boost::json::object& body);
  // The commission of an order in all, in minor units; -1 when there is no such order.
  static std::int64_t commission_of(const std::string& order_ref);

 private:
  static std::unique_ptr<TrackWorld> world_;
};

}  // namespace fairlead::whole
