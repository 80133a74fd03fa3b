// Customers who are not who they seem: one e-mail address under several of the shop's keys, one
// visitor who orders under several names, or a customer who is said to be new and has ordered
// before. Each happens to honest people (a forgotten password, a family's tablet), so it is the
// share that counts.
#include <unordered_map>
#include <unordered_set>

#include "attribution/signals/share_test.hpp"

namespace fairlead::attribution {

namespace {

class Customers {
 public:
  // Whether the order's customer was there before under another name, by the orders so far. A
  // second credit of the same order gets the answer of the first.
  std::optional<bool> take(const SignalOrder& order) {
    if (order.customer.empty()) return std::nullopt;
    const auto [known, is_first] = answers_.try_emplace(order.order.number, false);
    if (is_first) known->second = look(order);
    return known->second;
  }

 private:
  bool look(const SignalOrder& order) {
    const std::string& email = order.customer_email.empty() ? order.customer : order.customer_email;
    bool is_duplicate =
        order.is_said_to_be_new && (seen_.contains(order.customer) || seen_.contains(email));
    if (!order.customer_email.empty()) {  // a guest has no key, and gets one later
      const auto& key = keys_of_emails_.try_emplace(email, order.customer).first->second;
      is_duplicate = is_duplicate || key != order.customer;
    }
    if (order.visitor != 0) {
      // By the e-mail: a guest who logs in later is no other person.
      const auto& visitor = emails_of_visitors_.try_emplace(order.visitor, email).first->second;
      is_duplicate = is_duplicate || visitor != email;
    }
    seen_.insert(order.customer);
    seen_.insert(email);
    return is_duplicate;
  }

  std::unordered_map<std::int64_t, bool> answers_;  // by order
  std::unordered_set<std::string> seen_;
  std::unordered_map<std::string, std::string> keys_of_emails_;
  std::unordered_map<std::int64_t, std::string> emails_of_visitors_;
};

}  // namespace

std::vector<SignalFinding> find_duplicate_customers(const SignalFacts& facts) {
  Customers customers;
  std::vector<std::optional<bool>> signs;
  for (const SignalOrder& order : facts.orders)
    signs.push_back(customers.take(order));
  return find_by_share(facts, {.signal = Signal::duplicate_customers, .threshold = 1},
                       [&](std::size_t index) { return signs[index]; });
}

}  // namespace fairlead::attribution
