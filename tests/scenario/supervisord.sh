#!/bin/bash
# SPDX-License-Identifier: MIT
# One supervisord.conf under supervisord itself and under helperd: the same programs with the same
# arguments, environment, directories and users, the same ends, the same log files.
. "$(dirname "$0")/lib.sh"

command -v supervisord >/dev/null || skip "supervisord is not installed"

# All that both write lies in $T/run while one of them runs, so that the paths are the same.
chmod 0711 "$T" # another user works in it too
mkdir "$T/work" "$T/conf.d"
cd "$T/work" || exit 1
export PROBE="$T/probe"
cat >"$PROBE" <<'SH'
#!/bin/sh
# Writes what it was started with, but for what helperd adds and what shells count, and stays.
out=$RUN/probes/$SUPERVISOR_GROUP_NAME:$SUPERVISOR_PROCESS_NAME
{
    echo "argv:"; tr '\0' '\n' </proc/$$/cmdline
    echo "environment:"; tr '\0' '\n' </proc/$$/environ | grep -vE '^(INSTANCE|SHLVL|_)=' | sort
    echo "directory: $(readlink /proc/$$/cwd)"
    grep -E '^(Umask|Uid|Gid):' /proc/$$/status
    echo "groups: $(id -G)"
} >"$out.new"
mv "$out.new" "$out"
exec sleep 1000
SH
cat >"$T/end" <<'SH'
#!/bin/sh
# Notes its start and ends: end NAME STATUS|KILL [SECONDS]
echo started >>"$RUN/starts/$1"
[ -z "${3:-}" ] || sleep "$3"
[ "$2" != KILL ] || kill -KILL $$
exit "$2"
SH
chmod +x "$PROBE" "$T/end"
# shellcheck disable=SC2016 # nobody is to expand it
export RUN=$T/run GREETING='hello $HOME ${NONE} $$'

# run_supervisord FILE, run_helperd FILE: what it did is in $T/theirs or $T/ours after end_run.
begin_run()
{
    rm -rf "$RUN"
    mkdir "$RUN" "$RUN/starts" "$RUN/logs"
    mkdir -m 0777 "$RUN/probes"
}

run_supervisord()
{
    begin_run
    supervisord -n -c "$1" >"$T/supervisord.out" 2>&1 &
    SUPERVISORD_PID=$!
}

run_helperd()
{
    begin_run
    start_helperd -c "$1"
}

end_supervisord()
{
    kill -TERM "$SUPERVISORD_PID"
    wait_for "$END_LIMIT" "the end of supervisord" process_ended "$SUPERVISORD_PID"
    wait "$SUPERVISORD_PID" 2>/dev/null
    rm -rf "$T/theirs"
    mv "$RUN" "$T/theirs"
}

end_helperd()
{
    stop_helperd
    expect_status 0
    rm -rf "$T/ours"
    mv "$RUN" "$T/ours"
    expect_no_process_left
}

has_files()
{
    (($(find "$1" -type f ! -name '*.new' | wc -l) == $2))
}

same()
{
    diff -r "$T/theirs/$1" "$T/ours/$1" || fail "$1 differs"
}

user=$(id -un)
[[ $(id -u) != 0 ]] || user=nobody
cat >"$T/start.conf" <<INI
[unix_http_server]
file=$T/supervisor.sock

[supervisord]
nodaemon=true
logfile=$T/supervisord.log   ; where supervisord itself writes
pidfile=$T/supervisord.pid
environment=EVERY="one, %(ENV_GREETING)s",OWN="top"

[include]
files = conf.d/*.ini

[program:plain]
command=%(ENV_PROBE)s plain

[program:quotes]
command=%(ENV_PROBE)s "a b" 'c "d"' e\\ f "g\\"h\\\\i\\n" 'j\\k' "" \${X} \$\$ %%d *.c ; a comment
Directory : /tmp
umask = 027
environment =
    OWN="it's %(ENV_EVERY)s",
    LIST='a,b=c;d#e' , PLAIN=/usr/bin:x(1)+-_.
    ,EMPTY="",PERCENT="%%"

[program:worker]
command=%(ENV_PROBE)s %(program_name)s %(process_num)d of %(numprocs)d %(group_name)s %(host_node_name)s
process_name=%(program_name)s_%(process_num)02d
numprocs=3
numprocs_start=8
directory=/usr/../tmp

[program:long]
command=%(ENV_PROBE)s $(printf 'argument%.0s ' {1..60})
    continued here
    ; not here
    # nor here

        and here

[program:one]
command=%(ENV_PROBE)s one
[program:two]
command=%(ENV_PROBE)s two %(group_name)s
user=$user
[group:pair]
programs=one,two
priority=1

[program:left]
command=%(ENV_PROBE)s left
autostart=false
INI
printf '\n[program:included]\r\ncommand=%%(ENV_PROBE)s %%(here)s\r\n' >"$T/conf.d/more.ini"

step "the same programs with the same arguments, environment, directories, masks and users"
run_supervisord "$T/start.conf"
wait_for "$END_LIMIT" "9 programs of supervisord's" has_files "$RUN/probes" 9
end_supervisord
run_helperd "$T/start.conf"
wait_for "$END_LIMIT" "9 helpers" has_files "$RUN/probes" 9
end_helperd
# helperd opens no socket; supervisord tells its programs of its own.
sed -i '/^SUPERVISOR_SERVER_URL=/d' "$T"/theirs/probes/*
same probes
expect_line 'ignored by helperd, .*: \[unix_http_server\] \(line 1\)$'

step "described as YAML it is the same once more"
"$HELPERD" --print-config -c "$T/start.conf" 2>/dev/null >"$T/start.yaml" || fail "not described"
run_helperd "$T/start.yaml"
wait_for "$END_LIMIT" "9 helpers" has_files "$RUN/probes" 9
end_helperd
same probes

cat >"$T/ends.conf" <<INI
[supervisord]
nodaemon=true
logfile=$T/supervisord.log
pidfile=$T/supervisord.pid
[program:expected]
command=$T/end expected 0
startsecs=0
[program:listed]
command=$T/end listed 2
exitcodes=0,2
startsecs=0
[program:never]
command=$T/end never 3
autorestart=false
startsecs=0
[program:quick]
command=$T/end quick 0
startsecs=30
startretries=1
[program:quick-never]
command=$T/end quick-never 3
startsecs=30
autorestart=false
startretries=1
[program:no-retries]
command=$T/end no-retries 3
startsecs=30
autorestart=true
startretries=0
[program:missing]
command=$T/missing
startretries=0
[program:stable]
command=$T/end stable 0 1.6
[program:unexpected]
command=$T/end unexpected 3
startsecs=0
[program:killed]
command=$T/end killed KILL
startsecs=0
exitcodes=0,137
[program:always]
command=$T/end always 0
autorestart=true
startsecs=0
[program:stable-unexpected]
command=$T/end stable-unexpected 3 1.6
startretries=0
INI

# has_starts NAME COUNT: that many or more.
has_starts()
{
    (($(grep -c started "$RUN/starts/$1") >= $2))
}

# Those that go on for ever, three starts each; of the others all there are to be.
starts_are_there()
{
    local name
    for name in unexpected killed always stable-unexpected; do
        has_starts "$name" 3 || return
    done
    for name in quick quick-never; do
        has_starts "$name" 2 || return
    done
    has_starts expected 1 && has_starts listed 1 && has_starts never 1 && has_starts stable 1 &&
        has_starts no-retries 1
}

forget_the_endless()
{
    rm "$1"/starts/{unexpected,killed,always,stable-unexpected}
}

step "the same ends: expected, unexpected, too quick, again and again"
run_supervisord "$T/ends.conf"
wait_for "$END_LIMIT" "the starts of supervisord's programs" starts_are_there
for name in quick quick-never no-retries missing; do
    wait_for "$END_LIMIT" "the end of $name" grep -q "gave up: $name " "$T/supervisord.log"
done
end_supervisord
forget_the_endless "$T/theirs"
run_helperd "$T/ends.conf"
wait_for "$END_LIMIT" "the starts of helpers" starts_are_there
for name in quick quick-never no-retries missing; do
    wait_for_line "error \[helperd\] $name: .*, failed: [12] starts? in a row"
done
for name in expected listed stable; do
    wait_for_line "info \[helperd\] $name: .*, completed"
done
wait_for_line 'error \[helperd\] never: exited with status 3, failed$'
end_helperd
forget_the_endless "$T/ours"
same starts

cat >"$T/logs.conf" <<INI
[supervisord]
nodaemon=true
logfile=$T/supervisord.log
pidfile=$T/supervisord.pid
[program:both]
command=/bin/sh -c "echo out 1; echo err 1 >&2; printf 'out 2, no end'; echo done >$RUN/starts/both; exec sleep 1000"
stdout_logfile=$RUN/logs/%(program_name)s.out
stderr_logfile=$RUN/logs/%(program_name)s.err
[program:joined]
command=/bin/sh -c "for i in 1 2 3 4 5; do echo out \$i; echo err \$i >&2; done; echo done >$RUN/starts/joined; exec sleep 1000"
stdout_logfile=$RUN/logs/joined
redirect_stderr=true
[program:quiet]
command=/bin/sh -c "echo never seen; echo never seen >&2; echo done >$RUN/starts/quiet; exec sleep 1000"
stdout_logfile=NONE
stderr_logfile=/dev/null
[program:auto]
command=/bin/sh -c "echo said out; echo said err >&2; echo done >$RUN/starts/auto; exec sleep 1000"
[program:rotated]
command=/bin/sh -c "i=1000; while [ \$i -lt 1100 ]; do echo line \$i; i=\$((i+1)); sleep 0.01; done; echo done >$RUN/starts/rotated; exec sleep 1000"
stdout_logfile=$RUN/logs/rotated
stdout_logfile_maxbytes=100
stdout_logfile_backups=30
[program:kept]
command=/bin/sh -c "echo kept; echo done >$RUN/starts/kept; exec sleep 1000"
stdout_logfile=$RUN/logs/kept
stdout_logfile_maxbytes=0
INI

# All of a rotated file in the order in which it was written.
whole()
{
    local number
    for number in {30..1}; do
        [[ ! -e $1/rotated.$number ]] || cat "$1/rotated.$number"
    done
    cat "$1/rotated"
}

step "the same log files: one for each stream, joined, none, rotated"
run_supervisord "$T/logs.conf"
wait_for "$END_LIMIT" "supervisord's programs" has_files "$RUN/starts" 6
# It may not have read all of their lines yet.
theirs_are_written()
{
    [[ $(whole "$RUN/logs" | wc -l) == 100 && $(wc -l <"$RUN/logs/joined") == 10 && -s $RUN/logs/kept ]] &&
        grep -q 'no end' "$RUN/logs/both.out" && grep -q 'err 1' "$RUN/logs/both.err"
}
wait_for "$END_LIMIT" "all of their lines" theirs_are_written
end_supervisord
run_helperd "$T/logs.conf"
wait_for "$END_LIMIT" "helpers" has_files "$RUN/starts" 6
end_helperd
whole "$T/theirs/logs" >"$T/theirs/whole"
whole "$T/ours/logs" >"$T/ours/whole"
[[ $(wc -l <"$T/ours/whole") == 100 ]] || fail "lines of the rotated file are lost"
same whole
(($(find "$T/ours/logs" -name 'rotated*' | wc -l) >= 5)) || fail "it was not rotated"
rm "$T"/{ours,theirs}/logs/rotated*
same logs
expect_line 'info \[auto\] said out$'
expect_line 'warning \[auto\] said err$'
expect_no_line 'never seen|\[(both|joined|rotated|kept)\]'

step "what supervisord refuses is refused, with its place"
printf '[supervisord]\n[program:x]\ncommand=x\nstartsecs=soon\n' >"$T/wrong.conf"
"$HELPERD" --check -c "$T/wrong.conf" >"$LOG" 2>&1 && fail "it was accepted"
expect_line 'wrong\.conf:4:11: error: \[program:x\]: "startsecs": must be a whole number, not "soon"$'
