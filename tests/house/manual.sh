#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages: helperd.yaml(5) is what the tables of settings say, every option is described,
# and mandoc has nothing against them.
set -u
cd "${TEST_SOURCE:-.}" || exit 1
build=${TEST_BUILD:-.}
status=0

if ! "$build/tests/house/print_manual" man/helperd.yaml.5.in | diff -u man/helperd.yaml.5 -; then
    echo "man/helperd.yaml.5 is out of date: make manual"
    status=1
fi

options=0
while read -r option; do
    options=$((options + 1))
    grep -q -- "${option//-/\\\\-}" man/helperd.8 || { echo "helperd.8 does not tell of $option"; status=1; }
done < <("$build/src/helperd" --help | grep -oE -- '--[a-z-]+')
((options > 10)) || { echo "--help lists only $options options"; status=1; }

if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning man/helperd.8 man/helperd.yaml.5 || status=1
fi
exit "$status"
