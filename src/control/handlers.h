// SPDX-License-Identifier: MIT
// What each route does: reads the request, calls one function of the supervisor or the daemon, and
// hands what comes of it to view.
#pragma once

#include "control/control.h"
#include "control/request.h"

typedef void handler(struct control *control, struct request *request);

handler handle_index, handle_openapi, handle_version, handle_config;
handler handle_helpers, handle_helper;
handler handle_start, handle_stop, handle_restart, handle_reset, handle_signal;
handler handle_helper_logs, handle_logs, handle_events;
handler handle_reload, handle_reopen, handle_shutdown;
handler handle_metrics, handle_healthz, handle_readyz;
