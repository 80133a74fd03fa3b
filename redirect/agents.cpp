#include "redirect/agents.hpp"

#include "redirect/literal_scan.hpp"
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
    NameRule{" ddg/", "duckduckgo"},
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

// Words that tell the kind of device.
enum Mark : std::size_t { ipad, tablet, mobile, phone, mark_count };
constexpr std::array<std::string_view, mark_count> mark_words = {"ipad", "tablet", "mobile",
                                                                 "phone"};

// What one pass over an agent finds of the tables above.
struct Found {
  std::string_view os = "other";
  std::string_view browser = "other";
  std::array<bool, mark_count> marks{};
};

class NameTables {
 public:
  NameTables() {
    std::vector<std::string_view> tokens;
    for (const NameRule& rule : os_rules)
      tokens.push_back(rule.token);
    for (const NameRule& rule : browser_rules)
      tokens.push_back(rule.token);
    tokens.insert(tokens.end(), mark_words.begin(), mark_words.end());
    scan_ = LiteralScan(tokens);
  }

  Found find(std::string_view lowered) const {
    Found found;
    std::size_t os = os_rules.size();
    std::size_t browser = browser_rules.size();
    scan_.each(lowered, [&](std::size_t index, std::size_t) {
      if (index < os_rules.size()) {
        os = std::min(os, index);
      } else if (index -= os_rules.size(); index < browser_rules.size()) {
        browser = std::min(browser, index);
      } else {
        found.marks[index - browser_rules.size()] = true;
      }
    });
    if (os < os_rules.size()) found.os = os_rules[os].name;
    if (browser < browser_rules.size()) found.browser = browser_rules[browser].name;
    return found;
  }

 private:
  LiteralScan scan_{{}};
};

const NameTables& name_tables() {
  static const NameTables tables;
  return tables;
}

std::string_view device_of(const Found& found, core::ClickVerdict verdict) {
  if (verdict == core::ClickVerdict::bot || verdict == core::ClickVerdict::preview) return "bot";
  if (found.marks[ipad] || found.marks[tablet]) return "tablet";
  // Android tablets leave the word "mobile" out.
  if (found.os == "android") return found.marks[mobile] ? "phone" : "tablet";
  if (found.os == "ios" || found.marks[mobile] || found.marks[phone]) return "phone";
  if (found.os == "other") return "other";
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
  agent.judged = judge_agent(user_agent.substr(0, size), lowered);
  const Found found = name_tables().find(lowered);
  agent.os = found.os;
  agent.browser = found.browser;
  agent.device = device_of(found, agent.judged.verdict);
  return agent;
}

const Agent& AgentCache::read(std::string_view user_agent) {
  const std::uint64_t hash = seeded_hash(seed_, user_agent.substr(0, agent_bytes_max));
  Slot& slot = slots_[hash % slot_count];
  if (!slot.is_used || slot.hash != hash) slot = {hash, true, read_agent(user_agent)};
  return slot.agent;
}

}  // namespace fairlead::redirect
