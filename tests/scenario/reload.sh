#!/bin/bash
# SPDX-License-Identifier: MIT
# A configuration that is read again: what is added, removed, restarted, changed in place and left
# alone, and that nothing of it stays behind.
. "$(dirname "$0")/lib.sh"

FILE=$T/helperd.yaml
reloads=0

# The pid that the log last gave to a helper.
pid_of()
{
    sed -n "s/.* $1: started (pid \([0-9]*\)).*/\1/p" "$LOG" | tail -n 1
}

# reload [REPORT]: once more, until the log says what came of it.
reload()
{
    reloads=$(count_lines '\] reload: ([0-9]+ |there are|nothing was)')
    kill -HUP "$HELPERD_PID"
    wait_for "$END_LIMIT" "the end of the reload" \
        has_lines $((reloads + 1)) '\] reload: ([0-9]+ |there are|nothing was)'
    [[ $# == 0 ]] || [[ $(grep -aE '\] reload: [0-9]+ ' "$LOG" | tail -n 1) == *"] reload: $1" ]] ||
        fail "another report than \"$1\": $(grep -a '\] reload: [0-9]' "$LOG" | tail -n 1)"
}

step "of 500 helpers one is added, one removed, one changed, and no other touched"
fleet()
{
    local i
    echo 'helpers:'
    for ((i = 1; i <= 499; i++)); do
        echo "  h$i: [sleep, '1000']"
    done
    printf '%s\n' "$@"
}
fleet '  old: [sleep, "1000"]' >"$FILE"
start_helperd -c "$FILE"
wait_for "$END_LIMIT" "500 helpers" has_lines 500 ': started \(pid'
children_before=$(children_of "$HELPERD_PID" | sort)
old=$(pid_of old) web=$(pid_of h250)
fleet '  new: [sleep, "1000"]' | sed "s/h250: .*/h250: [sleep, '1001']/" >"$FILE"
reload '1 added (new), 1 removed (old), 1 restarted (h250), 498 the same'
wait_for "$END_LIMIT" "the restart" has_lines 2 ' h250: started '
wait_for_line ' new: started '
expected=$(sort <<<"$children_before" | grep -vxE "$old|$web" | cat - <(pid_of new) <(pid_of h250) | sort)
# Those that ended, also the reader of the configuration, are children until they are reaped.
has_expected_children() { [[ $(children_of "$HELPERD_PID" | sort) == "$expected" ]]; }
wait_for "$END_LIMIT" "the children of before, but for those that changed" has_expected_children
[[ $(count_lines ': started \(pid') == 502 ]] || fail "others were started"

step "a broken file touches none, and every error is said"
fleet | sed 's/h7: .*/h7: {comand: [a]}/; s/h9: .*/h9: {command: [a], stop_signal: NONE}/' >"$FILE"
reload
expect_line "error \[helperd\] reload: $FILE:8:8: error: helper \"h7\": unknown key \"comand\" \(did you mean \"command\"\?\)"
expect_line "error \[helperd\] reload: $FILE:8:3: error: helper \"h7\": \"command\" is required"
expect_line "error \[helperd\] reload: $FILE:10:[0-9]+: error: helper \"h9\": \"stop_signal\" must be a signal"
expect_line 'error \[helperd\] reload: nothing was changed'
rm "$FILE"
reload
expect_line "error \[helperd\] reload: $FILE: error: cannot be read: No such file or directory"
wait_for "$END_LIMIT" "the same children as before" has_expected_children
stop_helperd
expect_status 0

step "what can be changed in place is, under the same run"
cat >"$FILE" <<YAML
helpers:
  # A line for each file that is there.
  talk: 'n=0; while [ ! -e $T/stop ]; do if [ -e $T/say.\$n ]; then cat $T/say.\$n; n=\$((n + 1)); else sleep 0.02; fi; done'
  web: {command: [sleep, "1000"], stop_signal: INT, description: one}
YAML
start_helperd -c "$FILE"
wait_for_line 'web: started'
wait_for_line 'talk: started'
talk=$(pid_of talk)
printf 'first\n' >"$T/say.tmp" && mv "$T/say.tmp" "$T/say.0"
wait_for_line ' info \[talk\] first'
cat >"$FILE.new" <<YAML
log: {level: info, time: none}
shutdown: {timeout: 20s}
$(sed -n '/^helpers/p;/# A line/p' "$FILE")
  talk:
    command: $(sed -n 's/  talk: //p' "$FILE")
    log: {stdout: warning, prefix: voice, max_line: 64, rules: [{match: "^bad", level: error}]}
    labels: {a: b}
  web: {command: [sleep, "1000"], stop_signal: TERM, description: two}
YAML
mv "$FILE.new" "$FILE"
reload '2 changed in place (talk, web)'
printf '%s\n' 'second' 'bad thing' "$(printf 'x%.0s' {1..70})" >"$T/say.tmp" && mv "$T/say.tmp" "$T/say.1"
wait_for_line '^warning \[voice\] second$'
wait_for_line '^error \[voice\] bad thing$'
wait_for_line '^warning \[voice\] x{64}$'
wait_for_line '^warning\+ \[voice\] x{6}$'
[[ $(pid_of talk) == "$talk" ]] || fail "talk was restarted"
process_lives "$talk" || fail "talk has ended"
reload '2 the same'
stop_helperd
expect_status 0
expect_line 'web: stopping \(SIGTERM\)'

step "a run is stopped by the settings it was started with, the next one has the new ones"
cat >"$FILE" <<YAML
helpers:
  web:
    command: [sh, -c, 'trap "" TERM; trap "echo old way; exit 0" INT; echo trapped; while :; do sleep 0.02; done']
    stop_signal: INT
    environment: {A: one}
    restart: always
YAML
start_helperd -c "$FILE"
wait_for_line '\[web\] trapped'
sed -i 's/INT$/TERM/; s/A: one/A: two/; s/"" TERM/"echo new way; exit 0" TERM/' "$FILE"
reload '1 restarted (web)'
wait_for_line '\[web\] old way'
expect_line 'web: stopping \(SIGINT\)'
wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'
tr '\0' '\n' <"/proc/$(pid_of web)/environ" | grep -qx 'A=two' || fail "web has the old environment"
stop_helperd
expect_status 0
expect_line 'web: stopping \(SIGTERM\)'

step "files of variables, includes and the environment of all count"
mkdir "$T/conf.d"
echo 'A=1' >"$T/web.env"
cat >"$FILE" <<YAML
include: ["conf.d/*.yaml"]
helpers:
  web: {command: [sleep, "1000"], env_file: web.env}
  db: [sleep, "1000"]
YAML
cd "$T" || exit 1
start_helperd -c helperd.yaml
wait_for_line 'web: started'
wait_for_line 'db: started'
echo 'A=2' >"$T/web.env"
reload '1 restarted (web), 1 the same'
echo 'helpers: {extra: [sleep, "1000"]}' >"$T/conf.d/extra.yaml"
reload '1 added (extra), 2 the same'
echo 'helpers: {extra: [sleep, "1000"' >"$T/conf.d/extra.yaml"
reload
expect_line 'error \[helperd\] reload: conf.d/extra.yaml:[0-9]+:[0-9]+: error: '
rm "$T/conf.d/extra.yaml"
echo 'environment: {ALL: x}' >>"$FILE"
reload '1 removed (extra), 2 restarted (web, db)'
wait_for "$END_LIMIT" "the restarts" has_lines 2 'db: started'
tr '\0' '\n' <"/proc/$(pid_of db)/environ" | grep -qx 'ALL=x' || fail "db lacks the variable"

step "all can go, and come"
echo 'helpers: {}' >"$FILE"
reload '2 removed (web, db)'
expect_line 'warning \[helperd\] reload: helperd.yaml: warning: there are no helpers in it'
wait_for_line 'db: stopped'
reload
expect_line 'reload: there are no helpers$'
seq -f 'x%g: [sleep, "1000"]' -s ', ' 1 8 | sed 's/.*/helpers: {&}/' >"$FILE"
reload '8 added (x1, x2, x3, x4, x5 and 3 more)'
stop_helperd
expect_status 0
cd / || exit 1

step "an empty file stops nobody: it was cut by accident"
for text in '' '# nothing' '---'; do
    echo 'helpers: {web: [sleep, "1000"]}' >"$FILE"
    start_helperd -c "$FILE"
    wait_for_line 'web: started'
    printf '%s' "$text" >"$FILE"
    reload
    expect_line "error \[helperd\] reload: $FILE: error: is empty; \"helpers: \{\}\" would stop all helpers"
    expect_line 'error \[helperd\] reload: nothing was changed'
    expect_no_line 'web: stopping'
    stop_helperd
    expect_status 0
done

step "those that leave are stopped in reverse order of dependency, and the others go on"
cat >"$FILE" <<YAML
helpers:
  db: {command: [sh, -c, 'trap "echo db ends; exit 0" TERM; echo up; while :; do sleep 0.02; done']}
  app:
    command: [sh, -c, 'trap "sleep 0.2; echo app ends; exit 0" TERM; echo up; while :; do sleep 0.02; done']
    depends_on: [db]
  web:
    command: [sh, -c, 'trap "sleep 0.2; echo web ends; exit 0" TERM; echo up; while :; do sleep 0.02; done']
    depends_on: [app]
  stays: [sleep, "1000"]
YAML
start_helperd -c "$FILE"
for name in db app web; do
    wait_for_line "\\[$name\\] up"
done
wait_for_line 'stays: started'
echo 'helpers: {stays: [sleep, "1000"]}' >"$FILE"
reload '3 removed (db, app, web), 1 the same'
wait_for_line 'db: stopped'
expect_order 'web: stopped' 'app: stopping'
expect_order 'app: stopped' 'db: stopping'
expect_order '\[web\] web ends' '\[app\] app ends'
stop_helperd
expect_status 0
[[ $(count_lines 'stays: started') == 1 ]] || fail "stays was restarted"

step "what something still holds open of an old run is read on, under the name it has now"
cat >"$FILE" <<YAML
helpers:
  web:
    command: [sh, -c, 'setsid sh -c "echo away; while [ ! -e $T/late ]; do sleep 0.02; done; echo late words" & echo up; exec sleep 1000']
  stays: [sleep, "1000"]
YAML
start_helperd -c "$FILE"
wait_for_line '\[web\] up'
wait_for_line '\[web\] away' # has left the group, or it would be ended with it
wait_for_line 'stays: started'
descriptors=$(open_descriptors "$HELPERD_PID" | wc -l)
sed -i 's/echo up; exec sleep 1000/exec sleep 1001/; $i\    log: {prefix: site}' "$FILE"
reload '1 restarted (web), 1 the same'
wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'
wait_for_line '\[site\] away'
echo 'helpers: {stays: [sleep, "1000"]}' >"$FILE"
reload '1 removed (web), 1 the same'
wait_for_line 'web: stopped'
: >"$T/late"
wait_for "$END_LIMIT" "the last words of both runs" has_lines 2 ' info \[site\] late words'
fewer() { (($(open_descriptors "$HELPERD_PID" | wc -l) < descriptors)); }
wait_for "$END_LIMIT" "the end of its descriptors" fewer
stop_helperd
expect_status 0

step "one that comes back while it stops is started again, never beside its earlier run"
cat >"$T/with.yaml" <<YAML
helpers:
  web:
    command:
      - sh
      - -c
      - '[ ! -e $T/lock ] || echo "two at once"; trap ": >$T/told" TERM; : >$T/lock;
         while [ ! -e $T/go ]; do sleep 0.02; done; rm $T/lock'
    stop_timeout: 60s
  stays: [sleep, "1000"]
YAML
echo 'helpers: {stays: [sleep, "1000"]}' >"$T/without.yaml"
cp "$T/with.yaml" "$FILE"
start_helperd -c "$FILE"
locked() { [[ -e $T/lock ]]; }
wait_for "$END_LIMIT" "web" locked
cp "$T/without.yaml" "$FILE"
reload '1 removed (web), 1 the same'
told() { [[ -e $T/told ]]; }
wait_for "$END_LIMIT" "the signal" told
sed 's/"two at once"/&, again/' "$T/with.yaml" >"$FILE"
reload '1 added (web), 1 the same'
[[ $(count_lines 'web: started') == 1 ]] || fail "web was started beside its earlier run"
: >"$T/go"
wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'
expect_no_line 'two at once$'
stop_helperd
expect_status 0

step "one that came back not to be started is, once it is to be, also while it still stops"
for when in stopping stopped; do
    rm -f "$T/lock" "$T/told" "$T/go"
    cp "$T/with.yaml" "$FILE"
    start_helperd -c "$FILE"
    wait_for "$END_LIMIT" "web" locked
    cp "$T/without.yaml" "$FILE"
    reload '1 removed (web), 1 the same'
    wait_for "$END_LIMIT" "the signal" told
    { sed 's/^    stop_timeout/    autostart: false\n&/' "$T/with.yaml"
        echo 'shutdown: {exit_with: web}'; } >"$FILE"
    reload '1 added (web), 1 the same'
    [[ $when == stopping ]] || { : >"$T/go"; wait_for_line 'web: stopped'; }
    cp "$T/with.yaml" "$FILE"
    reload '1 changed in place (web), 1 the same'
    : >"$T/go"
    wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'
    expect_no_line 'the main helper is over'
    stop_helperd
    expect_status 0
done

step "what was over before counts by the new settings"
cat >"$FILE" <<YAML
helpers:
  once: {command: [$PROGRAMS/crash, "0"], type: oneshot}
  gone: {command: [$PROGRAMS/crash, "7"], restart: never}
  stays: [sleep, "1000"]
YAML
cp "$FILE" "$T/over.yaml"
# over ADDITION STATUS PATTERN
over()
{
    cp "$T/over.yaml" "$FILE"
    start_helperd -c "$FILE"
    wait_for_line 'once: .*completed'
    wait_for_line 'gone: .*failed'
    wait_for_line 'stays: started'
    sed -i "$1" "$FILE"
    kill -HUP "$HELPERD_PID"
    wait_for_end
    expect_status "$2"
    expect_line "$3"
}
over '$a shutdown: {exit_with: gone}' 7 'gone: is over, and helperd ends with its exit status, 7'
over '$a shutdown: {exit_with: once}' 0 'once: is over, and helperd ends with its exit status, 0'
over 's/never/never, critical: true/' 1 'gone: is critical and failed for good'

step "what waits, has failed or is complete is started anew when it was mended"
cat >"$FILE" <<YAML
helpers:
  gone: {command: [$T/none], restart: never}
  once: {command: [$PROGRAMS/crash, "0"], type: oneshot}
  later: {command: [$PROGRAMS/crash, "3"], backoff: {initial: 1h}}
  waits: {command: [sleep, "1000"], depends_on: {gone: completed}}
  never: {command: [sleep, "1000"], autostart: false}
  needed: {command: [sleep, "1000"], autostart: false}
YAML
start_helperd -c "$FILE"
wait_for_line 'gone: .*failed'
wait_for_line 'once: .*completed'
wait_for_line 'later: .*next start in'
sed -i 's/^  never: .*/  never: {command: [sleep, "1002"], autostart: false, depends_on: [needed]}/
    s/gone: completed/needed: ready/' "$FILE"
reload '2 changed in place (waits, never), 4 the same'
wait_for_line 'needed: started'
wait_for_line 'waits: started'
[[ $(count_lines 'gone: started') == 0 ]] || fail "gone was tried though nothing of it had changed"
sed -i "s/none\], restart/none, x], restart/; s/\"0\"\]/\"0\", x]/; s/\"3\"\]/\"0\"]/; s/1h/1ms/" "$FILE"
echo '  asked: {command: [sleep, "1000"], autostart: false}' >>"$FILE"
before=$(count_lines 'gone: .*failed')
reload '1 added (asked), 3 restarted (gone, once, later), 3 the same'
wait_for "$END_LIMIT" "another try" has_lines $((before + 1)) 'gone: .*failed'
wait_for "$END_LIMIT" "once, again" has_lines 2 'once: .*completed'
wait_for "$END_LIMIT" "later, soon" has_lines 3 'later: started'
expect_no_line '(never|asked): started'
sed -i 's/^\(  asked: .*\)autostart: false/\1autostart: true/' "$FILE"
reload '1 changed in place (asked), 6 the same'
wait_for_line 'asked: started'
stop_helperd
expect_status 0

step "failed starts do not count any more after a change"
cat >"$FILE" <<YAML
helpers:
  web: {command: [$PROGRAMS/crash, "3"], start_retries: 2, ready: {after: 1h}, backoff: {initial: 10ms}}
YAML
start_helperd -c "$FILE"
wait_for_line 'web: .*failed: 3 starts in a row'
sed -i 's/"3"/"4"/' "$FILE"
reload '1 restarted (web)'
wait_for_line 'web: exited with status 4, failed: 3 starts in a row'
[[ $(count_lines 'web: started') == 6 ]] || fail "web was not tried as often as before"
stop_helperd
expect_status 0

step "a supervisord.conf raises the limit of descriptors that helperd was started with, and no other"
printf '[supervisord]\nminfds=800\n[program:web]\ncommand=sleep 1000\n' >"$T/web.conf"
limit=$(ulimit -Sn)
ulimit -Sn 700
start_helperd -c "$T/web.conf"
ulimit -Sn "$limit"
wait_for_line 'web: started'
[[ $(prlimit --pid "$(pid_of web)" --nofile --noheadings --output SOFT) == *800* ]] ||
    fail "the limit was not raised"
reload '1 the same'
stop_helperd
expect_status 0

step "with names on the command line only these are started, and what they need"
cat >"$FILE" <<YAML
helpers:
  web: [sleep, "1000"]
  other: [sleep, "1000"]
YAML
start_helperd -c "$FILE" web
wait_for_line 'web: started'
sed -i 's/  web: .*/  web: {command: [sleep, "1000"], depends_on: [db]}/' "$FILE"
echo '  db: [sleep, "1000"]' >>"$FILE"
echo '  new: [sleep, "1000"]' >>"$FILE"
reload '2 added (db, new), 1 changed in place (web), 1 the same'
wait_for_line 'db: started'
stop_helperd
expect_status 0
expect_no_line '(new|other): started'

step "another target of the log is opened, one that cannot be refuses the whole file"
echo 'helpers: {web: [sleep, "1000"]}' >"$FILE"
start_helperd -c "$FILE"
wait_for_line 'web: started'
printf 'log: {target: %s}\nhelpers: {web: [sleep, "1001"]}\n' "$T/none/log" >"$FILE"
reload
expect_line "error \[helperd\] reload: cannot open the log file $T/none/log: No such file or directory"
[[ $(count_lines 'web: st') == 1 ]] || fail "web was touched"
printf 'log: {target: %s, format: json}\nhelpers: {web: [sleep, "1000"]}\n' "$T/other.log" >"$FILE"
kill -HUP "$HELPERD_PID"
other_log_has() { grep -q -- "$1" "$T/other.log"; }
wait_for "$END_LIMIT" "the other log" other_log_has '"msg":"reload: 1 the same"'
stop_helperd
expect_status 0
other_log_has '"msg":"all helpers ended"' || fail "the other log has no end"

step "a hundred signals at once end in the state of the last file"
echo 'helpers: {web: [sleep, "1000"]}' >"$FILE"
start_helperd -c "$FILE"
wait_for_line 'web: started'
for i in {1..100}; do
    echo "helpers: {web: [sleep, '1000'], n$i: [sleep, '1000']}" >"$FILE.new"
    mv "$FILE.new" "$FILE"
    kill -HUP "$HELPERD_PID"
done
wait_for_line 'n100: started'
only_two() { [[ $(children_of "$HELPERD_PID" | wc -l) == 2 ]]; }
wait_for "$END_LIMIT" "the end of all others" only_two
[[ $(count_lines 'web: started') == 1 ]] || fail "web was restarted"

step "many reloads leave no descriptor, thread or memory behind"
memory_of() { awk '/VmRSS/ {print $2}' "/proc/$HELPERD_PID/status"; }
two_states()
{
    local i
    for ((i = 0; i < $1; i++)); do
        echo "helpers: {web: {command: [sleep, '1000'], description: '$i'}, a: [sleep, '100$((i % 2))'], b$((i % 2)): [sleep, '1000']}" >"$FILE.new"
        mv "$FILE.new" "$FILE"
        reload
    done
}
# come_to_rest NUMBER: with runs that only the last reload can have started.
come_to_rest()
{
    echo "helpers: {web: {command: [sleep, '1000'], description: rest}, a: [sleep, '200$1'], c$1: [sleep, '1000']}" >"$FILE"
    reload
    wait_for_line "c$1: started"
    wait_for "$END_LIMIT" "rest" rests "$1"
}
rests()
{
    [[ $(tr '\0' ' ' <"/proc/$(pid_of a)/cmdline") == "sleep 200$1 " ]] &&
        [[ $(children_of "$HELPERD_PID" | sort) == "$({ pid_of web; pid_of a; pid_of "c$1"; } | sort)" ]]
}
no_more_than_before()
{
    (($(open_descriptors "$HELPERD_PID" | wc -l) <= descriptors && $(threads_of_helperd) <= threads))
}
two_states 20
come_to_rest 1
descriptors=$(open_descriptors "$HELPERD_PID" | wc -l) threads=$(threads_of_helperd) memory=$(memory_of)
two_states "${RELOADS:-100}"
come_to_rest 2
printf '  descriptors %s, then %s; threads %s, then %s; memory %s kB, then %s kB\n' "$descriptors" \
    "$(open_descriptors "$HELPERD_PID" | wc -l)" "$threads" "$(threads_of_helperd)" "$memory" "$(memory_of)"
# A writer that was started because another one was slow ends when it had no work for a while.
wait_for "$END_LIMIT" "no more descriptors and threads than before" no_more_than_before
is_sanitized || (($(memory_of) < memory + 512)) || fail "memory grows"
stop_helperd
expect_status 0
[[ $(count_lines 'web: started') == 1 ]] || fail "web was restarted"

step "files that are no longer named are closed"
renamed() { echo "helpers: {web: {command: ['$PROGRAMS/lines', one], type: oneshot, log: {stdout_file: $T/out$1, file: $T/all$1}}, a: [sleep, '1000']}" >"$FILE"; }
renamed 0
start_helperd -c "$FILE"
wait_for "$END_LIMIT" "one file" test -s "$T/all0"
wait_for "$END_LIMIT" "the other file" test -s "$T/out0"
wait_for_line 'web: exited with status 0, completed'
wait_for_line 'a: started'
descriptors=$(open_descriptors "$HELPERD_PID" | wc -l)
for i in 1 2 3 4 5 6 7 8 9 10; do
    renamed "$i"
    reload
done
rm -f "$T"/out9 "$T"/all9
as_before() { (($(open_descriptors "$HELPERD_PID" | wc -l) <= descriptors)); }
wait_for "$END_LIMIT" "the end of the other files" as_before
kill -USR1 "$HELPERD_PID"
wait_for_line 'opening 2 log files again'
stop_helperd
expect_status 0
[[ ! -e $T/out9 && ! -e $T/all9 && -e $T/out10 ]] || fail "files were made for nobody"

step "a file that is never read to its end holds up nobody but its reload"
echo 'helpers: {web: {command: [sleep, "1000"], backoff: {reset_after: 0s}}}' >"$FILE"
start_helperd -c "$FILE"
wait_for_line 'web: started'
# One end of a terminal whose other end nobody has opened.
echo 'helpers: {web: {command: [sleep, "1000"], env_file: /dev/ptmx}}' >"$FILE"
reader()
{
    children_of "$HELPERD_PID" | sed 's,.*,/proc/&/comm,' | xargs grep -lsx helperd-reload | cut -d / -f 3
}
reader_is_there() { [[ -n $(reader) ]]; }
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "the reader" reader_is_there
kill -KILL "$(pid_of web)"
wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'

step "a reader that falls over costs its reload and nothing else"
kill -HUP "$HELPERD_PID"
kill -SEGV "$(reader)"
wait_for_line 'error \[helperd\] reload: reading the configuration on trial ended without a word'
wait_for_line 'error \[helperd\] reload: nothing was changed'
wait_for "$END_LIMIT" "the reader of the second reload" reader_is_there

step "the end does not wait for a reload"
stop_helperd
expect_status 0
expect_no_line 'left the process group'
[[ $(count_lines 'web: started') == 2 ]] || fail "web was restarted"

step "what is asked for before helperd listens is done once it does"
mkfifo "$T/slow"
reads_slow() { runs_helperd && open_descriptors "$HELPERD_PID" | grep -q "$T/slow"; }
start_reading()
{
    exec 8<>"$T/slow"
    start_helperd -c "$T/slow" 8>&-
    wait_for "$END_LIMIT" "helperd to read" reads_slow
}
start_reading
kill -HUP "$HELPERD_PID"
kill -USR1 "$HELPERD_PID"
kill -USR2 "$HELPERD_PID"
echo 'helpers: {web: [sleep, "1000"]}' >&8
exec 8>&-
wait_for_line 'web: started'
wait_for_line 'opening 0 log files again'
wait_for_line 'SIGUSR2: upgrade is not supported'
wait_for_line 'reload: .*slow: error: cannot be read: it is a FIFO or a pipe'
stop_helperd
expect_status 0
start_reading
kill -TERM "$HELPERD_PID"
wait_for_end
expect_status 143
exec 8>&-

step "what can be read only once is refused"
echo 'helpers: {web: [sleep, "1000"]}' >"$FILE"
start_helperd -c "$FILE"
wait_for_line 'web: started'
mkfifo "$T/fifo"
echo 'include: fifo' >>"$FILE"
kill -HUP "$HELPERD_PID"
wait_for_line 'reload: .*:2:10: error: cannot read ".*fifo": it is a FIFO or a pipe, which cannot be read again'
wait_for_line 'error \[helperd\] reload: nothing was changed'
stop_helperd
expect_status 0

step "at the end, what those that leave depend on is stopped after them"
cat >"$FILE" <<YAML
shutdown: {timeout: 1h}
helpers:
  db: {command: [sleep, "1000"]}
  app: {command: [sleep, "1000"], depends_on: [db]}
  web:
    command: [sh, -c, 'trap "" TERM; echo ready; while [ ! -e $T/end ]; do sleep 0.02; done; echo last words']
    depends_on: [app]
    stop_timeout: 60s
YAML
rm -f "$T/end"
start_helperd -c "$FILE"
wait_for_line '\[web\] ready'
sed -i '/^  app/d; /^  web/,$d' "$FILE"
reload '2 removed (app, web), 1 the same'
wait_for_line 'web: stopping'
kill -TERM "$HELPERD_PID"
wait_for_line 'waiting for web \(sh, pid'
expect_no_line '(db|app): stopping'
: >"$T/end"
wait_for_end
expect_status 0
expect_order 'web: stopped' 'app: stopping'
expect_order 'app: stopped' 'db: stopping'

step "those that leave are waited for at the end; a reload meanwhile is refused"
cat >"$FILE" <<YAML
helpers:
  slow: {command: [sh, -c, 'trap "" TERM; echo ready; while [ ! -e $T/end ]; do sleep 0.02; done; echo last words'], stop_timeout: 60s}
  stays: [sleep, "1000"]
YAML
rm -f "$T/end"
start_helperd -c "$FILE"
wait_for_line '\[slow\] ready'
echo 'helpers: {stays: [sleep, "1000"]}' >"$FILE"
reload '1 removed (slow), 1 the same'
kill -TERM "$HELPERD_PID"
wait_for_line 'waiting for slow \(sh, pid'
kill -HUP "$HELPERD_PID"
wait_for_line 'warning \[helperd\] reload: not while helperd is stopping; nothing was changed'
: >"$T/end"
wait_for_end
expect_status 0
expect_line '\[slow\] last words'
expect_no_process_left
