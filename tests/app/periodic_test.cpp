#include "app/periodic.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace fairlead::app {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(Periodic, RunsAgainAndAgain) {
  std::latch runs(3);
  std::atomic<int> left{3};
  const Periodic periodic({seconds(0), seconds(0)}, [&] {
    if (left.fetch_sub(1) > 0) runs.count_down();
  });
  runs.wait();
}

TEST(Periodic, StopsWithoutWaitingForTheNextRun) {
  std::latch first(1);
  std::atomic<int> runs{0};
  {
    const Periodic periodic({seconds(0), hours(1)}, [&] {
      if (runs++ == 0) first.count_down();
    });
    first.wait();
  }
  EXPECT_EQ(runs, 1);
}

TEST(Periodic, StopsBeforeItsFirstRun) {
  std::atomic<int> runs{0};
  {
    const Periodic periodic({hours(1), hours(1)}, [&] { ++runs; });
  }
  EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace fairlead::app
