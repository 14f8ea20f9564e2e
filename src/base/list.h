// SPDX-License-Identifier: MIT
// Doubly linked lists whose links live inside the things they chain.
//
//     struct list helpers;                       // helper.link
//     list_append(&helpers, &helper->link);
//     LIST_EACH (struct helper, helper, &helpers, link) { … }
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *previous, *next;
};

static inline void list_init(struct list *list)
{
    list->previous = list->next = list;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->next == list;
}

// Puts a link at the end. The link must not be in a list.
static inline void list_append(struct list *list, struct list *link)
{
    link->previous = list->previous;
    link->next = list;
    list->previous->next = link;
    list->previous = link;
}

// Puts a link at the front. The link must not be in a list.
static inline void list_prepend(struct list *list, struct list *link)
{
    list_append(list->next, link);
}

// Takes a link out of its list; harmless on one that is in none (initialised or zeroed).
static inline void list_remove(struct list *link)
{
    if (link->next != NULL) {
        link->previous->next = link->next;
        link->next->previous = link->previous;
    }
    list_init(link);
}

// Moves all that is in one list to the end of another.
static inline void list_append_all(struct list *list, struct list *from)
{
    if (list_is_empty(from))
        return;
    from->next->previous = list->previous;
    from->previous->next = list;
    list->previous->next = from->next;
    list->previous = from->previous;
    list_init(from);
}

#define LIST_ITEM(type, pointer, member)                                                           \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#define LIST_FIRST(type, list, member)                                                             \
    (list_is_empty(list) ? NULL : LIST_ITEM(type, (list)->next, member))

// Visits every item. The visited item may be removed, no other one.
#define LIST_EACH(type, item, list, member)                                                        \
    for (type *item = LIST_ITEM(type, (list)->next, member),                                       \
              *item##_next = LIST_ITEM(type, item->member.next, member);                           \
         &item->member != (list);                                                                  \
         item = item##_next, item##_next = LIST_ITEM(type, item->member.next, member))
