// Markov removal effect: how many orders would be missing if every way over one influencer led
// nowhere.
//
// Journeys are walks of a chain: start, states, and two ends, conversion and null. At order 1 a
// state is an influencer; at order k it is k touches in a row, overlapping, (A B) (B C) …, a
// shorter journey being one shorter state. Equal states in a row are one. Every step is counted
// with the journeys that made it, the last one split into conversions and nulls. Then
//
//   RE(c) = 1 − P(conversion, states with c turned into null) / P(conversion)
//         = P(a walk visits c | it converts),
//
// and each influencer's conversions are the total times RE(c) / Σ RE. Value: the same with each
// state's conversions worth the mean of those that left from it. (Anderl, Becker, von Wangenheim
// and Schumann 2016.)
//
// Two ways to the same numbers. Dense: N = (I − Q)⁻¹ once; first visits x to the states S of c
// solve x N_SS = N_start,S, and RE(c) = x f_S / P; at order 1 that is (N_sc / N_cc) f_c / P. No
// chain is solved again for any influencer, but it costs 3 n³. Iterative: Gauss-Seidel on f = Q f
// + r for the chain and for each influencer's removal, in fixed order, to 1e-13; it converges
// because every state reaches an end. Chosen by cost, which depends on the paths alone: the same
// paths give the same bits.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <unordered_map>

#include "attribution/models/dense_lu.hpp"
#include "attribution/report_models.hpp"
#include "core/check.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::size_t dense_states_max = 2'000;
constexpr int sweeps_max = 100'000;
constexpr double sweep_change_max = 1e-13;
constexpr double sweeps_expected = 50;

constexpr Step no_step = UINT32_MAX;
using Tuple = std::array<Step, markov_order_max>;  // the rest is no_step

struct TupleHash {
  std::size_t operator()(const Tuple& tuple) const {
    std::uint64_t hash = 0;
    for (const Step step : tuple)
      hash = (hash ^ step) * 0xff51afd7ed558ccd, hash ^= hash >> 32;
    return hash;
  }
};

struct Edge {
  std::uint32_t from, to;  // from: `states` is the start
};

// What of the chain does not depend on how often each path counts.
class Shape {
 public:
  Shape(const JourneyPaths& paths, int order);

  std::size_t states = 0;
  std::vector<Edge> edges;                            // sorted by from, then to
  std::vector<std::vector<std::uint32_t>> states_of;  // by influencer
  std::vector<std::uint32_t> row_edges;               // of every row, one after the other
  std::vector<std::size_t> row_ends;                  // one per row, into row_edges

 private:
  void walk(std::span<const Step> steps, int order);
  std::uint32_t state_of(std::span<const Step> steps, int order);
  std::uint32_t edge_of(std::uint32_t from, std::uint32_t to);
  void sort_edges();

  std::unordered_map<Tuple, std::uint32_t, TupleHash> tuples_;
  // By (from + 1) · stride + to: from + 1, so that the start has 0 before the states are counted.
  std::unordered_map<std::uint64_t, std::uint32_t> far_edges_;
  std::vector<std::uint32_t> near_edges_;  // the same for the first states; edge + 1
  static constexpr std::uint32_t near_states = 512;
};

Shape::Shape(const JourneyPaths& paths, int order)
    : states_of(paths.influencers()), near_edges_(std::size_t{near_states + 1} * near_states) {
  CHECK(order >= 1 && order <= markov_order_max);
  row_ends.reserve(paths.rows().size());
  if (order == 1) {
    states = paths.influencers();
    for (std::size_t i = 0; i < states; ++i)
      states_of[i] = {static_cast<std::uint32_t>(i)};
  }
  for (const PathRow& row : paths.rows()) {
    walk(paths.steps(row), order);
    row_ends.push_back(row_edges.size());
  }
  for (Edge& edge : edges)
    edge.from = edge.from == 0 ? static_cast<std::uint32_t>(states) : edge.from - 1;
  sort_edges();
  tuples_ = {};
  far_edges_ = {};
  near_edges_ = {};
}

void Shape::walk(std::span<const Step> steps, int order) {
  const auto width = std::min(steps.size(), static_cast<std::size_t>(order));
  std::uint32_t previous = 0;  // the state + 1
  for (std::size_t i = 0; i + width <= steps.size(); ++i) {
    const std::uint32_t state = state_of(steps.subspan(i, width), order);
    if (state + 1 == previous) continue;
    row_edges.push_back(edge_of(previous, state));
    previous = state + 1;
  }
}

std::uint32_t Shape::state_of(std::span<const Step> steps, int order) {
  if (order == 1) return steps.front();
  Tuple tuple;
  tuple.fill(no_step);
  std::copy(steps.begin(), steps.end(), tuple.begin());
  const auto [found, is_new] = tuples_.try_emplace(tuple, static_cast<std::uint32_t>(states));
  if (is_new) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (std::find(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i), steps[i]) ==
          steps.begin() + static_cast<std::ptrdiff_t>(i))
        states_of[steps[i]].push_back(found->second);
    }
    ++states;
  }
  return found->second;
}

std::uint32_t Shape::edge_of(std::uint32_t from, std::uint32_t to) {
  const auto next = static_cast<std::uint32_t>(edges.size());
  if (from <= near_states && to < near_states) {
    std::uint32_t& known = near_edges_[std::size_t{from} * near_states + to];
    if (known == 0) {
      edges.push_back({from, to});
      known = next + 1;
    }
    return known - 1;
  }
  const auto [found, is_new] = far_edges_.try_emplace((std::uint64_t{from} << 32) | to, next);
  if (is_new) edges.push_back({from, to});
  return found->second;
}

void Shape::sort_edges() {
  std::vector<std::uint32_t> order(edges.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return std::pair(edges[a].from, edges[a].to) < std::pair(edges[b].from, edges[b].to);
  });
  std::vector<std::uint32_t> place(edges.size());
  std::vector<Edge> sorted;
  sorted.reserve(edges.size());
  for (const std::uint32_t old : order) {
    place[old] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(edges[old]);
  }
  edges = std::move(sorted);
  for (std::uint32_t& edge : row_edges)
    edge = place[edge];
}

// The chain of one set of tallies: probabilities and rewards.
struct Chain {
  std::vector<double> steps;              // of each edge
  std::vector<double> conversion, value;  // of each state: expected when it is left for the end
  double tallied_conversions = 0;
  double tallied_value = 0;
};

Chain chain_of(const Shape& shape, std::span<const Tally> tallies) {
  Chain chain{.steps = std::vector<double>(shape.edges.size()),
              .conversion = std::vector<double>(shape.states),
              .value = std::vector<double>(shape.states)};
  std::vector<double> left(shape.states + 1);  // how often each state was left; the last is start
  std::size_t edge = 0;
  for (std::size_t row = 0; row < tallies.size(); ++row) {
    const Tally& tally = tallies[row];
    const double journeys = tally.conversions + tally.nulls;
    for (; edge < shape.row_ends[row]; ++edge)
      chain.steps[shape.row_edges[edge]] += journeys;
    const std::uint32_t last = shape.edges[shape.row_edges[edge - 1]].to;
    left[last] += journeys;
    chain.conversion[last] += tally.conversions;
    chain.value[last] += tally.value;
    chain.tallied_conversions += tally.conversions;
    chain.tallied_value += tally.value;
  }
  for (std::size_t i = 0; i < shape.edges.size(); ++i)
    left[shape.edges[i].from] += chain.steps[i];
  for (std::size_t i = 0; i < shape.edges.size(); ++i)
    if (const double all = left[shape.edges[i].from]; all > 0) chain.steps[i] /= all;
  for (std::size_t state = 0; state < shape.states; ++state) {
    if (left[state] == 0) continue;
    chain.conversion[state] /= left[state];
    chain.value[state] /= left[state];
  }
  return chain;
}

struct Ends {
  double conversion = 0;
  double value = 0;
};

// What is reached from the start when the states of `removed` lead nowhere.
Ends reach_iteratively(const Shape& shape, const Chain& chain,
                       std::span<const std::uint32_t> removed) {
  std::vector<double> f = chain.conversion;
  std::vector<double> g = chain.value;
  std::vector<char> is_removed(shape.states);
  for (const std::uint32_t state : removed)
    is_removed[state] = 1, f[state] = g[state] = 0;
  // From the last state to the first: states are numbered roughly as journeys go.
  const std::size_t first_of_start = static_cast<std::size_t>(
      std::partition_point(shape.edges.begin(), shape.edges.end(),
                           [&](const Edge& edge) { return edge.from < shape.states; }) -
      shape.edges.begin());
  for (int sweep = 0; sweep < sweeps_max; ++sweep) {
    double change = 0;
    std::size_t edge = first_of_start;
    while (edge > 0) {
      const std::uint32_t from = shape.edges[edge - 1].from;
      double to_f = chain.conversion[from];
      double to_g = chain.value[from];
      for (; edge > 0 && shape.edges[edge - 1].from == from; --edge) {
        to_f += chain.steps[edge - 1] * f[shape.edges[edge - 1].to];
        to_g += chain.steps[edge - 1] * g[shape.edges[edge - 1].to];
      }
      if (is_removed[from] != 0) continue;
      change = std::max({change, std::abs(to_f - f[from]),
                         std::abs(to_g - g[from]) / std::max(1.0, std::abs(to_g))});
      f[from] = to_f;
      g[from] = to_g;
    }
    if (change < sweep_change_max) break;
  }
  Ends ends;
  for (std::size_t edge = first_of_start; edge < shape.edges.size(); ++edge) {
    ends.conversion += chain.steps[edge] * f[shape.edges[edge].to];
    ends.value += chain.steps[edge] * g[shape.edges[edge].to];
  }
  return ends;
}

RemovalEffects effects_iteratively(const Shape& shape, const Chain& chain) {
  const Ends all = reach_iteratively(shape, chain, {});
  RemovalEffects effects{.conversion_rate = all.conversion, .states = shape.states};
  for (const auto& states : shape.states_of) {
    const Ends without = states.empty() ? all : reach_iteratively(shape, chain, states);
    effects.conversion.push_back(1 - without.conversion / all.conversion);
    effects.value.push_back(all.value > 0 ? 1 - without.value / all.value : 0);
  }
  return effects;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

RemovalEffects effects_densely(const Shape& shape, const Chain& chain) {
  const std::size_t size = shape.states;
  std::vector<double> matrix(size * size);  // I − Q
  std::vector<double> start(size);
  for (std::size_t i = 0; i < size; ++i)
    matrix[i * size + i] = 1;
  for (std::size_t i = 0; i < shape.edges.size(); ++i) {
    const Edge edge = shape.edges[i];
    (edge.from == size ? start[edge.to] : matrix[edge.from * size + edge.to]) +=
        edge.from == size ? chain.steps[i] : -chain.steps[i];
  }
  const DenseLu lu(std::move(matrix), size);
  const auto f = lu.solve(chain.conversion);
  const auto g = lu.solve(chain.value);
  const auto visits = lu.solve_transposed(start);
  const Ends all{dot(start, f), dot(start, g)};
  RemovalEffects effects{.conversion_rate = all.conversion, .states = size};
  std::vector<std::vector<double>> columns(size);  // of N, made when they are needed
  for (const auto& states : shape.states_of) {
    const std::size_t count = states.size();
    std::vector<double> within(count * count), visited, to_f, to_g;
    for (std::size_t j = 0; j < count; ++j) {
      auto& column = columns[states[j]];
      if (column.empty()) {
        std::vector<double> unit(size);
        unit[states[j]] = 1;
        column = lu.solve(unit);
      }
      for (std::size_t i = 0; i < count; ++i)
        within[i * count + j] = column[states[i]];
      visited.push_back(visits[states[j]]);
      to_f.push_back(f[states[j]]);
      to_g.push_back(g[states[j]]);
    }
    const auto first_visits = DenseLu(std::move(within), count).solve_transposed(visited);
    effects.conversion.push_back(dot(first_visits, to_f) / all.conversion);
    effects.value.push_back(all.value > 0 ? dot(first_visits, to_g) / all.value : 0);
  }
  return effects;
}

double dense_cost(const Shape& shape) {
  const auto states = static_cast<double>(shape.states);
  return 3 * states * states * states;
}

double iterative_cost(const Shape& shape) {
  const auto chains = static_cast<double>(shape.states_of.size() + 1);
  return sweeps_expected * chains * static_cast<double>(shape.edges.size());
}

bool is_dense_cheaper(const Shape& shape) {
  return shape.states <= dense_states_max && dense_cost(shape) <= iterative_cost(shape);
}

std::optional<RemovalEffects> effects_of(const Shape& shape, const Chain& chain, Solver solver) {
  if (chain.tallied_conversions <= 0) return std::nullopt;
  if (solver == Solver::cheaper)
    solver = is_dense_cheaper(shape) ? Solver::dense : Solver::iterative;
  auto effects =
      solver == Solver::dense ? effects_densely(shape, chain) : effects_iteratively(shape, chain);
  // An influencer on no converting walk has none, not the noise of rounding.
  for (auto* list : {&effects.conversion, &effects.value})
    for (double& effect : *list)
      effect = effect < 1e-12 ? 0 : std::min(effect, 1.0);
  return effects;
}

std::vector<double> divide(double total, std::vector<double> effects) {
  const double sum = std::accumulate(effects.begin(), effects.end(), 0.0);
  for (double& effect : effects)
    effect = sum > 0 ? total * effect / sum : 0;
  return effects;
}

}  // namespace

std::optional<RemovalEffects> removal_effects(const JourneyPaths& paths, int order,
                                              std::span<const Tally> tallies, Solver solver) {
  const Shape shape(paths, order);
  return effects_of(shape, chain_of(shape, tallies), solver);
}

double markov_cost(const JourneyPaths& paths, int order) {
  const Shape shape(paths, order);
  return is_dense_cheaper(shape) ? dense_cost(shape) : iterative_cost(shape);
}

Estimator prepare_markov(const JourneyPaths& paths, int order) {
  const auto shape = std::make_shared<const Shape>(paths, order);
  return [shape](std::span<const Tally> tallies) -> std::optional<Estimate> {
    const Chain chain = chain_of(*shape, tallies);
    auto effects = effects_of(*shape, chain, Solver::cheaper);
    if (!effects) return std::nullopt;
    return Estimate{divide(chain.tallied_conversions, std::move(effects->conversion)),
                    divide(chain.tallied_value, std::move(effects->value))};
  };
}

}  // namespace fairlead::attribution
