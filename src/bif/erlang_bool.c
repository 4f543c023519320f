// SPDX-License-Identifier: Apache-2.0
// The strict boolean operators of module erlang, as functions.
#include "bif/bif_int.h"

static bool is_bool(Term t) {
    return t == ATOM_true || t == ATOM_false;
}

BIF(erlang_and_2, "erlang", "and", "Bool1, Bool2", BIF_GUARD, "Whether both are true.") {
    if (!is_bool(a[0]) || !is_bool(a[1])) return bif_badarg(p);
    return bif_bool(a[0] == ATOM_true && a[1] == ATOM_true);
}

BIF(erlang_or_2, "erlang", "or", "Bool1, Bool2", BIF_GUARD, "Whether one or both are true.") {
    if (!is_bool(a[0]) || !is_bool(a[1])) return bif_badarg(p);
    return bif_bool(a[0] == ATOM_true || a[1] == ATOM_true);
}

BIF(erlang_xor_2, "erlang", "xor", "Bool1, Bool2", BIF_GUARD, "Whether just one is true.") {
    if (!is_bool(a[0]) || !is_bool(a[1])) return bif_badarg(p);
    return bif_bool(a[0] != a[1]);
}

BIF(erlang_not_1, "erlang", "not", "Bool", BIF_GUARD, "The other truth value.") {
    if (!is_bool(a[0])) return bif_badarg(p);
    return bif_bool(a[0] == ATOM_false);
}
