// The words that conditions of targeting rules may use: what the click facts call a device, a
// system, an app, a country, and what names an Android app. Pure; any thread.
#pragma once

#include <array>
#include <string_view>

namespace fairlead::redirect {

// As agents.hpp writes them. Bots and previews are of no device that a rule can name.
inline constexpr std::array<std::string_view, 4> device_words = {"phone", "tablet", "desktop",
                                                                 "other"};
inline constexpr std::array<std::string_view, 7> os_words = {
    "ios", "android", "windows", "macos", "linux", "chromeos", "other"};
// "any" is every in-app browser, "none" a browser of its own.
inline constexpr std::array<std::string_view, 17> app_words = {
    "any",     "none",     "instagram", "threads", "facebook", "tiktok",
    "youtube", "snapchat", "pinterest", "x",       "whatsapp", "wechat",
    "line",    "linkedin", "google",    "viber",   "naver"};

// ISO 3166-1 alpha-2, upper case.
bool is_country(std::string_view code);
// "com.example.shop": two parts or more, each a letter and then letters, digits and '_'.
bool is_android_package(std::string_view name);
// A scheme that may stand in an intent: https, or an app's own. Not one that means something to a
// browser or to Android itself.
bool is_app_scheme(std::string_view scheme);

}  // namespace fairlead::redirect
