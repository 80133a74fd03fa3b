// GET /track.js: the script that brings a click from the shop's landing page into its order. Its
// source is redirect/track/track.js; the build makes it small and embeds it. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "net/router.hpp"

namespace fairlead::redirect {

namespace track_script {
extern const std::string_view text;     // JavaScript, ASCII
extern const std::string_view gzipped;  // the same
extern const std::string_view digest;   // of the text: 32 hex digits of its SHA-256
}  // namespace track_script

// Open to everyone, from any page; browsers ask again after ten minutes.
std::vector<net::Route> track_routes();

}  // namespace fairlead::redirect
