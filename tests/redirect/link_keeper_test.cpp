// Links while they are being loaded, edited and followed: what a request is answered at each
// moment.
#include "redirect/link_keeper.hpp"

#include <gtest/gtest.h>

#include <future>

#include "storage/audit.hpp"

#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

// A database whose links cannot be listed until the gate opens, so that the load takes as long as a
// test wants; everything else goes through.
class SlowToLoad final : public storage::Database {
 public:
  explicit SlowToLoad(storage::Database& database) : database_(database) {}
  storage::Engine engine() const override { return database_.engine(); }
  core::Result<void> check() override { return database_.check(); }
  void append_metrics(std::vector<core::Metric>&) const override {}
  void open() {
    const std::scoped_lock lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  std::atomic<bool> is_broken{false};  // reading fails

 protected:
  class Waiting final : public storage::Session {
   public:
    Waiting(SlowToLoad& owner, storage::Session& session) : owner_(owner), session_(session) {}
    storage::Rows run_values(const storage::Statement& statement,
                             std::span<const storage::Value> values) override {
      if (statement.name == "redirect.list_links_after") owner_.wait();
      return session_.run_values(statement, values);
    }
    void prepare(const storage::Statement& statement) override { session_.prepare(statement); }

   private:
    SlowToLoad& owner_;
    storage::Session& session_;
  };
  core::Result<void> in_write_transaction(const Body& body) override {
    return database_.transact(body);
  }
  core::Result<void> in_read_transaction(const Body& body) override {
    if (is_broken.load()) return core::fail(core::Errc::io, "the disk is gone");
    return database_.read([&](storage::Session& session) {
      Waiting waiting(*this, session);
      body(waiting);
    });
  }

 private:
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
  }
  storage::Database& database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

class LoadingLinks : public test::OnEveryEngine {
 public:
  LoadingLinks() : clock(test::start_of_test), slow(database()) {}
  ~LoadingLinks() override { slow.open(); }
  void wait_until_loaded(test::RunningRedirect& redirect) {
    slow.open();
    while (!redirect->is_loaded())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  core::ManualClock clock;
  SlowToLoad slow;
};
INSTANTIATE_ON_ENGINES(LoadingLinks);

TEST_P(LoadingLinks, EveryLinkIsServedBeforeTheTableIsLoaded) {
  Shop shop(database(), "https://shop.example/oops");
  shop.add_link({.slug = "mia"});
  shop.add_link({.slug = "Mia", .destination = "https://shop.example/upper"});
  shop.add_link(
      {.slug = "mia", .domain = "own.example", .destination = "https://shop.example/own"});
  test::RunningRedirect redirect(slow, clock);
  ASSERT_FALSE(redirect->is_loaded());
  const auto place = [&](std::string_view path, std::string_view host = "go.example") {
    return redirect.get(path, "", host).headers.at("Location").substr(0, 27);
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(place("/mia"), "https://shop.example/landin");
    EXPECT_EQ(place("/%6dia/"), "https://shop.example/landin");
    EXPECT_EQ(place("/Mia"), "https://shop.example/upper?");
    EXPECT_EQ(place("/mia", "OWN.example."), "https://shop.example/own?ut");
    EXPECT_EQ(place("/none"), "https://shop.example/oops") << "the fallback of the only brand";
    EXPECT_EQ(place("/a\xff\x01"), "https://shop.example/oops") << "no text of a database";
    EXPECT_EQ(redirect.get("/").status, "404");
    if (round == 1) wait_until_loaded(redirect);
  }
}

// Another brand's own domain has become the server's name.
TEST_P(LoadingLinks, AnOwnDomainOfTheServersNameHidesNoLinkOfTheDefaultDomain) {
  constexpr core::BrandId other{12};
  constexpr core::DealId deal{23};
  Shop shop(database());
  shop.add_brand(other, "UTC", "", deal);
  shop.add_link({.slug = "mia"});
  const auto add_own = [&](std::string slug) {
    const NewLink link{.deal = deal,
                       .slug = std::move(slug),
                       .domain = "go.example",
                       .destination = "https://shop.example/own"};
    ASSERT_TRUE(database().transact([&](storage::Session& session) {
      create_link(session, other, link, test::start_of_test).value();
    }));
  };
  add_own("mia");
  add_own("own");
  test::RunningRedirect redirect(slow, clock);
  const auto place = [&](std::string_view path) {
    return redirect.get(path).headers.at("Location").substr(0, 24);
  };
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(place("/own"), "https://shop.example/own");
    EXPECT_EQ(place("/mia"), "https://shop.example/lan");
    EXPECT_EQ(place("/own/"), "https://shop.example/own");
    wait_until_loaded(redirect);
  }
}

TEST_P(LoadingLinks, EditsHoldWhileTheTableIsLoadedAndAfterwards) {
  Shop shop(database());
  const core::LinkId link = shop.add_link({.slug = "mia"});
  test::RunningRedirect redirect(slow, clock);
  EXPECT_EQ(redirect.get("/mia").status, "302");
  // Another brand's list and the link change while nothing of the table is there yet.
  shop.run(test::TestStatement("UPDATE links SET is_enabled = 0 WHERE slug = 'mia'"));
  shop.add_link({.slug = "new"});
  ASSERT_TRUE(redirect->reload_brands());
  EXPECT_EQ(redirect.get("/new").status, "302");
  wait_until_loaded(redirect);
  EXPECT_EQ(redirect.get("/mia").status, "404") << link.text();
  EXPECT_EQ(redirect.get("/new").status, "302");
  shop.run(test::delete_domain, Shop::brand, "shop.example");
  ASSERT_TRUE(redirect->reload_brands());
  EXPECT_EQ(redirect.get("/new").status, "404") << "the domain left the brand's list";
}

TEST_P(LoadingLinks, ALinkThatCannotBeReadIsUnavailableNotUnknown) {
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  test::RunningRedirect redirect(slow, clock);
  slow.is_broken = true;
  const auto answer = redirect.get("/mia");
  EXPECT_EQ(answer.status, "503");
  EXPECT_EQ(answer.headers.at("Retry-After"), "1");
  slow.is_broken = false;
  EXPECT_EQ(redirect.get("/mia").status, "302");
  wait_until_loaded(redirect);
}

// The threads read one table while the next is made and the one before is freed.
TEST_P(LoadingLinks, ReadersNeverSeeATornTableSwap) {
  Shop shop(database());
  std::vector<core::LinkId> links;
  for (int i = 0; i < 20; ++i)
    links.push_back(shop.add_link({.slug = "link" + std::to_string(i)}));
  slow.open();
  LinkKeeper keeper(slow, clock, 7, "go.example");
  ASSERT_TRUE(keeper.open());
  test::IoThreads threads(2);
  std::array<std::shared_ptr<const LinkTable>, 2> tables;
  keeper.start(threads.executors(), [&](std::size_t i, std::shared_ptr<const LinkTable> table) {
    tables[i] = std::move(table);
  });
  std::atomic<bool> is_done{false};
  std::atomic<int> wrong{0};
  std::atomic<int> reads{0};
  std::array<std::function<void()>, 2> read_on;
  for (std::size_t i = 0; i < 2; ++i) {
    read_on[i] = [&, i] {
      for (int n = 0; n < 20; ++n) {
        const auto found = tables[i]->find("go.example", "/link" + std::to_string(n));
        if (keeper.is_loaded() && tables[i]->is_complete() && found.link == nullptr) ++wrong;
        if (found.link != nullptr && !found.link->target().destination.url.starts_with("https://"))
          ++wrong;
        ++reads;
      }
      if (!is_done.load()) boost::asio::post(threads.executor(i), read_on[i]);
    };
    boost::asio::post(threads.executor(i), read_on[i]);
  }
  std::vector<std::future<void>> editors;
  for (int e = 0; e < 2; ++e)
    editors.push_back(std::async(std::launch::async, [&, e] {
      for (int n = 0; n < 60; ++n) {
        const core::LinkId link = links[static_cast<std::size_t>(n * (e + 1)) % links.size()];
        EXPECT_TRUE(keeper.links_changed(Shop::brand, {&link, 1}));
        if (n % 20 == 3) {
          EXPECT_TRUE(keeper.brands_changed());
        }
        if (n % 30 == 7) {
          EXPECT_TRUE(keeper.reload());
        }
      }
    }));
  for (auto& editor : editors)
    editor.get();
  is_done = true;
  threads.join();
  keeper.stop();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_GT(reads.load(), 0);
}

TEST_P(LoadingLinks, WhatAnotherServerEditsIsServedSoon) {
  if (database().engine() == storage::Engine::sqlite) GTEST_SKIP() << "SQLite has one server";
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  slow.open();
  test::RunningRedirect redirect(slow, clock);
  wait_until_loaded(redirect);
  EXPECT_EQ(redirect.get("/mia").status, "302");
  EXPECT_EQ(redirect.get("/new").status, "404");
  const core::LinkId made = shop.add_link({.slug = "new"});
  database()
      .transact([&](storage::Session& session) {
        storage::record_change(session, Shop::brand, clock.now(), "cli", "created", made.text(),
                               "{}");
      })
      .value();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (redirect.get("/new").status != "302" && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(redirect.get("/new").status, "302");
}

}  // namespace
}  // namespace fairlead::redirect
