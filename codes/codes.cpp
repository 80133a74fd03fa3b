#include "codes/codes.hpp"
