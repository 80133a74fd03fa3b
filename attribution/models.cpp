#include "attribution/models.hpp"

namespace fairlead::attribution {

std::span<const Model> models() {
  // The first entry is also the fallback of find_model().
  static constexpr Model table[] = {
      {"last_click", weigh_last_click, "the last one counts"},
      {"first_click", weigh_first_click, "the first one counts"},
      {"last_non_direct", weigh_last_non_direct, "the last one that was not a direct visit counts"},
      {"linear", weigh_linear, "all count alike"},
      {"position", weigh_position,
       "the first and the last count 40 % each, and those between them share the rest"},
      {"time_decay", weigh_time_decay,
       "each counts half as much for every half-life that it is older"},
      {"w_shaped", weigh_w_shaped,
       "the first, the last and the one that gave the code count 30 % each, and the others share "
       "the rest"},
  };
  return table;
}

const Model& find_model(std::string_view name) {
  for (const Model& model : models()) {
    if (model.name == name) return model;
  }
  return models().front();
}

}  // namespace fairlead::attribution
