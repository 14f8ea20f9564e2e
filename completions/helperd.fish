# SPDX-License-Identifier: MIT
# fish completion for helperd(8). Its tables are helperd's own: make completions.

function __helperd_helpers
    set -l config
    set -l pending ''
    for word in (commandline -opc)[2..-1]
        contains -- $pending -c --config; and set config -c $word
        set pending $word
    end
    helperd $config --print-config 2>/dev/null | string replace -rf '^  "(.*)":$' '$1'
end

complete -c helperd -f -a '(__helperd_helpers)'
complete -c helperd -s c -l config -r -F -d 'read this configuration'
complete -c helperd -l format -x -a 'qgoda supervisord yaml' -d 'its format: yaml, qgoda or supervisord (default: by its name)'
complete -c helperd -s t -l check -d 'read the configuration, print every error in it, start nothing'
complete -c helperd -l print-config -d 'print the configuration in effect and exit'
complete -c helperd -l print-schema -d 'print the JSON Schema of the YAML format and exit'
complete -c helperd -l foreground -d 'do not detach (the default; undoes -d)'
complete -c helperd -s f -l dev -d 'developer mode: short coloured lines, ends when no helper runs'
complete -c helperd -s d -l daemon -d 'detach; returns when the first starts were tried'
complete -c helperd -l pidfile -r -F -d 'keep helperd\'s pid in this file, and run once only'
complete -c helperd -s s -l socket -r -F -d 'the control socket; none: no socket'
complete -c helperd -l log-format -x -a 'auto text dev json logfmt qgoda syslog' -d 'auto, text, dev, json, logfmt, qgoda or syslog'
complete -c helperd -l log-file -r -F -d 'write the log to this file'
complete -c helperd -l color -x -a 'auto always never' -d 'auto (a terminal without NO_COLOR), always or never'
complete -c helperd -s v -l verbose -d 'more of helperd\'s own messages'
complete -c helperd -s q -l quiet -d 'fewer of them; twice: errors only'
complete -c helperd -s h -l help -d 'print this help and exit'
complete -c helperd -s V -l version -d 'print the version and exit'
