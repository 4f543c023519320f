// SPDX-License-Identifier: Apache-2.0
// Module os: the environment, which is the VM's own copy, and the OS process. Names and texts of
// variables are UTF-8 outside. The clocks are in erlang_time.c.
#include "base/stack.h"
#include "bif/bif_int.h"
#include "term/bits.h"

// Appends a deep list of characters as UTF-8. false: not such a list, or a 0 or `refused` is in it.
static bool put_chars(Mem *m, Buf *out, Term chars, int64_t refused) {
    WorkStack todo;
    work_stack_init(&todo, m);
    bool ok = term_is_list(chars);
    while (ok) {
        if (term_is_nil(chars)) {
            if (work_stack_empty(&todo)) break;
            chars = work_stack_pop(&todo);
            continue;
        }
        int64_t ch;
        uint8_t utf8[4] = {0};
        unsigned size = 0;
        Term head = term_is_cons(chars) ? term_head(chars) : TERM_NONE;
        if (term_is_list(head)) {
            work_stack_push(&todo, term_tail(chars));
            chars = head;
            continue;
        }
        if (bif_small_arg(head, 1, 0x10ffff, &ch) && ch != refused) size = bits_utf8_size(ch);
        ok = size > 0;
        if (!ok) break;
        bits_put_utf8(utf8, 0, (int32_t)ch);
        buf_put(out, utf8, size);
        chars = term_tail(chars);
    }
    work_stack_deinit(&todo);
    buf_put_byte(out, 0);
    return ok;
}

// A list of the characters of UTF-8 text; what is not UTF-8 becomes one character a byte.
// words: CONS_WORDS a byte.
static Term hp_chars(Hp *hp, const char *text, size_t size) {
    Term list = TERM_NIL, *hole = &list;
    for (size_t at = 0; at < size;) {
        int32_t ch = (uint8_t)text[at];
        Bits rest = {(const uint8_t *)text, at * 8, (size - at) * 8};
        unsigned used = bits_get_utf8(rest, &ch);
        if (used == 0) ch = (uint8_t)text[at];
        at += used == 0 ? 1 : used / 8;
        *hole = hp_cons(hp, term_small(ch), TERM_NIL);
        hole = term_cons_ptr(*hole) + 1;
    }
    return list;
}

static Term chars_gc(Process *p, const char *text) {
    size_t size = strlen(text);
    Hp hp;
    if (!process_reserve_gc(p, size * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = hp_chars(&hp, text, size);
    process_commit(p, &hp);
    bif_charge_units(p, size, BIF_CELLS_PER_REDUCTION);
    return list;
}

// The name of a variable, in a buffer that the caller deinits. NULL: an exception is set.
static const char *name_arg(Process *p, Term arg, Buf *buf) {
    if (!put_chars(p->vm->env.mem, buf, arg, '=')) {
        bif_badarg(p);
        return NULL;
    }
    if (buf->failed) bif_system_limit(p);
    return buf->failed ? NULL : (const char *)buf->data;
}

BIF(os_getenv_1, "os", "getenv", "Name", 0, "The text of variable Name, or false.") {
    Buf buf, text;
    buf_init(&buf, p->vm->env.mem);
    buf_init(&text, p->vm->env.mem);
    const char *name = name_arg(p, a[0], &buf);
    bool set = name != NULL && os_env_get(p->vm->os, name, &text);
    Term result = name == NULL  ? TERM_NONE
                  : text.failed ? bif_system_limit(p)
                  : set         ? chars_gc(p, (const char *)text.data)
                                : ATOM_false;
    buf_deinit(&text);
    buf_deinit(&buf);
    return result;
}

BIF(os_putenv_2, "os", "putenv", "Name, Text", 0, "Sets variable Name; true.") {
    Buf name_buf, text_buf;
    buf_init(&name_buf, p->vm->env.mem);
    buf_init(&text_buf, p->vm->env.mem);
    Term result = TERM_NONE;
    const char *name = name_arg(p, a[0], &name_buf);
    if (name != NULL) {
        bool ok = put_chars(p->vm->env.mem, &text_buf, a[1], -1);
        if (!ok)
            bif_badarg(p);
        else if (text_buf.failed)
            bif_system_limit(p);
        else if (os_env_set(p->vm->os, name, (const char *)text_buf.data) == 0)
            result = ATOM_true;
        else
            bif_system_limit(p);
    }
    buf_deinit(&name_buf);
    buf_deinit(&text_buf);
    return result;
}

BIF(os_unsetenv_1, "os", "unsetenv", "Name", 0, "Removes variable Name; true.") {
    Buf buf;
    buf_init(&buf, p->vm->env.mem);
    const char *name = name_arg(p, a[0], &buf);
    if (name != NULL) os_env_unset(p->vm->os, name);
    buf_deinit(&buf);
    return name == NULL ? TERM_NONE : ATOM_true;
}

// Variables, each NAME=TEXT and a NUL, as a list of {Name, Text}.
static Term env_list_gc(Process *p, const Buf *all) {
    size_t words = 0;
    for (size_t at = 0; at < all->size_bytes;) {
        size_t size = strlen((const char *)all->data + at);
        words += CONS_WORDS + 3 + CONS_WORDS * (size - 1);
        at += size + 1;
    }
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t at = 0; at < all->size_bytes;) {
        const char *entry = (const char *)all->data + at;
        size_t name_size = (size_t)(strchr(entry, '=') - entry);
        const char *text = entry + name_size + 1;
        Term name = hp_chars(&hp, entry, name_size);
        Term pair = hp_tuple2(&hp, name, hp_chars(&hp, text, strlen(text)));
        list = hp_cons(&hp, pair, list);
        at += strlen(entry) + 1;
    }
    process_commit(p, &hp);
    bif_charge_units(p, words, BIF_CELLS_PER_REDUCTION);
    return list;
}

BIF(os_env_0, "os", "env", "", 0, "All variables: a list of {Name, Text}.") {
    Buf all;
    buf_init(&all, p->vm->env.mem);
    os_env_list(p->vm->os, &all);
    Term list = all.failed ? bif_system_limit(p) : env_list_gc(p, &all);
    buf_deinit(&all);
    return list;
}

BIF(os_getpid_0, "os", "getpid", "", 0, "The number of the OS process, as text.") {
    Buf text;
    buf_init(&text, p->vm->env.mem);
    buf_printf(&text, "%lld", (long long)os_pid(p->vm->os));
    return bif_buf_list_gc(p, &text);
}
