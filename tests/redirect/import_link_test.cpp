// Links of other systems: created with their date, found when they are there already.
#include "redirect/import_link.hpp"

#include <gtest/gtest.h>

#include "redirect/links.hpp"
#include "tests/redirect/link_api.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

class ImportLink : public test::LinkApi {
 public:
  core::Result<ImportedAs> import(ImportedLink imported) {
    imported.link.deal = Shop::deal;
    return database().transact([&](storage::Session& session) {
      LinkContext context(session, Shop::brand);
      return import_link(context, imported, clock.now());
    });
  }
  Link stored(core::LinkId id) {
    return database()
        .read([&](storage::Session& session) { return find_link(session, Shop::brand, id); })
        .value()
        .value();
  }
};
INSTANTIATE_ON_ENGINES(ImportLink);

TEST_P(ImportLink, KeepsItsDateAndItsState) {
  const core::Instant then = clock.now().plus_days(-400);
  const auto imported = import({.link = {.slug = "old", .destination = "https://shop.example/a"},
                                .created_at = then,
                                .is_enabled = false});
  ASSERT_TRUE(imported) << imported.error().detail;
  EXPECT_TRUE(imported->is_new);
  EXPECT_EQ(stored(imported->id).created_at, then);
  EXPECT_FALSE(stored(imported->id).is_enabled);
  const auto later = import({.link = {.slug = "new", .destination = "https://shop.example/a"},
                             .created_at = clock.now().plus_days(1)});
  EXPECT_EQ(stored(later->id).created_at, clock.now()) << "no link is of tomorrow";
  EXPECT_TRUE(stored(later->id).is_enabled);
}

TEST_P(ImportLink, TwiceIsOnce) {
  const ImportedLink link{.link = {.slug = "mia", .destination = "https://shop.example/a"}};
  const auto first = import(link);
  const auto again = import(link);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->id, first->id);
  const auto other = import({.link = {.slug = "mia", .destination = "https://shop.example/b"}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().detail,
            "slug \"mia\" is taken by a link to https://shop.example/a; rename one of them");
  EXPECT_TRUE(import({.link = {.slug = "mia",
                               .domain = "own.example",
                               .destination = "https://shop.example/b"}})
                  ->is_new);
}

TEST_P(ImportLink, RefusesWhatCreatingRefuses) {
  EXPECT_EQ(import({.link = {.slug = "a/b", .destination = "https://shop.example/"}}).error().code,
            core::Errc::invalid);
  EXPECT_EQ(import({.link = {.slug = "a", .destination = "https://evil.example/"}}).error().code,
            core::Errc::invalid);
}

}  // namespace
}  // namespace fairlead::redirect
