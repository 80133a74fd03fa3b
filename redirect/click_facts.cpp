#include "redirect/click_facts.hpp"

#include <algorithm>

#include "redirect/visitor_cookie.hpp"

namespace fairlead::redirect {

namespace {

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Header names are few and short, so the length decides nearly always.
bool same_name(std::string_view name, std::string_view wanted) {
  if (name.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (lowered(name[i]) != lowered(wanted[i])) return false;
  return true;
}

bool starts_with_word(std::string_view value, std::string_view lowered_start) {
  return value.size() >= lowered_start.size() &&
         std::equal(lowered_start.begin(), lowered_start.end(), value.begin(),
                    [](char wanted, char c) { return lowered(c) == wanted; });
}

struct Headers {
  std::string_view user_agent;
  std::string_view referrer;
  std::string_view language;
  std::string_view fetch_dest;
  std::string_view fetch_mode;
  std::string_view fetch_user;
  bool has_gpc = false;
  bool has_dnt = false;
  std::string_view cookie;
  std::string_view prefetch_rule;
};

void note_prefetch(Headers& headers, std::string_view name, std::string_view value) {
  for (const HeaderRule& rule : prefetch_headers())
    if (headers.prefetch_rule.empty() && same_name(name, rule.header) &&
        starts_with_word(value, rule.value_start))
      headers.prefetch_rule = rule.name;
}

Headers read_headers(const net::Request& request) {
  Headers headers;
  const auto take = [](std::string_view& slot, std::string_view value) {
    if (slot.empty()) slot = value;
  };
  for (const auto& [name, value] : request.headers) {
    switch (name.size()) {
      case 3:
        if (same_name(name, "DNT")) headers.has_dnt |= value == "1";
        break;
      case 5:  // X-Moz
      case 9:  // X-Purpose
        note_prefetch(headers, name, value);
        break;
      case 6:
        if (same_name(name, "Cookie")) take(headers.cookie, visitor_cookie(value));
        break;
      case 7:
        if (same_name(name, "Referer")) take(headers.referrer, value);
        if (same_name(name, "Sec-GPC")) headers.has_gpc |= value == "1";
        note_prefetch(headers, name, value);  // Purpose
        break;
      case 10:
        if (same_name(name, "User-Agent")) take(headers.user_agent, value);
        break;
      case 11:
        note_prefetch(headers, name, value);  // Sec-Purpose
        break;
      case 14:
        if (same_name(name, "Sec-Fetch-Dest")) take(headers.fetch_dest, value);
        if (same_name(name, "Sec-Fetch-Mode")) take(headers.fetch_mode, value);
        if (same_name(name, "Sec-Fetch-User")) take(headers.fetch_user, value);
        break;
      case 15:
        if (same_name(name, "Accept-Language")) take(headers.language, value);
        break;
      default:
        break;
    }
  }
  return headers;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

std::string_view host_of(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  url.remove_prefix(scheme_end + 3);
  std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (host.size() > referrer_bytes_max) return {};
  return std::all_of(host.begin(), host.end(), is_host_character) ? host : std::string_view{};
}

std::string_view primary_language(std::string_view header) {
  std::size_t size = 0;
  while (size < header.size() && lowered(header[size]) >= 'a' && lowered(header[size]) <= 'z')
    ++size;
  return size >= 2 && size <= language_bytes_max ? header.substr(0, size) : std::string_view{};
}

struct ReferrerRule {
  std::string_view host;
  std::string_view app;
};

// Apps that open links in the system's browser, without a token of their own. On Android the
// referrer is android-app:// and the name of the app.
constexpr std::array referrer_rules = {
    ReferrerRule{"com.google.android.youtube", "youtube"},
    ReferrerRule{"www.youtube.com", "youtube"},
    ReferrerRule{"m.youtube.com", "youtube"},
    ReferrerRule{"youtube.com", "youtube"},
    ReferrerRule{"youtu.be", "youtube"},
    ReferrerRule{"com.instagram.android", "instagram"},
    ReferrerRule{"com.instagram.barcelona", "threads"},
    ReferrerRule{"com.facebook.katana", "facebook"},
    ReferrerRule{"com.zhiliaoapp.musically", "tiktok"},
    ReferrerRule{"com.ss.android.ugc.trill", "tiktok"},
    ReferrerRule{"com.snapchat.android", "snapchat"},
    ReferrerRule{"com.pinterest", "pinterest"},
    ReferrerRule{"com.twitter.android", "x"},
    ReferrerRule{"com.whatsapp", "whatsapp"},
    ReferrerRule{"com.tencent.mm", "wechat"},
    ReferrerRule{"jp.naver.line.android", "line"},
    ReferrerRule{"com.linkedin.android", "linkedin"},
    ReferrerRule{"com.google.android.googlequicksearchbox", "google"},
};

std::string_view app_of_referrer(std::string_view host) {
  for (const ReferrerRule& rule : referrer_rules)
    if (same_name(host, rule.host)) return rule.app;
  return {};
}

Network network_in(const AddressBytes& address) {
  const std::uint8_t size = is_v4(address) ? 3 : 6;
  Network network{.size = size};
  std::copy_n(address.begin() + (is_v4(address) ? 12 : 0), size, network.bytes.begin());
  return network;
}

// The address itself is not kept.
void note_place(ClickFacts& facts, std::string_view client_address, const Places& places) {
  const auto address = parse_address(client_address);
  if (!address) return;
  facts.network = network_in(*address);
  if (places.countries != nullptr) facts.country = places.countries->of(*address);
  if (places.datacenters == nullptr || !places.datacenters->contains(*address)) return;
  facts.flags |= flag_datacenter;
  if (places.refuse_datacenters && facts.verdict == core::ClickVerdict::valid) {
    facts.verdict = core::ClickVerdict::datacenter;
    facts.rule = rule_datacenter;
  }
}

}  // namespace

ClickFacts read_facts(const net::Request& request, AgentCache& agents, const Places& places) {
  const Headers headers = read_headers(request);
  const Agent& agent = agents.read(headers.user_agent);
  ClickFacts facts;
  facts.verdict = agent.judged.verdict;
  facts.rule = agent.judged.rule;
  if (request.method == net::Method::head) {
    facts.verdict = core::ClickVerdict::head;
    facts.rule = rule_head;
  } else if (!headers.prefetch_rule.empty()) {
    facts.verdict = core::ClickVerdict::prefetch;
    facts.rule = headers.prefetch_rule;
  } else if (facts.verdict == core::ClickVerdict::valid && !headers.fetch_dest.empty() &&
             !same_name(headers.fetch_dest, "document")) {
    facts.verdict = core::ClickVerdict::embedded;
    facts.rule = rule_embedded;
  }
  facts.device = agent.device;
  facts.os = agent.os;
  facts.browser = agent.browser;
  facts.referrer = host_of(headers.referrer);
  facts.app = agent.judged.app.empty() ? app_of_referrer(facts.referrer) : agent.judged.app;
  facts.language = primary_language(headers.language);
  facts.user_agent = headers.user_agent;
  facts.cookie = headers.cookie;
  if (headers.has_gpc) facts.flags |= flag_gpc;
  if (headers.has_dnt) facts.flags |= flag_dnt;
  if (request.via_tls) facts.flags |= flag_tls;
  if (same_name(headers.fetch_mode, "navigate") && headers.fetch_user != "?1")
    facts.flags |= flag_no_activation;
  note_place(facts, request.client_address, places);
  return facts;
}

Network network_of(std::string_view client_address) {
  const auto address = parse_address(client_address);
  return address ? network_in(*address) : Network{};
}

}  // namespace fairlead::redirect
