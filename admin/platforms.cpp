#include "admin/resources.hpp"

namespace fairlead::admin {

namespace {

// Reports group by these words, so a misspelt one would be a group of its own. Add, never rename.
constexpr std::string_view platforms[] = {
    "instagram", "tiktok",   "youtube",  "twitch",     "facebook", "x",        "threads",
    "pinterest", "snapchat", "linkedin", "reddit",     "discord",  "telegram", "whatsapp",
    "bluesky",   "mastodon", "podcast",  "newsletter", "blog",     "website",  "other"};

}  // namespace

std::string read_platform(net::Fields& body, std::string_view name) {
  const std::string given = body.text(name, {1, 40});
  if (given.empty()) return given;
  if (std::find(std::begin(platforms), std::end(platforms), given) != std::end(platforms)) {
    return given;
  }
  std::string words;
  for (const std::string_view word : platforms) {
    if (!words.empty()) words += ", ";
    words += word;
  }
  body.refuse(name, "invalid_value", std::string(name) + " must be one of " + words + ".");
  return given;
}

}  // namespace fairlead::admin
