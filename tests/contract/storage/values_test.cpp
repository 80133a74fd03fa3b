// What goes into a database comes out the same, on both engines, and what one engine could not keep
// both refuse.
#include <limits>

#include "tests/contract/storage/domains.hpp"

namespace fairlead {

using core::Errc;
using storage::Blob;
using storage::Null;
using storage::Row;
using storage::Rows;
using storage::Session;
using storage::Value;
using test::TestStatement;

namespace {

const TestStatement insert_key(
    "INSERT INTO api_keys (brand_id, key_id, public_id, secret_sha256, role, influencer_id, note,"
    " created_at) VALUES (1, $1, $2, $3, 0, $4, $5, $6)");
const TestStatement find_key(
    "SELECT secret_sha256, influencer_id, note, created_at FROM api_keys WHERE key_id = $1");

}  // namespace

class Values : public test::OnEveryEngine {
 public:
  // Stores one row and reads it back in another transaction.
  Row stored(const Value& blob, const Value& nullable, const Value& note, const Value& at) {
    database()
        .transact([&](Session& s) { s.run(insert_key, 7, "public", blob, nullable, note, at); })
        .value();
    return database().read([](Session& s) { return s.run(find_key, 7).one(); }).value();
  }
};
INSTANTIATE_ON_ENGINES(Values);

TEST_P(Values, IntegersKeepTheirExtremes) {
  const auto lowest = std::numeric_limits<std::int64_t>::min();
  const auto highest = std::numeric_limits<std::int64_t>::max();
  const Row row = stored(Blob{"x"}, lowest, "", highest);
  EXPECT_EQ(row.integer(1), lowest);
  EXPECT_EQ(row.integer(3), highest);
}

TEST_P(Values, TextKeepsItsBytes) {
  const std::string text =
      "It’s 5 € — \"quoted\", 'single', \\ and \t\n, 日本語, 🦊, $1 ?1 %s";
  EXPECT_EQ(stored(Blob{"x"}, Null{}, text, 0).text(2), text);
}

TEST_P(Values, EmptyTextIsNotNull) {
  const Row row = stored(Blob{"x"}, Null{}, "", 0);
  EXPECT_FALSE(row.is_null(2));
  EXPECT_EQ(row.text(2), "");
}

TEST_P(Values, BlobsKeepEveryByte) {
  std::string bytes;
  for (int byte = 255; byte >= 0; --byte)
    bytes += static_cast<char>(byte);
  EXPECT_EQ(stored(Blob{bytes}, Null{}, "", 0).blob(0), bytes);
}

TEST_P(Values, EmptyBlobIsNotNull) {
  const Row row = stored(Blob{}, Null{}, "", 0);
  EXPECT_FALSE(row.is_null(0));
  EXPECT_EQ(row.blob(0), "");
}

TEST_P(Values, NullComesBackAsNull) {
  const Row row = stored(Blob{"x"}, std::optional<std::int64_t>(), "", 0);
  EXPECT_TRUE(row.is_null(1));
  EXPECT_EQ(row.integer_or(1, -1), -1);
  EXPECT_FALSE(row.id<core::InfluencerId>(1));
}

TEST_P(Values, IdsAndInstantsComeBack) {
  const core::Instant at{1'772'442'900'123'456};
  const Row row = stored(Blob{"x"}, core::InfluencerId{99}, "", at);
  EXPECT_EQ(row.id<core::InfluencerId>(1), core::InfluencerId{99});
  EXPECT_EQ(row.instant(3), at);
}

TEST_P(Values, AMegabyteOfTextComesBack) {
  const std::string text(1'000'000, 'x');
  EXPECT_EQ(stored(Blob{text}, Null{}, text, 0).text(2), text);
}

TEST_P(Values, ANulInTextIsRefused) {
  const auto done = database().transact(
      [](Session& s) { s.run(test::insert_domain, 1, std::string("a\0b", 3)); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::invalid);
  EXPECT_NE(done.error().detail.find("parameter 2"), std::string::npos) << done.error().detail;
  EXPECT_EQ(test::domains(database()), "");
}

TEST_P(Values, TextThatIsNotUtf8IsRefused) {
  for (const char* bad :
       {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xc3", "\x80"}) {
    const auto done =
        database().transact([&](Session& s) { s.run(test::insert_domain, 1, std::string(bad)); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::invalid);
  }
}

TEST_P(Values, ATextWhereANumberBelongsIsRefused) {
  const auto done =
      database().transact([](Session& s) { s.run(test::insert_domain, "seven", "a.example"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::invalid) << done.error().detail;
}

TEST_P(Values, TextSortsByItsBytes) {
  database()
      .transact([](Session& s) {
        for (const char* domain : {"b", "B", "a", "ä", "A", "_", "z"}) {
          s.run(test::insert_domain, 1, domain);
        }
      })
      .value();
  EXPECT_EQ(test::domains(database()), "A B _ a b z ä ");
}

TEST_P(Values, TenThousandRowsComeBack) {
  const auto count = database().transact([](Session& s) {
    for (int i = 0; i < 10'000; ++i)
      s.run(test::insert_domain, 1, std::to_string(i) + ".example");
    return s.run(test::list_domains, 1).size();
  });
  EXPECT_EQ(count.value(), 10'000U);
}

TEST_P(Values, ChangedCountsWhatWasChanged) {
  static const TestStatement rename("UPDATE allowed_domains SET brand_id = 2 WHERE domain <> $1");
  database()
      .transact([](Session& s) {
        EXPECT_EQ(s.run(test::insert_domain, 1, "a").changed, 1);
        EXPECT_EQ(s.run(test::insert_domain, 1, "b").changed, 1);
        EXPECT_EQ(s.run(test::insert_domain, 1, "c").changed, 1);
        EXPECT_EQ(s.run(test::list_domains, 1).changed, 0);
        EXPECT_EQ(s.run(rename, "a").changed, 2);
        EXPECT_EQ(s.run(rename, "x").changed, 3);
        EXPECT_EQ(s.run(TestStatement("DELETE FROM allowed_domains WHERE brand_id = 9")).changed,
                  0);
      })
      .value();
}

TEST_P(Values, ReturningAnswersRowsAndCountsThem) {
  static const TestStatement insert(
      "INSERT INTO allowed_domains (brand_id, domain) VALUES ($1, $2), ($1, $3) RETURNING domain");
  const auto rows =
      database().transact([](Session& s) { return s.run(insert, 1, "a", "b"); }).value();
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.changed, 2);
}

using ValuesDeathTest = Values;
INSTANTIATE_ON_ENGINES(ValuesDeathTest);

TEST_P(ValuesDeathTest, AWrongNumberOfParametersIsABug) {
  EXPECT_DEATH(database().transact([](Session& s) { s.run(test::insert_domain, 1); }).value(),
               "values.size");
  EXPECT_DEATH(
      database().transact([](Session& s) { s.run(test::insert_domain, 1, "a", 3); }).value(),
      "values.size");
}

TEST_P(ValuesDeathTest, ReadingAnotherTypeOrColumnIsABug) {
  database().transact([](Session& s) { s.run(test::insert_domain, 1, "a"); }).value();
  const Rows rows =
      database().read([](Session& s) { return s.run(test::list_domains, 1); }).value();
  EXPECT_DEATH(rows.one().integer(0), "number");
  EXPECT_DEATH(rows.one().blob(0), "blob");
  EXPECT_DEATH(rows.one().text(1), "column");
}

}  // namespace fairlead
