#include "redirect/agents.hpp"

#include "redirect/seeded_hash.hpp"

namespace fairlead::redirect {

namespace {

struct NameRule {
  std::string_view token;
  std::string_view name;
};

// First hit wins: what contains another's token stands before it.
constexpr std::array os_rules = {
    NameRule{"iphone", "ios"},      NameRule{"ipad", "ios"},
    NameRule{"ipod", "ios"},        NameRule{"windows phone", "other"},
    NameRule{"android", "android"}, NameRule{"windows", "windows"},
    NameRule{"cros ", "chromeos"},  NameRule{"mac os x", "macos"},
    NameRule{"macintosh", "macos"}, NameRule{"linux", "linux"},
    NameRule{"darwin", "ios"},
};

constexpr std::array browser_rules = {
    NameRule{"edg/", "edge"},
    NameRule{"edga/", "edge"},
    NameRule{"edgios/", "edge"},
    NameRule{"edge/", "edge"},
    NameRule{"opr/", "opera"},
    NameRule{"opera", "opera"},
    NameRule{"samsungbrowser/", "samsung"},
    NameRule{"ucbrowser", "uc"},
    NameRule{"yabrowser/", "yandex"},
    NameRule{"vivaldi/", "vivaldi"},
    NameRule{"duckduckgo/", "duckduckgo"},
    NameRule{"miuibrowser/", "xiaomi"},
    NameRule{"huaweibrowser/", "huawei"},
    NameRule{"firefox/", "firefox"},
    NameRule{"fxios/", "firefox"},
    NameRule{"focus/", "firefox"},
    NameRule{"crios/", "chrome"},
    NameRule{"; wv)", "webview"},
    NameRule{"chrome/", "chrome"},
    NameRule{"chromium/", "chrome"},
    NameRule{"msie ", "ie"},
    NameRule{"trident/", "ie"},
    NameRule{"safari/", "safari"},
    NameRule{"applewebkit/", "webview"},
};

template <std::size_t size>
std::string_view name_in(const std::array<NameRule, size>& rules, std::string_view agent) {
  for (const NameRule& rule : rules)
    if (agent.find(rule.token) != std::string_view::npos) return rule.name;
  return "other";
}

bool contains(std::string_view agent, std::string_view token) {
  return agent.find(token) != std::string_view::npos;
}

std::string_view device_of(std::string_view agent, std::string_view os,
                           core::ClickVerdict verdict) {
  if (verdict == core::ClickVerdict::bot || verdict == core::ClickVerdict::preview) return "bot";
  if (contains(agent, "ipad") || contains(agent, "tablet")) return "tablet";
  // Android tablets leave the word "mobile" out.
  if (os == "android") return contains(agent, "mobile") ? "phone" : "tablet";
  if (os == "ios" || contains(agent, "mobile") || contains(agent, "phone")) return "phone";
  if (os == "other") return "other";
  return "desktop";
}

}  // namespace

Agent read_agent(std::string_view user_agent) {
  std::array<char, agent_bytes_max> buffer;
  const std::size_t size = std::min(user_agent.size(), buffer.size());
  for (std::size_t i = 0; i < size; ++i) {
    const char c = user_agent[i];
    buffer[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  const std::string_view lowered(buffer.data(), size);
  Agent agent;
  agent.judged = judge_agent(lowered);
  agent.os = name_in(os_rules, lowered);
  agent.browser = name_in(browser_rules, lowered);
  agent.device = device_of(lowered, agent.os, agent.judged.verdict);
  return agent;
}

const Agent& AgentCache::read(std::string_view user_agent) {
  const std::uint64_t hash = seeded_hash(seed_, user_agent.substr(0, agent_bytes_max));
  Slot& slot = slots_[hash % slot_count];
  if (!slot.is_used || slot.hash != hash) slot = {hash, true, read_agent(user_agent)};
  return slot.agent;
}

}  // namespace fairlead::redirect
