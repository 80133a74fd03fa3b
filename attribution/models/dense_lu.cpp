#include "attribution/models/dense_lu.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.hpp"

namespace fairlead::attribution {

DenseLu::DenseLu(std::vector<double> matrix, std::size_t size)
    : size_(size), matrix_(std::move(matrix)), order_(size) {
  CHECK(matrix_.size() == size * size);
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  for (std::size_t k = 0; k < size; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < size; ++i)
      if (std::abs(at(i, k)) > std::abs(at(pivot, k))) pivot = i;
    CHECK(at(pivot, k) != 0);
    if (pivot != k) {
      std::swap(order_[k], order_[pivot]);
      std::swap_ranges(&matrix_[k * size], &matrix_[k * size] + size, &matrix_[pivot * size]);
    }
    for (std::size_t i = k + 1; i < size; ++i) {
      if (at(i, k) == 0) continue;
      const double factor = matrix_[i * size + k] /= at(k, k);
      for (std::size_t j = k + 1; j < size; ++j)
        matrix_[i * size + j] -= factor * at(k, j);
    }
  }
}

std::vector<double> DenseLu::solve(std::span<const double> right) const {
  std::vector<double> x(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    double sum = right[order_[i]];
    for (std::size_t j = 0; j < i; ++j)
      sum -= at(i, j) * x[j];
    x[i] = sum;
  }
  for (std::size_t i = size_; i-- > 0;) {
    double sum = x[i];
    for (std::size_t j = i + 1; j < size_; ++j)
      sum -= at(i, j) * x[j];
    x[i] = sum / at(i, i);
  }
  return x;
}

std::vector<double> DenseLu::solve_transposed(std::span<const double> right) const {
  std::vector<double> y(right.begin(), right.end());
  for (std::size_t i = 0; i < size_; ++i) {
    y[i] /= at(i, i);
    for (std::size_t j = i + 1; j < size_; ++j)
      y[j] -= at(i, j) * y[i];
  }
  for (std::size_t i = size_; i-- > 0;)
    for (std::size_t j = 0; j < i; ++j)
      y[j] -= at(i, j) * y[i];
  std::vector<double> x(size_);
  for (std::size_t i = 0; i < size_; ++i)
    x[order_[i]] = y[i];
  return x;
}

}  // namespace fairlead::attribution
