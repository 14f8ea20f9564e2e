// SPDX-License-Identifier: MIT
#include "output/rate_limit.h"

bool rate_limit_take(struct rate_limit *limit, uint64_t per_second, double now)
{
    double most = (double)per_second;
    double more = limit->looked > 0 ? (now - limit->looked) * most : most;
    limit->looked = now;
    limit->left = limit->left + more < most ? limit->left + more : most;
    if (limit->left < 1)
        return false;
    limit->left--;
    return true;
}
