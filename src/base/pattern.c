// SPDX-License-Identifier: MIT
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"

#include "base/memory.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

enum { MATCH_LIMIT = 100000 }; // some milliseconds at the worst

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    size_t owners;
};

struct pattern *pattern_create(const char *text, char reason[128], size_t *offset)
{
    int error;
    PCRE2_SIZE at;
    // Lines are any bytes: what is no UTF-8 must not keep the rest of the line from matching.
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &at, NULL);
    if (code == NULL && error == PCRE2_ERROR_HEAP_FAILED)
        memory_run_out();
    if (code == NULL) {
        if (pcre2_get_error_message(error, (PCRE2_UCHAR *)reason, 128) < 0)
            snprintf(reason, 128, "error %d", error);
        *offset = at;
        return NULL;
    }
    // Where there is no JIT for this machine the interpreter does the same, only slower.
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);

    struct pattern *pattern = memory_new(1, sizeof(*pattern));
    pattern->owners = 1;
    pattern->code = code;
    pattern->match = pcre2_match_data_create(1, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    if (pattern->match == NULL || pattern->context == NULL)
        memory_run_out();
    pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
    return pattern;
}

void pattern_destroy(struct pattern *pattern)
{
    if (pattern == NULL || --pattern->owners > 0)
        return;
    pcre2_match_context_free(pattern->context);
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
    free(pattern);
}

struct pattern *pattern_share(struct pattern *pattern)
{
    pattern->owners++;
    return pattern;
}

size_t pattern_size(const struct pattern *pattern)
{
    size_t code = 0, machine_code = 0;
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_SIZE, &code);
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_JITSIZE, &machine_code);
    return sizeof(*pattern) + code + machine_code;
}

bool pattern_matches(const struct pattern *pattern, const char *bytes, size_t length)
{
    return pcre2_match(pattern->code, (PCRE2_SPTR)bytes, length, 0, 0, pattern->match,
                       pattern->context) >= 0;
}
