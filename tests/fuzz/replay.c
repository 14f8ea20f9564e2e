// SPDX-License-Identifier: MIT
// Runs a fuzz target over files and the files of directories, without a fuzzer.
#include "base/fd.h"

#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_LIMIT = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool replay_file(const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    int result = fd_read_file(path, INPUT_LIMIT, &bytes, &size);
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(-result));
        return false;
    }
    // A copy without the NUL behind it, so that a sanitizer sees what reads past the end.
    uint8_t *input = malloc(size > 0 ? size : 1);
    if (input == NULL) {
        fprintf(stderr, "%s: out of memory\n", path);
        free(bytes);
        return false;
    }
    memcpy(input, bytes, size);
    free(bytes);
    LLVMFuzzerTestOneInput(input, size);
    free(input);
    return true;
}

// Whether all could be read; counts the inputs.
static bool replay_all(char *const *paths, size_t *inputs)
{
    FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (tree == NULL) {
        perror("replay");
        return false;
    }
    bool ok = true;
    for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
        switch (entry->fts_info) {
        case FTS_F:
            ok = replay_file(entry->fts_path) && ok;
            (*inputs)++;
            break;
        case FTS_DNR:
        case FTS_ERR:
        case FTS_NS:
        case FTS_SLNONE:
            fprintf(stderr, "%s: %s\n", entry->fts_path, strerror(entry->fts_errno));
            ok = false;
            break;
        default:
            break;
        }
    }
    fts_close(tree);
    return ok;
}

int main(int argc, char **argv)
{
    size_t inputs = 0;
    bool ok = argc > 1 && replay_all(argv + 1, &inputs);
    printf("%zu inputs replayed\n", inputs);
    return ok && inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
