// First verdicts: the golden table, and that no rule is without a case.
#include <gtest/gtest.h>

#include <set>

#include "core/click_verdict.hpp"
#include "redirect/bot_lists.hpp"
#include "redirect/click_facts.hpp"
#include "tests/redirect/golden_lines.hpp"

namespace fairlead::redirect {
namespace {

constexpr std::string_view phone =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 "
    "Mobile "
    "Safari/537.36";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

net::Request request_of(std::string_view method, std::string_view headers) {
  net::Request request;
  request.method = method == "HEAD" ? net::Method::head : net::Method::get;
  request.path = "/mia";
  while (!headers.empty()) {
    const std::size_t end = headers.find(" ;; ");
    const std::string_view header = headers.substr(0, end);
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 4);
    const std::size_t colon = header.find(':');
    std::string_view value = trimmed(header.substr(colon + 1));
    if (value == "PHONE") value = phone;
    request.headers.emplace_back(trimmed(header.substr(0, colon)), value);
  }
  return request;
}

bool is_listed(std::string_view rule) {
  return std::any_of(listed_patterns().begin(), listed_patterns().end(),
                     [&](const ListedPattern& one) { return one.name == rule; });
}

TEST(Verdicts, AreThoseOfTheGoldenTable) {
  AgentCache agents(1);
  for (const auto& line : golden_lines("verdicts.txt", 5)) {
    const net::Request request = request_of(line.fields[1], line.fields[2]);
    for (int round = 0; round < 2; ++round) {  // the second answer comes from the cache
      const ClickFacts facts = read_facts(request, agents);
      EXPECT_EQ(is_listed(facts.rule) ? "listed" : facts.rule, line.fields[0]) << line.where;
      EXPECT_EQ(core::name_of(facts.verdict), line.fields[3]) << line.where;
      EXPECT_EQ(facts.app, line.fields[4]) << line.where;
    }
  }
}

TEST(Verdicts, EveryRuleHasAGoldenCaseAndAName) {
  std::set<std::string_view> rules = {rule_head, rule_no_agent, rule_embedded};
  const auto add = [&](std::string_view name) {
    EXPECT_TRUE(rules.insert(name).second) << "two rules are called \"" << name << '"';
  };
  for (const HeaderRule& rule : prefetch_headers())
    add(rule.name);
  for (const AgentRule& rule : prefetch_agents())
    add(rule.name);
  for (const AgentRule& rule : preview_agents())
    add(rule.name);
  for (const AppRule& rule : app_agents())
    add(rule.rule.name);
  for (const auto& line : golden_lines("verdicts.txt", 5))
    rules.erase(line.fields[0]);
  for (const std::string_view rule : rules)
    ADD_FAILURE() << "tests/golden/redirect/verdicts.txt has no case for rule \"" << rule << '"';
}

TEST(Verdicts, LongAgentsAreCutAndStrangeBytesHarmless) {
  AgentCache agents(1);
  net::Request request;
  const std::string late_word =
      std::string(phone) + std::string(agent_bytes_max, ' ') + "Googlebot/2.1";
  const std::string zeros(64 * 1024, '\0');
  const std::string broken = "\xff\xfe Mozilla/5.0 \x80";
  for (const std::string& agent : {late_word, zeros, broken}) {
    request.headers = {{"User-Agent", agent}};
    read_facts(request, agents);
  }
  request.headers = {{"User-Agent", late_word}};
  EXPECT_EQ(read_facts(request, agents).verdict, core::ClickVerdict::valid);
}

TEST(Facts, AgentsSayWhatTheGoldenTableSays) {
  for (const auto& line : golden_lines("agents.txt", 4)) {
    const Agent agent = read_agent(line.fields[0]);
    EXPECT_EQ(
        std::string(agent.device) + " " + std::string(agent.os) + " " + std::string(agent.browser),
        line.fields[1])
        << line.where;
    EXPECT_EQ(agent.judged.app, line.fields[2]) << line.where;
    EXPECT_EQ(core::name_of(agent.judged.verdict), line.fields[3])
        << line.where << ": " << agent.judged.rule;
  }
}

TEST(Facts, ReferrerIsAHostAndLanguageAWord) {
  AgentCache agents(1);
  struct Case {
    const char* referrer;
    const char* host;
  };
  for (const Case& one :
       {Case{"https://www.Instagram.com/p/1?x=https://evil.example/", "www.Instagram.com"},
        {"https://user:pw@host.example:81/", "host.example"},
        {"android-app://com.twitter.android/", "com.twitter.android"},
        {"no url", ""},
        {"https://<script>/", ""},
        {"https://", ""}}) {
    net::Request request;
    request.headers = {{"Referer", one.referrer}};
    EXPECT_EQ(read_facts(request, agents).referrer, one.host) << one.referrer;
  }
  for (const auto& [header, language] : {std::pair{"de-DE,de;q=0.9,en;q=0.8", "de"},
                                         {"EN", "EN"},
                                         {"*", ""},
                                         {"x-klingon", ""},
                                         {"abcdef", ""}}) {
    net::Request request;
    request.headers = {{"Accept-Language", header}};
    EXPECT_EQ(read_facts(request, agents).language, language) << header;
  }
}

TEST(Facts, PrivacySignalsForbidAVisitor) {
  AgentCache agents(1);
  const auto facts_with = [&](std::string_view name, std::string_view value) {
    net::Request request;
    request.headers = {{name, value}};
    return read_facts(request, agents);
  };
  EXPECT_TRUE(facts_with("Sec-GPC", "1").has_opted_out());
  EXPECT_TRUE(facts_with("dnt", "1").has_opted_out());
  EXPECT_FALSE(facts_with("Sec-GPC", "0").has_opted_out());
  EXPECT_FALSE(facts_with("DNT", "0").has_opted_out());
  // Proxies and browsers may both send one; whoever asks not to be known is heard.
  for (const char* name : {"Sec-GPC", "DNT"})
    for (const auto& [first, second] : {std::pair{"0", "1"}, {"1", "0"}, {"", "1"}}) {
      net::Request request;
      request.headers = {{name, first}, {name, second}};
      EXPECT_TRUE(read_facts(request, agents).has_opted_out()) << name << first << second;
    }
}

TEST(Facts, OnlyThePrefixOfAnAddressIsKept) {
  const auto prefix = [](std::string_view address) {
    const Network network = network_of(address);
    return std::vector<int>(network.bytes.begin(), network.bytes.begin() + network.size);
  };
  EXPECT_EQ(prefix("203.0.113.77"), (std::vector{203, 0, 113}));
  EXPECT_EQ(prefix("::ffff:203.0.113.77"), (std::vector{203, 0, 113}));
  EXPECT_EQ(prefix("2001:db8:1:2:3::4"), (std::vector{0x20, 1, 0xd, 0xb8, 0, 1}));
  EXPECT_TRUE(prefix("").empty());
  EXPECT_TRUE(prefix("not an address").empty());
  EXPECT_TRUE(prefix(std::string(1000, '1')).empty());
}

}  // namespace
}  // namespace fairlead::redirect
