#include "app/secrets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::app {
namespace {

TEST(Secrets, AreMadeOnceAndReadAgain) {
  const test::TemporaryDirectory directory;
  const std::string data = directory.file("data");
  auto first = load_secrets(data);
  ASSERT_TRUE(first) << first.error().detail;
  auto second = load_secrets(data);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->sealing_key, second->sealing_key);
  EXPECT_EQ(first->token_keys.front().secret, second->token_keys.front().secret);
  struct stat status {};
  ASSERT_EQ(::stat((data + "/token.keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(Secrets, ADamagedFileIsRefusedAndNeverReplaced) {
  const test::TemporaryDirectory directory;
  ASSERT_TRUE(load_secrets(directory.path().string()));
  std::ofstream(directory.file("token.keys")) << "1 short\n";
  auto refused = load_secrets(directory.path().string());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::Errc::config);
  EXPECT_NE(refused.error().detail.find("token.keys is damaged"), std::string::npos);
}

TEST(Secrets, ANewKeyOnTopSignsAndTheOldOneStillVerifies) {
  const test::TemporaryDirectory directory;
  auto old = load_secrets(directory.path().string());
  ASSERT_TRUE(old);
  const auto token = redirect::make_token(old->token_keys.front(), {5}, {7});
  std::ifstream in(directory.file("token.keys"));
  std::string line;
  std::getline(in, line);
  in.close();
  std::ofstream(directory.file("token.keys")) << "2 " << std::string(43, 'A') << "\n"
                                              << line << "\n";
  auto rotated = load_secrets(directory.path().string());
  ASSERT_TRUE(rotated) << rotated.error().detail;
  EXPECT_EQ(rotated->token_keys.front().id, 2);
  EXPECT_TRUE(redirect::read_token(rotated->token_keys, token));
}

// Not an exception: whatever keeps the file from being looked at is a sentence that names it.
TEST(Secrets, AFileThatCannotBeLookedAtIsNamed) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("token.keys");
  std::filesystem::create_symlink(path, path);
  auto refused = load_secrets(directory.path().string());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find(path), std::string::npos) << refused.error().detail;
}

TEST(Secrets, AnUnusableDirectoryIsNamed) {
  auto refused = load_secrets("/proc/fairlead");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("/proc/fairlead"), std::string::npos);
}

}  // namespace
}  // namespace fairlead::app
