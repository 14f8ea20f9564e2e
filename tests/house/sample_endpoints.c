// SPDX-License-Identifier: MIT
// A table of routes like that of the control room, with nobody behind it.
#include "base/memory.h"
#include "control/endpoint.h"

#define JSON "application/json"
#define LINES "text/plain, application/x-ndjson"

static const struct parameter wait[] = {
    {"wait", "string", false, "A state, ready or ended: answers when it is there."},
    {"timeout", "string", false, "A duration: how long to wait at most; 0: as long as it takes."},
    {0},
};
static const struct parameter names[] = {
    {"name", "string", true, "Only these helpers."},
    {0},
};
static const struct parameter signals[] = {
    {"signal", "string", false, "Its name or its number."},
    {0},
};
static const struct parameter logs[] = {
    {"lines", "integer", false, "The latest so many lines."},
    {"follow", "boolean", false, "Goes on with what comes."},
    {"format", "string", false, "text, json, dev, logfmt or qgoda."},
    {0},
};
static const struct parameter all_logs[] = {
    {"helper", "string", true, "Only these helpers; helperd: its own messages."},
    {"lines", "integer", false, "The latest so many lines."},
    {0},
};
static const struct parameter events[] = {
    {"last_event_id", "integer", false, "The number of the last event that was got."},
    {0},
};
static const struct parameter reload[] = {
    {"dry_run", "boolean", false, "Only says what it would do."},
    {0},
};

const struct endpoint endpoints[] = {
    {"GET", "/v1", ACCESS_READ, NULL, "What there is.", NULL, "Index", JSON},
    {"GET", "/v1/openapi.json", ACCESS_READ, NULL, "This document.", NULL, NULL, JSON},
    {"GET", "/v1/version", ACCESS_READ, NULL, "Who answers.", NULL, "Version", JSON},
    {"GET", "/v1/helpers", ACCESS_READ, NULL, "Helpers.", names, "Helpers", JSON},
    {"GET", "/v1/helpers/{name}", ACCESS_READ, NULL, "A helper.", wait, "HelperDetail", JSON},
    {"POST", "/v1/helpers/{name}/start", ACCESS_CONTROL, NULL, "Starts it.", wait, "Helpers", JSON},
    {"POST", "/v1/helpers/{name}/stop", ACCESS_CONTROL, NULL, "Stops it.", wait, "Helpers", JSON},
    {"POST", "/v1/helpers/{name}/signal", ACCESS_CONTROL, NULL, "Sends a signal to it.", signals,
     "Helpers", JSON},
    {"GET", "/v1/helpers/{name}/logs", ACCESS_READ, NULL, "Its lines.", logs, "LogLine", LINES},
    {"GET", "/v1/logs", ACCESS_READ, NULL, "Lines of all.", all_logs, "LogLine", LINES},
    {"GET", "/v1/events", ACCESS_READ, NULL, "What happens, as it happens.", events, "Event",
     "text/event-stream"},
    {"POST", "/v1/reload", ACCESS_CONTROL, NULL, "Reads the configuration again.", reload, "Reload",
     JSON},
    {"POST", "/v1/reopen", ACCESS_CONTROL, NULL, "Opens log files again.", NULL, "Reopen", JSON},
    {"POST", "/v1/shutdown", ACCESS_CONTROL, NULL, "Ends helperd.", NULL, "Shutdown", JSON},
    {"GET", "/v1/config", ACCESS_CONTROL, NULL, "The configuration in force.", NULL, NULL,
     "application/yaml"},
    {"GET", "/metrics", ACCESS_READ, NULL, "Numbers for Prometheus.", NULL, NULL,
     "application/openmetrics-text"},
    {"GET", "/healthz", ACCESS_NONE, NULL, "Whether helperd lives.", NULL, NULL, "text/plain"},
    {"GET", "/readyz", ACCESS_NONE, NULL, "Whether all helpers are up.", NULL, "Ready", JSON},
};
const size_t endpoint_count = LENGTH(endpoints);
