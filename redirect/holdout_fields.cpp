#include "redirect/holdout_fields.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>

#include "core/check.hpp"
#include "redirect/rule_words.hpp"

namespace fairlead::redirect {

namespace {

namespace json = boost::json;
using Kind = Holdout::Kind;
using Withhold = Holdout::Withhold;

constexpr std::int64_t share_ppm_min = 10'000;
constexpr std::int64_t share_ppm_max = 900'000;
constexpr std::size_t regions_max = 250;
constexpr std::int64_t window_hours_max = 168;
constexpr std::int64_t washout_minutes_max = 10'080;
constexpr std::size_t seed_digits = 16;

std::vector<std::string> read_regions(net::Fields& part, std::string_view name) {
  std::vector<std::string> list = part.texts(name, regions_max, {.min = 1, .max = 40});
  for (std::string& region : list) {
    for (char& c : region)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (!region.empty() && !is_country(region))
      part.refuse(name, "invalid_value",
                  "\"" + std::string(name) +
                      "\" takes ISO 3166 codes of two letters such as \"DE\"; not \"" + region +
                      "\"");
  }
  std::sort(list.begin(), list.end());
  if (std::adjacent_find(list.begin(), list.end()) != list.end())
    part.refuse(name, "invalid_value", "\"" + std::string(name) + "\" names a country twice");
  return list;
}

void read_share(net::Fields& part, Holdout& holdout) {
  if (!holdout.held_out_regions.empty()) {
    if (part.has("share_ppm"))
      part.refuse("share_ppm", "invalid_value",
                  "give \"share_ppm\" or \"held_out_regions\", not both");
    return;
  }
  holdout.share_ppm = part.integer("share_ppm", share_ppm_min, share_ppm_max);
}

void read_kind(net::Fields& part, Holdout& holdout) {
  const std::string kind = part.one_of("kind", {"visitor", "region", "time"});
  for (const Kind one : {Kind::visitor, Kind::region, Kind::time})
    if (kind == word_of(one)) holdout.kind = one;
  if (holdout.kind == Kind::region) {
    holdout.regions = read_regions(part, "regions");
    if (holdout.regions.size() < 2)
      part.refuse("regions", "out_of_range", "\"regions\" must name 2 countries or more");
    holdout.held_out_regions = read_regions(part, "held_out_regions");
  }
  if (holdout.kind == Kind::time) {
    holdout.window_hours = part.integer("window_hours", 1, window_hours_max);
    holdout.washout_minutes =
        part.maybe_integer("washout_minutes", 0, washout_minutes_max).value_or(0);
  }
  read_share(part, holdout);
}

json::array list_json(const std::vector<std::string>& words) {
  json::array list;
  for (const std::string& word : words)
    list.emplace_back(word);
  return list;
}

}  // namespace

void read_holdout(net::Fields& body, Holdout& holdout) {
  if (body.raw("holdout") == nullptr) return;
  holdout = {};
  body.object("holdout", false, [&](net::Fields& part) {
    read_kind(part, holdout);
    holdout.destination = part.maybe_text("destination", {.min = 1, .max = 4096}).value_or("");
    holdout.withhold = holdout.destination.empty() ? Withhold::code : Withhold::page;
    const auto withhold = part.maybe_one_of("withhold", {"code", "page", "nothing"});
    for (const Withhold one : {Withhold::code, Withhold::page, Withhold::nothing})
      if (withhold && *withhold == word_of(one)) holdout.withhold = one;
    holdout.starts_at = part.maybe_instant("starts_at");
    holdout.ends_at = part.instant("ends_at");
  });
}

json::value holdout_json(const Holdout& holdout) {
  if (holdout.kind == Kind::none) return nullptr;
  json::object object{{"kind", word_of(holdout.kind)}, {"withhold", word_of(holdout.withhold)}};
  if (holdout.share_ppm > 0) object["share_ppm"] = holdout.share_ppm;
  if (holdout.starts_at) object["starts_at"] = core::format_instant(*holdout.starts_at);
  object["ends_at"] = core::format_instant(holdout.ends_at);
  if (!holdout.destination.empty()) object["destination"] = holdout.destination;
  if (!holdout.regions.empty()) object["regions"] = list_json(holdout.regions);
  if (!holdout.held_out_regions.empty())
    object["held_out_regions"] = list_json(holdout.held_out_regions);
  if (holdout.kind == Kind::time) {
    object["window_hours"] = holdout.window_hours;
    object["washout_minutes"] = holdout.washout_minutes;
  }
  return object;
}

json::value run_json(HoldoutRun run) {
  if (run.version == 0) return nullptr;
  std::string seed(seed_digits, '0');
  std::string digits(seed_digits, '0');
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), run.seed, 16);
  const auto size = static_cast<std::size_t>(written.ptr - digits.data());
  std::copy_n(digits.begin(), size, seed.end() - static_cast<std::ptrdiff_t>(size));
  return json::object{{"version", std::int64_t{run.version}}, {"seed", seed}};
}

void read_run(net::Fields& column, HoldoutRun& run) {
  column.object("holdout_run", false, [&](net::Fields& part) {
    run.version = static_cast<std::uint32_t>(part.integer("version", 1, run_version_max));
    const std::string seed = part.text("seed", {.min = seed_digits, .max = seed_digits});
    const auto [end, error] = std::from_chars(seed.data(), seed.data() + seed.size(), run.seed, 16);
    if (error != std::errc() || end != seed.data() + seed.size())
      part.refuse("seed", "invalid_value", "\"seed\" must be 16 hexadecimal digits");
  });
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::none:
      return "";
    case Kind::visitor:
      return "visitor";
    case Kind::region:
      return "region";
    case Kind::time:
      return "time";
  }
  CHECK(false);
}

std::string_view word_of(Withhold withhold) {
  switch (withhold) {
    case Withhold::code:
      return "code";
    case Withhold::page:
      return "page";
    case Withhold::nothing:
      return "nothing";
  }
  CHECK(false);
}

}  // namespace fairlead::redirect
