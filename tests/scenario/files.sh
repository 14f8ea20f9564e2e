#!/bin/bash
# SPDX-License-Identifier: MIT
# Files of helpers: what goes where, raw bytes, rotation, reopening, files that cannot be opened;
# limits of lines a second, and the last lines of one that failed.
. "$(dirname "$0")/lib.sh"

# run_config: what is on standard input, to its end in developer mode with plain lines.
run_config()
{
    cat >"$T/helperd.yaml"
    rm -rf "$T/logs"
    mkdir "$T/logs"
    start_helperd --dev --log-format text -c "$T/helperd.yaml"
    wait_for_end
}

step "a file beside the log, files instead of it, each in its format"
run_config <<'YAML'
log: {time: none}
helpers:
  both: {command: "echo out; echo err >&2", log: {file: logs/both, file_format: json}}
  apart: {command: "echo out; echo err >&2", log: {stdout_file: logs/out, stderr_file: logs/err}}
  one: {command: "echo out", log: {stdout_file: logs/one, file: logs/copy}}
YAML
expect_status 0
expect_line '^info \[both\] out$'
expect_line '^warning \[both\] err$'
expect_no_line '\[(apart|one)\] (out|err)'
diff - <(jq -r '.stream + " " + .msg' "$T/logs/both" | sort) <<<$'stderr err\nstdout out' || fail "the file beside the log"
diff - "$T/logs/out" <<<'info [apart] out' || fail "standard output's file"
diff - "$T/logs/err" <<<'warning [apart] err' || fail "standard error's file"
diff - "$T/logs/one" <<<'info [one] out' || fail "one"
diff - "$T/logs/copy" <<<'info [one] out' || fail "its copy"

step "raw is every byte as it came: NUL, broken UTF-8, a long line, no newline at the end"
{ printf 'a\0b\xff\xfe\r\n\n'; head -c 100000 /dev/zero | tr '\0' 'x'; printf '\nno newline'; } >"$T/bytes"
run_config <<YAML
helpers:
  raw:
    command: cat "$T/bytes"
    log: {stdout_file: logs/raw, file_format: raw, max_line: 1KiB}
YAML
cmp "$T/bytes" "$T/logs/raw" || fail "bytes were changed"

step "stderr: stdout joins both in the order in which they were written"
run_config <<'YAML'
helpers:
  joined:
    command: "for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; printf part; echo \" end $i\" >&2; done"
    log: {stderr: stdout, stdout_file: logs/joined, file_format: raw}
YAML
for i in 1 2 3 4 5 6 7 8 9; do printf 'out %s\nerr %s\npart end %s\n' $i $i $i; done | cmp - "$T/logs/joined" || fail "another order"

step "two helpers in one file, and helperd's own descriptors by name"
run_config <<'YAML'
log: {time: none}
helpers:
  a: {command: "echo from a", log: {stdout_file: logs/shared}}
  b: {command: "echo from b", log: {stdout_file: logs/shared}}
  c: {command: "echo from c", log: {stdout_file: /dev/stdout, file_format: raw}}
  d: {command: "echo from d", log: {stdout_file: /dev/fd/2, file_format: raw}}
YAML
diff - <(sort "$T/logs/shared") <<<$'info [a] from a\ninfo [b] from b' || fail "the shared file"
expect_line '^from c$'
expect_line '^from d$'

step "rotation at the ends of lines, with so many files kept, and nothing lost"
run_config <<YAML
helpers:
  flood: {command: [$PROGRAMS/flood, -t, f, "5000", "100"], log: {stdout_file: logs/flood, file_format: raw, max_size: 64KiB, max_files: 100}}
  few: {command: [$PROGRAMS/flood, -t, f, "5000", "100"], log: {stdout_file: logs/few, file_format: raw, max_size: 64KiB, max_files: 2}}
  none: {command: [$PROGRAMS/flood, -t, f, "5000", "100"], log: {stdout_file: logs/none, file_format: raw, max_size: 64KiB, max_files: 0}}
YAML
files() { find "$T/logs" -name "$1*" | sort -V; }
"$PROGRAMS/flood" -t f 5000 100 >"$T/expected"
mapfile -t rotated < <(files flood. | tac)
cat "${rotated[@]}" "$T/logs/flood" | cmp - "$T/expected" || fail "lines are lost"
((${#rotated[@]} >= 7)) || fail "only ${#rotated[@]} rotated files"
for file in "${rotated[@]}" "$T/logs/flood"; do
    (($(stat -c %s "$file") <= 65536)) || fail "$file is too large"
    [[ -z $(tail -c 1 "$file") ]] || fail "$file ends within a line"
done
diff - <(files few | sed 's/.*\///') <<<$'few\nfew.1\nfew.2' || fail "other files are kept"
cat "$T/logs/few.2" "$T/logs/few.1" "$T/logs/few" >"$T/kept"
tail -c "$(stat -c %s "$T/kept")" "$T/expected" | cmp - "$T/kept" || fail "not the latest lines"
diff - <(files none | sed 's/.*\///') <<<none || fail "no file was to be kept"

step "the log itself is rotated, and opened again at SIGUSR1"
cat >"$T/helperd.yaml" <<YAML
log: {target: $T/logs/main, max_size: 4KiB, max_files: 1000}
helpers:
  tick: {command: "i=0; while :; do i=\$((i+1)); echo tick \$i; sleep 0.01; done", log: {file: logs/tick}}
YAML
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "a rotated log" test -s "$T/logs/main.1"
mv "$T/logs/tick" "$T/logs/moved"
kill -USR1 "$HELPERD_PID"
wait_for "$END_LIMIT" "the new file" test -s "$T/logs/tick"
stop_helperd
expect_status 0
cat "$T/logs/moved" "$T/logs/tick" | sed 's/.* tick //' >"$T/numbers"
seq "$(wc -l <"$T/numbers")" | cmp - "$T/numbers" || fail "lines are lost, torn or twice"
grep -q 'info \[helperd\] opening 2 log files again' "$T"/logs/main* || fail "it was not said"

step "a file that no helper names any more is closed once it is written"
cat >"$T/helperd.yaml" <<YAML
helpers:
  tick: {command: "while :; do echo tick; sleep 0.01; done", log: {file: logs/first}}
YAML
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "the file" test -s "$T/logs/first"
sed -i 's/first/second/' "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "the other file" test -s "$T/logs/second"
closed() { ! open_descriptors "$HELPERD_PID" | grep -q "$1"; }
wait_for "$END_LIMIT" "the end of the first" closed logs/first
sed -i 's/logs.second/\/dev\/full/' "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line 'error \[helperd\] cannot write to /dev/full: No space left on device'
sed -i 's/, log: .*/}/' "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line 'warning \[helperd\] [0-9]+ lines? of the log (was|were) lost \(/dev/full: No space left on device\)'
wait_for "$END_LIMIT" "the end of /dev/full" closed /dev/full
stop_helperd
expect_status 0

step "a file that cannot be opened is told once and tried again; nothing is lost"
cat >"$T/helperd.yaml" <<'YAML'
helpers:
  early: {command: "echo first; sleep 1000", log: {stdout_file: later/out, file_format: raw}}
  link: {command: "echo linked; echo up >&2; sleep 1000", log: {stdout_file: link, file_format: raw}}
YAML
ln -s elsewhere "$T/link"
start_helperd -c "$T/helperd.yaml"
wait_for_line "error \[helperd\] cannot write to $T/later/out: No such file or directory; keeping what fits, trying again"
wait_for_line "error \[helperd\] cannot write to $T/link: it is a symbolic link"
wait_for_line '\[link\] up'
mkdir "$T/later"
wait_for "$END_LIMIT" "the file" test -s "$T/later/out"
wait_for_line "info \[helperd\] $T/later/out can be written again; nothing was lost"
diff - "$T/later/out" <<<first || fail "another content"
(($(count_lines 'cannot write') == 2)) || fail "it was told more than once"
stop_helperd
expect_status 0
expect_line "^helperd: 1 line of the log was lost \($T/link: it is a symbolic link\)"
[[ ! -e $T/elsewhere ]] || fail "the link was followed"

step "so many lines a second, and a count of the others"
run_config <<YAML
helpers:
  flood: {command: [$PROGRAMS/flood, -t, f, "5000", "20"], log: {rate_limit: 100}}
YAML
there=$(count_lines '\[flood\]')
dropped=$(sed -nE 's/^.*flood: ([0-9]+) lines? dropped \(more than 100 a second\)$/\1/p' "$LOG" | paste -sd +)
((there + dropped == 5000)) || fail "$there and $dropped are not 5000"
((there >= 100 && there < 5000)) || fail "$there lines passed"

step "one that failed for good: its last lines, where the log does not have them"
run_config <<'YAML'
helpers:
  silent: {command: "for i in 1 2 3 4 5 6 7; do echo word $i; done; exit 3", restart: never, log: {stdout_file: logs/silent}}
  heard: {command: "echo heard; exit 3", restart: never}
  retried: {command: "echo again; exit 3", start_retries: 0, ready: {after: 1h}, log: {stdout_file: logs/retried}}
  forgets: {command: "echo gone; exit 3", restart: never, log: {stdout_file: logs/forgets, history: 0}}
YAML
expect_status 3
expect_order 'silent: exited with status 3, failed' 'error \[helperd\] silent: its last lines: word 3'
expect_order 'silent: its last lines: word 3' 'silent: its last lines: word 7'
expect_order 'retried: exited with status 3, failed: 1 start in a row' 'retried: its last lines: again'
expect_no_line 'word 2|(heard|forgets): its last'
