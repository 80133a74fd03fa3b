#include "redirect/deep_link.hpp"

#include <algorithm>
#include <array>

#include "redirect/query.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::array<std::string_view, 4> intent_browsers = {"chrome", "samsung", "edge", "opera"};

bool is_handheld(const Visit& visit) {
  return visit.app.empty() && (visit.device == "phone" || visit.device == "tablet");
}

}  // namespace

bool opens_universal_links(const Visit& visit) {
  return is_handheld(visit) && visit.os == "ios";
}

bool opens_intents(const Visit& visit) {
  return is_handheld(visit) && visit.os == "android" &&
         std::find(intent_browsers.begin(), intent_browsers.end(), visit.browser) !=
             intent_browsers.end();
}

// Android cuts at the last '#', so the page's own fragment stays in the fallback only; there, ';'
// and '#' are percent-encoded and cannot end the value.
void append_intent(std::string& out, std::string_view web, const AndroidApp& app) {
  const std::size_t host_at = web.find("://") + 3;
  out.append("intent://").append(web.substr(host_at, web.find('#') - host_at));
  out.append("#Intent;scheme=").append(app.scheme);
  out.append(";package=").append(app.package);
  out.append(";S.browser_fallback_url=");
  append_encoded(out, web);
  out.append(";end");
}

}  // namespace fairlead::redirect
