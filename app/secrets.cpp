#include "app/secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/crypto.hpp"

namespace fairlead::app {

namespace {

using core::Errc;
using core::fail;

constexpr std::size_t key_bytes = 32;

core::Error system_error(const std::string& what, const std::string& path) {
  return fail(Errc::io, what + " " + path + ": " + std::strerror(errno));
}

std::string random_key() {
  std::array<std::uint8_t, key_bytes> bytes{};
  core::fill_random(bytes);
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// Whole or not at all: written under another name, synced, then linked into place. Another process
// that was faster wins, and its file is read instead.
core::Result<void> write_once(const std::string& path, const std::string& text) {
  const std::string draft = path + "." + std::to_string(::getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return system_error("cannot write", draft);
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  ::close(file);
  const bool is_linked =
      is_written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int reason = errno;
  ::unlink(draft.c_str());
  errno = reason;
  if (!is_linked) return system_error("cannot write", path);
  return {};
}

// The file's lines; made with `first` as its only line when it is missing.
core::Result<std::vector<std::string>> read_lines(const std::string& path,
                                                  const std::string& first) {
  std::error_code
      ignored;  // what cannot be looked at cannot be read either, and that is said below
  if (std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found) {
    auto done = write_once(path, first + "\n");
    if (!done) return done.error();
  }
  std::ifstream in(path);
  if (!in) return system_error("cannot read", path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

core::Result<std::string> parse_key(const std::string& path, const std::string& text) {
  auto key = core::parse_base64url(text);
  if (!key || key->size() != key_bytes)
    return fail(Errc::config,
                path +
                    " is damaged: each line must hold a key of 32 bytes. Restore it "
                    "from a copy; a new one would refuse every token given out so far");
  return *key;
}

}  // namespace

core::Result<Secrets> load_secrets(const std::string& data) {
  std::error_code failed;
  const bool is_new = std::filesystem::create_directories(data, failed);
  if (failed)
    return fail(Errc::io, "cannot make the data directory " + data + ": " + failed.message());
  if (is_new) ::chmod(data.c_str(), 0700);

  Secrets secrets;
  // "<id> <key>" a line, the signing key first. To rotate, put a new line on top with an unused id.
  const std::string token_path = data + "/token.keys";
  auto lines = read_lines(token_path, "1 " + core::base64url(random_key()));
  if (!lines) return lines.error();
  for (const std::string& line : *lines) {
    std::istringstream in(line);
    int id = 0;
    std::string text;
    in >> id >> text;
    auto key = parse_key(token_path, text);
    if (!key) return key.error();
    if (id < 1 || id > 255)
      return fail(Errc::config, token_path + " is damaged: a line begins with an id from 1 to 255");
    secrets.token_keys.push_back({static_cast<std::uint8_t>(id), *key});
  }
  if (secrets.token_keys.empty()) return fail(Errc::config, token_path + " is empty; restore it");

  const std::string sealing_path = data + "/sealing.key";
  lines = read_lines(sealing_path, core::base64url(random_key()));
  if (!lines) return lines.error();
  auto key = parse_key(sealing_path, lines->empty() ? "" : lines->front());
  if (!key) return key.error();
  secrets.sealing_key = *key;
  return secrets;
}

}  // namespace fairlead::app
