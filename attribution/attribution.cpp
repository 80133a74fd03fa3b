#include "attribution/attribution.hpp"
