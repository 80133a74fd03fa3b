#include "tests/whole/chromium.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace fairlead::whole {

namespace json = boost::json;

namespace {

// As of a person, because clicks of what says "Headless" are a bot's.
constexpr const char* user_agent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 "
    "Safari/537.36";

json::object wishes(const std::string& hosts) {
  json::array arguments;
  for (const char* flag :
       {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--ignore-certificate-errors"})
    arguments.emplace_back(flag);
  arguments.emplace_back(std::string("--user-agent=") + user_agent);
  arguments.emplace_back("--host-resolver-rules=" + hosts + ", MAP * ~NOTFOUND");
  return {{"capabilities",
           {{"alwaysMatch",
             {{"browserName", "chrome"},
              {"goog:chromeOptions", {{"binary", "/usr/bin/chromium"}, {"args", arguments}}}}}}}};
}

}  // namespace

Chromium::Chromium(const std::string& hosts)
    : driver_({"/usr/bin/chromedriver", "--port=0"}, "started successfully on port "),
      client_(driver_.port(), "127.0.0.1", 120'000) {
  session_ = "/session/";
  session_ += call("POST", "/session", wishes(hosts)).at("sessionId").as_string();
}

Chromium::~Chromium() {
  try {
    call("DELETE", session_);
  } catch (const std::exception&) {
    // The driver ends, and the browser with it.
  }
}

void Chromium::open(const std::string& url) {
  call("POST", session_ + "/url", {{"url", url}});
}

std::string Chromium::url() {
  return call("GET", session_ + "/url").as_string().c_str();
}

void Chromium::click(const std::string& selector) {
  const json::value found =
      call("POST", session_ + "/element", {{"using", "css selector"}, {"value", selector}});
  const std::string id(found.as_object().begin()->value().as_string());
  call("POST", session_ + "/element/" + id + "/click", json::object{});
}

json::value Chromium::run(const std::string& body) {
  return call("POST", session_ + "/execute/sync", {{"script", body}, {"args", json::array{}}});
}

std::string Chromium::text(const std::string& expression) {
  const json::value found = run("return " + expression);
  return found.is_string() ? found.as_string().c_str() : json::serialize(found);
}

bool Chromium::becomes(const std::string& expression) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (run("return !!(" + expression + ")").as_bool()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the page tells nobody
  }
  return false;
}

void Chromium::before_each_page(const std::string& script) {
  const json::value added = devtools("Page.addScriptToEvaluateOnNewDocument", {{"source", script}});
  scripts_.emplace_back(added.at("identifier").as_string());
}

std::vector<std::string> Chromium::cookies() {
  std::vector<std::string> names;
  const json::value all = devtools("Network.getAllCookies", {});
  for (const json::value& cookie : all.at("cookies").as_array())
    names.emplace_back(cookie.at("name").as_string());
  return names;
}

json::value Chromium::devtools(const std::string& command, const json::object& parameters) {
  return call("POST", session_ + "/goog/cdp/execute", {{"cmd", command}, {"params", parameters}});
}

void Chromium::forget_everything(const std::vector<std::string>& origins) {
  open("about:blank");  // a page that is left may still write
  for (const std::string& script : scripts_)
    devtools("Page.removeScriptToEvaluateOnNewDocument", {{"identifier", script}});
  scripts_.clear();
  devtools("Network.clearBrowserCookies", {});
  for (const std::string& origin : origins)
    devtools("Storage.clearDataForOrigin", {{"origin", origin}, {"storageTypes", "all"}});
}

// By hand, because what HttpClient::request() does is compared with fairlead's own description.
json::value Chromium::call(const char* method, const std::string& path, const json::value& body) {
  const std::string text = body.is_null() ? "" : json::serialize(body);
  std::string wire = method + (" " + path) + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!body.is_null()) wire += "Content-Type: application/json\r\n";
  wire += "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
  if (!client_.is_connected()) client_.connect();
  if (!client_.send_raw(wire)) {
    client_.close();
    client_.connect();
    client_.send_raw(wire);
  }
  const auto answer = client_.read_answer();
  if (!answer) throw std::runtime_error("the driver said nothing to " + path);
  json::value value = json::parse(answer->body).at("value");
  if (answer->status != 200)
    throw std::runtime_error(path + ": " + std::string(value.at("message").as_string()));
  return value;
}

}  // namespace fairlead::whole
