#!/bin/bash
# SPDX-License-Identifier: MIT
# The limits of a helperd that runs are lowered while helpers crash and log files rotate: that is
# said, what can be kept is kept, and all comes back with the limits.
. "$(dirname "$0")/lib.sh"
command -v prlimit >/dev/null || skip "no prlimit"
[[ -r /proc/self/fd ]] || skip "no /proc"

# Numbers without end, slowly; a crash now and then.
cat >"$T/count" <<'SH2'
#!/bin/bash
for ((i = 1; ; i++)); do
    echo "line $i of many"
    sleep 0.01
done
SH2
chmod 0755 "$T/count"

export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 # it needs a descriptor to look for them

mkdir "$T/logs"
cat >"$T/helperd.yaml" <<YAML
defaults: {backoff: {initial: 20ms, max: 20ms}, restart: always}
helpers:
  count: {command: [$T/count], log: {stdout_file: logs/count, file_format: raw, max_size: 1KiB, max_files: 1000}}
  crash: {command: "sleep 0.1; exit 1"}
  steady: {command: [/bin/sleep, "1000"]}
YAML

# lower LIMIT: the soft limit of the helperd that runs; raise LIMIT: back to the hard one.
lower()
{
    prlimit "--${1%%=*}=${1#*=}:" --pid "$HELPERD_PID" || fail "cannot lower $1"
}

raise()
{
    local hard
    hard=$(prlimit --raw --noheadings --output HARD "--$1" --pid "$HELPERD_PID")
    prlimit "--$1=$hard:" --pid "$HELPERD_PID"
}

pid_of()
{
    sed -n "s/.*info \\[helperd\\] $1: started (pid \\([0-9]*\\)).*/\\1/p" "$LOG" | tail -n 1
}

# wait_for_more PATTERN: one more line than there are.
wait_for_more()
{
    wait_for "$END_LIMIT" "one more /$1/" has_lines $(($(count_lines "$1") + 1)) "$1"
}

kinds_of_descriptors()
{
    open_descriptors "$HELPERD_PID" | sed 's/^[0-9]* //; s/\[.*//; s/ (deleted)//' | sort
}

has_files()
{
    local files=("$T/logs"/*)
    ((${#files[@]} >= $1))
}

rotated()
{
    printf '%s\n' "$T/logs"/count.* | sort -rV
}

step "no more descriptors for a while"
start_helperd --log-format text -c "$T/helperd.yaml"
wait_for_line 'crash: exited with status 1, next start'
wait_for "$END_LIMIT" "rotations" has_files 3
raise nofile # helperd has done that, so nothing changes
lower nofile=5
wait_for_line 'crash: cannot start: Too many open files \(step: [a-z /]*\), next start in 1 s'
wait_for_line "cannot rotate $T/logs/count or open it again: Too many open files; lines go on to the old file"
wait_for_line 'steady: started'
steady=$(pid_of steady)
kill -KILL "$steady"
wait_for_line 'steady: cannot start: Too many open files'
kill -USR1 "$HELPERD_PID"
wait_for_line 'opening 1 log file again'
wait_for_more 'crash: cannot start: Too many open files'
expect_no_line 'event loop failed|gave up|failed for good'
count=$(rotated | wc -l)
raise nofile
wait_for_more 'crash: exited with status 1'
wait_for "$END_LIMIT" "the second start" has_lines 2 'steady: started'
wait_for "$END_LIMIT" "rotations" has_files $((count + 3))

step "nothing of the numbers is lost, and none is there twice"
kill -TERM "$(pid_of count)"
wait_for_more 'count: started'
counted_twice() { (($(cat "$T/logs"/* | grep -cx 'line 1 of many') >= 2)); }
wait_for "$END_LIMIT" "the numbers of the second run" counted_twice
stop_helperd
expect_status 0
expect_line 'all helpers ended'
mapfile -t files < <(rotated)
cat "${files[@]}" "$T/logs/count" >"$T/all"
awk '/^line 1 of many$/ { runs++; next_one = 1 } $0 != "line " next_one++ " of many" { print; exit 1 } END { exit runs < 2 }' "$T/all" ||
    fail "a gap in the numbers"
expect_no_process_left

step "the end comes also without descriptors"
start_helperd --log-format text -c "$T/helperd.yaml"
wait_for_line 'crash: exited with status 1, next start'
lower nofile=3
wait_for_line 'crash: cannot start: Too many open files'
stop_helperd
expect_status 0
expect_line 'all helpers ended'
expect_no_process_left

step "no more processes for a while, for an ordinary user"
if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
    as_user=(setpriv --reuid 54321 --regid 54321 --clear-groups --inh-caps=-all)
    chmod 0755 "$T"
    mkdir "$T/user" && chown 54321:54321 "$T/user"
    cat >"$T/user/helperd.yaml" <<YAML
defaults: {backoff: {initial: 20ms, max: 20ms}, restart: always}
helpers:
  crash: {command: [/bin/sleep, "0.2"], restart: always}
YAML
    : >"$LOG"
    STATUS=
    "${as_user[@]}" "$HELPERD" --log-format text -c "$T/user/helperd.yaml" </dev/null >>"$LOG" 2>&1 &
    HELPERD_PID=$!
    wait_for_line 'crash: exited with status 0, next start'
    "${as_user[@]}" prlimit --nproc=1: --pid "$HELPERD_PID" || fail "cannot lower nproc"
    wait_for_line 'crash: cannot start: Resource temporarily unavailable \(step: clone\), next start in 1 s'
    "${as_user[@]}" prlimit --nproc="$(ulimit -Hu)": --pid "$HELPERD_PID" || fail "cannot raise nproc"
    wait_for_more 'crash: exited with status 0, next start'
    stop_helperd
    expect_status 0
else
    echo "  not as root, or no setpriv"
fi
expect_no_process_left

is_sanitized && exit 0 # they reserve terabytes of addresses

step "no more addresses for a while"
cat >"$T/helperd.yaml" <<YAML
helpers:
  crash: {command: [/bin/sleep, "0.1"], restart: always, backoff: {initial: 20ms, max: 20ms}}
YAML
start_helperd --log-format text -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "ten starts" has_lines 10 'crash: started'
lower as=65536
wait_for_line 'crash: (cannot execute: Cannot allocate memory|killed by SIG)'
raise as
wait_for_more 'crash: exited with status 0'
stop_helperd
expect_status 0
expect_no_process_left
