#include "redirect/bots.hpp"

#include <array>

namespace fairlead::redirect {

namespace {

constexpr auto any = Match::anywhere;
constexpr auto start = Match::start;
constexpr auto whole = Match::whole;
constexpr auto digit = Match::then_digit;
constexpr auto word = Match::word;
constexpr auto word_end = Match::word_end;

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
    AgentRule{"pinterest fetcher", start, "pinterest/"},
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
    AgentRule{"notion", any, "notion/", "; "},
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
    AppRule{"snapchat", {"snapchat app", digit, " snapchat/"}},
    AppRule{"pinterest", {"pinterest app", any, "[pinterest/"}},
    AppRule{"linkedin", {"linkedin app", any, "[linkedinapp]"}},
    AppRule{"x", {"x app", any, " twitter for iphone/"}},
    AppRule{"x", {"x app ipad", any, " twitter for ipad/"}},
    AppRule{"x", {"x app android", any, " twitter for android/"}},
    AppRule{"google", {"google app", digit, " gsa/"}},
    AppRule{"youtube", {"youtube app", start, "com.google.android.youtube/"}},
    AppRule{"viber", {"viber app", digit, " viber/"}},
    AppRule{"naver", {"naver app", any, "naver(inapp"}},
    AppRule{"wechat", {"wechat app", digit, "micromessenger/"}},
};

// Who says of itself that it is not a person: words, libraries, addresses for complaints.
constexpr std::array bot_rules = {
    AgentRule{"word bot", word_end, "bot", "cu"},  // Cubot makes phones
    AgentRule{"word bots", any, "bots"},
    AgentRule{"word crawl", any, "crawl"},
    AgentRule{"word spider", any, "spider"},
    AgentRule{"word scan", any, "scan", "cam"},
    AgentRule{"word fetch", any, "fetch"},
    AgentRule{"word monitor", any, "monitor"},
    AgentRule{"word check", any, "check"},
    AgentRule{"word headless", any, "headless"},
    AgentRule{"word preview", any, "preview"},
    AgentRule{"word proxy", any, "proxy"},
    AgentRule{"word feed", any, "feed"},
    AgentRule{"word archive", any, "archive"},
    AgentRule{"word validator", any, "validator"},
    AgentRule{"word agent", word_end, "agent"},
    AgentRule{"word client", any, "client"},
    AgentRule{"word analyzer", any, "analyz"},
    AgentRule{"word slurp", any, "slurp"},
    AgentRule{"word transcoder", any, "transcoder"},
    AgentRule{"word test", word, "test"},
    AgentRule{"web address", any, "http", "lib"},
    AgentRule{"web address www", any, "www."},
    AgentRule{"domain com", word, ".com"},
    AgentRule{"domain net", word, ".net/"},
    AgentRule{"domain org", word, ".org"},
    AgentRule{"domain io", word, ".io"},
    AgentRule{"domain ai", word, ".ai"},
    AgentRule{"mail address", any, "@", "android"},
    AgentRule{"google services", any, "google-"},
    AgentRule{"google partners", any, "-google"},
    AgentRule{"google agents", any, "; google"},
    AgentRule{"lighthouse", any, "lighthouse"},
    AgentRule{"page speed", any, "page speed"},
    AgentRule{"gtmetrix", any, "gtmetrix"},
    AgentRule{"ptst", any, "ptst/"},
    AgentRule{"phantomjs", any, "phantomjs"},
    AgentRule{"electron test", any, "cypress"},
    AgentRule{"selenium", any, "selenium"},
    AgentRule{"curl", any, "curl/"},
    AgentRule{"wget", any, "wget"},
    AgentRule{"python", any, "python"},
    AgentRule{"perl", any, "perl"},
    AgentRule{"java", any, "java/"},
    AgentRule{"ruby", any, "ruby"},
    AgentRule{"axios", any, "axios/"},
    AgentRule{"scraper", any, "scrap"},
    AgentRule{"security scanner", any, "nmap"},
    AgentRule{"nagios", any, "nagios"},
    AgentRule{"pingdom", any, "pingdom"},
    AgentRule{"uptime", any, "uptime"},
    AgentRule{"statuscake", any, "statuscake"},
    AgentRule{"prerender", any, "prerender"},
    AgentRule{"screenshot", any, "screenshot"},
    AgentRule{"yandex services", any, "yandex.com"},
    AgentRule{"optimizer", any, "optimizer"},
    AgentRule{"detector", any, "detect"},
    AgentRule{"reader", any, "reader"},
    AgentRule{"rss", word, "rss"},
    AgentRule{"synthetic traffic", any, "synthetic"},
    AgentRule{"catchpoint", any, "catchpoint"},
    AgentRule{"rigor", word, "rigor"},
    AgentRule{"playwright", any, "playwright"},
    AgentRule{"developer tools", any, "wechatdevtools"},
    AgentRule{"copier", any, "httrack"},
    AgentRule{"grabber", any, "grab"},
    AgentRule{"inspector", any, "inspector"},
    AgentRule{"auditor", any, "auditor"},
    AgentRule{"observatory", any, "observatory"},
    AgentRule{"survey", any, "survey"},
    AgentRule{"capture", any, "capture"},
};

// What some part of a browser's user agent says, whatever the browser is called, down to old
// phones. An agent with none of it is a program.
constexpr std::array<std::string_view, 10> browser_marks = {
    "mozilla/", "opera/",    "applewebkit/", "dalvik/", "midp",
    "ucweb",    "ucbrowser", "up.browser",   "gecko/",  "com.google.android.youtube/"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool hits(const AgentRule& rule, std::string_view agent, std::size_t at) {
  if (!rule.unless_behind.empty() && agent.substr(0, at).ends_with(rule.unless_behind))
    return false;
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
    case Match::word_end:
      return end == agent.size() || !is_letter(agent[end]);
    case Match::word:
      return (at == 0 || !is_letter(rule.token[0]) || !is_letter(agent[at - 1])) &&
             (end == agent.size() || !is_letter(rule.token.back()) || !is_letter(agent[end]));
  }
  return false;
}

bool says_it_is_a_bot(std::string_view agent) {
  for (const std::string_view token : {"bot", "spider", "crawler", "devtools"})
    if (agent.find(token) != std::string_view::npos) return true;
  return false;
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
std::span<const AgentRule> bot_agents() {
  return bot_rules;
}

bool matches(const AgentRule& rule, std::string_view lowered_agent) {
  for (std::size_t at = lowered_agent.find(rule.token); at != std::string_view::npos;
       at = lowered_agent.find(rule.token, at + 1))
    if (hits(rule, lowered_agent, at)) return true;
  return false;
}

AgentVerdict judge_agent(std::string_view lowered_agent) {
  if (lowered_agent.empty()) return {core::ClickVerdict::unknown_agent, rule_no_agent, {}};
  for (const AgentRule& rule : prefetch_agent_rules)
    if (matches(rule, lowered_agent)) return {core::ClickVerdict::prefetch, rule.name, {}};
  for (const AgentRule& rule : preview_rules)
    if (matches(rule, lowered_agent)) return {core::ClickVerdict::preview, rule.name, {}};
  // Apps before bots: store channels, build numbers and phone names contain the bots' words.
  for (const AppRule& app : app_rules)
    if (matches(app.rule, lowered_agent) && !says_it_is_a_bot(lowered_agent))
      return {core::ClickVerdict::valid, app.rule.name, app.app};
  for (const AgentRule& rule : bot_rules)
    if (matches(rule, lowered_agent)) return {core::ClickVerdict::bot, rule.name, {}};
  for (const std::string_view mark : browser_marks)
    if (lowered_agent.find(mark) != std::string_view::npos) return {};
  return {core::ClickVerdict::bot, rule_no_browser, {}};
}

}  // namespace fairlead::redirect
