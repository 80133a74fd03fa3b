#include "redirect/bot_lists.hpp"

#include <re2/set.h>

#include <string>
#include <vector>

#include "core/check.hpp"
#include "redirect/literal_scan.hpp"

namespace fairlead::redirect {

namespace {

// Far more than the states that agents reach; when it is full RE2 begins anew.
constexpr std::int64_t expression_bytes_max = 16 << 20;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::vector<std::string> lowered_literals() {
  std::vector<std::string> all;
  for (const ListedPattern& pattern : listed_patterns()) {
    if (pattern.shape != Shape::literal) continue;
    all.emplace_back(pattern.text);
    std::transform(all.back().begin(), all.back().end(), all.back().begin(), lower);
  }
  return all;
}

std::vector<std::uint32_t> rows_of(Shape shape) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < listed_patterns().size(); ++i)
    if (listed_patterns()[i].shape == shape) rows.push_back(i);
  return rows;
}

LiteralScan literal_scan() {
  const std::vector<std::string> literals = lowered_literals();
  const std::vector<std::string_view> views(literals.begin(), literals.end());
  return LiteralScan(views);
}

// A user agent is bytes, not text in some encoding.
RE2::Options expression_options() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_never_capture(true);
  options.set_max_mem(expression_bytes_max);
  return options;
}

bool edge_fits(Edge edge, std::string_view outside, char beside) {
  switch (edge) {
    case Edge::any:
      return true;
    case Edge::start:
    case Edge::end:
      return outside.empty();
    case Edge::word:
      return outside.empty() || !is_word(beside);
  }
  return false;
}

bool passes(Check check, std::string_view before, std::string_view after) {
  switch (check) {
    case Check::none:
      return true;
    case Check::not_after_lib:
      return !before.ends_with("lib");
    case Check::not_after_cam:
      return !before.ends_with("cam");
    case Check::not_before_semicolon:
      return !after.starts_with(';');
    case Check::word_bot:
      if (before.ends_with("cu") && (before.size() == 2 || !is_word(before[before.size() - 3])))
        return false;
      if (after.starts_with('s') && (after.size() == 1 || !is_word(after[1]) || after[1] == '_'))
        return true;
      return after.empty() || !is_word(after[0]) || after[0] == '_';
    case Check::bare_google:
      return !before.ends_with(" channel/") && !before.ends_with("google/") &&
             !after.starts_with("wv") && !after.starts_with("app") &&
             !after.starts_with("/google") && !after.starts_with(" pixel");
    case Check::news:
      return !before.ends_with('g') && !after.starts_with("sapphire");
  }
  return false;
}

bool hits(const ListedPattern& pattern, std::string_view agent, std::string_view lowered,
          std::size_t at) {
  const std::size_t end = at + pattern.text.size();
  if (!pattern.any_case && agent.substr(at, pattern.text.size()) != pattern.text) return false;
  const std::string_view before = lowered.substr(0, at);
  const std::string_view after = lowered.substr(end);
  return edge_fits(pattern.before, before, before.empty() ? '\0' : before.back()) &&
         edge_fits(pattern.after, after, after.empty() ? '\0' : after.front()) &&
         passes(pattern.check, before, after);
}

}  // namespace

struct BotLists::Matchers {
  std::vector<std::uint32_t> literal_rows = rows_of(Shape::literal);
  LiteralScan literals = literal_scan();
  std::vector<std::uint32_t> expression_rows = rows_of(Shape::expression);
  RE2::Set expressions{expression_options(), RE2::UNANCHORED};
};

BotLists::BotLists() {
  auto matchers = std::make_unique<Matchers>();
  for (const std::uint32_t row : matchers->expression_rows) {
    std::string why;
    const std::string_view text = listed_patterns()[row].text;
    CHECK(matchers->expressions.Add({text.data(), text.size()}, &why) >= 0);
  }
  CHECK(matchers->expressions.Compile());
  matchers_ = std::move(matchers);
}

BotLists::~BotLists() = default;

const BotLists& BotLists::of_this_build() {
  static const BotLists lists;
  return lists;
}

const ListedPattern* BotLists::find(std::string_view agent, std::string_view lowered) const {
  const std::span<const ListedPattern> patterns = listed_patterns();
  std::size_t first = patterns.size();
  matchers_->literals.each(lowered, [&](std::uint32_t literal, std::size_t at) {
    const std::size_t row = matchers_->literal_rows[literal];
    if (row < first && hits(patterns[row], agent, lowered, at)) first = row;
  });
  std::vector<int> hit;  // allocates only for a hit
  if (matchers_->expressions.Match({agent.data(), agent.size()}, &hit))
    for (const int index : hit)
      first =
          std::min<std::size_t>(first, matchers_->expression_rows[static_cast<unsigned>(index)]);
  return first == patterns.size() ? nullptr : &patterns[first];
}

}  // namespace fairlead::redirect
