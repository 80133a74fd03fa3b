#include "attribution/models.hpp"

namespace fairlead::attribution {

std::span<const Model> models() {
  // The first entry is also the fallback of find_model().
  static constexpr Model table[] = {
      {"last_click", weigh_last_click},
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
