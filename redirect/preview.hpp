// GET /{slug}+: a page that says where a link leads, for people who look before they leap. It asks
// for no password, runs no script, sets nothing and records no click. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "net/request.hpp"
#include "redirect/answers.hpp"

namespace fairlead::redirect {

struct Preview {
  std::string_view slug;         // of the link that "Continue" follows
  std::string_view brand;        // its name, as the brand wrote it
  std::string_view destination;  // a URL that is_header_safe()
  bool may_differ = false;       // rules lead some visitors elsewhere
};

// The slug part of a path that asks for a preview: "/mia+" and "/mia%2B" give "/mia", with or
// without a '/' at the end. "" when it asks for none.
std::string_view previewed_path(std::string_view path);

// A whole answer, 200; no body for HEAD.
void append_preview(std::string& wire, net::Method method, const Preview& preview,
                    std::string_view date, AfterAnswer after);

// The page's style and the Content-Security-Policy that names its hash; a test compares them.
std::string_view preview_style();
std::string_view preview_policy();

}  // namespace fairlead::redirect
