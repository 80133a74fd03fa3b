// The redirect itself: a request becomes an answer and a recorded click. One set of tools per I/O
// thread and nothing shared between them; a newer link table and newer files of places come as
// messages to each thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "redirect/agents.hpp"
#include "redirect/answers.hpp"
#include "redirect/click_code.hpp"
#include "redirect/click_facts.hpp"
#include "redirect/click_ids.hpp"
#include "redirect/click_uses.hpp"
#include "redirect/day_of_brand.hpp"
#include "redirect/link_keeper.hpp"
#include "redirect/place_files.hpp"
#include "redirect/recorder.hpp"
#include "redirect/redirect.hpp"
#include "redirect/repeat_judge.hpp"
#include "redirect/retention.hpp"
#include "redirect/ruled_click.hpp"
#include "redirect/token.hpp"
#include "redirect/visitor.hpp"

namespace fairlead::redirect {

class Service final : public Redirect {
 public:
  struct Parts {
    std::unique_ptr<ClickSink> sink;
    std::unique_ptr<Journal> journal;
    std::int64_t newest_click = 0;  // ids go on behind it
    UsesByLink uses;                // of links with a click limit, so far
    std::unique_ptr<DailySalt> salt;
    std::shared_ptr<const PlaceFiles> places;
    std::uint64_t seed = 0;             // of hashes whose keys outsiders choose
    std::unique_ptr<LinkKeeper> links;  // opened
    std::shared_ptr<Retention> retention;
  };
  Service(storage::Database& main, Parts parts, std::vector<TokenKey> keys,
          const core::Clock& clock, Options options);
  ~Service() override { stop(); }

  void start(const std::vector<net::Executor>& threads) override;
  Leaves answer(const net::Request& request, std::size_t thread, bool closing, std::string& wire,
                net::HeldAnswer& held) override;
  std::vector<net::Route> routes() override;
  core::Result<void> reload_links() override { return links_->reload(); }
  core::Result<void> reload_brands() override { return links_->brands_changed(); }
  core::Result<void> reload_places() override;
  void collect(std::vector<core::Metric>& metrics) const override;
  bool is_loaded() const override { return links_->is_loaded(); }
  bool is_recording() const override { return recorder_.is_recording(); }
  void activate(std::span<const core::ClickId> prefetches) override;
  bool settle() override { return recorder_.settle(); }
  void stop() override;

 private:
  // Texts of the click being answered that are not in the request as they are stored.
  struct ClickTexts {
    std::string language;
    std::string referrer;
    std::string utm;
    std::string subs;
  };
  // What one I/O thread works with; touched by that thread only.
  struct Tools {
    Tools(const Service& service, std::size_t lane);
    std::shared_ptr<const LinkTable> table;
    std::shared_ptr<const PlaceFiles> places;
    TokenSigner signer;
    ClickCodes click_codes;
    ClickIdMaker ids;
    VisitorHash visitors;
    AgentCache agents;
    DayOfBrand days;
    boost::unordered_flat_map<std::int64_t, ClickUses*> uses;  // by link
    ClickTexts texts;
    std::string code;  // of the click being answered, when it has one of its own
    std::string location;
    std::string date;
    std::int64_t date_second = -1;
  };
  // Of a link with rules.
  RuledClick rule(const net::Request& request, const LinkTable::Found& found,
                  const ClickFacts& facts, const VisitorPlan& visitor, core::Instant now,
                  Tools& tools);
  // What {code} is for this click; "" when the link carries none.
  static std::string_view code_of(const LinkTable::Found& found, core::ClickId click, Tools& tools);
  // Its texts are the request's and the thread's, until that thread's next click.
  ClickRecord record_of(const net::Request& request, const LinkTable::Found& found,
                        core::ClickId id, const ClickFacts& facts, const VisitorPlan& visitor,
                        const KnownValues& known, const RuledClick& ruled, Tools& tools);
  bool respond_preview(const net::Request& request, Tools& tools, AfterAnswer after,
                       std::string& wire);
  // `fallback_url` is the link's own; "" = the brand's answers.
  void respond_unknown(const net::Request& request, const BrandRecord* brand,
                       std::string_view fallback_url, std::string_view date, AfterAnswer after,
                       std::string& wire);
  void keep_salt();
  Leaves respond(const net::Request& request, std::size_t thread, AfterAnswer after,
                 std::string& wire, net::HeldAnswer& held);
  Leaves respond_late(const net::Request& request, std::size_t thread, AfterAnswer after,
                      std::string& wire, net::HeldAnswer& held, bool is_asked);
  bool must_look_up(const net::Request& request, std::size_t thread) const;

  storage::Database& main_;
  const std::vector<TokenKey> keys_;
  const core::Clock& clock_;
  const Options options_;
  const std::uint64_t seed_;
  const std::int64_t newest_click_;
  std::unique_ptr<DailySalt> salt_;
  ClickUsesOfLinks uses_;
  std::shared_ptr<const PlaceFiles> places_;  // the newest; each thread has its own pointer
  const std::shared_ptr<Retention> retention_;
  RepeatJudge repeats_;  // of the recorder's writer
  Recorder recorder_;

  std::unique_ptr<LinkKeeper> links_;
  std::vector<net::Executor> executors_;
  std::vector<std::unique_ptr<Tools>> tools_;
  core::Counter unknown_;
  core::Counter previews_;
  core::Counter unsafe_;
  core::Counter shortened_;
};

}  // namespace fairlead::redirect
