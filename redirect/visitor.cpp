#include "redirect/visitor.hpp"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/check.hpp"
#include "core/crypto.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t day_micros = 86'400'000'000;
constexpr std::size_t address_bytes_hashed_max = 64;
constexpr std::size_t agent_bytes_hashed_max = 512;

// "20514 0123…ef\n": the day and the salt in hex.
std::string line_of(const DailySalt::OfDay& salt) {
  const std::string_view bytes(reinterpret_cast<const char*>(salt.salt.data()), salt.salt.size());
  return std::to_string(salt.day) + " " + core::hex(bytes) + "\n";
}

bool read_line(std::string_view line, DailySalt::OfDay& salt) {
  const auto day = std::from_chars(line.data(), line.data() + line.size(), salt.day);
  if (day.ec != std::errc{}) return false;
  std::string_view hex = line.substr(static_cast<std::size_t>(day.ptr - line.data()));
  if (hex.size() < 1 + 2 * salt.salt.size()) return false;
  hex.remove_prefix(1);
  for (std::size_t i = 0; i < salt.salt.size(); ++i) {
    const char* const at = hex.data() + 2 * i;
    if (std::from_chars(at, at + 2, salt.salt[i], 16).ptr != at + 2) return false;
  }
  return true;
}

// The folder may be one where others write too: a file somebody else laid there is never used,
// because they could read the salt.
bool is_own(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) == 0 && status.st_uid == ::geteuid() && S_ISREG(status.st_mode))
    return true;
  errno = EPERM;
  return false;
}

core::Error salt_file_failed(const std::string& file) {
  return core::fail(core::Errc::io, "visitor salt file " + file + ": " + std::strerror(errno));
}

}  // namespace

core::Result<std::unique_ptr<DailySalt>> DailySalt::open(std::string file, core::Instant now) {
  const std::int64_t today = now.micros / day_micros;
  OfDay salt{};
  bool is_kept = false;
  const int fd = file.empty() ? -1 : ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) {
    char text[128];
    const ssize_t size = is_own(fd) ? ::read(fd, text, sizeof text) : 0;
    ::close(fd);
    is_kept =
        size > 0 && read_line({text, static_cast<std::size_t>(size)}, salt) && salt.day == today;
  }
  if (!is_kept) {
    salt.day = today;
    core::fill_random(salt.salt);
  }
  std::unique_ptr<DailySalt> daily(new DailySalt(std::move(file), salt));
  daily->is_saved_ = is_kept;
  if (auto saved = daily->save(); !saved) return saved.error();
  return daily;
}

DailySalt::OfDay DailySalt::of(core::Instant now) {
  const std::int64_t today = now.micros / day_micros;
  const std::scoped_lock lock(mutex_);
  // A clock that jumps back keeps the newer salt: the older one no longer exists.
  if (today > salt_.day) {
    salt_.day = today;
    core::fill_random(salt_.salt);
    is_saved_ = false;
  }
  return salt_;
}

core::Result<void> DailySalt::save() {
  std::string line;
  {
    const std::scoped_lock lock(mutex_);
    if (is_saved_ || file_.empty()) return {};
    line = line_of(salt_);
    is_saved_ = true;
  }
  // Written over the old bytes in place, not beside them: the old salt must not stay on the disk. A
  // torn line is no salt, and the next start makes a new one.
  const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  bool is_written =
      fd >= 0 && is_own(fd) && ::fchmod(fd, 0600) == 0 &&
      ::pwrite(fd, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size()) &&
      ::ftruncate(fd, static_cast<off_t>(line.size())) == 0 && ::fdatasync(fd) == 0;
  const core::Error failed = salt_file_failed(file_);
  if (fd >= 0) ::close(fd);
  OPENSSL_cleanse(line.data(), line.size());
  if (is_written) return {};
  const std::scoped_lock lock(mutex_);
  is_saved_ = false;
  return failed;
}

VisitorHash::VisitorHash(DailySalt& salt) : daily_(salt), salt_{-1, {}}, context_(new_siphash(8)) {}

VisitorHash::~VisitorHash() {
  OPENSSL_cleanse(salt_.salt.data(), salt_.salt.size());
}

std::int64_t VisitorHash::of(core::Instant now, core::BrandId brand,
                             std::string_view client_address, std::string_view user_agent) {
  if (now.micros / day_micros > salt_.day) salt_ = daily_.of(now);
  CHECK(EVP_MAC_init(context_.get(), salt_.salt.data(), salt_.salt.size(), nullptr) == 1);
  // One piece: each update costs more than the bytes in it.
  std::array<char, 8 + address_bytes_hashed_max + 1 + agent_bytes_hashed_max> bytes;
  char* end = bytes.data();
  const auto add = [&](std::string_view text) { end = std::copy(text.begin(), text.end(), end); };
  add({reinterpret_cast<const char*>(&brand.number), sizeof brand.number});
  add(client_address.substr(0, address_bytes_hashed_max));
  add("\n");
  add(user_agent.substr(0, agent_bytes_hashed_max));
  CHECK(EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       static_cast<std::size_t>(end - bytes.data())) == 1);
  std::uint64_t hash = 0;
  std::size_t size = 0;
  CHECK(EVP_MAC_final(context_.get(), reinterpret_cast<unsigned char*>(&hash), &size,
                      sizeof hash) == 1);
  CHECK(size == sizeof hash);
  return hash == 0 ? 1 : static_cast<std::int64_t>(hash);
}

}  // namespace fairlead::redirect
