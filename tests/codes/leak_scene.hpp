// Uses of codes with their orders and clicks, planted as rows: what read_leak_facts() finds. The
// brand is Checkout's; days are UTC. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codes/codes.hpp"
#include "codes/leak_facts.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::codes {

inline constexpr core::BrandId scene_brand{1001};
inline constexpr core::InfluencerId scene_influencer{4001};
inline constexpr core::DealId scene_deal{3001};

class LeakScene {
 public:
  // The brand, campaign and deal must be there.
  explicit LeakScene(storage::Database& database);

  core::CodeId add_code(std::string_view text, std::string_view created_on = "2025-09-01");
  // Uses at noon of so many days from `on` on, each of 10.00 with a discount of 1.00.
  struct Uses {
    std::string_view on;
    int days = 1;
    int warm = 0;     // their order names a click of the influencer two hours before
    int cold = 0;     // their order names none
    int unknown = 0;  // their order is not here
    int late = 0;     // warm, and the click came a minute before
  };
  void use(core::CodeId code, const Uses& uses);
  // The click of the next warm uses is in the click file.
  void click_from(std::string_view referrer, std::string_view country);

  std::vector<LeakFinding> find(std::string_view from, std::string_view to,
                                std::string_view now = "2026-03-02T12:00:00Z") const;
  // What find() weighs.
  BrandFacts facts(std::string_view from, std::string_view to) const;
  storage::Database& clicks() { return *clicks_; }

 private:
  void add_use(storage::Session& session, core::CodeId code, core::Instant at, int click_seconds);
  std::int64_t word(int kind, std::string_view text);

  storage::Database& database_;
  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_;
  std::int64_t next_ = 0;
  std::int64_t referrer_ = 0;
  std::int64_t profile_ = 0;
  bool has_clicks_ = false;
};

// The finding of a code; fails the test when there is none.
const LeakFinding& finding_of(const std::vector<LeakFinding>& findings, core::CodeId code);

}  // namespace fairlead::codes
