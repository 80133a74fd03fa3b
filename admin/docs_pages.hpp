// docs/openapi.yaml as it is served, made at build by scripts/docs_page.py. Constants; any thread.
#pragma once

#include <string_view>

namespace fairlead::admin::docs_pages {

extern const std::string_view html;          // one page, no script, nothing loaded from elsewhere
extern const std::string_view yaml;          // docs/openapi.yaml with its anchors written out
extern const std::string_view json;          // the same as JSON
extern const std::string_view style_sha256;  // of the page's style, base64, for its security policy

}  // namespace fairlead::admin::docs_pages
