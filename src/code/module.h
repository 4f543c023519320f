// SPDX-License-Identifier: Apache-2.0
// Loaded modules and the tables that calls go through. Loading prepares aside and then commits:
// running code is never stopped. Readers take no lock: what a lookup gives is good until the
// thread's next quiescent point. What a commit replaces stays until it is purged.
//
// Thread: any, but where it says who has the right to change code (code_write_begin).
#pragma once

#include "code/beam.h"
#include "heap/literals.h"
#include "term/fun.h"

// Memory of a Module's arrays: each one block of mem_alloc, exactly as long as its count says.
// A func_info instruction stands right before each function's entry.
enum { CODE_FUNC_INFO_UNITS = 7 };

typedef struct FuncInfo {
    uint32_t offset; // of its func_info instruction, in units from Module.code; sorted
    Term name;
    uint32_t arity;
} FuncInfo;

typedef struct LineEntry {
    uint32_t offset; // code from here (units from Module.code) belongs to
    uint32_t file;   // index in Module.files
    uint32_t line;   // 0: no line
} LineEntry;

typedef struct ModuleExport {
    Term name;
    uint32_t arity;
    uint32_t offset;
} ModuleExport;

// Where an instruction begins, and which variant it is.
typedef struct CodeInstruction {
    uint32_t offset; // units from Module.code
    uint16_t op, variant;
} CodeInstruction;

// Lifetime: from commit to purge; owned by the module table.
typedef struct Module {
    Term name;
    uint32_t *code; // internal instructions (engine/ops): 32-bit units
    uint32_t code_units;
    size_t noted_bytes; // counted as the memory of code
    FuncInfo *functions;
    uint32_t function_count;
    LineEntry *lines;
    uint32_t line_count;
    Term *files;
    uint32_t file_count; // literal strings (lists of characters)
    ModuleExport *exports;
    uint32_t export_count; // sorted by name text, arity
    FunEntry **funs;
    uint32_t fun_count; // by lambda index
    LiteralArea *literals;
    Term *literal_terms;
    uint32_t literal_count;
    Term attributes, compile_info; // literals; TERM_NIL when absent
    uint8_t md5[16];
    uint32_t on_load_offset; // UINT32_MAX: none
    // In the order of the code, for whoever makes machine code of it: until the commit.
    CodeInstruction *instructions;
    uint32_t instruction_count;
    struct Module *next_old;   // previous version, until purged
    struct NativeCode *native; // machine code, the engine's (CodeStubs); NULL: none
} Module;

typedef struct Scheduler Scheduler;   // sched.h
typedef struct CodeTables CodeTables; // modules, exports, fun entries, code ranges; one a VM

WARN_UNUSED CodeTables *code_tables_new(TermEnv *env, Literals *lits);
void code_tables_free(CodeTables *ct);
unsigned code_active_index(const CodeTables *ct);

// Finds or makes. New ones' entry is the stub set by code_set_stubs. NULL: no memory.
WARN_UNUSED Export *code_export(CodeTables *ct, Term module, Term function, uint32_t arity);
// At boot, before anything else asks for it: the export of a builtin.
WARN_UNUSED Export *code_export_bif(CodeTables *ct, Term module, Term function, uint32_t arity,
                                    const struct Bif *bif);
Export *code_export_find(const CodeTables *ct, Term module, Term function, uint32_t arity);
// The code it started with: what its entry is while the function is not defined.
const uint32_t *code_export_stub(const Export *ex);
WARN_UNUSED FunEntry *code_fun_entry(CodeTables *ct, Term module, const uint8_t uniq[16],
                                     uint32_t index, uint32_t old_uniq, uint32_t arity,
                                     uint32_t free_count);
// The engine gives the code that undefined exports, unloaded funs, and builtins start with.
// make_stub returns code for `ex` (it may embed the Export's address). Called once per new export.
typedef struct CodeStubs {
    void *ctx;
    const uint32_t *(*export_stub)(void *ctx, Export *ex);
    const uint32_t *(*fun_stub)(void *ctx, FunEntry *fe);
    // Makes machine code of a module that is about to become current, which nobody runs yet, and
    // sets Module.native; or does nothing, when there is no memory. NULL: there is none.
    void (*make_native)(void *ctx, Module *m);
    // The module goes away, and nobody runs it. Only called when Module.native is set.
    void (*free_native)(void *ctx, Module *m);
    const uint64_t *handlers; // address of each instruction variant's code, by variant (optable.h)
} CodeStubs;
void code_set_stubs(CodeTables *ct, const CodeStubs *stubs);
const CodeStubs *code_stubs(const CodeTables *ct);

Module *code_module_find(const CodeTables *ct, Term name);
// The newest of the old versions, which chain the older ones; NULL: none.
Module *code_module_old(const CodeTables *ct, Term name);
// Every loaded module, in the order of first loading; *count.
Module *const *code_modules(const CodeTables *ct, size_t *count);
// From a code address: the module and function it lies in. false: not in any module.
typedef struct CodePlace {
    const Module *module;
    const FuncInfo *function;
} CodePlace;
bool code_place(const CodeTables *ct, const uint32_t *pc, CodePlace *place);
// The same; *place is that of another address, perhaps in the same module, or zeros.
bool code_place_near(const CodeTables *ct, const uint32_t *pc, CodePlace *place);
// Line of the instruction at or before `pc` (for a return address pass pc - 1); false: none known.
bool code_line(const Module *m, const uint32_t *pc, Term *file, uint32_t *line);

// Read, verify, transform, without touching what runs. NULL: *err says why; no atom stays behind.
typedef struct Prepared Prepared;
WARN_UNUSED Prepared *code_prepare(CodeTables *ct, const uint8_t *bytes, size_t size,
                                   BeamError *err);
Term code_prepared_name(const Prepared *pr);            // interned
const Module *code_prepared_module(const Prepared *pr); // as it will be, not yet visible
// The same for whoever gives it machine code; it is not to be committed afterwards.
Module *code_prepared_change(Prepared *pr);
// Forgets the line numbers: modules that the reference has preloaded show none in stack traces.
void code_prepared_drop_lines(Prepared *pr);
void code_prepared_free(Prepared *pr);
// --- changing what is current --------------------------------------------------------------------
// One at a time: who wants to commit, delete or purge takes the right to, does one of these once,
// and gives the right up. false: another has it, or all threads have not passed a quiescent point
// yet since he changed code. Nobody may wait for it within a turn: come back in a later one.
WARN_UNUSED bool code_write_begin(CodeTables *ct);
// `s`: the calling thread's. NULL: no thread runs anything, so nobody can be reading.
void code_write_end(CodeTables *ct, Scheduler *s);
// To be told when the right has come back. `wake` is called once, on any thread (s NULL: the
// machine ends), and owns `w` then. false: it is back already, and nobody will be told.
typedef struct CodeWaiter {
    struct CodeWaiter *next;
    void (*wake)(Scheduler *s, struct CodeWaiter *w);
} CodeWaiter;
WARN_UNUSED bool code_write_wait(CodeTables *ct, CodeWaiter *w_take);

// Makes the prepared modules current, all at once. Takes them, also when it fails. Exports that are
// builtins (Export.bif) stay as they are.
WARN_UNUSED bool code_commit(CodeTables *ct, Prepared **prepared_take, size_t count,
                             BeamError *err);
// Makes the current version old, without a new one. false: not loaded, or no memory.
WARN_UNUSED bool code_delete(CodeTables *ct, Term name, BeamError *err);
// Takes away all old versions of a module; code and literals are freed after thread progress. The
// caller has made sure that no process runs in them nor holds their literals. false: there are
// none, or no memory.
WARN_UNUSED bool code_purge(CodeTables *ct, Term name, BeamError *err);
// The same while processes run: purge.c. Each with the right to change code; between prepare and
// the other two all processes are asked. Another prepare aborts the one before.
typedef enum PurgeResult { PURGE_READY, PURGE_NOTHING, PURGE_NO_MEMORY } PurgeResult;
WARN_UNUSED PurgeResult code_purge_prepare(CodeTables *ct, Term name);
void code_purge_abort(CodeTables *ct); // what was prepared; or nothing
// false: not prepared, or no memory. The literals stay.
WARN_UNUSED bool code_purge_complete(CodeTables *ct, Term name, BeamError *err);
// Any thread: a fun without code may get it back soon.
bool code_fun_is_pending(const CodeTables *ct, const FunEntry *fe);
