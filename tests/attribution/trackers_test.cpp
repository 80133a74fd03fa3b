// Trackers' protocols as their senders speak them, through the real routes, on both engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <regex>
#include <thread>

#include "core/crypto.hpp"
#include "tests/attribution/calls.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {

namespace {

class Trackers : public test::OnEveryEngine {
 protected:
  std::string money(const Shop& shop) const {
    return "mia " + std::to_string(shop.balance(mia)) + " leo " + std::to_string(shop.balance(leo));
  }
};
INSTANTIATE_ON_ENGINES(Trackers);

std::vector<const Platform*> trackers() {
  std::vector<const Platform*> found;
  for (const Platform& platform : platforms()) {
    if (platform.protocol) found.push_back(&platform);
  }
  return found;
}

// Numbers that only say that the same call has the same number.
std::string masked(const std::string& body) {
  static const std::regex submission("/APISubmissions/[0-9a-f]+");
  static const std::regex number("\"id\":[0-9]+");
  const std::string text = std::regex_replace(body, submission, "/APISubmissions/*");
  return std::regex_replace(text, number, "\"id\":0");
}

void expect_answer(const Reply& reply, const CallOf& call) {
  EXPECT_EQ(reply.status, call.status) << reply.body;
  EXPECT_EQ(header_of(reply, "Fairlead-Verdict"), call.verdict) << reply.body;
  if (call.media_type.find("json") != std::string::npos) {
    EXPECT_EQ(boost::json::parse(masked(without_ids(reply.body))), boost::json::parse(call.answer))
        << reply.body;
  } else if (call.media_type == "image/gif") {
    EXPECT_TRUE(reply.body.starts_with("GIF89a"));
    EXPECT_EQ(header_of(reply, "Cache-Control"), "no-store");
  } else {
    EXPECT_EQ(reply.body, call.answer);
  }
}

// Of one database for each protocol: their orders must not meet.
class Conversation {
 public:
  Conversation(storage::Engine engine, const Platform& platform)
      : database_(engine), shop(*database_), tracker(shop, platform) {}

 private:
  test::TestDatabase database_;

 public:
  Shop shop;
  Tracker tracker;
};

TEST_P(Trackers, EveryProtocolAnswersAndPaysAsItsGoldenFileSays) {
  for (const Platform* platform : trackers()) {
    Conversation talk(GetParam(), *platform);
    const auto calls = golden_calls(*platform);
    EXPECT_GE(calls.size(), 8u) << platform->name;
    for (const CallOf& call : calls) {
      SCOPED_TRACE(std::string(platform->name) + ": " + call.what);
      if (call.wait_seconds > 0) talk.shop.clock.advance_seconds(call.wait_seconds);
      expect_answer(talk.tracker.send(call), call);
      EXPECT_EQ(talk.shop.balance(mia), call.mia_minor);
      EXPECT_EQ(talk.shop.balance(leo), call.leo_minor);
    }
    EXPECT_EQ(talk.shop.verify(), "");
  }
}

TEST_P(Trackers, EveryCallOnceMoreBooksNothing) {
  for (const Platform* platform : trackers()) {
    SCOPED_TRACE(platform->name);
    Conversation talk(GetParam(), *platform);
    const auto calls = golden_calls(*platform);
    for (const CallOf& call : calls)
      talk.tracker.send(call);
    const auto before = talk.shop.row_counts() + " " + money(talk.shop);
    for (const CallOf& call : calls)
      talk.tracker.send(call);
    EXPECT_EQ(talk.shop.row_counts() + " " + money(talk.shop), before);
  }
}

TEST_P(Trackers, WithoutTheSecretNothingIsStored) {
  for (const Platform* platform : trackers()) {
    Conversation talk(GetParam(), *platform);
    for (CallOf call : golden_calls(*platform)) {
      SCOPED_TRACE(std::string(platform->name) + ": " + call.what);
      for (const std::string wrong : {"tracker-secret-2", "tracker-secret-", "x"}) {
        CallOf other = call;
        const auto replace = [&](std::string& text) {
          for (auto at = text.find(tracker_secret); at != text.npos; at = text.find(tracker_secret))
            text.replace(at, tracker_secret.size(), wrong);
        };
        replace(other.target);
        if (const auto mark = other.target.find("&sig="); mark != other.target.npos)
          other.target.replace(mark + 5, 8, "00000000");
        replace(other.body);
        for (auto& [name, value] : other.headers) {
          replace(value);
          if (value.starts_with("Basic ")) value = "Basic " + core::base64("IRtest:" + wrong);
        }
        talk.tracker.send(other);
      }
    }
    EXPECT_EQ(money(talk.shop), "mia 0 leo 0") << platform->name;
    if (platform->protocol->is_public) continue;  // the pages' own claims are kept
    EXPECT_EQ(talk.shop.number("SELECT COUNT(*) FROM orders"), 0) << platform->name;
    EXPECT_EQ(talk.shop.number("SELECT COUNT(*) FROM webhook_deliveries"), 0) << platform->name;
  }
}

TEST_P(Trackers, TheSecretIsNotKeptWithACall) {
  for (const Platform* platform : trackers()) {
    Conversation talk(GetParam(), *platform);
    for (const CallOf& call : golden_calls(*platform))
      talk.tracker.send(call);
    EXPECT_GT(talk.shop.number("SELECT COUNT(*) FROM webhook_deliveries"), 0) << platform->name;
    EXPECT_EQ(talk.shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE body LIKE "
                               "'%tracker-secret-1%' OR topic LIKE '%tracker-secret-1%'"),
              0)
        << platform->name;
  }
}

// Damaged at random: never more earned than the whole calls earn, and the books agree.
TEST_P(Trackers, DamagedCallsAreAnsweredAndLeaveTheBooksInOrder) {
  std::mt19937_64 random(test::random_seed());
  for (const Platform* platform : trackers()) {
    Conversation talk(GetParam(), *platform);
    const auto calls = golden_calls(*platform);
    for (int round = 0; round < 60; ++round) {
      CallOf call = calls[random() % calls.size()];
      std::string& text = call.body.empty() || random() % 4 == 0 ? call.target : call.body;
      const std::size_t query = std::min(text.find('?'), text.size() - 1);
      const std::size_t at = query + random() % (text.size() - query);
      static constexpr std::string_view letters = "&=%+{}\"0915-.,~aZ";
      if (random() % 2 == 0)
        text[at] = letters[random() % letters.size()];
      else
        text.insert(at, 1, letters[random() % letters.size()]);
      const Reply reply = talk.tracker.send(call);
      EXPECT_LT(reply.status, 500) << platform->name << " " << call.target << "\n" << call.body;
    }
    EXPECT_EQ(talk.shop.verify(), "") << platform->name;
  }
}

TEST_P(Trackers, WhatWasRefusedIsListedWithItsReason) {
  Shop shop(database());
  const Tracker tracker(shop, *find_platform("voluum"));
  CallOf call{.target = "/postback?cid=nobodys&payout=5&token=" + std::string(tracker_secret)};
  EXPECT_EQ(tracker.send(call).status, 400);
  const auto list = shop.get("/v1/webhooks/failed", "admin");
  EXPECT_EQ(list.at("/data/0/platform"), "voluum");
  EXPECT_NE(list.at("/data/0/detail").find("click"), std::string::npos);
  EXPECT_EQ(list.at("/data/1"), "absent");
}

TEST_P(Trackers, WhatWaitsForAConfirmationExplainsItself) {
  Shop shop(database());
  const Tracker tracker(shop, *find_platform("postback"));
  const std::string key = "&key=" + std::string(tracker_secret);
  tracker.send({.target = "/?order=P-1&amount=50.00&status=pending&click=" +
                          Shop::token(11, 5001, "2026-03-01T10:00:00Z") + key});
  const auto explain = [&] {
    const std::string id = shop.get("/v1/commissions", "admin").at("/data/0/id");
    return shop.get("/v1/commissions/" + id + "/explain", "admin").at("/text");
  };
  EXPECT_NE(explain().find("The wait for a confirmation of 50.00 EUR"), std::string::npos)
      << explain();
  shop.clock.advance_seconds(60);
  tracker.send({.target = "/?order=P-1&status=approved" + key});
  EXPECT_NE(explain().find("The confirmation of 50.00 EUR"), std::string::npos) << explain();
}

TEST_P(Trackers, SentTwentyTimesAtOnceBookOneOrder) {
  Shop shop(database());
  const Tracker tracker(shop, *find_platform("tune"));
  std::vector<std::string> verdicts(20);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < verdicts.size(); i += 4) {
          // Each says something else that is nobody's business, so no two are the same call.
          CallOf call{.target = "/aff_lsr?amount=50.00&adv_sub=1&offer_id=" + std::to_string(i) +
                                "&transaction_id=" + Shop::token(11, 5001, "2026-03-01T10:00:00Z") +
                                "&security_token=" + std::string(tracker_secret)};
          verdicts[i] = header_of(tracker.send(call), "Fairlead-Verdict");
        }
      });
    }
  }
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), "accepted"), 1);
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), "duplicate"), 19);
  EXPECT_EQ(shop.balance(mia), 500);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Trackers, WhatFailsOfAPixelIsKeptUpToABound) {
  Shop shop(database());
  const Tracker page(shop, *find_platform("pixel"));
  const auto send = [&](const std::string& order, const std::string& click) {
    return header_of(page.send({.target = "/?order=" + order + "&amount=5.00&click=" + click}),
                     "Fairlead-Verdict");
  };
  const auto failed = [&] {
    return shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE outcome = 'failed'");
  };
  EXPECT_EQ(send("1", "nobodys"), "rejected;reason=unknown_click");
  ASSERT_EQ(failed(), 1);
  for (int i = 0; i < 999; ++i) {
    shop.run(
        "INSERT INTO webhook_deliveries (brand_id, integration_id, delivery_key, topic, body, "
        "received_at, outcome, delivery_id) SELECT brand_id, integration_id, delivery_key || '" +
        std::to_string(i) +
        "', topic, body, received_at, outcome, delivery_id FROM webhook_deliveries WHERE "
        "delivery_key LIKE 'sha256/________________________________________________________________"
        "'");
  }
  ASSERT_EQ(failed(), 1'000);
  EXPECT_EQ(send("2", "nobodys"), "rejected;reason=unknown_click");
  EXPECT_EQ(failed(), 1'000);
  EXPECT_EQ(send("3", Shop::token(11, 5001, "2026-03-01T10:00:00Z")), "accepted");
}

TEST_P(Trackers, AnArchivedIntegrationTakesNothingIn) {
  for (const Platform* platform : trackers()) {
    Conversation talk(GetParam(), *platform);
    ASSERT_EQ(talk.shop.call(net::Method::del, "/v1/integrations/" + talk.tracker.id(), "", "admin")
                  .status,
              200);
    for (const CallOf& call : golden_calls(*platform))
      talk.tracker.send(call);
    EXPECT_EQ(talk.shop.number("SELECT COUNT(*) FROM orders"), 0) << platform->name;
  }
}

}  // namespace

}  // namespace fairlead::attribution
