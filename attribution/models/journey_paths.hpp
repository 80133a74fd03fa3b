// Journeys, equal ones counted together: what models that look at all journeys look at. A million
// orders have a few thousand different paths, and a model costs what these cost. Belongs to one
// thread while it is filled; afterwards any number may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fairlead::attribution {

using Step = std::uint32_t;  // a touch of the influencer with this number, from 0 without gaps

struct PathRow {
  std::uint64_t fingerprint = 0;  // of its steps and its key; the same wherever the row stands
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
  // The place, from 0, of the click that gave the shopper the order's code; 0 when there is none,
  // or it is the first or last touch, which is all the same to the models.
  std::uint32_t key = 0;
  std::int64_t conversions = 0;
  std::int64_t nulls = 0;    // journeys that ended without an order
  std::int64_t value = 0;    // of the conversions, minor units
  double value_squares = 0;  // Σ of the squares of each conversion's value
};

// Of one step of all the row's journeys: what a model that looks at the hours gave it.
struct StepShare {
  double conversions = 0;
  double value = 0;
};

class JourneyPaths {
 public:
  // The row of this path; a new one has nothing counted. Holds until the next call. At least one
  // step.
  PathRow& row(std::span<const Step> steps, std::uint32_t key = 0);

  // The same journeys with touches in a row of one influencer made one, which changes nothing for
  // Shapley and Markov chains of order 1; fewer rows. Keys and time shares are left behind.
  JourneyPaths without_repeats() const;

  std::span<const PathRow> rows() const { return rows_; }
  std::span<const Step> steps(const PathRow& row) const {
    return std::span(steps_).subspan(row.begin, row.length);
  }
  // How many influencers there are: one more than the highest number that was met.
  std::size_t influencers() const { return influencers_; }

  std::size_t bytes() const {  // in memory, roughly
    return rows_.size() * sizeof(PathRow) + steps_.size() * (sizeof(Step) + sizeof(StepShare)) +
           slots_.size() * sizeof(Slot);
  }

  // One per step of the row; all zero until they are written.
  std::span<StepShare> time_shares(const PathRow& row);
  // Nothing when none were ever written.
  std::span<const StepShare> time_shares(const PathRow& row) const;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t row_after = 0;  // its index + 1; 0 is an empty slot
  };
  void grow();

  std::vector<PathRow> rows_;
  std::vector<Step> steps_;
  std::vector<StepShare> time_shares_;               // beside steps_, or shorter
  std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two, at most half full
  std::size_t influencers_ = 0;
};

}  // namespace fairlead::attribution
