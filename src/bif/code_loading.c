// SPDX-License-Identifier: Apache-2.0
// Loading and deleting modules, and looking into .beam files without loading them.
//
// prepare_loading gives a reference that owns a prepared module; finish_loading commits one or
// more. A module with an on_load function is set aside by finish_loading; call_on_load_function
// makes it current and calls the function, and finish_after_on_load takes it away again if that
// has failed. (In the reference it only becomes current then.)
#include "bif/bif_int.h"
#include "bif/bif_vm.h"
#include "code/beam.h"
#include "proc/code_wait.h"
#include "proc/table.h"
#include "term/bits.h"

//
// Who changes code has the right to (code_write_begin): a builtin that does not get it is called
// again when it is back. What a reference owns is taken out of it with that right only.
typedef struct PreparedRef {
    MagicBin bin;
    Mem *mem;
    bool on_load;                 // it has such a function
    _Atomic(Prepared *) prepared; // NULL: used up
} PreparedRef;

static void prepared_destroy(MagicBin *bin) {
    PreparedRef *ref = (PreparedRef *)bin;
    code_prepared_free(atomic_load_explicit(&ref->prepared, memory_order_relaxed));
    mem_free(ref->mem, ref, sizeof *ref);
}

// NULL: not a reference to a prepared module that is still to be had.
static PreparedRef *prepared_arg(Term t) {
    PreparedRef *ref = (PreparedRef *)bif_state(t, prepared_destroy);
    return ref && atomic_load_explicit(&ref->prepared, memory_order_relaxed) ? ref : NULL;
}

// With the right to change code.
static Prepared *get_prepared(const PreparedRef *ref) {
    return atomic_load_explicit(&ref->prepared, memory_order_relaxed);
}
static Prepared *take_prepared(PreparedRef *ref) {
    return atomic_exchange_explicit(&ref->prepared, NULL, memory_order_relaxed);
}

static bool write_begin(const Process *p) {
    return code_write_begin(p->vm->code);
}
static void write_end(const Process *p) {
    code_write_end(p->vm->code, p->regs->scheduler);
}

// With the right to change code. The slice goes on with the new tables.
static bool commit(Process *p, Prepared **prepared_take, size_t count) {
    BeamError err;
    bool ok = code_commit(p->vm->code, prepared_take, count, &err);
    p->regs->code_index = code_active_index(p->vm->code);
    return ok;
}

static bool make_old(Process *p, Term module) {
    BeamError err;
    bool ok = code_delete(p->vm->code, module, &err);
    p->regs->code_index = code_active_index(p->vm->code);
    return ok;
}

// --- preparing -----------------------------------------------------------------------------------

static Term badfile_gc(Process *p) {
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term t = hp_tuple2(&hp, ATOM_error, ATOM_badfile);
    process_commit(p, &hp);
    return t;
}

// The bytes of a binary argument; `scratch` is to be deinited whatever comes. NULL: an exception is
// set.
static const uint8_t *binary_bytes(Process *p, Term t, Buf *scratch, size_t *size) {
    buf_init(scratch, p->vm->env.mem);
    if (!term_is_bitstring(t) || !bits_is_binary(bits_of(t))) {
        bif_badarg(p);
        return NULL;
    }
    Bits b = bits_of(t);
    *size = b.size / 8;
    const uint8_t *bytes = bits_bytes(b, scratch);
    if (!bytes) bif_system_limit(p);
    return bytes;
}

// Verifying and transforming so many bytes takes about a millisecond.
enum { LOAD_BYTES_PER_REDUCTION = 16, LOAD_AT_ONCE_BYTES = 64 * 1024 };

BIF(erts_internal_prepare_loading_2, "erts_internal", "prepare_loading", "Module, Code", 0,
    "A reference to Module's code, ready to be made current, or {error, badfile}.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    if (term_is_bitstring(a[1]) && bits_size(a[1]) > LOAD_AT_ONCE_BYTES * 8 && bif_may_go_dirty(p))
        return bif_dirty(p, BIF_ID_erts_internal_prepare_loading_2, 2, a);
    Buf scratch;
    size_t size;
    const uint8_t *bytes = binary_bytes(p, a[1], &scratch, &size);
    BeamError err;
    Prepared *prepared = bytes ? code_prepare(p->vm->code, bytes, size, &err) : NULL;
    buf_deinit(&scratch);
    if (!bytes) return TERM_NONE;
    bif_charge_units(p, size, LOAD_BYTES_PER_REDUCTION);
    if (!prepared) return badfile_gc(p);
    if (code_prepared_name(prepared) != a[0]) {
        code_prepared_free(prepared);
        return badfile_gc(p);
    }
    PreparedRef *ref = mem_alloc(p->vm->env.mem, sizeof *ref);
    if (!ref) {
        code_prepared_free(prepared);
        return bif_system_limit(p);
    }
    bool on_load = code_prepared_module(prepared)->on_load_offset != UINT32_MAX;
    *ref =
        (PreparedRef){{.refs = 1, .destroy = prepared_destroy}, p->vm->env.mem, on_load, prepared};
    return bif_shared_ref_gc(p, &ref->bin);
}

BIF(erlang_has_prepared_code_on_load_1, "erlang", "has_prepared_code_on_load", "PreparedCode", 0,
    "Whether the prepared module has an on_load function.") {
    const PreparedRef *ref = prepared_arg(a[0]);
    return ref ? bif_bool(ref->on_load) : bif_badarg(p);
}

// --- finishing -----------------------------------------------------------------------------------

// {Tag, Modules}
static Term refused_gc(Process *p, Term tag, const Term *names, size_t count) {
    Hp hp;
    if (!process_reserve_gc(p, 3 + count * CONS_WORDS, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) list = hp_cons(&hp, names[i], list);
    Term t = hp_tuple2(&hp, tag, list);
    process_commit(p, &hp);
    return t;
}

// Names that stand twice in names[0..count) go to out[].
static size_t find_duplicates(const Term *names, size_t count, Term *out) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (names[i] == names[j]) {
                out[found++] = names[i];
                break;
            }
    return found;
}

static size_t find_not_purged(const CodeTables *ct, const Term *names, size_t count, Term *out) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (code_module_find(ct, names[i]) && code_module_old(ct, names[i]))
            out[found++] = names[i];
    return found;
}

static Term set_aside(Process *p, PreparedRef *ref, Term name) {
    BifVm *b = bif_vm(p->vm);
    if (b->on_load_count == ON_LOAD_MAX) return bif_system_limit(p);
    b->on_load[b->on_load_count++] = (OnLoad){name, take_prepared(ref)};
    return refused_gc(p, ATOM_on_load, &name, 1);
}

// `names` has room for two times `count`, `prepared` for count.
static Term finish_loading(Process *p, Term list, size_t count, Term *names, Prepared **prepared) {
    CodeTables *ct = p->vm->code;
    Term *out = names + count;
    size_t i = 0, on_load = 0;
    for (Term l = list; term_is_cons(l); l = term_tail(l), i++) {
        const PreparedRef *ref = prepared_arg(term_head(l));
        if (!ref) return bif_badarg(p);
        prepared[i] = get_prepared(ref);
        names[i] = code_prepared_name(prepared[i]);
        if (ref->on_load) on_load++;
    }
    if (on_load > 0 && count > 1) return bif_system_limit(p);
    size_t found = find_duplicates(names, count, out);
    if (found > 0) return refused_gc(p, ATOM_duplicated, out, found);
    found = find_not_purged(ct, names, count, out);
    if (found > 0) return refused_gc(p, ATOM_not_purged, out, found);
    if (on_load > 0) return set_aside(p, prepared_arg(term_head(list)), names[0]);
    for (Term l = list; term_is_cons(l); l = term_tail(l))
        (void)take_prepared(prepared_arg(term_head(l)));
    return commit(p, prepared, count) ? ATOM_ok : bif_system_limit(p);
}

BIF(erlang_finish_loading_1, "erlang", "finish_loading", "PreparedCodeList", 0,
    "Makes the prepared modules current: ok or {not_purged | on_load | duplicated, Modules}.") {
    int64_t length = bif_list_length(a[0]);
    if (length < 0) return bif_badarg(p);
    if (length == 0) return ATOM_ok;
    Mem *m = p->vm->env.mem;
    size_t count = (size_t)length, bytes = count * (2 * sizeof(Term) + sizeof(Prepared *));
    Term *names = mem_alloc(m, bytes);
    if (!names) return bif_system_limit(p);
    Term result;
    if (write_begin(p)) {
        result = finish_loading(p, a[0], count, names, (Prepared **)(names + 2 * count));
        write_end(p);
    } else {
        result = bif_wait_for_code(p, bif_export(p, BIF_ID_erlang_finish_loading_1), 1, a);
    }
    mem_free(m, names, bytes);
    return result;
}

BIF(erlang_delete_module_1, "erlang", "delete_module", "Module", 0,
    "Makes Module's current code old: true, or undefined if there is none.") {
    if (!term_is_atom(a[0])) return bif_badarg(p);
    if (!write_begin(p))
        return bif_wait_for_code(p, bif_export(p, BIF_ID_erlang_delete_module_1), 1, a);
    Term result = code_module_old(p->vm->code, a[0])     ? bif_badarg(p)
                  : !code_module_find(p->vm->code, a[0]) ? ATOM_undefined
                  : make_old(p, a[0])                    ? ATOM_true
                                                         : bif_system_limit(p);
    write_end(p);
    return result;
}

// --- purging -------------------------------------------------------------------------------------

// With the right to change code.
static Term purge(Process *p, Term module, Term step) {
    CodeTables *ct = p->vm->code;
    BeamError err;
    switch (step) {
    case ATOM_prepare:
    case ATOM_prepare_on_load:
        switch (code_purge_prepare(ct, module)) {
        case PURGE_READY: return ATOM_true;
        case PURGE_NOTHING: return ATOM_false;
        case PURGE_NO_MEMORY: break;
        }
        return bif_system_limit(p);
    case ATOM_abort: code_purge_abort(ct); return ATOM_false;
    case ATOM_complete: return bif_bool(code_purge_complete(ct, module, &err));
    default: return bif_badarg(p);
    }
}

BIF(erts_internal_purge_module_2, "erts_internal", "purge_module", "Module, Step", 0,
    "A step of purging, for the process erts_code_purger: prepare, abort, complete.") {
    if (name_lookup(p->vm, ATOM_erts_code_purger) != p->pid) return bif_error(p, ATOM_notsup);
    if (!term_is_atom(a[0])) return bif_badarg(p);
    if (!write_begin(p))
        return bif_wait_for_code(p, bif_export(p, BIF_ID_erts_internal_purge_module_2), 2, a);
    Term result = purge(p, a[0], a[1]);
    write_end(p);
    p->regs->code_index = code_active_index(p->vm->code);
    return result;
}

// --- on_load -------------------------------------------------------------------------------------
// The list of modules whose on_load has not ended is of who has the right to change code.

static OnLoad *find_on_load(Process *p, Term module) {
    BifVm *b = bif_vm(p->vm);
    for (size_t i = 0; i < b->on_load_count; i++)
        if (b->on_load[i].module == module) return &b->on_load[i];
    return NULL;
}

static void remove_on_load(Process *p, OnLoad *entry) {
    BifVm *b = bif_vm(p->vm);
    *entry = b->on_load[--b->on_load_count];
}

// A fun whose body is the on_load function, which need not be exported: what no lambda table has
// as index.
static Term on_load_fun_gc(Process *p, const Module *m) {
    FunEntry *fe = code_fun_entry(p->vm->code, m->name, m->md5, UINT32_MAX, 0, 0, 0);
    if (!fe) return bif_system_limit(p);
    fun_entry_set(fe, TERM_NONE, m->code + m->on_load_offset);
    Hp hp;
    if (!process_reserve_gc(p, FUN_FIXED_WORDS, &hp)) return TERM_NONE;
    Term fun = hp_fun(&hp, fe, 0);
    process_commit(p, &hp);
    return fun;
}

// The fun to call; TERM_NONE: it has failed.
static Term start_on_load_gc(Process *p, Term module) {
    OnLoad *entry = find_on_load(p, module);
    if (!entry || !entry->prepared) return bif_badarg(p);
    Prepared *prepared = entry->prepared;
    entry->prepared = NULL;
    if (!commit(p, &prepared, 1)) {
        remove_on_load(p, entry);
        return bif_system_limit(p);
    }
    return on_load_fun_gc(p, code_module_find(p->vm->code, module));
}

BIF(erlang_call_on_load_function_1, "erlang", "call_on_load_function", "Module", 0,
    "What the on_load function of Module, which is being loaded, gives.") {
    Export *apply = code_export(p->vm->code, ATOM_erlang, ATOM_apply, 2);
    if (!apply) return bif_system_limit(p);
    if (!write_begin(p))
        return bif_wait_for_code(p, bif_export(p, BIF_ID_erlang_call_on_load_function_1), 1, a);
    Term fun = start_on_load_gc(p, a[0]);
    write_end(p);
    if (fun == TERM_NONE) return TERM_NONE;
    Term args[2] = {fun, TERM_NIL};
    return bif_trap(p, apply, 2, args);
}

static Term end_on_load(Process *p, Term module, bool keep) {
    OnLoad *entry = find_on_load(p, module);
    if (!entry) return bif_badarg(p);
    bool committed = entry->prepared == NULL;
    code_prepared_free(entry->prepared);
    remove_on_load(p, entry);
    if (!keep && committed && !make_old(p, module)) return bif_system_limit(p);
    return ATOM_true;
}

BIF(erlang_finish_after_on_load_2, "erlang", "finish_after_on_load", "Module, Keep", 0,
    "Ends the loading of Module; its code goes unless Keep.") {
    if (a[1] != ATOM_true && a[1] != ATOM_false) return bif_badarg(p);
    if (!write_begin(p))
        return bif_wait_for_code(p, bif_export(p, BIF_ID_erlang_finish_after_on_load_2), 2, a);
    Term result = end_on_load(p, a[0], a[1] == ATOM_true);
    write_end(p);
    return result;
}

// --- looking into files --------------------------------------------------------------------------

static uint32_t read_u32(const uint8_t *s) {
    return (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 | (uint32_t)s[2] << 8 | s[3];
}

// Where the chunk's data starts in the file; 0: there is no such chunk, or this is no such file.
static size_t find_chunk(const uint8_t *file, size_t size, const uint8_t id[4], size_t *count) {
    if (size < 12 || memcmp(file, "FOR1", 4) != 0 || memcmp(file + 8, "BEAM", 4) != 0) return 0;
    for (size_t at = 12; size - at >= 8;) {
        *count = read_u32(file + at + 4);
        if (*count > size - at - 8) return 0;
        if (memcmp(file + at, id, 4) == 0) return at + 8;
        size_t next = at + 8 + ALIGN_UP(*count, (size_t)4);
        if (next > size) return 0;
        at = next;
    }
    return 0;
}

BIF(erts_internal_beamfile_chunk_2, "erts_internal", "beamfile_chunk", "Bin, Chunk", 0,
    "The data of a chunk of a .beam file, or undefined.") {
    uint8_t id[4];
    if (bif_list_text(a[1], id, sizeof id) != 4) return bif_badarg(p);
    Buf scratch;
    size_t size, count = 0;
    const uint8_t *bytes = binary_bytes(p, a[0], &scratch, &size);
    size_t at = bytes ? find_chunk(bytes, size, id, &count) : 0;
    buf_deinit(&scratch);
    if (!bytes) return TERM_NONE;
    if (at == 0) return ATOM_undefined;
    Hp hp;
    if (!process_reserve_gc(p, SUB_BITS_WORDS, &hp)) return TERM_NONE;
    Term chunk = hp_sub_bits(&hp, a[0], at * 8, count * 8);
    process_commit(p, &hp);
    return chunk;
}

BIF(erts_internal_beamfile_module_md5_1, "erts_internal", "beamfile_module_md5", "Bin", 0,
    "The MD5 digest of the module in a .beam file, or undefined.") {
    Buf scratch;
    size_t size;
    const uint8_t *bytes = binary_bytes(p, a[0], &scratch, &size);
    BeamFile file;
    BeamError err;
    bool read = bytes && beam_read(&p->vm->env, bytes, size, &file, &err);
    uint8_t md5[16];
    if (read) {
        memcpy(md5, file.md5, sizeof md5);
        beam_free(&file);
    }
    buf_deinit(&scratch);
    if (!bytes) return TERM_NONE;
    bif_charge_units(p, size, LOAD_BYTES_PER_REDUCTION);
    if (!read) return ATOM_undefined;
    Hp hp;
    if (!process_reserve_gc(p, bits_words(sizeof md5 * 8), &hp)) return TERM_NONE;
    Term t = hp_binary(p->vm->env.mem, &hp, md5, sizeof md5);
    process_commit(p, &hp);
    return t;
}
