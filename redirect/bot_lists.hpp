// The open lists of bots, as a table that the build makes from npm packages (redirect/lists/), and
// what finds an agent in it: nearly every pattern is a literal, found in one pass over the agent;
// the few dozen others are one set of RE2 expressions. Neither costs more for a hostile agent.
//
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace fairlead::redirect {

enum class Shape : std::uint8_t { literal, expression };

// What must stand at an edge of a literal.
enum class Edge : std::uint8_t {
  any,
  start,
  end,
  word,  // no letter, digit or underscore
};

// Look-around of a list, made where the literal stands.
enum class Check : std::uint8_t {
  none,
  not_after_lib,         // libhttp is a library's name
  not_after_cam,         // camscanner is a camera
  not_before_semicolon,  // "java;" is a platform
  word_bot,              // "bot" or "bots" that ends a word; Cubot makes phones
  bare_google,           // not the store, the web view, the app or a Pixel
  news,                  // not behind a g; SapphireNews is a browser's start page
};

struct ListedPattern {
  std::string_view name;  // the list and the pattern as it has it; stored as a click's rule
  std::string_view text;  // literal, or expression for RE2
  Shape shape;
  Edge before;
  Edge after;
  Check check;
  bool any_case;
  bool is_preview;  // fetches the card of a link that someone typed or posted
};

// Generated. Preview fetchers come first.
std::span<const ListedPattern> listed_patterns();
std::string_view list_versions();  // "isbot 5.2.3, …"

class BotLists {
 public:
  // The lists of this build, made at the first call (some ms).
  static const BotLists& of_this_build();
  ~BotLists();

  // The first pattern of the table that hits; nullptr when none does. Both views are of the same
  // size, at most agent_bytes_max.
  const ListedPattern* find(std::string_view agent, std::string_view lowered) const;

 private:
  struct Matchers;
  BotLists();
  std::unique_ptr<const Matchers> matchers_;
};

}  // namespace fairlead::redirect
