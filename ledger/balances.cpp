#include "ledger/ledger.hpp"
#include "ledger/sql.hpp"

namespace fairlead::ledger {

namespace {

constexpr std::int64_t accounts_per_page = 10'000;

}  // namespace

std::vector<Balance> balances(storage::Session& session, core::BrandId brand) {
  std::vector<Balance> all;
  for (;;) {
    const std::string account = all.empty() ? "" : all.back().account;
    const std::string currency = all.empty() ? "" : all.back().currency;
    const storage::Rows page =
        session.run(sql::list_balances, brand, account, currency, accounts_per_page);
    for (const storage::Row& row : page)
      all.push_back({row.text(0), row.text(1), row.integer(2)});
    if (static_cast<std::int64_t>(page.size()) < accounts_per_page) return all;
  }
}

}  // namespace fairlead::ledger
