#include "admin/admin.hpp"
