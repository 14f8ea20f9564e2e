# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scenarios with Node.js projects share, on top of lib.sh.
#
# From outside: SCENARIO_NPM_CACHE, a folder where npm keeps what it loads from one run to the next.

INSTALL_LIMIT=300 # seconds

need_programs()
{
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "$program is missing"
    done
}

# use_example NAME: goes on in a copy of that example.
use_example()
{
    cp -R "$TEST_SOURCE/conf/examples/$1" "$T/$1" || fail "no example $1"
    cd "$T/$1" || exit 1
    # A source tree may be read-only, and hold what somebody tried out in it.
    chmod -R u+w . && rm -rf node_modules package-lock.json public/assets _site
}

install_packages()
{
    local arguments=(install --no-audit --no-fund --prefer-offline)
    [[ -z ${SCENARIO_NPM_CACHE:-} ]] || arguments+=(--cache "$SCENARIO_NPM_CACHE")
    timeout "$INSTALL_LIMIT" npm "${arguments[@]}" </dev/null >"$T/npm" 2>&1 && return
    if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED' "$T/npm"; then
        skip "the npm registry cannot be reached"
    fi
    cat "$T/npm"
    fail "npm install failed"
}

# free_ports COUNT: that many, all different, free a moment ago, one a line. They are below those
# that the kernel gives to whoever asks for any, which others may have got by the time of their use.
free_ports()
{
    node -e '
        const net = require("net");
        function find() {
            const server = net.createServer();
            server.on("error", find);
            server.listen(20000 + Math.floor(Math.random() * 10000), "127.0.0.1", () => {
                console.log(server.address().port);
                ports.push(server);
                if (ports.length === count)
                    ports.forEach((each) => each.close());
            });
        }
        const count = Number(process.argv[1]), ports = [];
        for (let i = 0; i < count; i++)
            find();' "$1"
}

fetch()
{
    curl --silent --fail --noproxy '*' --max-time 10 "$1"
}

# page_has URL TEXT
page_has()
{
    fetch "$1" | grep -qF -- "$2"
}

wait_for_page()
{
    wait_for "$END_LIMIT" "\"$2\" at $1" page_has "$1" "$2"
}

# page_refused URL: the server answers, with an error.
page_refused()
{
    [[ $(curl --silent --noproxy '*' --max-time 10 -o /dev/null -w '%{http_code}' "$1") == [45]* ]]
}

# from NAME TEXT: the pattern of a line that the helper wrote to its standard output, as developer
# mode shows it.
from()
{
    printf '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9] %s +│ .*%s' "$1" "$2"
}

# started_pid NAME: of the helper's latest run, by what helperd says.
started_pid()
{
    grep -aoE "\\b$1: started \\(pid [0-9]+\\)" "$LOG" | tail -n 1 | grep -oE '[0-9]+'
}

# replace_text FILE OLD NEW, as an editor does: a new file in the place of the old one.
replace_text()
{
    grep -qF -- "$2" "$1" || fail "no \"$2\" in $1"
    sed -i "s/$2/$3/" "$1"
}

# has_record HELPER LEVEL STREAM PATTERN: a record of the log in JSON; STREAM may be empty.
has_record()
{
    node -e '
        const fs = require("fs");
        const [path, helper, level, stream, pattern] = process.argv.slice(1);
        // The last line may be half written.
        const lines = fs.readFileSync(path, "utf8").split("\n").slice(0, -1);
        const found = lines.map((line) => JSON.parse(line)).some((record) =>
            record.helper === helper && record.level === level &&
            (stream === "" || record.stream === stream) && new RegExp(pattern).test(record.msg));
        process.exit(found ? 0 : 1);' "$LOG" "$@"
}

wait_for_record()
{
    wait_for "$END_LIMIT" "a record of $1 at level $2 like /$4/" has_record "$@"
}

# Every line of the log is one object with all that a record has.
expect_json_log()
{
    node -e '
        const fs = require("fs");
        for (const line of fs.readFileSync(process.argv[1], "utf8").split("\n").slice(0, -1)) {
            const record = JSON.parse(line);
            for (const key of ["ts", "level", "helper", "msg"])
                if (typeof record[key] !== "string")
                    throw new Error("no " + key + " in " + line);
        }' "$LOG" || fail "the log is not JSON lines"
}
