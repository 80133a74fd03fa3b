#include "redirect/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "core/check.hpp"
#include "core/log.hpp"
#include "redirect/checksum.hpp"

namespace fairlead::redirect {

using core::Errc;

namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t segments_ready = 2;       // beside the one being written
constexpr std::size_t segments_kept_free = 16;  // more are removed
constexpr std::string_view segment_suffix = ".segment";
constexpr std::array<char, page_bytes> zeros{};

// Stored; little-endian as the records are.
constexpr std::uint32_t frame_magic = 0x0a4c46ff;
constexpr std::uint16_t frame_version = 1;
struct Frame {
  std::uint32_t magic = frame_magic;
  std::uint16_t version = frame_version;
  std::uint16_t unused = 0;
  std::int64_t batch = 0;
  std::uint32_t bytes = 0;     // of the records
  std::uint32_t checksum = 0;  // CRC-32C of the fields above and the records
};
static_assert(sizeof(Frame) == 24);
constexpr std::size_t checked_bytes = offsetof(Frame, checksum);

std::size_t padded(std::size_t records_bytes) {
  return (sizeof(Frame) + records_bytes + page_bytes - 1) / page_bytes * page_bytes;
}

std::uint32_t checksum_of(const Frame& frame, std::string_view records) {
  return crc32c(records, crc32c({reinterpret_cast<const char*>(&frame), checked_bytes}));
}

// The frame at the beginning of `bytes` with its records, when there is a whole one.
bool read_frame(std::string_view bytes, Frame& frame, std::string_view& records) {
  if (bytes.size() < sizeof frame) return false;
  std::memcpy(&frame, bytes.data(), sizeof frame);
  if (frame.magic != frame_magic || frame.version != frame_version || frame.bytes == 0 ||
      frame.bytes > bytes.size() - sizeof frame)
    return false;
  records = bytes.substr(sizeof frame, frame.bytes);
  return checksum_of(frame, records) == frame.checksum;
}

bool is_full(int error) {
  return error == ENOSPC || error == EDQUOT;
}

core::Error failure_of(const std::string& path, const char* what, int error) {
  return core::fail(is_full(error) ? Errc::no_space : Errc::io,
                    path + ": cannot " + what + ": " + std::strerror(error));
}

// Reads exactly so many bytes; 0 or the errno.
int read_at(int file, char* to, std::size_t bytes, std::size_t at) {
  while (bytes > 0) {
    const ssize_t got = ::pread(file, to, bytes, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0 ? ENODATA : errno;
    to += got;
    at += static_cast<std::size_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
  return 0;
}

std::int64_t number_of(std::string_view name) {
  std::int64_t number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

}  // namespace

Journal::Segment::~Segment() {
  if (file >= 0) ::close(file);
}

core::Result<std::unique_ptr<Journal>> Journal::open(std::string directory, JournalPosition folded,
                                                     JournalOptions options) {
  CHECK(options.segment_bytes % page_bytes == 0 && options.segments_max > 0);
  const bool makes = options.access == JournalOptions::Access::append;
  if (makes && ::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    const int error = errno;
    return core::fail(is_full(error) ? Errc::no_space : Errc::config,
                      "cannot make the directory " + directory + ": " + std::strerror(error));
  }
  std::unique_ptr<Journal> journal(new Journal(std::move(directory), std::move(options)));
  if (auto found = journal->find_segments(folded); !found) return found.error();
  return journal;
}

Journal::~Journal() = default;

core::Result<JournalPosition> Journal::append(std::string_view records) {
  CHECK(!records.empty() && records.size() <= batch_bytes_max());
  if (has_failed_)
    return core::fail(Errc::io, directory_ +
                                    " failed before; nothing is written to it until "
                                    "fairlead is started again (check the disk first)");
  const std::size_t frame_bytes = padded(records.size());
  if (current_ == nullptr || at_ + frame_bytes > current_->bytes)
    if (auto taken = next_segment(); !taken) return taken.error();

  Frame frame;
  frame.batch = last_.load() + 1;
  frame.bytes = static_cast<std::uint32_t>(records.size());
  frame.checksum = checksum_of(frame, records);
  std::array<iovec, 3> parts = {
      {{&frame, sizeof frame},
       {const_cast<char*>(records.data()), records.size()},
       {const_cast<char*>(zeros.data()), frame_bytes - sizeof frame - records.size()}}};
  const int error = options_.disk->write(current_->file, parts, static_cast<std::int64_t>(at_));
  // What a failed write left behind does not check, and the next one begins at the same place.
  if (is_full(error)) return failure_of(current_->path, "write", error);
  if (error != 0) return failed("write", error);
  if (const int lost = options_.disk->sync(current_->file); lost != 0) return failed("sync", lost);

  {
    const std::scoped_lock lock(mutex_);
    unfolded_.push_back({frame.batch, current_, at_, records.size()});
    current_->last = frame.batch;
  }
  at_ += frame_bytes;
  appended_bytes_ += frame_bytes;
  last_.store(frame.batch);
  return JournalPosition{frame.batch};
}

std::size_t Journal::batch_bytes_max() const {
  return options_.segment_bytes - sizeof(Frame);
}

core::Error Journal::failed(const char* what, int error) {
  has_failed_ = true;
  return core::fail(Errc::io, failure_of(current_->path, what, error).detail);
}

// Usually prepare() has made one; after a long stall of the folder the writer does it.
core::Result<void> Journal::next_segment() {
  std::unique_lock lock(mutex_);
  Segment* next = nullptr;
  while (next == nullptr && !free_.empty()) {
    next = free_.back()->bytes == options_.segment_bytes ? free_.back() : nullptr;
    free_.pop_back();
  }
  if (next == nullptr) {
    lock.unlock();
    auto made = make_segment();
    if (!made) return made.error();
    lock.lock();
    next = made->get();
    segments_.push_back(std::move(*made));
  }
  next->last = 0;
  used_.push_back(next);
  current_ = next;
  at_ = 0;
  return {};
}

core::Result<std::unique_ptr<Journal::Segment>> Journal::make_segment() {
  auto segment = std::make_unique<Segment>();
  std::string name;
  {
    const std::scoped_lock lock(mutex_);
    if (segments_.size() >= options_.segments_max)
      return core::fail(Errc::no_space,
                        directory_ + " holds " + std::to_string(segments_.size()) +
                            " segments that are not in the click file yet, the most it may");
    name = std::to_string(next_name_++);
  }
  name = std::string(name.size() < 6 ? 6 - name.size() : 0, '0') + name;
  name += segment_suffix;
  segment->path = directory_ + "/" + name;
  segment->bytes = options_.segment_bytes;
  if (const int error = options_.disk->make(directory_, name, segment->bytes); error != 0)
    return failure_of(segment->path, "make it", error);
  segment->file = ::open(segment->path.c_str(), O_RDWR | O_CLOEXEC);
  if (segment->file < 0) return failure_of(segment->path, "open it", errno);
  return segment;
}

core::Result<JournalPosition> Journal::read(JournalPosition after, JournalPosition upto,
                                            std::size_t bytes_max, std::string& records) const {
  std::vector<Entry> wanted;
  {
    const std::scoped_lock lock(mutex_);
    std::size_t bytes = 0;
    auto entry =
        std::upper_bound(unfolded_.begin(), unfolded_.end(), after.batch,
                         [](std::int64_t batch, const Entry& e) { return batch < e.batch; });
    for (; entry != unfolded_.end() && entry->batch <= upto.batch; ++entry) {
      if (bytes > 0 && bytes + entry->bytes > bytes_max) break;
      bytes += entry->bytes;
      wanted.push_back(*entry);
    }
  }
  std::string bytes;
  for (const Entry& entry : wanted) {
    Frame frame;
    std::string_view found;
    bytes.resize(sizeof frame + entry.bytes);
    if (const int error = read_at(entry.segment->file, bytes.data(), bytes.size(), entry.at);
        error != 0)
      return core::fail(Errc::io, failure_of(entry.segment->path, "read it", error).detail);
    if (!read_frame(bytes, frame, found) || frame.batch != entry.batch)
      return core::fail(Errc::io, entry.segment->path + ": batch " + std::to_string(entry.batch) +
                                      " was changed on disk");
    records += found;
    after.batch = entry.batch;
  }
  return after;
}

void Journal::free_until(JournalPosition folded) {
  const std::scoped_lock lock(mutex_);
  while (!unfolded_.empty() && unfolded_.front().batch <= folded.batch)
    unfolded_.pop_front();
  // The last one is being written.
  while (used_.size() > 1 && used_.front()->last <= folded.batch) {
    free_.push_back(used_.front());
    used_.pop_front();
  }
}

void Journal::prepare() {
  std::unique_lock lock(mutex_);
  while (free_.size() < segments_ready && segments_.size() < options_.segments_max) {
    lock.unlock();
    auto made = make_segment();
    lock.lock();
    if (!made) return;
    free_.push_back(made->get());
    segments_.push_back(std::move(*made));
  }
  while (free_.size() > segments_kept_free) {
    const auto at = std::find_if(segments_.begin(), segments_.end(),
                                 [&](const auto& one) { return one.get() == free_.back(); });
    options_.disk->remove((*at)->path);
    segments_.erase(at);
    free_.pop_back();
  }
}

core::Result<void> Journal::find_segments(JournalPosition folded) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(segment_suffix)) continue;
    auto segment = std::make_unique<Segment>();
    segment->path = file.path().string();
    const int access = is_looking() ? O_RDONLY : O_RDWR;
    segment->file = ::open(segment->path.c_str(), access | O_CLOEXEC);
    if (segment->file < 0 && errno == ENOENT && is_looking()) continue;  // given back meanwhile
    struct stat status {};
    if (segment->file < 0 || ::fstat(segment->file, &status) != 0)
      return core::fail(Errc::config, failure_of(segment->path, "open it", errno).detail);
    segment->bytes = static_cast<std::size_t>(status.st_size);
    next_name_ = std::max(next_name_, number_of(name) + 1);
    if (auto found = find_batches(*segment, folded); !found) return found.error();
    (segment->last > 0 ? used_ : free_).push_back(segment.get());
    segments_.push_back(std::move(segment));
  }
  if (error) return core::fail(Errc::config, directory_ + ": " + error.message());
  const auto by_last = [](const Segment* a, const Segment* b) { return a->last < b->last; };
  const auto by_batch = [](const Entry& a, const Entry& b) { return a.batch < b.batch; };
  std::sort(used_.begin(), used_.end(), by_last);
  std::sort(unfolded_.begin(), unfolded_.end(), by_batch);
  last_.store(unfolded_.empty() ? folded.batch : unfolded_.back().batch);
  const auto missing = last_.load() - folded.batch - static_cast<std::int64_t>(unfolded_.size());
  if (missing > 0 && !is_looking())
    core::log(core::Level::error, "click_journal_damaged",
              {{"directory", directory_}, {"batches_missing", std::to_string(missing)}});
  return {};
}

// Every frame that is whole and not in the click file yet. A damaged page hides its own frame only:
// frames begin on pages, so the next one is found again.
core::Result<void> Journal::find_batches(Segment& segment, JournalPosition folded) {
  std::string bytes(segment.bytes, '\0');
  if (const int error = read_at(segment.file, bytes.data(), bytes.size(), 0); error != 0)
    return core::fail(Errc::io, failure_of(segment.path, "read it", error).detail);
  for (std::size_t at = 0; at < bytes.size();) {
    Frame frame;
    std::string_view records;
    const bool is_whole = read_frame(std::string_view(bytes).substr(at), frame, records);
    if (is_whole && frame.batch > folded.batch) {
      unfolded_.push_back({frame.batch, &segment, at, records.size()});
      segment.last = std::max(segment.last, frame.batch);
    }
    at += is_whole ? padded(records.size()) : page_bytes;
  }
  return {};
}

void Journal::collect(std::vector<core::Metric>& metrics) const {
  using Kind = core::Metric::Kind;
  std::size_t disk_bytes = 0;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& segment : segments_)
      disk_bytes += segment->bytes;
  }
  metrics.push_back({Kind::counter,
                     "fairlead_click_journal_bytes_total",
                     "Bytes written to the click journal.",
                     {},
                     static_cast<double>(appended_bytes_.load())});
  metrics.push_back({Kind::gauge,
                     "fairlead_click_journal_disk_bytes",
                     "Disk space of the click journal's segments.",
                     {},
                     static_cast<double>(disk_bytes)});
}

}  // namespace fairlead::redirect
