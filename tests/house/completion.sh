#!/bin/bash
# SPDX-License-Identifier: MIT
# The completions of shells: they are what the tables say, and each shell reads its own.
set -u
cd "${TEST_SOURCE:-.}" || exit 1
build=${TEST_BUILD:-.}
status=0
count=0

for template in completions/*.in; do
    made=${template%.in}
    count=$((count + 1))
    if ! "$build/tests/house/print_completion" "$template" | diff -u "$made" -; then
        echo "$made is out of date: make completions"
        status=1
    fi
    case $made in
    *.bash) bash -n "$made" || status=1 ;;
    *.fish) ! command -v fish >/dev/null || fish --no-execute "$made" || status=1 ;;
    *) ! command -v zsh >/dev/null || zsh -n "$made" || status=1 ;;
    esac
done
((count == 6)) || { echo "$count completions, not 6"; status=1; }

# complete LINE: what bash offers behind it, one a line.
complete_line()
{
    bash --norc -c '
        . completions/helperctl.bash
        . completions/helperd.bash
        COMP_LINE=$1 COMP_POINT=${#1}
        compopt() { :; }
        _${1%% *}
        printf "%s\n" "${COMPREPLY[@]}"' - "$1" | sort | tr '\n' ' '
}

# expect LINE WORDS
expect()
{
    local found
    found=$(complete_line "$1")
    [[ $found == "$2 " ]] || { echo "behind \"$1\": $found, not: $2"; status=1; }
}

expect 'helperctl re' 'reload reopen reset restart'
expect 'helperctl --color al' 'always'
expect 'helperctl --json stat' 'status'
expect 'helperctl wait web ru' 'running'
expect 'helperctl signal US' 'USR1 USR2'
expect 'helperctl start --a' '--all'
expect 'helperctl help sto' 'stop'
expect 'helperd --log-format js' 'json'
expect 'helperd --ch' '--check'
exit "$status"
