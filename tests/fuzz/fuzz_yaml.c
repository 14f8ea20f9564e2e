// SPDX-License-Identifier: MIT
// Any bytes as YAML.
#include "base/memory.h"
#include "config/yaml.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *text = memory_copy_bytes((const char *)bytes, size);
    char name[] = "fuzz.yaml";
    const struct source source = {.name = name, .text = text, .length = size};
    struct document *document = document_create();
    struct errors errors = {0};
    (void)yaml_read(document, &source, &errors);
    errors_finish(&errors);
    document_destroy(document);
    return 0;
}
