// Opening the shop's app instead of its site, with the site always as the way out.
//
// iOS: a universal link is an https URL that the system may hand to the app; where it does not, the
// URL is a page like any other. Android: intent:// names the app's package and carries the page as
// S.browser_fallback_url, which a browser opens when the app is not installed. A bare custom scheme
// ("shop://…") has no way out and is never sent. In-app browsers are sent neither: their WebViews
// keep universal links to themselves and show an error page for intent://. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "redirect/link_rules.hpp"

namespace fairlead::redirect {

// A phone or tablet with iOS, in a browser of its own.
bool opens_universal_links(const Visit& visit);
// A phone or tablet with Android, in a browser that is known to follow a redirect to intent:// and
// to honour its fallback: Chrome, Samsung Internet, Edge, Opera.
bool opens_intents(const Visit& visit);

// Appends the intent:// form of `web`, an https URL that is safe in a header. What is safe there
// stays so.
void append_intent(std::string& out, std::string_view web, const AndroidApp& app);

}  // namespace fairlead::redirect
