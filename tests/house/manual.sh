#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages: helperd.yaml(5) is what the tables of settings say, helperd(8) what the table of
# routes says, every option is described, and mandoc has nothing against them.
set -u
cd "${TEST_SOURCE:-.}" || exit 1
build=${TEST_BUILD:-.}
status=0

for page in man/helperd.8 man/helperd.yaml.5; do
    if ! "$build/tests/house/print_manual" "$page.in" | diff -u "$page" -; then
        echo "$page is out of date: make manual"
        status=1
    fi
done

options=0
while read -r option; do
    options=$((options + 1))
    grep -q -- "${option//-/\\\\-}" man/helperd.8 || { echo "helperd.8 does not tell of $option"; status=1; }
done < <("$build/src/helperd" --help | grep -oE -- '--[a-z-]+')
((options > 10)) || { echo "--help lists only $options options"; status=1; }

# Of helperctl every command, and the options of every command.
commands=0
while read -r command; do
    commands=$((commands + 1))
    grep -qE "^\.BR? $command\\b" man/helperctl.1 || { echo "helperctl.1 does not tell of $command"; status=1; }
    while read -r option; do
        grep -q -- "${option//-/\\\\-}" man/helperctl.1 ||
            { echo "helperctl.1 does not tell of $option of $command"; status=1; }
    done < <("$build/src/helperctl" help "$command" | grep -oE -- '--[a-z-]+')
done < <("$build/src/helperctl" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
((commands > 10)) || { echo "helperctl --help lists only $commands commands"; status=1; }

if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning man/helperctl.1 man/helperd.8 man/helperd.yaml.5 || status=1
fi
exit "$status"
