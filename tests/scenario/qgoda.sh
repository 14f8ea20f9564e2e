#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The example of a Qgoda site in developer mode: its _qgoda.yaml is found and runs as it is.

# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/web-lib.sh
. "$(dirname "$0")/web-lib.sh"

need_programs node npm curl

step "npm installs what the example names"
use_example qgoda-site
install_packages
SYNC_PORT=$(free_ports 1)
export SYNC_PORT
sync=http://127.0.0.1:$SYNC_PORT

step "its configuration has no errors"
"$HELPERD" --check -c _qgoda.yaml >"$LOG" 2>&1 || fail "refused"

step "helperd finds _qgoda.yaml and runs its helpers"
start_helperd --dev
wait_for_line "$(from npm 'webpack watch')"
wait_for_line "$(from npm 'compiled successfully')"
wait_for_line "$(from browser-sync 'Serving files from: _site')"

step "the site is served"
wait_for_page "$sync/" 'Next high water'
wait_for_page "$sync/assets/bundle.js" 'at a quarter past six'

step "a saved source is built again and served"
replace_text src/tide.js 'at a quarter past six' 'at half past six'
wait_for "$END_LIMIT" "the second build" has_lines 2 "$(from npm 'compiled successfully')"
wait_for_page "$sync/assets/bundle.js" 'at half past six'
wait_for_line "$(from browser-sync 'Reloading Browsers')"

step "a killed helper comes back, and nothing of its old run stays beside it"
pid=$(started_pid browser-sync)
process_lives "$pid" || fail "browser-sync does not run as pid $pid"
mapfile -t below < <(children_of "$pid")
((${#below[@]} > 0)) || fail "npm runs nothing"
kill -KILL "$pid"
wait_for "$END_LIMIT" "its second start" has_lines 2 'browser-sync: started \(pid'
for old in "${below[@]}"; do
    ! process_lives "$old" || fail "pid $old of the old run is alive beside the new one"
done
wait_for_page "$sync/" 'Next high water'

step "Ctrl-C ends all of them"
stop_helperd INT
expect_status 0
expect_no_process_left

step "as JSON each record has its helper and its level"
start_helperd --dev --log-format json
wait_for_record npm info stdout 'compiled successfully'
wait_for_record browser-sync info stdout 'Serving files from: _site'
has_record helperd info '' 'npm: started \(pid [0-9]+\)' || fail "helperd does not speak for itself"
stop_helperd INT
expect_status 0
expect_no_process_left
expect_json_log
