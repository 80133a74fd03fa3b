#include "codes/use_rows.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "codes/sql.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr std::int64_t rollbacks_max = 10'000;  // of one use

std::string text_of(const std::vector<Allocation>& allocations) {
  return boost::json::serialize(allocations_json(allocations));
}

std::string_view name_of(Allocation::Target target) {
  switch (target) {
    case Allocation::Target::line:
      return "line";
    case Allocation::Target::subtotal:
      return "subtotal";
    case Allocation::Target::shipping:
      return "shipping";
  }
  CHECK(false);
}

std::vector<std::string> names_of(const std::string& first, const std::string& second) {
  std::vector<std::string> names;
  for (const auto& name : {first, second}) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

std::string_view name_at(const Use& use, std::size_t position) {
  return position < use.customers.size() ? std::string_view(use.customers[position]) : "";
}

}  // namespace

std::vector<Use> find_uses(storage::Session& session, core::BrandId brand,
                           std::string_view order_ref, Locking locking) {
  std::vector<Use> uses;
  if (order_ref.empty()) return uses;
  const auto& statement =
      locking == Locking::locked ? sql::lock_uses_of_order : sql::find_uses_of_order;
  for (const auto& row : session.run(statement, brand, order_ref)) {
    Use use{.id = row.id<core::CodeUseId>(0),
            .code = row.id<core::CodeId>(1),
            .state = parse_state(row.text(2)),
            .customers = names_of(row.text(3), row.text(12)),
            .currency = core::Currency::of(row.text(4)),
            .granted = {.amount_minor = row.integer(5),
                        .allocations = read_allocations(boost::json::parse(row.text(6)))},
            .subtotal_minor = row.integer(8),
            .cart_sha256 = row.text(7),
            .expires_at = row.maybe_instant(9),
            .rolled_back_minor = row.integer(10),
            .is_late = row.integer(11) != 0};
    uses.push_back(std::move(use));
  }
  return uses;
}

const Use* find_use(const std::vector<Use>& uses, core::CodeId code) {
  const auto found =
      std::find_if(uses.begin(), uses.end(), [&](const Use& use) { return use.code == code; });
  return found == uses.end() ? nullptr : &*found;
}

Held held_of(const Use& use) {
  return {use.id, use.customers, use.currency, use.granted.amount_minor};
}

bool insert_use(storage::Session& session, core::BrandId brand, const StoredCode& code,
                std::string_view order_ref, std::size_t position, const Use& use,
                core::Instant at) {
  return session
             .run(sql::insert_use, brand, use.id, code.id, code.campaign, order_ref,
                  name_of(use.state), name_at(use, 0), name_at(use, 1), use.currency.code(),
                  use.subtotal_minor, use.granted.amount_minor, text_of(use.granted.allocations),
                  use.cart_sha256, at, use.expires_at, use.is_late ? 1 : 0,
                  static_cast<std::int64_t>(position))
             .changed == 1;
}

bool change_use(storage::Session& session, core::BrandId brand, State from, const Use& use,
                core::Instant at) {
  return session
             .run(sql::change_use, brand, use.id, name_of(from), name_of(use.state),
                  name_at(use, 0), name_at(use, 1), use.currency.code(), use.subtotal_minor,
                  use.granted.amount_minor, text_of(use.granted.allocations), use.cart_sha256, at,
                  use.expires_at, use.is_late ? 1 : 0)
             .changed == 1;
}

bool release_use(storage::Session& session, core::BrandId brand, core::CodeUseId use) {
  return session.run(sql::release_use, brand, use).changed == 1;
}

bool expire_use(storage::Session& session, core::BrandId brand, core::CodeUseId use) {
  return session.run(sql::expire_hold, brand, use).changed == 1;
}

void run_again() {
  throw storage::StatementFailed{core::fail(core::Errc::busy, "a use has just changed"), true};
}

std::vector<Allocation> rest_of(storage::Session& session, core::BrandId brand, const Use& use) {
  auto rest = use.granted.allocations;
  if (use.rolled_back_minor == 0) return rest;
  for (const auto& row : session.run(sql::list_rollbacks, brand, use.id, rollbacks_max)) {
    for (const auto& part : read_allocations(boost::json::parse(row.text(1)))) {
      for (auto& left : rest) {
        if (left.is_of_same_place(part)) left.amount_minor -= part.amount_minor;
      }
    }
  }
  return rest;
}

bool roll_back_use(storage::Session& session, core::BrandId brand, const Use& use,
                   const RolledBack& rolled_back, core::Instant at) {
  const auto& part = rolled_back.part;
  const bool is_first =
      session
          .run(sql::roll_back_use, brand, use.id, name_of(use.state), name_of(rolled_back.state),
               use.rolled_back_minor + part.amount_minor, rolled_back.keeps_use ? 1 : 0,
               use.rolled_back_minor)
          .changed == 1;
  if (!is_first) return false;
  session.run(sql::insert_rollback, brand, use.id, part.amount_minor, text_of(part.allocations),
              at);
  return true;
}

boost::json::array allocations_json(const std::vector<Allocation>& allocations) {
  boost::json::array list;
  for (const auto& allocation : allocations) {
    boost::json::object part;
    part["target"] = name_of(allocation.target);
    if (allocation.target == Allocation::Target::line) part["line_id"] = allocation.line_id;
    part["amount_minor"] = allocation.amount_minor;
    list.push_back(std::move(part));
  }
  return list;
}

std::vector<Allocation> read_allocations(const boost::json::value& stored) {
  std::vector<Allocation> allocations;
  for (const auto& value : stored.as_array()) {
    const auto& part = value.as_object();
    Allocation allocation;
    for (auto target :
         {Allocation::Target::line, Allocation::Target::subtotal, Allocation::Target::shipping}) {
      if (part.at("target").as_string() == name_of(target)) allocation.target = target;
    }
    if (const auto* line = part.if_contains("line_id")) allocation.line_id = line->as_string();
    allocation.amount_minor = part.at("amount_minor").as_int64();
    allocations.push_back(std::move(allocation));
  }
  return allocations;
}

}  // namespace fairlead::codes
