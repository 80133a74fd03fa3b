// The rules that give a click its first verdict, as tables: one line per rule, first hit wins. A
// bot is redirected like everyone; the verdict only says whether the click counts. To add a rule,
// add a line in bots.cpp and a case in tests/golden/redirect/verdicts.txt. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/events.hpp"

namespace fairlead::redirect {

// Stored with every click, so that history can be judged again. Rises with every change of a rule.
inline constexpr int rules_version = 1;

inline constexpr std::size_t agent_bytes_max = 512;  // of a user agent that are looked at

enum class Match : std::uint8_t {
  anywhere,
  start,
  whole,
  then_digit,  // anywhere, followed by a digit
  word,        // anywhere, not inside a word: a letter neither before nor after
  word_end,    // anywhere, no letter after
};

struct AgentRule {
  std::string_view name;
  Match match;
  std::string_view token;            // in lower case
  std::string_view unless_behind{};  // not when this stands right before the token
};

struct AppRule {
  std::string_view app;
  AgentRule rule;
};

struct HeaderRule {
  std::string_view name;
  std::string_view header;
  std::string_view value_start;  // in lower case
};

// In the order they are tried.
std::span<const HeaderRule> prefetch_headers();
std::span<const AgentRule> prefetch_agents();
std::span<const AgentRule> preview_agents();
std::span<const AppRule> app_agents();  // in-app browsers: people
std::span<const AgentRule> bot_agents();
inline constexpr std::string_view rule_head = "head";
inline constexpr std::string_view rule_no_agent = "no agent";
inline constexpr std::string_view rule_no_browser = "no browser";  // nothing a browser would send
inline constexpr std::string_view rule_embedded = "embedded";

bool matches(const AgentRule& rule, std::string_view lowered_agent);

struct AgentVerdict {
  core::ClickVerdict verdict = core::ClickVerdict::valid;
  std::string_view rule;  // "" when nothing hit
  std::string_view app;   // "instagram", … when an in-app browser was recognised
};
// `lowered_agent` is in lower case and at most agent_bytes_max bytes.
AgentVerdict judge_agent(std::string_view lowered_agent);

}  // namespace fairlead::redirect
