// SPDX-License-Identifier: MIT
// The settings as JSON Schema (2020-12), for editors.
#include "config/describe.h"
#include "config/config.h"
#include "config/settings.h"

#include <string.h>

static const char text_types[] = "\"type\": [\"string\", \"number\", \"boolean\"]";
static const char variable[] = "\\\\$\\\\{"; // in a pattern: where ${NAME} may stand for a value

static void write_string(struct buffer *out, const char *text)
{
    buffer_append_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buffer_append_char(out, '\\');
        if ((unsigned char)*text < 0x20)
            buffer_printf(out, "\\u%04x", (unsigned char)*text);
        else
            buffer_append_char(out, *text);
    }
    buffer_append_char(out, '"');
}

// {"anyOf": [{"enum": […]}, a text with a variable in it]}, without the braces.
static void write_words(struct buffer *out, const struct setting *setting, const char *more)
{
    buffer_append_text(out, "\"anyOf\": [{\"enum\": [");
    for (size_t i = 0; setting->words[i] != NULL; i++) {
        buffer_append_text(out, i > 0 ? ", " : "");
        write_string(out, setting->words[i]);
    }
    buffer_printf(out, "%s]}, {\"type\": \"string\", \"pattern\": \"%s\"}]", more, variable);
}

static void write_settings(struct buffer *out, const struct settings *settings);

static void write_type(struct buffer *out, const struct setting *setting)
{
    switch (setting->kind) {
    case KIND_BOOL:
    case KIND_SHELL:
        // yes, no, on and off are texts to many readers of YAML.
        buffer_printf(out,
                      "\"anyOf\": [{\"type\": \"boolean\"}, {\"type\": \"string\", \"pattern\": "
                      "\"^(?:[Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$"
                      "|%s\"}]",
                      variable);
        break;
    case KIND_COUNT:
    case KIND_FACTOR:
    case KIND_DURATION:
    case KIND_SIZE:
    case KIND_FRACTION:
    case KIND_OCTAL:
    case KIND_SIGNAL:
    case KIND_LIMIT:
    case KIND_LIMIT_SIZE:
    case KIND_LIMIT_TIME:
    case KIND_USER:
    case KIND_GROUP:
        buffer_append_text(out, "\"type\": [\"string\", \"number\"]");
        break;
    case KIND_INTEGER:
        buffer_printf(out,
                      "\"anyOf\": [{\"type\": \"integer\", \"minimum\": %g, \"maximum\": %g}, "
                      "{\"type\": \"string\"}]",
                      setting->least, setting->most);
        break;
    case KIND_IO_PRIORITY:
        buffer_printf(out,
                      "\"type\": \"string\", \"pattern\": "
                      "\"^(?:idle|(?:best-effort|realtime)(?::[0-7])?)$|%s\"",
                      variable);
        break;
    case KIND_PROCESSORS:
        buffer_append_text(out, "\"type\": [\"string\", \"number\", \"array\"], \"items\": "
                                "{\"type\": [\"string\", \"number\"]}, \"minItems\": 1");
        break;
    case KIND_GROUPS:
    case KIND_READERS:
        buffer_append_text(out, "\"type\": \"array\", \"items\": {\"type\": [\"string\", "
                                "\"number\"]}");
        break;
    case KIND_CAPABILITIES:
        buffer_append_text(out, "\"type\": \"array\", \"items\": {\"type\": \"string\"}");
        break;
    case KIND_WORD:
    case KIND_STREAM:
        write_words(out, setting, "");
        break;
    case KIND_RESTART:
        write_words(out, setting, ", \"no\", \"off\", false");
        break;
    case KIND_STDIN:
        write_words(out, setting, ", null");
        break;
    case KIND_HELPER:
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_PATH:
    case KIND_TARGET:
    case KIND_SOCKET:
    case KIND_ADDRESS:
        buffer_append_text(out, text_types);
        break;
    case KIND_VARIABLES:
        buffer_append_text(out, "\"$ref\": \"#/$defs/variables\"");
        break;
    case KIND_LABELS:
        buffer_append_text(out, "\"$ref\": \"#/$defs/texts\"");
        break;
    case KIND_COMMAND:
        buffer_append_text(out, "\"$ref\": \"#/$defs/command\"");
        break;
    case KIND_INHERITED:
        buffer_append_text(out, "\"type\": [\"boolean\", \"string\", \"array\"], \"items\": "
                                "{\"type\": \"string\"}");
        break;
    case KIND_SUCCESS:
        buffer_append_text(out, "\"type\": [\"string\", \"number\", \"array\"], \"items\": "
                                "{\"type\": [\"string\", \"number\"]}, \"minItems\": 1");
        break;
    case KIND_DEPENDENCIES:
        buffer_append_text(out, "\"type\": [\"array\", \"object\", \"null\"], \"items\": {\"type\""
                                ": [\"string\", \"number\"]}, \"additionalProperties\": {");
        write_words(out, setting, ", null");
        buffer_append_char(out, '}');
        break;
    case KIND_RULES:
        buffer_append_text(out, "\"type\": [\"array\", \"null\"], \"items\": {\"$ref\": "
                                "\"#/$defs/rule\"}");
        break;
    case KIND_MAP:
        write_settings(out, setting->nested);
        break;
    case KIND_OUTSIDE:
        buffer_printf(out, "\"$ref\": \"#/$defs/%s\"", setting->name);
        break;
    case KIND_LATER:
    case KIND_KINDS:
        break; // never written
    }
}

// What a map of these settings may hold, without what else may stand in its place.
static void write_properties(struct buffer *out, const struct settings *settings)
{
    const char *before = "";
    buffer_append_text(out, "\"properties\": {");
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_LATER)
            continue;
        buffer_printf(out, "%s\n", before);
        write_string(out, setting->name);
        buffer_append_text(out, ": {\"description\": ");
        write_string(out, setting->text);
        buffer_append_text(out, ", ");
        write_type(out, setting);
        buffer_append_char(out, '}');
        before = ",";
    }
    buffer_append_text(out, "}");
    if (settings == &top_settings)
        buffer_append_text(out, ", \"patternProperties\": {\"^x-\": true}");
    buffer_append_text(out, ", \"additionalProperties\": false");
}

static void write_settings(struct buffer *out, const struct settings *settings)
{
    buffer_append_text(out, "\"type\": [\"object\", \"null\"], ");
    write_properties(out, settings);
}

static void write_rule(struct buffer *out)
{
    const struct setting *rows = rule_settings.rows;
    buffer_append_text(out, "\"rule\": {\"type\": \"object\", ");
    write_properties(out, &rule_settings);
    buffer_printf(out,
                  ", \"required\": [\"%s\"], \"oneOf\": [{\"required\": [\"%s\"]}, {\"required\": "
                  "[\"%s\"], \"properties\": {\"%s\": {\"not\": {\"const\": false}}}}]},\n",
                  rows[RULE_MATCH].name, rows[RULE_LEVEL].name, rows[RULE_DROP].name,
                  rows[RULE_DROP].name);
}

// What the rows refer to by name.
static void write_definitions(struct buffer *out)
{
    buffer_printf(out, "\"texts\": {\"type\": [\"object\", \"null\"], \"additionalProperties\": "
                       "{\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}},\n");
    buffer_append_text(out, "\"variables\": {\"anyOf\": [{\"$ref\": \"#/$defs/texts\"}, {\"type\": "
                            "\"array\", \"items\": {\"type\": \"string\", \"pattern\": \"^[^=]+=\""
                            "}}]},\n");
    buffer_printf(out,
                  "\"command\": {\"anyOf\": [{\"type\": \"string\", \"minLength\": 1}, "
                  "{\"type\": \"array\", \"minItems\": 1, \"items\": {%s}}]},\n",
                  text_types);
    buffer_append_text(out, "\"env_file\": {\"type\": [\"string\", \"array\", \"null\"], \"items\":"
                            " {\"type\": \"string\"}},\n");
    buffer_append_text(out, "\"include\": {\"type\": [\"string\", \"array\", \"null\"], \"items\": "
                            "{\"type\": \"string\"}},\n");
    buffer_printf(out,
                  "\"instances\": {\"anyOf\": [{\"type\": \"integer\", \"minimum\": 1, "
                  "\"maximum\": %d}, {\"type\": \"string\"}]},\n",
                  INSTANCES_LIMIT);
    write_rule(out);
    buffer_append_text(out, "\"defaults\": {");
    write_settings(out, &helper_settings);
    buffer_append_text(out, "},\n\"helper\": {\"anyOf\": [{\"$ref\": \"#/$defs/command\"}, "
                            "{\"$ref\": \"#/$defs/defaults\"}]},\n");
    buffer_printf(out,
                  "\"helpers\": {\"type\": [\"object\", \"null\"], \"propertyNames\": "
                  "{\"pattern\": \"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,%d}$\", \"not\": "
                  "{\"const\": \"helperd\"}}, \"additionalProperties\": {\"$ref\": "
                  "\"#/$defs/helper\"}}",
                  HELPER_NAME_LIMIT - 1);
}

void describe_schema(struct buffer *out)
{
    buffer_append_text(out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                            "\"title\": \"helperd.yaml\",\n");
    write_settings(out, &top_settings);
    buffer_append_text(out, ",\n\"$defs\": {");
    write_definitions(out);
    buffer_append_text(out, "}}\n");
}
