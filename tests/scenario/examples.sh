#!/bin/bash
# SPDX-License-Identifier: MIT
# Every example of conf is read without an error, and those that need nothing but a shell run.
. "$(dirname "$0")/lib.sh"

step "each example is accepted"
accepted=0
for file in "$TEST_SOURCE"/conf/*.yaml "$TEST_SOURCE"/conf/examples/*.yaml \
    "$TEST_SOURCE"/conf/examples/*/helperd.yaml "$TEST_SOURCE"/conf/examples/*/_qgoda.yaml \
    "$TEST_SOURCE"/conf/examples/*.conf; do
    "$HELPERD" --check -c "$file" >"$LOG" 2>&1 || fail "$file is refused"
    accepted=$((accepted + 1))
done
((accepted >= 9)) || fail "only $accepted examples were found"

step "the container is built with the packages that scripts/packages installs"
installed=$(sed -n '/^RUN apt-get/,/[^\\]$/p; /^COPY/q' "$TEST_SOURCE/conf/examples/container/Containerfile")
read -rd '' -a packages < <(sed -nE 's/^build\+?="(.*)"$/\1/p' "$TEST_SOURCE/scripts/packages")
((${#packages[@]} >= 8)) || fail "only ${#packages[@]} packages were found"
for package in "${packages[@]}"; do
    [[ $installed =~ (^|[[:space:]])"$package"([[:space:]]|$) ]] || fail "the Containerfile lacks $package"
done

step "each that needs only a shell starts its helpers, prints, and stops cleanly"
for file in "$TEST_SOURCE"/conf/*.yaml "$TEST_SOURCE"/conf/examples/*.{yaml,conf} \
    "$TEST_SOURCE"/conf/examples/container/helperd.yaml; do
    echo "  ${file##*/}"
    rm -rf "$T/run"
    mkdir "$T/run"
    cp -r "$TEST_SOURCE"/conf/. "$T/run"
    start_helperd --log-file "$T/run/shown" --log-format text -c "$T/run/${file#"$TEST_SOURCE"/conf/}"
    printed() { grep -aqE ' (info|warning)\+? \[[^]]+\] ' "$T/run/shown" && grep -aE ' \[' "$T/run/shown" | grep -avqE '\[helperd\]'; }
    started() { grep -q '\[helperd\] .*: started (pid' "$T/run/shown"; }
    wait_for "$END_LIMIT" "a helper to start" started
    wait_for "$END_LIMIT" "a line of a helper" printed
    stop_helperd
    expect_status 0
    ! grep -E 'cannot (execute|start)' "$T/run/shown" || fail "$file has helpers that cannot start"
    expect_no_process_left
done

step "the example of the control socket gives its metrics to whoever has the token"
sed 's/^\( *http: 127.0.0.1\):.*/\1:0/' "$TEST_SOURCE/conf/examples/control/helperd.yaml" >"$T/control.yaml"
# Only root can give the socket to any group.
[[ $(id -u) == 0 ]] || sed -i '/^ *group:/d' "$T/control.yaml"
start_helperd -s "$T/control.sock" -c "$T/control.yaml"
wait_for_line 'worker@2: started'
address=$(sed -n 's/.* listening at http:\/\/\([0-9.:]*\) with the token .*/\1/p' "$LOG")
[[ -n $address ]] || fail "it listens nowhere"
if command -v curl >/dev/null; then
    curl -sS --max-time "$END_LIMIT" -H "Authorization: Bearer $(<"$T/control.sock.token")" \
        "http://$address/metrics" >"$T/metrics"
    grep -q '^helperd_helper_ready{helper="worker@1"} 1$' "$T/metrics" || fail "$(head "$T/metrics")"
fi
if command -v promtool >/dev/null; then
    sed "s|credentials_file:.*|credentials_file: $T/control.sock.token|" \
        "$TEST_SOURCE/conf/examples/control/prometheus.yml" >"$T/prometheus.yml"
    promtool check config "$T/prometheus.yml" >"$T/said" 2>&1 || fail "$(<"$T/said")"
fi
stop_helperd
expect_status 0
