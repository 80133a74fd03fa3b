// The click journal: the place where a click becomes durable. One thread appends batches of records
// to preallocated files, one write and one sync each; another folds them into the click file and
// says how far it came, and what is folded is written over. After a crash the batches behind the
// stored position are read again. See docs/decisions/0006.
//
// On disk: a directory of segments, "000001.segment", each a row of frames that begin on pages. A
// frame is a header with a checksum over it and its records; a torn one does not check and was
// never answered. Numbers of batches only rise, so an old frame that a segment still holds is
// behind the stored position and is told by that.
//
// Threads: append() of one thread, the writer; read(), free_until() and prepare() of one other, the
// folder; last() and collect() any.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics.hpp"
#include "core/result.hpp"
#include "redirect/click_sink.hpp"
#include "redirect/journal_disk.hpp"

namespace fairlead::redirect {

struct JournalOptions {
  std::size_t segment_bytes = std::size_t{1} << 20;  // a multiple of 4096
  std::size_t segments_max = 1024;  // then append() answers no_space until something is folded
  std::shared_ptr<JournalDisk> disk = std::make_shared<JournalDisk>();
  // look: reads what is there, also beside a process that appends; makes and says nothing.
  enum class Access { append, look } access = Access::append;
};

class Journal {
 public:
  // Makes the directory when it is missing and finds the batches behind `folded`; writes nothing
  // else. Whoever appends keeps every other writing process out. Errc::config: it cannot be used;
  // Errc::no_space; Errc::io.
  static core::Result<std::unique_ptr<Journal>> open(std::string directory, JournalPosition folded,
                                                     JournalOptions options = {});
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Records as one batch of at most batch_bytes_max() bytes, durable when this answers its
  // position. Errc::no_space: nothing is stored, try again later. Errc::io: the journal has failed;
  // every later call answers the same, because a second sync may report success for data that is
  // gone.
  core::Result<JournalPosition> append(std::string_view records);
  std::size_t batch_bytes_max() const;
  // Of the newest durable batch.
  JournalPosition last() const { return {last_.load()}; }

  // Appends the records of batches in (after, upto] to `records` until it has `bytes_max`, at least
  // one batch; answers the last one taken. Errc::io: it cannot be read, or is damaged on disk.
  core::Result<JournalPosition> read(JournalPosition after, JournalPosition upto,
                                     std::size_t bytes_max, std::string& records) const;
  // Batches up to there are in the click file; their segments may be written over.
  void free_until(JournalPosition folded);
  // Makes segments ready that append() will need, so that it does not have to, and gives disk space
  // back after a long failure. When there is no room append() finds out.
  void prepare();

  void collect(std::vector<core::Metric>& metrics) const;

 private:
  struct Segment {
    std::string path;
    int file = -1;
    std::size_t bytes = 0;
    std::int64_t last = 0;  // highest batch in it
    ~Segment();
  };
  struct Entry {
    std::int64_t batch;
    Segment* segment;
    std::size_t at;
    std::size_t bytes;  // of the records
  };

  Journal(std::string directory, JournalOptions options)
      : directory_(std::move(directory)), options_(std::move(options)) {}
  bool is_looking() const { return options_.access == JournalOptions::Access::look; }
  core::Result<void> find_segments(JournalPosition folded);
  core::Result<void> find_batches(Segment& segment, JournalPosition folded);
  core::Result<std::unique_ptr<Segment>> make_segment();
  core::Result<void> next_segment();
  core::Error failed(const char* what, int error);

  const std::string directory_;
  const JournalOptions options_;
  std::atomic<std::int64_t> last_{0};
  std::atomic<std::uint64_t> appended_bytes_{0};

  // Of the writer.
  Segment* current_ = nullptr;
  std::size_t at_ = 0;  // where the next frame goes in it
  bool has_failed_ = false;

  mutable std::mutex mutex_;  // of what follows; never held while the disk works for append()
  std::vector<std::unique_ptr<Segment>> segments_;
  std::deque<Segment*> used_;   // oldest first
  std::deque<Segment*> free_;   // ready to be written over
  std::deque<Entry> unfolded_;  // by batch
  std::int64_t next_name_ = 1;
};

}  // namespace fairlead::redirect
