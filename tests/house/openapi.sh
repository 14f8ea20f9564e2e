#!/bin/bash
# SPDX-License-Identifier: MIT
# The OpenAPI document is whole: its schemas are valid ones, references lead somewhere, parameters of
# paths are declared, operations have names of their own; and its schemas take the answers that
# answers.json has, and refuse what is none. A scenario gives answers that it got besides:
#
#     openapi.sh [DOCUMENT [SCHEMA=FILE...]]
#
# Where npm can get a validator, that looks at the document as well. From outside:
# SCENARIO_NPM_CACHE, a folder where npm keeps what it loads from one run to the next.
set -u
cd "${TEST_SOURCE:-.}" || exit 1
python=/usr/bin/python3
$python -c 'import jsonschema' 2>/dev/null || { echo "skipped: no python3-jsonschema"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
document=${1:-$folder/openapi.json}
(($# > 0)) || "${TEST_BUILD:-.}/tests/house/print_openapi" >"$document" || exit 1

$python - "$document" "${@:2}" <<'PY'
import copy, json, re, sys
import jsonschema

document = json.load(open(sys.argv[1]))
faults = []
checker = jsonschema.Draft202012Validator
schemas = document["components"]["schemas"]

def fault(text):
    faults.append(text)

def follow(reference):
    if not reference.startswith("#/"):
        raise KeyError(reference)
    value = document
    for key in reference[2:].split("/"):
        value = value[key.replace("~1", "/").replace("~0", "~")]
    return value

references = 0
def check_references(value, place):
    global references
    if isinstance(value, dict):
        if "$ref" in value:
            references += 1
            try:
                follow(value["$ref"])
            except (KeyError, TypeError):
                fault(f"{place}: {value['$ref']} leads nowhere")
        for key, part in value.items():
            check_references(part, f"{place}/{key}")
    elif isinstance(value, list):
        for i, part in enumerate(value):
            check_references(part, f"{place}/{i}")

def check_schema(schema, place):
    try:
        checker.check_schema(schema)
    except jsonschema.SchemaError as error:
        fault(f"{place}: {error.message}")

def check_parameters(path, operation, place):
    seen = set()
    for parameter in operation["parameters"]:
        if not {"name", "in", "schema", "description"} <= parameter.keys():
            fault(f"{place}: a parameter without all it needs: {parameter}")
        key = (parameter["in"], parameter["name"])
        if key in seen or parameter["in"] not in ("path", "query", "header"):
            fault(f"{place}: {key} again, or nowhere")
        seen.add(key)
        check_schema(parameter["schema"], f"{place}: {key}")
        if parameter["in"] == "path" and parameter["required"] is not True:
            fault(f"{place}: {key} is not required")
    declared = {name for where, name in seen if where == "path"}
    if declared != set(re.findall(r"{(\w+)}", path)):
        fault(f"{place}: declares {declared}")

def check_responses(operation, place):
    if not any(status.startswith("2") for status in operation["responses"]):
        fault(f"{place}: nothing tells of success")
    for status, response in operation["responses"].items():
        if not re.fullmatch(r"[1-5][0-9][0-9]", status):
            fault(f"{place}: {status} is no status")
        while "$ref" in response:
            response = follow(response["$ref"])
        if not response.get("description"):
            fault(f"{place}: {status} has no description")
        for kind, body in response.get("content", {}).items():
            if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+(; *[a-z]+=[\w.-]+)*", kind):
                fault(f"{place}: {status}: {kind} is no media type")
            check_schema(body["schema"], f"{place}: {status}")

def check_operations():
    ids = set()
    for path, item in document["paths"].items():
        if not path.startswith("/"):
            fault(f"{path} is no path")
        for method, operation in item.items():
            place = f"{method} {path}"
            if method not in ("get", "post"):
                fault(f"{place}: no method of ours")
            if operation["operationId"] in ids or not re.fullmatch(r"\w+", operation["operationId"]):
                fault(f"{place}: operationId {operation['operationId']}")
            ids.add(operation["operationId"])
            check_parameters(path, operation, place)
            check_responses(operation, place)
            for way in operation["security"]:
                for scheme in way:
                    if scheme not in document["components"]["securitySchemes"]:
                        fault(f"{place}: there is no security scheme {scheme}")
    return len(ids)

def errors_of(schema, answer):
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    return [f"{error.json_path}: {error.message}" for error in checker(whole).iter_errors(answer)]

# Every value of an object is needed unless it is optional, and of its type.
def spoil(answer):
    for key in answer:
        less = copy.deepcopy(answer)
        del less[key]
        yield f"without {key}", less
        other = copy.deepcopy(answer)
        other[key] = [[17]]
        yield f"with another {key}", other

if document["openapi"] != "3.1.0" or not document["info"]["title"] or not document["info"]["version"]:
    fault("what it is, is not said")
operations = check_operations()
check_references(document, "#")
for name, schema in schemas.items():
    check_schema(schema, name)
    if not schema.get("description"):
        fault(f"{name}: has no description")

answers = json.load(open("tests/house/answers.json"))
taken = refused = 0
for name, examples in answers["good"].items():
    for example in examples:
        for error in errors_of(name, example):
            fault(f"{name} does not take its example: {error}")
        taken += 1
        optional = set(schemas[name].get("properties", {})) - set(schemas[name].get("required", []))
        for how, bad in spoil(example):
            if how.split()[-1] in optional and how.startswith("without"):
                continue
            if "anyOf" in schemas[name]:
                continue
            if not errors_of(name, bad):
                fault(f"{name} takes an example {how}")
            refused += 1
for name in schemas.keys() - answers["good"].keys():
    if "properties" in schemas[name]:
        fault(f"answers.json has no example of {name}")
for name, examples in answers["bad"].items():
    for example in examples:
        if not errors_of(name, example):
            fault(f"{name} takes {json.dumps(example)}")
        refused += 1

for pair in sys.argv[2:]:
    name, _, path = pair.partition("=")
    for error in errors_of(name, json.load(open(path))):
        fault(f"{path} is no {name}: {error}")
    taken += 1

for text in faults:
    print(text)
print(f"{operations} operations, {len(schemas)} schemas, {references} references, "
      f"{taken} answers taken, {refused} refused, {len(faults)} faults")
sys.exit(bool(faults) or operations == 0)
PY
status=$?

validator=@seriousme/openapi-schema-validator
options=(--prefix "$folder" --no-audit --no-fund --ignore-scripts --prefer-offline)
[[ -z ${SCENARIO_NPM_CACHE:-} ]] || options+=(--cache "$SCENARIO_NPM_CACHE")
if ! timeout 60 npm install "${options[@]}" "$validator@2.11.0" </dev/null >"$folder/npm" 2>&1; then
    echo "no validator from npm: $(tail -n 1 "$folder/npm")"
    exit "$status"
fi
cat >"$folder/validate.mjs" <<'JS'
import fs from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const validator = new Validator();
const result = await validator.validate(JSON.parse(fs.readFileSync(process.argv[2])));
console.log(`OpenAPI ${validator.version}:`, result.valid ? "valid" : result.errors);
process.exit(result.valid ? 0 : 1);
JS
node "$folder/validate.mjs" "$document" || status=1
exit "$status"
