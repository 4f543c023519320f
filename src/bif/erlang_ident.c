// SPDX-License-Identifier: Apache-2.0
// Pids, ports and references as text, and back.
#include "bif/bif_int.h"
#include "term/ident.h"
#include "term/print.h"

enum {
    PID_NUMBER_BITS = 28,
    PORT_NUMBER_BITS = 28,
    REF_FIRST_ID_BITS = 18,
    IDENT_TEXT_MAX = 256, // leading zeros are allowed
};

static Term ident_text(Process *p, Term ident) {
    Buf text;
    buf_init(&text, p->vm->env.mem);
    term_print(&p->vm->env, &text, ident, PRINT_PLAIN, 0);
    return bif_buf_list_gc(p, &text);
}

BIF(erlang_pid_to_list_1, "erlang", "pid_to_list", "Pid", 0, "Pid as text.") {
    return term_is_pid(a[0]) ? ident_text(p, a[0]) : bif_badarg(p);
}
BIF(erlang_port_to_list_1, "erlang", "port_to_list", "Port", 0, "Port as text.") {
    return term_is_port(a[0]) ? ident_text(p, a[0]) : bif_badarg(p);
}
BIF(erlang_ref_to_list_1, "erlang", "ref_to_list", "Ref", 0, "Ref as text.") {
    return term_is_ref(a[0]) ? ident_text(p, a[0]) : bif_badarg(p);
}

// --- back ----------------------------------------------------------------------------------------

// Reads prefix, `count` numbers with dots between, and ">" of the whole list. The first number
// counts nodes: only 0, this one, can be named this way until nodes are connected.
static bool read_ident(Term list, const char *prefix, uint64_t *numbers, size_t count) {
    uint8_t text[IDENT_TEXT_MAX];
    int64_t size = bif_list_text(list, text, sizeof text);
    size_t start = strlen(prefix);
    if (size < (int64_t)start || memcmp(text, prefix, start) != 0) return false;
    size_t at = start, end = (size_t)size;
    for (size_t i = 0; i < count; i++) {
        numbers[i] = 0;
        size_t first = at;
        for (; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
            numbers[i] = numbers[i] * 10 + (text[at] - '0');
            if (numbers[i] > UINT32_MAX) return false;
        }
        if (at == first || at == end || text[at++] != (i + 1 < count ? '.' : '>')) return false;
    }
    return at == end && numbers[0] == 0;
}

BIF(erlang_list_to_pid_1, "erlang", "list_to_pid", "String", 0, "The pid that the text names.") {
    uint64_t n[3];
    if (!read_ident(a[0], "<", n, 3) || n[1] >> PID_NUMBER_BITS != 0) return bif_badarg(p);
    return term_local_pid(n[2] << PID_NUMBER_BITS | n[1]);
}

BIF(erlang_list_to_port_1, "erlang", "list_to_port", "String", 0, "The port that the text names.") {
    uint64_t n[2];
    if (!read_ident(a[0], "#Port<", n, 2) || n[1] >> PORT_NUMBER_BITS != 0) return bif_badarg(p);
    return term_local_port(n[1]);
}

BIF(erlang_list_to_ref_1, "erlang", "list_to_ref", "String", 0,
    "The reference that the text names.") {
    uint64_t n[4];
    if (!read_ident(a[0], "#Ref<", n, 4) || n[3] >> REF_FIRST_ID_BITS != 0) return bif_badarg(p);
    Ident id = {.node = TERM_NONE, .id_count = 3};
    for (int i = 0; i < 3; i++) id.ids[i] = (uint32_t)n[3 - i];
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = hp_ref(&hp, &id);
    process_commit(p, &hp);
    return ref;
}
