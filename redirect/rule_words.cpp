#include "redirect/rule_words.hpp"

#include <algorithm>

namespace fairlead::redirect {

namespace {

constexpr std::string_view countries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW ";

constexpr std::array<std::string_view, 12> foreign_schemes = {
    "http", "javascript", "data",        "file",     "content",    "about",
    "blob", "intent",     "android-app", "vbscript", "filesystem", "market"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_country(std::string_view code) {
  for (std::size_t at = 0; at < countries.size(); at += 3)
    if (countries.substr(at, 2) == code) return true;
  return false;
}

bool is_android_package(std::string_view name) {
  int parts = 0;
  for (;;) {
    const std::string_view part = name.substr(0, name.find('.'));
    const bool is_name = !part.empty() && is_letter(part.front()) &&
                         std::all_of(part.begin(), part.end(), [](char c) {
                           return is_letter(c) || is_digit(c) || c == '_';
                         });
    if (!is_name) return false;
    ++parts;
    if (part.size() == name.size()) return parts >= 2;
    name.remove_prefix(part.size() + 1);
  }
}

bool is_app_scheme(std::string_view scheme) {
  if (scheme.empty() || scheme.front() < 'a' || scheme.front() > 'z') return false;
  const bool is_plain = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  return is_plain &&
         std::find(foreign_schemes.begin(), foreign_schemes.end(), scheme) == foreign_schemes.end();
}

}  // namespace fairlead::redirect
