// Where the folder puts clicks that the journal holds. Belongs to one thread at a time.
#pragma once

#include <compare>
#include <cstdint>
#include <span>

#include "core/result.hpp"
#include "redirect/activation.hpp"
#include "redirect/click_record.hpp"

namespace fairlead::redirect {

// A batch of the journal by its number; numbers rise by one from 1 on. 0 is before all of them.
struct JournalPosition {
  std::int64_t batch = 0;
  auto operator<=>(const JournalPosition&) const = default;
};

class ClickSink {
 public:
  virtual ~ClickSink() = default;
  // Where it stood when it was opened.
  virtual JournalPosition position() const = 0;
  // All of the clicks and the position are stored in one transaction when this returns a value: how
  // many of the clicks are new (an id that is already stored counts once). A position never falls;
  // one that is not above the stored one leaves it as it is. Errc::busy and no_space: nothing is
  // stored, try again later. Any other: the file has failed and must not be written before a
  // restart.
  virtual core::Result<std::size_t> append(std::span<const ClickRecord> clicks,
                                           JournalPosition upto) = 0;
  // In one transaction: how many prefetches became a person's clicks. Errors as of append().
  virtual core::Result<std::size_t> activate(const Activation&) { return std::size_t{0}; }
  // Housekeeping in small pieces: called when a batch has been stored and nobody waits for it, and
  // about once a second while there is none. True when there is more to do soon.
  virtual bool maintain() { return false; }
};

}  // namespace fairlead::redirect
