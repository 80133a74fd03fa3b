#include "redirect/click_words.hpp"

#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

// The number of what was just inserted: one above the highest, which the file finds at once.
std::int64_t number_of(storage::Session& session, const storage::Statement& newest) {
  return session.run(newest).one().integer(0);
}

// Of a row of number and last day of use.
std::int64_t number_in_use(storage::Session& session, const storage::Row& row,
                           const storage::Statement& use, core::Day day) {
  if (row.integer(1) < day.number) session.run(use, row.integer(0), day.number);
  return row.integer(0);
}

}  // namespace

std::int64_t ClickWords::word(storage::Session& session, WordKind kind, std::string_view text) {
  if (text.empty()) return 0;
  key_.assign(1, static_cast<char>(kind)).append(text);
  if (const auto at = words_.find(key_); at != words_.end()) return at->second;
  const std::string key = key_;
  storage::Rows found = session.run(sql::find_click_word, static_cast<int>(kind), text);
  std::int64_t number = 0;
  if (found.empty()) {
    session.run(sql::insert_click_word, static_cast<int>(kind), text, day_.number);
    number = number_of(session, sql::find_newest_word);
  } else {
    number = number_in_use(session, found.one(), sql::use_click_word, day_);
  }
  keep(words_, key, number);
  return number;
}

Profile ClickWords::profile(storage::Session& session, const ClickRecord& click) {
  const std::array<std::string_view, profile_kinds.size()> texts = {
      click.device, click.os, click.browser, click.app, click.country, click.language};
  key_.clear();
  for (const std::string_view text : texts)
    key_.append(1, static_cast<char>(text.size())).append(text);
  if (const auto at = profiles_.find(key_); at != profiles_.end()) return at->second;
  const std::string key = key_;
  Profile profile;
  for (std::size_t i = 0; i < texts.size(); ++i)
    profile.words[i] = word(session, profile_kinds[i], texts[i]);
  const auto& [device, os, browser, app, country, language] = profile.words;
  const storage::Rows found =
      session.run(sql::find_click_profile, device, os, browser, app, country, language);
  if (found.empty()) {
    session.run(sql::insert_click_profile, device, os, browser, app, country, language,
                day_.number);
    profile.number = number_of(session, sql::find_newest_profile);
  } else {
    profile.number = number_in_use(session, found.one(), sql::use_click_profile, day_);
  }
  keep(profiles_, key, profile);
  return profile;
}

std::int64_t ClickWords::link(storage::Session& session, core::BrandId brand, core::LinkId link) {
  const LinkKey key{link.number, brand.number};
  if (const auto at = links_.find(key); at != links_.end()) return at->second;
  std::int64_t number = 0;
  const storage::Rows found = session.run(sql::find_click_link, link, brand);
  if (found.empty()) {
    session.run(sql::insert_click_link, brand, link, day_.number);
    number = number_of(session, sql::find_newest_click_link);
  } else {
    number = number_in_use(session, found.one(), sql::use_click_link, day_);
  }
  keep(links_, key, number);
  return number;
}

void ClickWords::use_on(core::Day day) {
  if (day <= day_) return;
  forget();
  day_ = day;
}

void ClickWords::forget() {
  words_.clear();
  profiles_.clear();
  links_.clear();
}

}  // namespace fairlead::redirect
