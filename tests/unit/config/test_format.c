// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "config/format.h"

#include "base/memory.h"

#include <string.h>

START_TEST(the_name_of_a_file_says_its_format)
{
    static const struct {
        const char *path, *format;
    } rows[] = {
        {"helperd.yaml", "yaml"},
        {"/etc/supervisor/supervisord.conf", "supervisord"},
        {"a.conf/b", "yaml"},
        {"site/_qgoda.yaml", "qgoda"},
        {"programs.ini", "supervisord"},
        {"Procfile.dev", "procfile"},
        {"process-compose.yaml", "process-compose"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        ck_assert_str_eq(format_of_path(rows[i].path)->name, rows[i].format);
}
END_TEST

START_TEST(the_names_are_those_of_formats_that_are_read)
{
    for (size_t i = 0; format_names[i] != NULL; i++) {
        const struct format *format = format_find(format_names[i]);
        ck_assert_ptr_nonnull(format);
        ck_assert(format_is_read(format));
    }
    static const enum config_format all[] = {CONFIG_YAML, CONFIG_QGODA, CONFIG_SUPERVISORD};
    for (size_t i = 0; i < LENGTH(all); i++) {
        bool named = false;
        for (size_t k = 0; format_names[k] != NULL; k++)
            named = named || format_find(format_names[k])->format == (int)all[i];
        ck_assert(named);
    }
    ck_assert(!format_is_read(format_find("procfile")));
    ck_assert_ptr_null(format_find("toml"));
}
END_TEST

Suite *format_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *formats = tcase_create("formats");
    tcase_add_test(formats, the_name_of_a_file_says_its_format);
    tcase_add_test(formats, the_names_are_those_of_formats_that_are_read);
    suite_add_tcase(suite, formats);
    return suite;
}
