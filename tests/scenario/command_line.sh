#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: what it takes, what it refuses, where it looks for a configuration.
. "$(dirname "$0")/lib.sh"

cd "$T" || exit 1

# run ARGUMENT...: helperd to its end, with its output in $LOG and its status in $STATUS.
run()
{
    timeout "$END_LIMIT" "$HELPERD" "$@" </dev/null >"$LOG" 2>&1
    STATUS=$?
}

# refuses STATUS PATTERN ARGUMENT...
refuses()
{
    local status=$1 pattern=$2
    shift 2
    run "$@"
    expect_status "$status"
    expect_line "$pattern"
}

step "help and version"
run --help
expect_status 0
expect_line '^Usage: helperd \[OPTIONS\] \[HELPER\.\.\.\]'
expect_line '^  -c, --config FILE'
run --version
expect_status 0
expect_line '^helperd [0-9]+\.[0-9]+\.[0-9]+$'

step "wrong usage is status 2 and says what is wrong"
refuses 2 'unknown option "--chek" \(did you mean "--check"\?\)' --chek
refuses 2 'unknown option "-x"' -x
refuses 2 'option "--config" needs an argument' --config
refuses 2 'option "-c" needs an argument' -c
refuses 2 'option "--check" takes no argument' --check=yes
refuses 2 '--log-format must be one of "auto", "text", .* or "syslog", not "xml"' --log-format xml
refuses 2 '--color: "red" is none of' --color red
refuses 2 '--daemon and --dev exclude each other: developer mode stays at the terminal' --daemon --dev
refuses 2 'option "--pidfile" needs an argument' --pidfile

refuses 2 '--format: "toml" is none of qgoda, supervisord, yaml$' --format toml -c x
refuses 2 'unknown option "-X"' --check -vXq

step "no configuration says where was looked"
refuses 78 'no configuration found \(looked for helperd.yaml, .*/etc/helperd/helperd.yaml\); -c names one'
refuses 78 '^nothing.yaml: error: cannot be read: No such file or directory' -c nothing.yaml
touch Procfile
refuses 78 'Procfile is there, but this version does not read the procfile format' --dev
refuses 78 'Procfile: the procfile format is not supported yet by this version' -c Procfile
refuses 78 'x.conf: error: cannot be read: No such file or directory' -c x.conf
rm Procfile

step "the configurations that are found, in their order"
mkdir -p "$XDG_CONFIG_HOME/helperd"
echo 'helpers: {from-home: {command: "true"}}' >"$XDG_CONFIG_HOME/helperd/helperd.yaml"
run --check
expect_status 0
expect_line "$XDG_CONFIG_HOME/helperd/helperd.yaml: no errors, 1 helper\$"
printf 'title: x\n' >_qgoda.yaml
run --dev --check
expect_line 'config/helperd/helperd.yaml: no errors'
printf 'title: x\ndefaults: [1, 2]\nhelpers:\n  npm: npm start\n  sync: [npm, run, server]\n' >_qgoda.yaml
run --dev --check
expect_status 0
expect_line '^_qgoda.yaml: no errors, 2 helpers'
run --check
expect_line 'config/helperd/helperd.yaml: no errors'
run --check -c _qgoda.yaml
expect_line '^_qgoda.yaml: no errors, 2 helpers'
run --check --format yaml -c _qgoda.yaml
expect_status 78
echo 'helpers: {here: "true", there: "true"}' >helperd.yaml
run --dev --check
expect_line '^helperd.yaml: no errors, 2 helpers'

step "a refused configuration is status 78, with every error in it, and starts nothing"
cat >bad.yaml <<YAML
helpers:
  vite:
    command: touch $T/started
    restrat: always
  web:
    command: touch $T/started
    stop_timeout: soon
    depends_on: [vit]
YAML
refuses 78 'bad.yaml:4:5: error: helper "vite": unknown key "restrat" \(did you mean "restart"\?\)' -c bad.yaml
expect_line '^    4 \|     restrat: always$'
expect_line '^      \|     \^~~~~~~$'
expect_line 'bad.yaml:7:19: error: helper "web": .*stop_timeout'
expect_line 'bad.yaml:8:18: error: helper "web": .*"vit" .*\(did you mean "vite"\?\)'
[[ ! -e $T/started ]] || fail "something was started"

step "unknown helper names are wrong usage"
refuses 2 'helperd.yaml has no helper "nowhere"' nowhere

step "the configuration in effect reads back to itself"
cat >full.yaml <<'YAML'
environment: {TOP: "1"}
defaults: {stop_timeout: 3s, environment: {SHARED: "a$$b"}}
helpers:
  web: {command: "echo $PORT; exec sleep 5", environment: {PORT: "80${TOP}"}, depends_on: {db: started}}
  db: [sleep, "100"]
  worker: {command: [sleep, "${INSTANCE}"], instances: 2, ready: {after: 1500ms}}
YAML
"$HELPERD" --print-config -c full.yaml >once.yaml || fail "it is not printed"
"$HELPERD" --print-config -c once.yaml >twice.yaml || fail "it is not read back"
cmp once.yaml twice.yaml || fail "it is not the same when read back"
cp once.yaml "$LOG"
expect_line 'worker@2'

step "-s is where it listens, and -s none that it does not"
start_helperd -s "$T/socket" -c helperd.yaml
wait_for "$END_LIMIT" "the socket" test -S "$T/socket"
stop_helperd
[[ ! -e $T/socket ]] || fail "the socket is still there"

step "-q leaves helperd's own information out, the helpers' lines stay"
echo 'helpers: {say: {command: echo hello, type: oneshot}}' >say.yaml
start_helperd -q -c say.yaml
wait_for_line 'info \[say\] hello'
stop_helperd
expect_status 0
expect_no_line '\[helperd\]'
