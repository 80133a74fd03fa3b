#include "attribution/effects.hpp"

#include "attribution/sql.hpp"

namespace fairlead::attribution {

std::vector<Effect> effects_of(storage::Session& session, core::BrandId brand,
                               core::OrderId order) {
  std::vector<Effect> effects;
  for (const storage::Row& row : session.run(sql::list_effects, brand, order)) {
    effects.push_back({.ref = row.text(1),
                       .kind = parse_effect_kind(row.text(0)),
                       .integration = row.id<core::IntegrationId>(2),
                       .stated_at = row.instant(3),
                       .stated_minor = row.integer(4),
                       .whole_minor = row.integer(5),
                       .amount_minor = row.integer(6),
                       .lines = {}});
  }
  auto effect = effects.begin();
  for (const storage::Row& row : session.run(sql::list_effect_lines, brand, order)) {
    while (effect != effects.end() &&
           (word_of(effect->kind) != row.text(0) || effect->ref != row.text(1)))
      ++effect;
    if (effect == effects.end()) break;
    EffectLine line{row.text(2), std::nullopt, std::nullopt};
    if (!row.is_null(3)) line.quantity = row.integer(3);
    if (!row.is_null(4)) line.amount_minor = row.integer(4);
    effect->lines.push_back(std::move(line));
  }
  return effects;
}

void put_effect(storage::Session& session, core::BrandId brand, core::OrderId order,
                const Effect& effect) {
  const std::string_view kind = word_of(effect.kind);
  session.run(sql::delete_effect_lines, brand, order, kind, effect.ref);
  session.run(sql::put_effect, brand, order, kind, effect.ref, effect.integration, effect.stated_at,
              effect.stated_minor, effect.whole_minor, effect.amount_minor);
  std::int64_t position = 0;
  for (const EffectLine& line : effect.lines)
    session.run(sql::insert_effect_line, brand, order, kind, effect.ref, position++, line.line_id,
                line.quantity, line.amount_minor);
}

void put_alias(storage::Session& session, core::BrandId brand, core::IntegrationId integration,
               const std::string& alias, core::OrderId order) {
  session.run(sql::insert_alias, brand, integration, alias, order);
}

std::string booked_ref(storage::Session& session, core::BrandId brand,
                       core::IntegrationId integration, const std::string& shop_ref) {
  const auto known = session.run(sql::find_order_by_alias, brand, integration, shop_ref);
  if (!known.empty()) return known.one().text(0);
  const auto taken = session.run(sql::find_order_owner, brand, shop_ref);
  if (taken.empty()) return shop_ref;
  const auto owner = taken.one().id<core::IntegrationId>(0);
  if (!owner || owner == integration) return shop_ref;
  return shop_ref + "@" + integration.text();
}

}  // namespace fairlead::attribution
