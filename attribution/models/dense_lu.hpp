// A square system of linear equations, factorised once by Gaussian elimination with partial
// pivoting and solved for many right-hand sides. Pure; belongs to one thread while it is made.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace fairlead::attribution {

class DenseLu {
 public:
  // `matrix` by rows, size × size, not singular (CHECK).
  DenseLu(std::vector<double> matrix, std::size_t size);
  std::vector<double> solve(std::span<const double> right) const;             // A x = right
  std::vector<double> solve_transposed(std::span<const double> right) const;  // Aᵀ x = right

 private:
  double at(std::size_t row, std::size_t column) const { return matrix_[row * size_ + column]; }
  std::size_t size_;
  std::vector<double> matrix_;      // L below the diagonal, whose own is 1, and U
  std::vector<std::size_t> order_;  // row i of LU is row order_[i] of A
};

}  // namespace fairlead::attribution
