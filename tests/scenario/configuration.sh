#!/bin/bash
# SPDX-License-Identifier: MIT
# Configurations as people write them, taken through to what their helpers see.
. "$(dirname "$0")/lib.sh"

step "short forms, shell and no shell, expansion, env files, includes, anchors"
mkdir -p "$T/conf.d" "$T/sub"
cat >"$T/helperd.yaml" <<'YAML'
x-common: &common {type: oneshot, environment: {COMMON: anchor}}
environment: {TOP: top, PLACE: "${TOP:-none}/here"}
env_file: top.env
defaults: {environment: {DEFAULT: from defaults}, type: oneshot}
include: [conf.d/*.yaml]
helpers:
  list: [echo, "$HOME is not expanded", "${TOP} is"]
  words: echo two   words
  shell: echo "quoted"; echo second >&2
  variable: {command: "echo $DEFAULT $TOP $FILE $COMMON", <<: *common}
  unshelled: {command: "echo 'one word' ${TOP}", shell: false}
  file: {command: "echo $FILE", env_file: own.env}
  ordered: {command: "echo $PLACE", environment: {PLACE: "helper-${PLACE}"}}
  where: {command: [pwd], working_dir: sub}
YAML
echo 'FILE=from the top file' >"$T/top.env"
printf '# comment\nexport FILE="from its own file"\n' >"$T/own.env"
echo 'helpers: {second: [echo, "included second"]}' >"$T/conf.d/2.yaml"
echo 'helpers: {first: {command: [echo, "included first"]}}' >"$T/conf.d/1.yaml"
start_helperd -c "$T/helperd.yaml"
for name in list words shell variable unshelled file ordered where first second; do
    wait_for_line "\\[helperd\\] $name: exited with status 0, completed"
done
stop_helperd
expect_status 0
expect_line '\[list\] \$HOME is not expanded top is$'
expect_line '\[words\] two words$'
expect_line 'info \[shell\] quoted$'
expect_line 'warning \[shell\] second$'
expect_line '\[variable\] from defaults top from the top file anchor$'
expect_line '\[unshelled\] one word top$'
expect_line '\[file\] from its own file$'
# A value sees only what stands after it: the top's environment does not see itself.
expect_line '\[ordered\] helper-none/here$'
expect_line "\\[where\\] $T/sub\$"
expect_line '\[first\] included first$'
expect_line '\[second\] included second$'

step "a hostile file is refused quickly and with one clear error"
head -c 900000 /dev/zero | tr '\0' '[' >"$T/deep.yaml"
timeout 20 "$HELPERD" --check -c "$T/deep.yaml" >"$LOG" 2>&1
STATUS=$?
expect_status 78
expect_line 'deep.yaml:1:65: error: .*64'
head -c 17000000 /dev/zero | tr '\0' '#' >"$T/large.yaml"
"$HELPERD" --check -c "$T/large.yaml" >"$LOG" 2>&1
STATUS=$?
expect_status 78
expect_line 'large.yaml: error: .*16 MiB'
"$HELPERD" --check -c "$T" >"$LOG" 2>&1
STATUS=$?
expect_status 78
expect_line 'error: .*[Ii]s a directory'
"$HELPERD" --check -c /dev/urandom >"$LOG" 2>&1
STATUS=$?
expect_status 78

step "10,000 helpers are read"
{
    echo "helpers:"
    for ((i = 0; i < 10000; i++)); do
        echo "  h$i: {command: [sleep, '1000'], environment: {N: '$i'}}"
    done
} >"$T/many.yaml"
"$HELPERD" --check -c "$T/many.yaml" >"$LOG" 2>&1
STATUS=$?
expect_status 0
expect_line 'no errors, 10000 helpers'
