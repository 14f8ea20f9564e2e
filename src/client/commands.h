// SPDX-License-Identifier: MIT
// The commands of helperctl, as its table names them. Each returns the exit status.
#pragma once

struct session;

int command_status(struct session *session);
int command_why(struct session *session);

int command_start(struct session *session);
int command_stop(struct session *session);
int command_restart(struct session *session);
int command_reset(struct session *session);
int command_signal(struct session *session);
int command_wait(struct session *session);

int command_logs(struct session *session);
int command_events(struct session *session);
int command_top(struct session *session);

int command_reload(struct session *session);
int command_reopen(struct session *session);
int command_shutdown(struct session *session);
int command_version(struct session *session);

int command_convert(struct session *session);

int command_help(struct session *session);
// For completion: "NAME\tSTATE" of each helper; nothing at all where nobody answers soon.
int command_names(struct session *session);
