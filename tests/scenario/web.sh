#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The example of a web project in developer mode: webpack, Vite, http-server and browser-sync.

# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/web-lib.sh
. "$(dirname "$0")/web-lib.sh"

need_programs node npm curl

step "npm installs what the example names"
use_example web
install_packages
mapfile -t ports < <(free_ports 3)
export WEB_PORT=${ports[0]} VITE_PORT=${ports[1]} SYNC_PORT=${ports[2]}
web=http://127.0.0.1:$WEB_PORT vite=http://127.0.0.1:$VITE_PORT sync=http://127.0.0.1:$SYNC_PORT

step "its configuration has no errors"
"$HELPERD" --check -c helperd.yaml >"$LOG" 2>&1 || fail "refused"

step "each program runs, and its lines carry its name"
start_helperd --dev
wait_for_line "$(from build 'compiled successfully')"
wait_for_line "$(from webpack 'compiled successfully')"
wait_for_line "$(from http-server 'Available on')"
wait_for_line "$(from vite 'ready in')"
wait_for_line "$(from browser-sync 'Watching files')"
expect_order 'build: .*completed' 'webpack: started'
expect_order 'build: .*completed' 'http-server: started'

step "the pages are served"
wait_for_page "$web/" 'assets/bundle.js'
wait_for_page "$web/assets/bundle.js" 'Hello from webpack'
wait_for_page "$vite/main.js" 'open for'
wait_for_page "$sync/" 'assets/bundle.js'

step "a saved source is built again and served"
replace_text src/greeting.js 'Hello from webpack' 'Edited while it runs'
wait_for "$END_LIMIT" "the second build" \
    has_lines 2 "$(from webpack 'compiled successfully')"
wait_for_page "$web/assets/bundle.js" 'Edited while it runs'
wait_for_line "$(from browser-sync 'Reloading Browsers')"

step "a killed program comes back"
pid=$(started_pid http-server)
process_lives "$pid" || fail "http-server does not run as pid $pid"
kill -KILL "$pid"
wait_for "$END_LIMIT" "its second start" has_lines 2 'http-server: started \(pid'
expect_line 'http-server: .*killed by SIGKILL'
[[ $(started_pid http-server) != "$pid" ]] || fail "the same pid again"
wait_for_page "$web/" 'assets/bundle.js'

step "Ctrl-C ends all of them"
stop_helperd INT
expect_status 0
expect_no_process_left

step "as JSON each record has its helper and its level"
start_helperd --dev --log-format json
wait_for_record build info stdout 'compiled successfully'
wait_for_record webpack info stdout 'compiled successfully'
wait_for_record http-server info stdout 'Available on'
wait_for_record vite info stdout 'ready in'
wait_for_record browser-sync info stdout 'Watching files'
has_record helperd info '' 'vite: started \(pid [0-9]+\)' || fail "helperd does not speak for itself"

step "what a program writes to standard error is a warning"
wait_for_page "$vite/main.js" 'open for'
replace_text app/main.js 'setInterval(show, 1000)' 'setInterval(show, 1000'
wait_for "$END_LIMIT" "the refusal of broken code" page_refused "$vite/main.js"
wait_for_record vite warning stderr 'main\.js'
! has_record vite info stdout 'Internal server error' || fail "the error is there as info"

step "the log is JSON to its end"
stop_helperd INT
expect_status 0
expect_no_process_left
expect_json_log
