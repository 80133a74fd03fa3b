// Uses of a click limit: exact over threads, kept in the click file.
#include "redirect/click_uses.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

TEST(ClickUses, ThreadsTakeExactlyTheLimit) {
  constexpr std::int64_t limit = 10'000;
  ClickUsesOfLinks links(UsesByLink{{7, 100}});
  std::atomic<std::int64_t> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      ClickUses& uses = links.of({7});
      while (uses.take(limit))
        ++taken;
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(taken, limit - 100) << "what was stored counts";
  EXPECT_FALSE(links.of({7}).has_room(limit));
  EXPECT_TRUE(links.of({7}).take(limit + 1)) << "a raised limit reopens";
  EXPECT_FALSE(links.of({7}).take(limit + 1));
  EXPECT_FALSE(links.of({7}).take(limit - 50)) << "a lowered one takes nothing back";
  EXPECT_TRUE(links.of({8}).take(1)) << "another link has its own";
}

TEST(ClickUses, FileAddsUpWhatClicksTook) {
  const test::TemporaryDirectory directory;
  const auto file = storage::open({.url = "sqlite:" + directory.file("clicks.db"),
                                   .schema = storage::Schema::clicks})
                        .value();
  UsesByLink noted;
  ClickRecord click{.link = {9}};
  note_use(click, noted);
  EXPECT_TRUE(noted.empty()) << "a click that took none";
  click.flags = flag_uses_limit | flag_tls;
  note_use(click, noted);
  const auto stored = file->transact([&](storage::Session& session) {
                            add_uses(session, {{7, 2}});
                            add_uses(session, noted);
                            add_uses(session, {{7, 1}});
                            return stored_uses(session);
                          })
                          .value();
  EXPECT_EQ(stored, (UsesByLink{{7, 3}, {9, 1}}));
}

}  // namespace
}  // namespace fairlead::redirect
