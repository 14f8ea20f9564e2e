#!/bin/bash
# SPDX-License-Identifier: MIT
# The JSON Schema is a valid one, takes every example, and refuses what helperd refuses.
set -u
cd "${TEST_SOURCE:-.}" || exit 1
helperd=${HELPERD:-${TEST_BUILD:-.}/src/helperd}
python=/usr/bin/python3
$python -c 'import jsonschema, yaml' 2>/dev/null || { echo "skipped: no python3-jsonschema, python3-yaml"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
"$helperd" --print-schema >"$folder/schema.json" || exit 1

$python - "$folder/schema.json" "$helperd" <<'PY'
import glob, json, subprocess, sys, tempfile, os
import jsonschema, yaml

schema = json.load(open(sys.argv[1]))
validator = jsonschema.Draft202012Validator
validator.check_schema(schema)
check = validator(schema)
failures = 0

examples = sorted(glob.glob("conf/*.yaml") + glob.glob("conf/examples/*.yaml")
                  + glob.glob("conf/examples/*/helperd.yaml")
                  + ["tests/unit/config/every-setting.yaml"])
assert len(examples) >= 6, examples
for path in examples:
    for error in check.iter_errors(yaml.safe_load(open(path))):
        print(f"{path}: {error.json_path}: {error.message}")
        failures += 1

# What both must refuse.
bad = [
    "helpers: {web: {command: x, restrat: always}}",
    "helpers: {web: {command: x, restart: sometimes}}",
    "helpers: {web: {command: x, instances: 0}}",
    "helpers: {web: {command: x, watch: src}}",
    "helpers: {web: {command: x, ready: {tcp: '127.0.0.1:1'}}}",
    "helpers: {web: {command: x, autostart: [true]}}",
    "helpers: {web: {command: x, nice: 20}}",
    "helpers: {web: {command: x, io_priority: fast}}",
    "helpers: {web: {command: x, capabilities: chown}}",
    "helpers: {web: {command: x, groups: root}}",
    "helpers: {web: {command: x, limits: {files: 1}}}",
    "helpers: {'a b': x}",
    "helpers: {web: x}\nshutdown: {exit_with: [web]}",
    "helpers: {web: x}\ncontrol: {readers: root}",
    "helpers: {web: x}\ncontrol: {paht: /tmp/x}",
    "helpers: {web: {command: x, log: {rules: [{level: info}]}}}",
]
for text in bad:
    if check.is_valid(yaml.safe_load(text)):
        print(f"the schema takes: {text}")
        failures += 1
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        status = subprocess.run([sys.argv[2], "--check", "-c", file.name], stderr=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL).returncode
        if status != 78:
            print(f"helperd --check says {status} to: {text}")
            failures += 1
print(f"{len(examples)} files taken, {len(bad)} refused, {failures} failures")
sys.exit(failures > 0)
PY
