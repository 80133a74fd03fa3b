#include "redirect/click_store.hpp"

#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t words_kept_max = 100'000;  // then forgotten and looked up again

storage::Value number_or_null(std::int64_t number) {
  if (number == 0) return storage::Null{};
  return number;
}

storage::Blob blob_of(const Network& network) {
  return {std::string(reinterpret_cast<const char*>(network.bytes.data()), network.size)};
}

}  // namespace

core::Result<std::unique_ptr<ClickStore>> ClickStore::open(
    std::unique_ptr<storage::Database> database) {
  std::unique_ptr<ClickStore> store(new ClickStore(std::move(database)));
  auto loaded = store->database_->read([&](storage::Session& session) {
    store->newest_click_ = session.run(sql::find_newest_click).one().integer(0);
    store->newest_word_ = session.run(sql::find_newest_word).one().integer(0);
  });
  if (!loaded) return loaded.error();
  return store;
}

core::Result<std::size_t> ClickStore::append(std::span<const ClickRecord> clicks, JournalPosition) {
  const std::int64_t newest_word = newest_word_;
  auto appended = database_->transact([&](storage::Session& session) {
    // The function may run again from the start; what it learned before is void.
    newest_word_ = newest_word;
    new_words_.clear();
    rollups_.clear();
    return append_in(session, clicks);
  });
  if (!appended) {
    newest_word_ = newest_word;
    return appended.error();
  }
  if (words_.size() + new_words_.size() > words_kept_max) words_.clear();
  words_.insert(new_words_.begin(), new_words_.end());
  return appended;
}

std::size_t ClickStore::append_in(storage::Session& session, std::span<const ClickRecord> clicks) {
  std::size_t added = 0;
  for (const ClickRecord& click : clicks) {
    const auto inserted = session.run(
        sql::insert_click, click.id, click.brand, click.link, static_cast<int>(click.verdict),
        rules_version, number_or_null(click.visitor), blob_of(click.network),
        word(session, WordKind::country, click.country),
        word(session, WordKind::device, click.device), word(session, WordKind::os, click.os),
        word(session, WordKind::browser, click.browser), word(session, WordKind::app, click.app),
        word(session, WordKind::referrer, click.referrer),
        word(session, WordKind::language, click.language), word(session, WordKind::utm, click.utm),
        word(session, WordKind::subs, click.subs), click.flags);
    if (inserted.changed == 0) continue;
    ++added;
    ++rollups_[{click.brand.number, click.day.number, click.link.number,
                static_cast<std::int64_t>(click.verdict)}];
  }
  for (const auto& [key, count] : rollups_)
    session.run(sql::add_click_rollup, key.brand, key.day, key.link, key.verdict, count);
  return added;
}

std::int64_t ClickStore::word(storage::Session& session, WordKind kind, std::string_view text) {
  if (text.empty()) return 0;
  word_key_.assign(1, static_cast<char>(kind)).append(text);
  if (const auto at = words_.find(word_key_); at != words_.end()) return at->second;
  if (const auto at = new_words_.find(word_key_); at != new_words_.end()) return at->second;
  const storage::Rows found = session.run(sql::find_click_word, static_cast<int>(kind), text);
  std::int64_t number = 0;
  if (found.empty()) {
    number = ++newest_word_;
    session.run(sql::insert_click_word, number, static_cast<int>(kind), text);
  } else {
    number = found.one().integer(0);
  }
  new_words_.emplace(word_key_, number);
  return number;
}

}  // namespace fairlead::redirect
