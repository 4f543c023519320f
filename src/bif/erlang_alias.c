// SPDX-License-Identifier: Apache-2.0
// alias/1 and unalias/1.
#include "bif/bif_int.h"
#include "proc/relations.h"

BIF(erlang_alias_1, "erlang", "alias", "Options", 0,
    "A reference to which others may send. Options: explicit_unalias, or reply: for one message.") {
    AliasMode mode = ALIAS_EXPLICIT;
    Term o = a[0];
    for (; term_is_cons(o); o = term_tail(o)) {
        if (term_head(o) == ATOM_explicit_unalias)
            mode = ALIAS_EXPLICIT;
        else if (term_head(o) == ATOM_reply)
            mode = ALIAS_REPLY;
        else
            break;
    }
    if (!term_is_nil(o)) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, LOCAL_REF_WORDS, &hp)) return TERM_NONE;
    Term ref = process_make_alias(p, &hp);
    process_commit(p, &hp);
    return process_alias_add(p, ref, mode) ? ref : bif_system_limit(p);
}

BIF(erlang_unalias_1, "erlang", "unalias", "Alias", 0,
    "Messages sent to Alias are dropped from now on; whether it was active.") {
    if (!term_is_ref(a[0])) return bif_badarg(p);
    return bif_bool(process_unalias(p, a[0]));
}
