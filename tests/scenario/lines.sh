#!/bin/bash
# SPDX-License-Identifier: MIT
# What helpers print, in every format: whole, in order, at its level, and nothing lost.
. "$(dirname "$0")/lib.sh"

step "stdout is info, stderr is warning, rules and priorities change that"
cat >"$T/levels.yaml" <<YAML
defaults: {type: oneshot}
helpers:
  both: {command: [$PROGRAMS/lines, first, second, third, fourth]}
  set: {command: [$PROGRAMS/lines, a, b], log: {stdout: debug, stderr: error, prefix: other}}
  gone: {command: [$PROGRAMS/lines, a, b], log: {stdout: discard}}
  ruled:
    command: [$PROGRAMS/lines, "fatal: x", "note: y", "noise 17", plain]
    log: {rules: [{match: "^fatal", level: error}, {match: ^note, level: debug}, {match: 'noise \d+', drop: true}]}
  marked: {command: [$PROGRAMS/lines, "<3>bad", "<6>good", "<9>text", "<4>odd"], log: {parse_priority: true}}
  unmarked: {command: [$PROGRAMS/lines, "<3>bad"]}
YAML
start_helperd -c "$T/levels.yaml"
for name in both set gone ruled marked unmarked; do
    wait_for_line "\\[helperd\\] $name: exited with status 0, completed"
done
stop_helperd
expect_status 0
stamp='^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
expect_line "$stamp info \\[both\\] first\$"
expect_line "$stamp warning \\[both\\] second\$"
expect_line "$stamp info \\[both\\] third\$"
expect_line "$stamp debug \\[other\\] a\$"
expect_line "$stamp error \\[other\\] b\$"
expect_no_line '\[gone\] a'
expect_line 'warning \[gone\] b'
expect_line 'error \[ruled\] fatal: x'
expect_line 'debug \[ruled\] note: y'
expect_no_line 'noise'
expect_line 'warning \[ruled\] plain'
expect_line 'error \[marked\] bad$'
expect_line 'info \[marked\] good$'
expect_line 'info \[marked\] <9>text$'
expect_line 'warning \[marked\] odd$'
expect_line 'info \[unmarked\] <3>bad$'

step "log.level leaves out what is below"
start_helperd -c <(sed '1i log: {level: warning}' "$T/levels.yaml")
wait_for_line 'warning \[ruled\] plain'
wait_for_line 'error \[other\] b'
stop_helperd
expect_status 0
expect_no_line ' (info|debug) '

step "every line of eight that flood, once and in order"
{
    echo "defaults: {type: oneshot}"
    echo "helpers:"
    for ((i = 1; i <= 8; i++)); do
        echo "  flood$i: {command: [$PROGRAMS/flood, -b, -t, tag$i, \"20000\", \"100\"]}"
    done
    echo "  single: {command: [$PROGRAMS/flood, -e, -t, tags, \"5000\", \"40\"]}"
} >"$T/flood.yaml"
start_helperd -c "$T/flood.yaml"
for ((i = 1; i <= 8; i++)); do
    wait_for_line "\\[helperd\\] flood$i: exited with status 0, completed"
done
wait_for_line "\\[helperd\\] single: exited with status 0, completed"
stop_helperd
expect_status 0

# exact HELPER TAG COUNT: its lines are numbered from the first to the last, each once, in order.
exact()
{
    sed -n "s/^.* \\[$1\\] //p" "$LOG" >"$T/seen"
    "$PROGRAMS/flood" -t "$2" "$3" "$4" | cmp -s - "$T/seen" || fail "the lines of $1 are not what it wrote"
}
for ((i = 1; i <= 8; i++)); do
    exact "flood$i" "tag$i" 20000 100
done
exact single tags 5000 40

step "a long line is several records, and joined again it is the line"
cat >"$T/long.yaml" <<YAML
defaults: {type: oneshot}
helpers:
  long: {command: [$PROGRAMS/flood, "1", "100001"], log: {max_line: 1KiB}}
  exact: {command: "printf '%01024d\\n' 7", log: {max_line: 1KiB}}
YAML
start_helperd -c "$T/long.yaml"
wait_for_line '\[helperd\] long: exited with status 0, completed'
wait_for_line '\[helperd\] exact: exited with status 0, completed'
stop_helperd
[[ $(count_lines ' info \[long\] ') == 1 ]] || fail "not one first record"
[[ $(count_lines ' info\+ \[long\] ') == 97 ]] || fail "$(count_lines ' info\+ \[long\] ') further records, not 97"
sed -n 's/^.* info+\{0,1\} \[long\] //p' "$LOG" | tr -d '\n' >"$T/joined"
"$PROGRAMS/flood" 1 100001 | tr -d '\n' | cmp -s - "$T/joined" || fail "the joined line is another one"
[[ $(count_lines '\[exact\]') == 1 ]] || fail "a line of exactly max_line was cut"

step "NUL bytes and broken UTF-8 pass unharmed into a file"
cat >"$T/bytes.yaml" <<YAML
helpers:
  bytes: {command: "printf 'a\\\\000b\\\\377c\\\\033[2Jd\\\\r\\n'", type: oneshot}
YAML
start_helperd -c "$T/bytes.yaml"
wait_for_line '\[helperd\] bytes: exited with status 0, completed'
stop_helperd
grep -a '\[bytes\]' "$LOG" | sed 's/^.*\[bytes\] //' >"$T/seen"
printf 'a\000b\377c\033[2Jd\r\n' | cmp -s - "$T/seen" || fail "other bytes arrived"

step "each format as it is promised"
cat >"$T/format.yaml" <<YAML
helpers:
  web: {command: "printf 'say \"hi\"\\\\tnow\\n'; echo oops >&2", type: oneshot}
YAML
# run_format FORMAT PATTERN...
run_format()
{
    local format=$1 pattern
    shift
    start_helperd --log-format "$format" -c "$T/format.yaml"
    wait_for_line 'web: exited with status 0, completed'
    stop_helperd
    expect_status 0
    for pattern; do
        expect_line "$pattern"
    done
}
run_format text "$stamp info \\[web\\] say \"hi\"	now\$" "$stamp info \\[helperd\\] web: started \\(pid [0-9]+\\)\$"
run_format dev '^[0-9]{2}:[0-9]{2}:[0-9]{2} web     │ say "hi"	now$' '^[0-9:]{8} web     ! oops$' '^[0-9:]{8} helperd │ web: started'
run_format json '^\{"ts":"20[^"]+Z","level":"info","helper":"web","stream":"stdout","pid":[0-9]+,"msg":"say \\"hi\\"\\tnow"\}$' \
    '"level":"warning","helper":"web","stream":"stderr","pid":[0-9]+,"msg":"oops"\}$' \
    '"level":"info","helper":"helperd","stream":"log","pid":[0-9]+,"msg":"web: started \(pid [0-9]+\)"\}$'
run_format logfmt '^ts=20[^ ]+Z level=info helper=web stream=stdout msg="say \\"hi\\"\\tnow"$'
run_format qgoda '^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}\.[0-9]{5} 20[0-9]{2}\]\[info\]\[helper\]\[web\] say "hi"	now$' \
    '\]\[warning\]\[helper\]\[web\] oops$' '\]\[info\]\[helperd\] web: started'
run_format syslog '^<6>\[web\] say "hi"	now$' '^<4>\[web\] oops$' '^<6>\[helperd\] web: started'

step "--log-file writes there, and nowhere else"
start_helperd --log-file "$T/own.log" -c "$T/format.yaml"
wait_for "$END_LIMIT" "the line in the file" grep -q '\[web\] say "hi"' "$T/own.log"
stop_helperd
expect_status 0
[[ ! -s $LOG ]] || fail "something came to standard output: $(head -1 "$LOG")"
[[ $(stat -c %a "$T/own.log") == 640 ]] || fail "the mode is $(stat -c %a "$T/own.log")"

step "a helper may write to helperd's own standard output"
cat >"$T/inherit.yaml" <<YAML
helpers:
  raw: {command: [$PROGRAMS/lines, bare words], type: oneshot, log: {stdout: inherit, stderr: inherit}}
YAML
start_helperd -c "$T/inherit.yaml"
wait_for_line 'raw: exited with status 0, completed'
stop_helperd
expect_line '^bare words$'

step "standard input: nothing, held open, or helperd's own"
cat >"$T/stdin.yaml" <<YAML
helpers:
  null: {command: [$PROGRAMS/stdin_watch], type: oneshot}
  hold: {command: [$PROGRAMS/stdin_watch], stdin: hold, kill_mode: process, stop_signal: CONT}
  inherit: {command: [cat], type: oneshot, stdin: inherit}
shutdown: {timeout: 1s}
YAML
echo "from the terminal" >"$T/input"
HELPERD_STDIN=$T/input start_helperd -c "$T/stdin.yaml"
wait_for_line '\[null\] stdin closed'
wait_for_line '\[inherit\] from the terminal'
wait_for_line '\[hold\] stdin open'
wait_for_line 'hold: started'
expect_no_line '\[hold\] stdin closed'
kill -KILL "$HELPERD_PID"
held=$(sed -n 's/.*hold: started (pid \([0-9]*\)).*/\1/p' "$LOG")
wait_for "$END_LIMIT" "the end of one whose standard input ended with helperd" process_ended "$held"
wait "$HELPERD_PID" 2>/dev/null
STATUS=$?
wait_for_no_process
