// The first verdict on a click, by hand-written tables and the open lists behind them: one line per
// rule, first hit wins. A bot is redirected like everyone; the verdict only says whether the click
// counts. To add a rule, add a line in bots.cpp and a case in tests/golden/redirect/verdicts.txt;
// docs/verdicts.md has the order of all checks. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/events.hpp"

namespace fairlead::redirect {

// Stored with every click, so that history can be judged again. Rises with every change of a rule.
inline constexpr int rules_version = 2;

inline constexpr std::size_t agent_bytes_max = 512;  // of a user agent that are looked at

enum class Match : std::uint8_t {
  anywhere,
  start,
  whole,
  then_digit,  // anywhere, followed by a digit
};

struct AgentRule {
  std::string_view name;
  Match match;
  std::string_view token;  // in lower case
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
inline constexpr std::string_view rule_head = "head";
inline constexpr std::string_view rule_no_agent = "no agent";
inline constexpr std::string_view rule_embedded = "embedded";
inline constexpr std::string_view rule_datacenter = "datacenter";
inline constexpr std::string_view rule_activated = "activated";  // a prefetch after all a person's

// What a hand-written rule of this name decides; nothing when there is none.
std::optional<core::ClickVerdict> verdict_of_rule(std::string_view name);

struct AgentVerdict {
  core::ClickVerdict verdict = core::ClickVerdict::valid;
  std::string_view rule;  // "" when nothing hit
  std::string_view app;   // "instagram", … when an in-app browser was recognised
};
// The agent as it came and in lower case, cut at agent_bytes_max bytes.
AgentVerdict judge_agent(std::string_view agent, std::string_view lowered);

}  // namespace fairlead::redirect
