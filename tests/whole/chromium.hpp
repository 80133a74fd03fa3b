// A real Chromium without a window, driven by its own driver through WebDriver
// (https://www.w3.org/TR/webdriver2/). It reaches the hosts it is told of and no other. One thread.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/whole/child.hpp"

namespace fairlead::whole {

class Chromium {
 public:
  // `hosts` is what --host-resolver-rules takes: "MAP shop.example:443 127.0.0.1:4433, …". Throws
  // std::runtime_error when there is no browser, as every call does when the browser refuses it.
  explicit Chromium(const std::string& hosts);
  ~Chromium();

  // Waits until the page has loaded.
  void open(const std::string& url);
  std::string url();
  // Presses the element as a shopper does.
  void click(const std::string& selector);
  // The result of a function's body in the page; a promise is waited for.
  boost::json::value run(const std::string& body);
  std::string text(const std::string& expression);  // of an expression that gives a text
  // Waits until the expression is true in the page; false after 20 s.
  bool becomes(const std::string& expression);
  // A script that runs in each page before the page's own, until forget_everything().
  void before_each_page(const std::string& script);
  // Names of all cookies of all hosts, also those that scripts cannot see.
  std::vector<std::string> cookies();
  boost::json::value devtools(const std::string& command, const boost::json::object& parameters);
  // Cookies, storage and scripts of before_each_page().
  void forget_everything(const std::vector<std::string>& origins);

 private:
  boost::json::value call(const char* method, const std::string& path,
                          const boost::json::value& body = nullptr);

  Child driver_;
  test::HttpClient client_;
  std::string session_;
  std::vector<std::string> scripts_;
};

}  // namespace fairlead::whole
