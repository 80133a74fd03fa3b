#include "redirect/hand_out.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace fairlead::redirect {

namespace {

constexpr auto wait_max = std::chrono::seconds(5);
constexpr auto look_again = std::chrono::milliseconds(100);

struct Handed {
  std::function<void(std::size_t)> take;
  std::size_t left;  // guarded by mutex
  std::mutex mutex;
  std::condition_variable changed;
};

}  // namespace

void hand_out(const std::vector<net::Executor>& threads, std::function<void(std::size_t)> take,
              const std::function<bool()>& is_stopping) {
  const auto handed = std::make_shared<Handed>();
  handed->take = std::move(take);
  handed->left = threads.size();
  for (std::size_t i = 0; i < threads.size(); ++i) {
    boost::asio::post(threads[i], [handed, i] {
      handed->take(i);
      const std::scoped_lock lock(handed->mutex);
      --handed->left;
      handed->changed.notify_one();
    });
  }
  std::unique_lock lock(handed->mutex);
  const auto until = std::chrono::steady_clock::now() + wait_max;
  while (handed->left > 0 && !is_stopping() && std::chrono::steady_clock::now() < until)
    handed->changed.wait_for(lock, look_again);
}

}  // namespace fairlead::redirect
