// SPDX-License-Identifier: Apache-2.0
// Calls of builtins that have an instruction of their own, for their common case.
#include "code/emit.h"

static enum OpId own_instruction(const Export *ex) {
    if (ex->module == ATOM_erlang && ex->function == ATOM_setelement && ex->arity == 3)
        return OP_call_setelement;
    if (ex->module == ATOM_maps && ex->function == ATOM_put && ex->arity == 3)
        return OP_call_map_put;
    if (ex->module == ATOM_maps && ex->function == ATOM_find && ex->arity == 2)
        return OP_call_map_find;
    if (ex->module == ATOM_erlang && ex->function == ATOM_max && ex->arity == 2) return OP_call_max;
    if (ex->module == ATOM_erlang && ex->function == ATOM_min && ex->arity == 2) return OP_call_min;
    return OP_COUNT;
}

bool transform_builtin(Transform *t, const Export *ex) {
    if (ex->bif == NULL || ex->bif_by_entry) return false;
    enum OpId op = own_instruction(ex);
    if (op == OP_COUNT) return false;
    if (ex->arity == 3)
        EMIT(t, op, op_ptr(ex), op_x(0), op_x(1), op_x(2), op_x(0));
    else
        EMIT(t, op, op_ptr(ex), op_x(0), op_x(1), op_x(0));
    return true;
}

// One that gc_bif1 calls and that has an instruction; OP_COUNT: none.
enum OpId builtin_gc_bif1(const Export *ex) {
    if (ex->module != ATOM_erlang) return OP_COUNT;
    switch (ex->function) {
    case ATOM_map_size: return OP_bif_map_size;
    case ATOM_length: return OP_bif_length;
    case ATOM_byte_size: return OP_bif_byte_size;
    case ATOM_abs: return OP_bif_abs;
    default: return OP_COUNT;
    }
}
