#include "redirect/link_keeper.hpp"

#include <malloc.h>

#include <boost/asio/post.hpp>
#include <chrono>

#include "core/log.hpp"
#include "redirect/hand_out.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr auto follow_every = std::chrono::seconds(2);
// What another server wrote shows up late by its transaction and by how its clock differs.
constexpr std::int64_t follow_behind_micros = 60'000'000;
constexpr std::int64_t events_per_page = 1'000;
constexpr std::size_t look_ups_max = 10'000;

}  // namespace

LinkKeeper::LinkKeeper(storage::Database& main, const core::Clock& clock, std::uint64_t seed,
                       std::string default_domain)
    : main_(main), clock_(clock), seed_(seed), default_domain_(std::move(default_domain)) {}

core::Result<void> LinkKeeper::open() {
  builder_ = std::make_unique<LinkTableBuilder>(seed_, default_domain_);
  if (auto loaded = load_directory(main_, *builder_); !loaded) return loaded.error();
  table_ = builder_->build();
  return warn_of_former_own();
}

core::Result<void> LinkKeeper::warn_of_former_own() {
  if (default_domain_.empty()) return {};
  return main_.read([this](storage::Session& session) {
    const storage::Row row = session.run(sql::count_links_on_domain, default_domain_).one();
    if (row.integer(0) == 0) return;
    core::log(core::Level::warning, "own_domain_is_public_url",
              {{"domain", default_domain_},
               {"slugs", std::to_string(row.integer(0))},
               {"hidden_slugs", std::to_string(row.integer(1))},
               {"advice",
                "links made on this domain while it was an own one lead on where no link without a "
                "domain has their slug; make the hidden ones anew under other slugs, or set "
                "public_url to another host"}});
  });
}

void LinkKeeper::start(const std::vector<net::Executor>& threads, Take take) {
  const std::scoped_lock lock(mutex_);
  executors_ = threads;
  take_ = std::move(take);
  for (std::size_t i = 0; i < threads.size(); ++i)
    take_(i, table_);  // the threads do not run yet
  loader_ = std::thread([this] { load_and_follow(); });
  looker_ = std::thread([this] { look_up_until_loaded(); });
}

void LinkKeeper::stop() {
  {
    const std::scoped_lock lock(wake_mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (loader_.joinable()) loader_.join();
  if (looker_.joinable()) looker_.join();
  look_ups_.clear();  // their sessions have ended
}

core::Result<void> LinkKeeper::links_changed(core::BrandId brand,
                                             std::span<const core::LinkId> links) {
  if (links.empty()) return {};
  std::uint64_t wanted = 0;
  {
    const std::scoped_lock lock(changes_mutex_);
    for (const core::LinkId link : links)
      changes_.insert({brand, link});
    wanted = ++changes_wanted_;
  }
  return take_in(wanted);
}

core::Result<void> LinkKeeper::brands_changed() {
  std::uint64_t wanted = 0;
  {
    const std::scoped_lock lock(changes_mutex_);
    brands_have_changed_ = true;
    wanted = ++changes_wanted_;
  }
  return take_in(wanted);
}

// Many edits at once share one new table: whoever finds that the last one was begun after its own
// edit is done. What cannot be read now is tried again with the next change or by follow().
core::Result<void> LinkKeeper::take_in(std::uint64_t wanted) {
  const std::scoped_lock lock(mutex_);
  if (changes_done_ >= wanted) return {};
  std::set<LinkKey> links;
  bool brands = false;
  std::uint64_t covered = 0;
  {
    const std::scoped_lock changes(changes_mutex_);
    links.swap(changes_);
    brands = std::exchange(brands_have_changed_, false);
    covered = changes_wanted_;
  }
  if (is_loading_) changed_while_loading_.insert(links.begin(), links.end());
  auto taken = load_some(main_, *builder_, links);
  if (taken && brands) taken = load_directory(main_, *builder_);
  if (!taken) {
    const std::scoped_lock changes(changes_mutex_);
    changes_.merge(links);
    brands_have_changed_ = brands_have_changed_ || brands;
    return taken.error();
  }
  build_and_hand_out();
  changes_done_ = covered;
  return {};
}

// Returns when every thread reads the new table, so that an answered edit is a served edit.
void LinkKeeper::build_and_hand_out() {
  auto next = builder_->build();
  if (next == table_) return;  // nothing is new
  const std::shared_ptr<const LinkTable> old = std::exchange(table_, std::move(next));
  links_.store(table_->size());
  bytes_.store(table_->bytes());
  hand_out(
      executors_, [this, table = table_](std::size_t thread) { take_(thread, table); },
      [this] { return is_stopping(); });
  // `old` is freed here, when no thread has it any more.
}

core::Result<void> LinkKeeper::reload() {
  return load_all();
}

// Into a builder of its own, while edits go on in the table that is served; those are read once
// more at the end, because their page may have been read before them.
core::Result<void> LinkKeeper::load_all() {
  const std::scoped_lock only(load_mutex_);
  {
    const std::scoped_lock lock(mutex_);
    is_loading_ = true;
  }
  auto whole = std::make_unique<LinkTableBuilder>(seed_, default_domain_);
  auto loaded = read_all(*whole);
  if (loaded) loaded = serve(std::move(whole));
  const std::scoped_lock lock(mutex_);
  is_loading_ = false;
  changed_while_loading_.clear();
  return loaded;
}

core::Result<void> LinkKeeper::read_all(LinkTableBuilder& whole) {
  if (auto loaded = load_directory(main_, whole); !loaded) return loaded.error();
  std::optional<LinkKey> next = LinkKey{};
  while (next) {
    auto page = load_page(main_, whole, *next);
    if (!page) return page.error();
    next = *page;
    if (is_stopping()) return core::fail(core::Errc::busy, "the server is stopping");
  }
  whole.build();
  malloc_trim(0);  // what the links were put together in, which glibc would keep
  return {};
}

core::Result<void> LinkKeeper::serve(std::unique_ptr<LinkTableBuilder> whole) {
  const std::scoped_lock lock(mutex_);
  auto loaded = load_some(main_, *whole, changed_while_loading_);
  if (loaded) loaded = load_directory(main_, *whole);
  if (!loaded) return loaded.error();
  whole->set_complete();
  builder_ = std::move(whole);
  build_and_hand_out();
  is_loaded_.store(true);
  core::log(core::Level::info, "links_loaded", {{"links", std::to_string(links_.load())}});
  return {};
}

void LinkKeeper::load_and_follow() {
  followed_until_ = clock_.now();
  for (;;) {
    const auto done = is_loaded_.load() ? follow() : load_all();
    wake_.notify_all();  // the looking thread ends when all is loaded
    if (!done && done.error().code != core::Errc::busy)
      core::log(core::Level::error, "links_not_read", {{"why", done.error().detail}});
    if (!pause()) return;
  }
}

bool LinkKeeper::is_stopping() {
  const std::scoped_lock lock(wake_mutex_);
  return is_stopping_;
}

// False when the server stops.
bool LinkKeeper::pause() {
  std::unique_lock lock(wake_mutex_);
  return !wake_.wait_for(lock, follow_every, [this] { return is_stopping_; });
}

// What other servers changed, and what could not be read when it changed here.
core::Result<void> LinkKeeper::follow() {
  // SQLite has one server only.
  if (main_.engine() == storage::Engine::postgres)
    if (auto noted = note_events(); !noted) return noted.error();
  std::uint64_t wanted = 0;
  {
    const std::scoped_lock lock(changes_mutex_);
    if (changes_.empty() && !brands_have_changed_) return {};
    wanted = ++changes_wanted_;
  }
  return take_in(wanted);
}

// Reads the audit log behind the last look, and once more a stretch before it.
core::Result<void> LinkKeeper::note_events() {
  const core::Instant now = clock_.now();
  const std::int64_t from = core::first_id_at({followed_until_.micros - follow_behind_micros});
  std::set<std::pair<std::int64_t, std::int64_t>> events;
  auto read = main_.read([&](storage::Session& session) {
    const std::scoped_lock lock(changes_mutex_);
    std::pair<std::int64_t, std::int64_t> last;
    for (std::size_t count = events_per_page; count == events_per_page;) {
      const storage::Rows rows =
          session.run(sql::list_changes_after, from, last.first, last.second, events_per_page);
      count = rows.size();
      for (const storage::Row& row : rows) {
        last = {row.integer(0), row.integer(1)};
        events.insert(last);
        if (events_.contains(last)) continue;
        const std::string& subject = row.text(2);
        if (const auto link = core::LinkId::parse(subject)) {
          changes_.insert({row.id<core::BrandId>(0), *link});
        } else if (subject.starts_with(core::BrandTag::prefix)) {
          brands_have_changed_ = true;
        }
      }
    }
  });
  if (!read) return read.error();
  events_ = std::move(events);
  followed_until_ = now;
  return {};
}

void LinkKeeper::look_up(std::size_t thread, std::string_view host, std::string_view path,
                         Then then) {
  const std::scoped_lock lock(wake_mutex_);
  if (look_ups_.size() < look_ups_max && !is_stopping_) {
    look_ups_.push_back({thread, std::string(host), std::string(path), std::move(then)});
    wake_.notify_all();
    return;
  }
  boost::asio::post(executors_[thread], [then = std::move(then)] { then(false); });
}

void LinkKeeper::look_up_until_loaded() {
  std::vector<LookUp> taken;
  for (;;) {
    {
      std::unique_lock lock(wake_mutex_);
      wake_.wait(lock, [this] { return is_stopping_ || !look_ups_.empty() || is_loaded_.load(); });
      if (is_stopping_ || look_ups_.empty()) return;
      taken.swap(look_ups_);
    }
    const bool is_asked = find_and_hand_out(taken);
    // Behind the table in each thread's queue.
    for (LookUp& one : taken)
      boost::asio::post(executors_[one.thread],
                        [then = std::move(one.then), is_asked] { then(is_asked); });
    taken.clear();
  }
}

bool LinkKeeper::find_and_hand_out(const std::vector<LookUp>& look_ups) {
  const std::scoped_lock lock(mutex_);
  if (table_->is_complete()) return true;
  looked_up_.add(look_ups.size());
  std::vector<LinkTable::Wanted> wanted;
  for (const LookUp& one : look_ups)
    wanted.push_back(table_->wanted(one.host, one.path));
  if (auto read = load_wanted(main_, *builder_, wanted); !read) {
    core::log(core::Level::error, "links_not_looked_up", {{"why", read.error().detail}});
    return false;
  }
  build_and_hand_out();
  return true;
}

void LinkKeeper::collect(std::vector<core::Metric>& metrics) const {
  using Kind = core::Metric::Kind;
  metrics.push_back({Kind::gauge,
                     "fairlead_links",
                     "Links in the table the redirect reads.",
                     {},
                     static_cast<double>(links_.load())});
  metrics.push_back({Kind::gauge,
                     "fairlead_link_table_bytes",
                     "Memory of that table.",
                     {},
                     static_cast<double>(bytes_.load())});
  metrics.push_back({Kind::counter,
                     "fairlead_links_looked_up_total",
                     "Links read one by one while the table was being loaded.",
                     {},
                     static_cast<double>(looked_up_.value())});
}

}  // namespace fairlead::redirect
