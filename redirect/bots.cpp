#include "redirect/bots.hpp"

#include <array>
#include <vector>

#include "redirect/bot_lists.hpp"
#include "redirect/literal_scan.hpp"

namespace fairlead::redirect {

namespace {

constexpr auto any = Match::anywhere;
constexpr auto start = Match::start;
constexpr auto whole = Match::whole;
constexpr auto digit = Match::then_digit;

constexpr std::array prefetch_header_rules = {
    HeaderRule{"sec-purpose", "Sec-Purpose", "prefetch"},
    HeaderRule{"purpose", "Purpose", "prefetch"},
    HeaderRule{"x-moz", "X-Moz", "prefetch"},
    HeaderRule{"x-purpose preview", "X-Purpose", "preview"},
    HeaderRule{"x-purpose instant", "X-Purpose", "instant"},
};

constexpr std::array prefetch_agent_rules = {
    AgentRule{"tiktok preloader", any, "thirdlandingpagefeinfra"},
};

// Fetchers of link cards. They fetch while a link is typed, sent or posted; nobody has seen
// anything yet.
constexpr std::array preview_rules = {
    AgentRule{"whatsapp", start, "whatsapp/"},
    AgentRule{"facebookexternalhit", any, "facebookexternalhit"},
    AgentRule{"meta-external", any, "meta-external"},
    AgentRule{"facebookcatalog", any, "facebookcatalog"},
    AgentRule{"facebot", any, "facebot"},
    AgentRule{"slackbot", any, "slackbot"},
    AgentRule{"slack-imgproxy", any, "slack-imgproxy"},
    AgentRule{"twitterbot", any, "twitterbot"},
    AgentRule{"telegrambot", any, "telegrambot"},
    AgentRule{"discordbot", any, "discordbot"},
    AgentRule{"linkedinbot", any, "linkedinbot"},
    AgentRule{"pinterestbot", any, "pinterestbot"},
    AgentRule{"skype", any, "skypeuripreview"},
    AgentRule{"bing preview", any, "bingpreview"},
    AgentRule{"microsoft preview", any, "microsoftpreview"},
    AgentRule{"snapchat", any, "snap url preview"},
    AgentRule{"tiktok spider", any, "tiktokspider"},
    AgentRule{"viber", whole, "viber"},
    AgentRule{"reddit", any, "redditbot"},
    AgentRule{"iframely", any, "iframely"},
    AgentRule{"embedly", any, "embedly"},
    AgentRule{"mastodon", any, "mastodon/"},
    AgentRule{"friendica", any, "friendica"},
    AgentRule{"vk", any, "vkshare"},
    AgentRule{"notion", start, "notion/"},
    AgentRule{"discourse", any, "discourse forum onebox"},
    AgentRule{"bluesky card", start, "bluesky cardyb"},
};

// People inside an app. Tokens carry their version or bracket, so that "TikTok-Bot/1.0" misses.
constexpr std::array app_rules = {
    AppRule{"instagram", {"instagram", digit, " instagram "}},
    AppRule{"threads", {"threads", digit, " barcelona "}},
    AppRule{"facebook", {"facebook fban", any, "[fban/"}},
    AppRule{"facebook", {"facebook fb_iab", any, "fb_iab/"}},
    AppRule{"facebook", {"facebook fbav", digit, "fbav/"}},
    AppRule{"facebook", {"facebook metaiab", any, " metaiab facebook"}},
    AppRule{"tiktok", {"tiktok trill", digit, "trill_"}},
    AppRule{"tiktok", {"tiktok musical_ly", digit, "musical_ly_"}},
    AppRule{"tiktok", {"tiktok app name", any, "appname/musical_ly"}},
    AppRule{"tiktok", {"tiktok webview", any, "bytedancewebview/"}},
    AppRule{"tiktok", {"tiktok locale", any, " bytelocale/"}},
    AppRule{"snapchat", {"snapchat app", digit, " snapchat/"}},
    AppRule{"pinterest", {"pinterest app", any, "[pinterest/"}},
    AppRule{"linkedin", {"linkedin app", any, "[linkedinapp]"}},
    AppRule{"x", {"x app", any, " twitter for iphone/"}},
    AppRule{"x", {"x app ipad", any, " twitter for ipad/"}},
    AppRule{"x", {"x app android", any, " twitter for android/"}},
    AppRule{"x", {"x webview android", any, " twitterandroid"}},
    AppRule{"whatsapp", {"whatsapp app", digit, " whatsapp/"}},
    AppRule{"wechat", {"wechat app", digit, "micromessenger/"}},
    AppRule{"line", {"line app", digit, " line/"}},
    AppRule{"google", {"google app", digit, " gsa/"}},
    AppRule{"youtube", {"youtube app", start, "com.google.android.youtube/"}},
    AppRule{"viber", {"viber app", digit, " viber/"}},
    AppRule{"naver", {"naver app", any, "naver(inapp"}},
};

bool hits(const AgentRule& rule, std::string_view agent, std::size_t at) {
  const std::size_t end = at + rule.token.size();
  switch (rule.match) {
    case Match::anywhere:
      return true;
    case Match::start:
      return at == 0;
    case Match::whole:
      return at == 0 && end == agent.size();
    case Match::then_digit:
      return end < agent.size() && agent[end] >= '0' && agent[end] <= '9';
  }
  return false;
}

bool says_it_is_a_bot(std::string_view agent) {
  for (const std::string_view token : {"bot", "spider", "crawler", "devtools"})
    if (agent.find(token) != std::string_view::npos) return true;
  return false;
}

// The tables of agents above, one behind the other, and what finds them in one pass.
class AgentTables {
 public:
  struct Found {
    std::size_t fetcher;  // the first rule of prefetches and previews that hits, else app_begin
    std::size_t app;      // the first app that hits, else size()
  };

  AgentTables() {
    rules_.assign(prefetch_agent_rules.begin(), prefetch_agent_rules.end());
    rules_.insert(rules_.end(), preview_rules.begin(), preview_rules.end());
    for (const AppRule& app : app_rules)
      rules_.push_back(app.rule);
    std::vector<std::string_view> tokens;
    for (const AgentRule& rule : rules_)
      tokens.push_back(rule.token);
    scan_ = LiteralScan(tokens);
  }

  static constexpr std::size_t preview_begin = prefetch_agent_rules.size();
  static constexpr std::size_t app_begin = preview_begin + preview_rules.size();
  std::size_t size() const { return rules_.size(); }
  const AgentRule& rule(std::size_t index) const { return rules_[index]; }

  Found find(std::string_view lowered) const {
    Found found{app_begin, rules_.size()};
    scan_.each(lowered, [&](std::size_t index, std::size_t at) {
      std::size_t& first = index < app_begin ? found.fetcher : found.app;
      if (index < first && hits(rules_[index], lowered, at)) first = index;
    });
    return found;
  }

 private:
  std::vector<AgentRule> rules_;
  LiteralScan scan_{{}};
};

const AgentTables& agent_tables() {
  static const AgentTables tables;
  return tables;
}

}  // namespace

std::span<const HeaderRule> prefetch_headers() {
  return prefetch_header_rules;
}
std::span<const AgentRule> prefetch_agents() {
  return prefetch_agent_rules;
}
std::span<const AgentRule> preview_agents() {
  return preview_rules;
}
std::span<const AppRule> app_agents() {
  return app_rules;
}

std::optional<core::ClickVerdict> verdict_of_rule(std::string_view name) {
  using core::ClickVerdict;
  if (name == rule_head) return ClickVerdict::head;
  if (name == rule_no_agent) return ClickVerdict::bot;
  if (name == rule_embedded) return ClickVerdict::embedded;
  if (name == rule_datacenter) return ClickVerdict::datacenter;
  const auto holds = [&](const auto& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [&](const auto& rule) { return rule.name == name; });
  };
  if (holds(prefetch_header_rules) || holds(prefetch_agent_rules)) return ClickVerdict::prefetch;
  if (holds(preview_rules)) return ClickVerdict::preview;
  for (const AppRule& app : app_rules)
    if (app.rule.name == name) return ClickVerdict::valid;
  return std::nullopt;
}

AgentVerdict judge_agent(std::string_view agent, std::string_view lowered) {
  using core::ClickVerdict;
  if (lowered.empty()) return {ClickVerdict::bot, rule_no_agent, {}};
  const AgentTables& tables = agent_tables();
  const auto [fetcher, app] = tables.find(lowered);
  if (fetcher < tables.app_begin) {
    const bool is_preview = fetcher >= tables.preview_begin;
    return {
        is_preview ? ClickVerdict::preview : ClickVerdict::prefetch, tables.rule(fetcher).name, {}};
  }
  const ListedPattern* listed = BotLists::of_this_build().find(agent, lowered);
  if (listed != nullptr && listed->is_preview) return {ClickVerdict::preview, listed->name, {}};
  // Apps before bots: store channels, build numbers and phone names contain the bots' words.
  if (app < tables.size() && !says_it_is_a_bot(lowered))
    return {ClickVerdict::valid, tables.rule(app).name, app_rules[app - tables.app_begin].app};
  if (listed != nullptr) return {ClickVerdict::bot, listed->name, {}};
  return {};
}

}  // namespace fairlead::redirect
