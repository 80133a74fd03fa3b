// Keeps the I/O threads' link tables up to date: loads all links at start, takes in edits, and
// follows what other servers on the same PostgreSQL database edit. While links are being loaded,
// one that is asked for is read on its own, so that redirects work from the first second.
//
// Threads: two of its own (one loads and follows, one reads single links while it loads). The
// changes are called from the work pool or main and block until every I/O thread has the new table;
// look_up() is called on an I/O thread and blocks nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/metrics.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/task.hpp"
#include "redirect/link_table.hpp"
#include "redirect/load_links.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

class LinkKeeper {
 public:
  LinkKeeper(storage::Database& main, const core::Clock& clock, std::uint64_t seed,
             std::string default_domain);
  ~LinkKeeper() { stop(); }

  // Reads brands and own domains. Errc of storage.
  core::Result<void> open();
  // Begins to load. `take` is called on an I/O thread with the table it reads from now on, at once
  // with the first one.
  using Take = std::function<void(std::size_t thread, std::shared_ptr<const LinkTable> table)>;
  void start(const std::vector<net::Executor>& threads, Take take);

  // Each returns when every I/O thread serves the links or brands as they are now.
  core::Result<void> links_changed(core::BrandId brand, std::span<const core::LinkId> links);
  core::Result<void> brands_changed();
  core::Result<void> reload();

  // Calls `then` on the I/O thread of that number when the link of that host and path, if there is
  // one, is in the thread's table; with false when the database could not be asked or too many are
  // waiting. Never within look_up().
  using Then = std::function<void(bool is_asked)>;
  void look_up(std::size_t thread, std::string_view host, std::string_view path, Then then);

  bool is_loaded() const { return is_loaded_.load(); }
  void collect(std::vector<core::Metric>& metrics) const;
  // When the server has stopped; twice is harmless.
  void stop();

 private:
  struct LookUp {
    std::size_t thread;
    std::string host;
    std::string path;
    Then then;
  };

  core::Result<void> warn_of_former_own();
  // On the loading thread.
  void load_and_follow();
  bool pause();
  core::Result<void> follow();
  core::Result<void> note_events();
  // On the looking thread.
  void look_up_until_loaded();
  bool find_and_hand_out(const std::vector<LookUp>& look_ups);

  bool is_stopping();
  core::Result<void> load_all();
  core::Result<void> read_all(LinkTableBuilder& whole);
  core::Result<void> serve(std::unique_ptr<LinkTableBuilder> whole);
  core::Result<void> take_in(std::uint64_t wanted);
  void build_and_hand_out();  // under mutex_

  storage::Database& main_;
  const core::Clock& clock_;
  const std::uint64_t seed_;
  const std::string default_domain_;
  std::vector<net::Executor> executors_;
  Take take_;

  std::mutex mutex_;  // of the table that is served: what follows
  std::unique_ptr<LinkTableBuilder> builder_;
  std::shared_ptr<const LinkTable> table_;
  bool is_loading_ = false;
  std::set<LinkKey> changed_while_loading_;
  std::uint64_t changes_done_ = 0;

  std::mutex changes_mutex_;  // of what is to be taken in: what follows
  std::set<LinkKey> changes_;
  bool brands_have_changed_ = false;
  std::uint64_t changes_wanted_ = 0;

  std::mutex load_mutex_;  // held by whoever loads everything
  // Of the loading thread: up to when other servers' edits are known, and which ones lately.
  core::Instant followed_until_;
  std::set<std::pair<std::int64_t, std::int64_t>> events_;

  std::mutex wake_mutex_;  // of what follows
  std::condition_variable wake_;
  std::vector<LookUp> look_ups_;
  bool is_stopping_ = false;

  std::atomic<bool> is_loaded_{false};
  std::atomic<std::size_t> links_{0};
  std::atomic<std::size_t> bytes_{0};
  core::Counter looked_up_;
  std::thread loader_;
  std::thread looker_;
};

}  // namespace fairlead::redirect
