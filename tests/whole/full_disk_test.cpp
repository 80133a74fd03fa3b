// A disk that fills up under a running server: shoppers are still redirected, money is refused with
// 503 and never half-written, and both go on by themselves when there is room again.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

// A file system of 8 MiB in memory, mounted on a temporary directory.
class SmallDisk {
 public:
  SmallDisk() {
    const auto mount_it = [this] {
      return ::mount("tmpfs", path().c_str(), "tmpfs", 0, "size=8m,mode=0777") == 0;
    };
    is_mounted_ = mount_it();
    if (!is_mounted_ && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) is_mounted_ = mount_it();
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount(path().c_str());
  }
  bool is_mounted() const { return is_mounted_; }
  std::string path() const { return directory_.path().string(); }
  std::string file(const std::string& name) const { return directory_.file(name); }

  void fill() const {
    const int filler = ::open(file("filler").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    for (std::size_t size : {std::size_t{1} << 20, std::size_t{4096}, std::size_t{1}}) {
      const std::vector<char> bytes(size, 'x');
      while (::write(filler, bytes.data(), size) == static_cast<ssize_t>(size))
        continue;
    }
    ::close(filler);
  }
  void free_again() const { std::filesystem::remove(file("filler")); }

 private:
  test::TemporaryDirectory directory_;
  bool is_mounted_ = false;
};

// Asks until the answer is as wanted, for at most 20 s.
bool becomes_true(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

// A page or two still fit, which is not what a redeem needs.
TEST(FullDisk, ADiskThatIsAlmostFullIsNotReady) {
  const SmallDisk disk;
  if (!disk.is_mounted()) GTEST_SKIP() << "this user may not mount a small file system";
  const std::string data = disk.file("data");
  const BrandKeys keys = init_brand({"--data", data});
  ServerProcess server({"--data", data});
  Shop shop(server.port(), keys);
  shop.set_up();
  disk.fill();
  const auto order = [&](int i) {
    return shop
        .as_shop("POST", "/v1/orders", Shop::order_body("full-" + std::to_string(i), "", "MIA10"))
        .status;
  };
  for (int i = 0; i < 60; ++i)
    order(i);
  std::filesystem::resize_file(disk.file("filler"),
                               std::filesystem::file_size(disk.file("filler")) - 128 * 1024);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(shop.as_admin("GET", "/readyz").status, 503);
  disk.free_again();
  EXPECT_TRUE(becomes_true([&] { return shop.as_admin("GET", "/readyz").status == 200; }));
  EXPECT_EQ(order(100), 201);
  EXPECT_EQ(server.stop(), 0);
}

TEST(FullDisk, RedirectsGoOnMoneyIsRefusedAndBothResumeByThemselves) {
  const SmallDisk disk;
  if (!disk.is_mounted()) GTEST_SKIP() << "this user may not mount a small file system";
  const std::string data = disk.file("data");
  const BrandKeys keys = init_brand({"--data", data});
  ServerProcess server({"--data", data});
  Shop shop(server.port(), keys);
  shop.set_up();
  ASSERT_FALSE(shop.click().empty());

  disk.fill();
  bool is_refused = false;
  std::size_t clicks = 1;
  for (int i = 0; i < 60; ++i) {
    EXPECT_FALSE(shop.click().empty()) << "a shopper must always land";
    ++clicks;
    const auto answer = shop.as_shop("POST", "/v1/orders",
                                     Shop::order_body("full-" + std::to_string(i), "", "MIA10"));
    EXPECT_TRUE(answer.status == 201 || answer.status == 503) << answer.status << answer.body;
    is_refused = is_refused || answer.status == 503;
  }
  EXPECT_TRUE(is_refused) << "the disk was not full";
  EXPECT_EQ(shop.as_admin("GET", "/readyz").status, 503);

  disk.free_again();
  const auto late = Shop::order_body("late", "", "MIA10");
  EXPECT_TRUE(becomes_true([&] {
    return shop.as_shop("POST", "/v1/orders", late).status / 100 == 2;
  })) << server.log();
  EXPECT_TRUE(becomes_true([&] { return shop.as_admin("GET", "/readyz").status == 200; }));
  const auto stored = [&] {
    const auto report = shop.as_admin("GET", "/v1/reports/roi?group_by=campaign");
    const auto value = boost::json::parse(report.body);
    return static_cast<std::size_t>(value.at("data").at(0).at("clicks_gross").as_int64());
  };
  EXPECT_TRUE(becomes_true([&] { return stored() == clicks; })) << stored() << " of " << clicks;
  EXPECT_EQ(server.stop(), 0);
  const Ran verified = run_program({"verify", "--data", data});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace fairlead::whole
