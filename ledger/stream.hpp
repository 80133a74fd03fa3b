// A long result read page by page: the merge in verify.cpp walks several of them side by side, so
// that memory stays bounded however large the journal is. Belongs to one transaction and thread.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "storage/storage.hpp"

namespace fairlead::ledger {

class Stream {
 public:
  static constexpr std::int64_t rows_per_page = 1'000;
  // Reads the rows behind `last`, at most rows_per_page; `last` is null at the start.
  using Fetch = std::function<storage::Rows(const storage::Row* last)>;

  explicit Stream(Fetch fetch) : fetch_(std::move(fetch)) {}

  // The row at the front, nullptr at the end. Lives until the next call of pop().
  const storage::Row* peek() {
    if (next_ < page_.size()) return &page_.rows[next_];
    if (is_last_page_) return nullptr;
    page_ = fetch_(page_.empty() ? nullptr : &page_.rows.back());
    next_ = 0;
    is_last_page_ = static_cast<std::int64_t>(page_.size()) < rows_per_page;
    return page_.empty() ? nullptr : &page_.rows.front();
  }
  void pop() { ++next_; }

 private:
  Fetch fetch_;
  storage::Rows page_;
  std::size_t next_ = 0;
  bool is_last_page_ = false;
};

}  // namespace fairlead::ledger
