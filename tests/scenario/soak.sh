#!/bin/bash
# SPDX-License-Identifier: MIT
# Long use leaves nothing behind: helpers that crash at once, with files, history and rate limits,
# while the configuration is read again and again. Memory, descriptors and threads are in the end
# what they were, and every run is in the log.
# SOAK_RESTARTS=100000 SOAK_RELOADS=1000 is the long version.
. "$(dirname "$0")/lib.sh"

RESTARTS=${SOAK_RESTARTS:-3000}
RELOADS=${SOAK_RELOADS:-100}
reloads=0

# write_config NUMBER: helper xNUMBER instead of the last one, and c1 to c3 are changed from time to
# time: in place, with a restart, gone and back.
write_config()
{
    local number=$1
    {
        echo "log: {target: main.log, max_size: 1MiB, max_files: 1000, queue: 1MiB}"
        echo "defaults: {backoff: {initial: 0s, max: 0s}, start_limit: {burst: 0}}"
        echo "helpers:"
        echo "  c0: [$PROGRAMS/crash, '1', line of c0]"
        echo "  c1: {command: [$PROGRAMS/crash, '1', line of c1]," \
            "log: {file: own/c1, file_format: json, max_size: $((4 + number % 3))KiB, max_files: $((number % 4))}}"
        echo "  c2: {command: [$PROGRAMS/crash, SEGV, line of $((number / 3))]," \
            "log: {stdout_file: own/c2.$((number % 2)), file_format: raw, max_size: 4KiB, max_files: 2}}"
        ((number % 5 == 4)) ||
            echo "  c3: {command: [$PROGRAMS/crash, '1', line of c3], stdin: hold," \
                "log: {rate_limit: $((10 + number % 2)), history: $((1 + number % 3))KiB}}"
        echo "  x$number: {command: [$PROGRAMS/lines, some, words], type: oneshot, log: {file: own/x}}"
    } >"$T/helperd.yaml.new"
    mv "$T/helperd.yaml.new" "$T/helperd.yaml"
}

# Both with the rotated parts.
in_log()
{
    grep -aqE -- "$1" "$T"/main.log*
}

count_in_all()
{
    cat "$T"/main.log* | grep -acE -- "$1"
}

starts() { count_in_all ' c[0-9]: started \(pid'; }

# tell WHEN: the figures of now; they are kept in resident, threads and descriptors.
tell()
{
    resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$HELPERD_PID/status")
    threads=$(threads_of_helperd)
    descriptors=$(open_descriptors "$HELPERD_PID" | wc -l)
    printf '  %-10s %6d restarts, %4d reloads: %d KiB resident, %d threads, %d descriptors\n' \
        "$1" "$(starts)" "$reloads" "$resident" "$threads" "$descriptors"
}

reload()
{
    reloads=$((reloads + 1))
    write_config "$reloads"
    kill -HUP "$HELPERD_PID"
    wait_for "$END_LIMIT" "the end of reload $reloads" in_log "\\] reload: 1 added \\(x$reloads\\)|\\] reload: 2 added \\(c3, x$reloads\\)"
}

# use RESTARTS RELOADS: until there were that many from the start on.
use()
{
    while ((reloads < $2)); do
        reload
        # Evenly spread.
        enough() { (($(starts) >= $1 * reloads / $2)); }
        ((reloads % 5 != 0)) || wait_for 3600 "$(($1 * reloads / $2)) restarts" enough "$1" "$2"
    done
}

write_calm()
{
    echo "log: {target: main.log, max_size: 1MiB, max_files: 1000}" >"$T/helperd.yaml"
    echo "helpers: {calm: [sleep, '1000']}" >>"$T/helperd.yaml"
}

step "one calm helper"
mkdir "$T/own"
write_calm
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "the calm one" in_log 'calm: started'
tell "calm"
threads_before=$threads descriptors_before=$descriptors

step "a warm-up"
reloads=0
write_config 0
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "the first reload" in_log '\] reload: 5 added'
use $((RESTARTS / 4)) $((RELOADS / 4))
tell "start"
resident_before=$resident

step "$RESTARTS restarts and $RELOADS reloads"
use $((RESTARTS / 2)) $((RELOADS / 2))
tell "middle"
use "$RESTARTS" "$RELOADS"
tell "end"
grew() { ! is_sanitized && ((resident > resident_before + 512)); }
# A writer that was late once may have cost memory that the process keeps. What leaks grows on.
for ((more = 1; more <= 2; more++)); do
    grew || break
    resident_before=$resident
    use $((RESTARTS + more * RESTARTS * 3 / 4)) $((RELOADS + more * RELOADS * 3 / 4))
    tell "once more"
done
! grew || fail "memory grew from $resident_before to $resident KiB"

step "without those that crash nothing of them is left"
write_calm
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "the last reload" in_log '\] reload: 1 added \(calm\), [45] removed'
as_before() { tell "calm" && ((threads <= threads_before && descriptors <= descriptors_before)); }
# Writers that were started because others were slow end after five seconds without work.
wait_for "$END_LIMIT" "as many descriptors and threads as at the start" as_before
tell "calm"
stop_helperd
expect_status 0
expect_no_process_left

step "every run is in the log: its start, its line, its end"
cat "$T"/main.log* >"$T/all"
for name in c0 c1; do
    started=$(grep -c " $name: started (pid" "$T/all")
    ended=$(grep -cE " $name: (exited with status 1|killed by|stopped \()" "$T/all")
    crashed=$(grep -cE " $name: (exited with status 1, |stopped \(exited with status 1\))" "$T/all")
    said=$(grep -c "\[$name\] line of $name\$" "$T/all")
    ((started == ended)) || fail "$name: $started starts, $ended ends"
    ((said >= crashed && said <= started)) || fail "$name: $said lines of $started runs, $crashed of them whole"
done

step "what many wrote at once into files of their own is no memory of helperd's afterwards"
{
    echo "helpers:"
    for ((i = 1; i <= 200; i++)); do
        echo "  h$i: {command: [$PROGRAMS/flood, -b, '1000', '100'], type: oneshot, log: {stdout_file: burst/$i, history: 0}}"
    done
} >"$T/burst.yaml"
mkdir "$T/burst"
start_helperd -c "$T/burst.yaml"
wait_for "$END_LIMIT" "the end of all" has_lines 200 'h[0-9]+: exited with status 0, completed'
all_there() { (($(cat "$T/burst/"* | wc -l) == 200000)); }
wait_for "$END_LIMIT" "all of their lines" all_there
gave_back()
{
    resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$HELPERD_PID/status")
    is_sanitized || ((resident <= 12288))
}
wait_for "$END_LIMIT" "12 MiB or less of memory" gave_back
printf '  %d KiB resident\n' "$resident"
stop_helperd
expect_status 0
