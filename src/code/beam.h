// SPDX-License-Identifier: Apache-2.0
// A .beam file, read and checked, nothing interned yet. All slices point into the file's bytes
// or into memory that the BeamFile owns (inflated literals, decoded instructions).
#pragma once

#include "base/mem.h"
#include "term/etf.h"

typedef struct Slice {
    const uint8_t *bytes;
    size_t size;
} Slice;

// Operand of a generic instruction.
typedef enum GenKind {
    GEN_U,       // plain number: arity, count, size, flags, ...
    GEN_INT,     // small integer literal: value
    GEN_BIG,     // integer literal beyond 64 bits: value = index in BeamFile.bigs
    GEN_ATOM,    // value = index in BeamFile.atoms (1..)
    GEN_NIL,     // []
    GEN_X,       // X register
    GEN_Y,       // Y register
    GEN_FR,      // float register
    GEN_LABEL,   // label number; 0 = none (an instruction that fails raises instead)
    GEN_CHAR,    // character (in old files)
    GEN_LITERAL, // index in BeamFile.literals
    GEN_LIST,    // extended list: value = how many of the following operands belong to it
    GEN_ALLOC,   // allocation list: value = how many pairs follow, each two operands:
                 // GEN_U (0 words, 1 floats, 2 funs) and GEN_U count
} GenKind;

typedef struct GenArg {
    uint8_t kind;  // GenKind
    uint16_t type; // X and Y: index in BeamFile.types plus 1; 0 = nothing known
    int64_t value;
} GenArg;

enum { BEAM_OPERANDS_MAX = 8 }; // an instruction has no more, lists aside

typedef struct GenOp {
    uint16_t op;        // opcode number: GENOP_* in generic.h
    bool has_alloc;     // an operand is an allocation list
    uint32_t arg_count; // flattened: a list's members count
    uint32_t arg_index; // first operand in BeamFile.args
    uint32_t offset;    // byte offset in the Code chunk, for messages
} GenOp;

// What the verifier says of an instruction.
enum {
    // It can be reached. What cannot may be left out, and has been checked only in its shape.
    BEAM_OP_REACHED = 1,
    // It relies on a type that could not be proven: it has to check that when it runs. Which
    // instructions, and what they check: verify.c.
    BEAM_OP_CHECK = 2,
    // A call that never returns: of erlang:error/1 and the like, or of a function of this module
    // that ends in such calls. Compilers leave out what would come after it, so something that
    // stops the process has to stand there. The frame of call_ext_last may be given wrongly then:
    // it is not to be freed.
    BEAM_OP_NO_RETURN = 4,
};

typedef struct BeamImport {
    uint32_t module, function, arity;
} BeamImport; // atom indexes
typedef struct BeamExport {
    uint32_t function, arity, label;
} BeamExport;
// Registers that a function's instructions name: from 0 to below these. X registers of arguments
// and two more count too; Y registers are those of its largest frame.
typedef struct BeamRegisters {
    uint32_t x, y, fr;
} BeamRegisters;
// A function: from the label before its func_info to the next function's.
typedef struct BeamFunction {
    uint32_t name, arity, label;                  // atom index; label: the entry
    uint32_t op_start, op_info, op_entry, op_end; // instructions: func_info, label of the entry
    BeamRegisters registers;
} BeamFunction;
typedef struct BeamLambda {
    uint32_t function, arity, label, index, free_count, old_uniq;
} BeamLambda; // arity: of the function that holds the body, free variables included
typedef struct BeamLine {
    uint32_t file, line;
} BeamLine; // file = index in files
typedef struct BeamBig {
    const uint8_t *bytes;
    size_t size;
} BeamBig; // two's complement, big-endian
// What the compiler proved of a register: see the Type chunk. A hint for speed: code that relies on
// it must stay safe when it is wrong, for nobody proves it again. The bounds hold for whatever
// number it is, float or integer.
typedef struct BeamType {
    uint32_t types; // bit set BEAM_TYPE_*
    bool has_min, has_max;
    int64_t min, max;
    uint32_t unit; // of a bit string, when known; else 0
} BeamType;
enum {
    BEAM_TYPE_ATOM = 1,
    BEAM_TYPE_BITSTRING = 2,
    BEAM_TYPE_MATCH_CTX = 4,
    BEAM_TYPE_CONS = 8,
    BEAM_TYPE_FLOAT = 16,
    BEAM_TYPE_FUN = 32,
    BEAM_TYPE_INTEGER = 64,
    BEAM_TYPE_MAP = 128,
    BEAM_TYPE_NIL = 256,
    BEAM_TYPE_PID = 512,
    BEAM_TYPE_PORT = 1024,
    BEAM_TYPE_REF = 2048,
    BEAM_TYPE_TUPLE = 4096,
    BEAM_TYPE_RECORD = 8192,
    BEAM_TYPE_ANY = 16383,
};

typedef struct BeamFile {
    Mem *mem;
    Slice *atoms; // [1..atom_count], UTF-8 (Latin-1 chunks are converted); [0] unused
    uint32_t atom_count;
    BeamImport *imports;
    uint32_t import_count;
    BeamExport *exports;
    uint32_t export_count;
    BeamExport *locals;
    uint32_t local_count;
    BeamLambda *lambdas;
    uint32_t lambda_count;
    EtfScan *literals;
    uint32_t literal_count; // scanned, well formed
    BeamBig *bigs;
    uint32_t big_count;
    BeamLine *lines;
    uint32_t line_count; // at least 1; [0] = no line
    Slice *files;
    uint32_t file_count; // [0] = the module's own NAME.erl
    BeamType *types;
    uint32_t type_count;
    Slice strings;                  // StrT
    Slice attributes, compile_info; // terms in external format; size 0 = none
    EtfScan attributes_scan, compile_info_scan;
    uint32_t label_count; // labels are 1..label_count-1
    uint32_t *label_ops;  // by label: index of its label instruction; UINT32_MAX = not in the code
    BeamFunction *functions; // in the order of the code
    uint32_t function_count;
    uint32_t
        *function_of_label; // by label: index of the function whose entry it is, plus 1; 0 = none
    uint32_t wide_ints;     // operands GEN_INT that are no small integers
    uint32_t on_load_label; // 0 = none
    uint8_t md5[16];        // of the module, as Module:module_info(md5) gives it
    GenOp *ops;
    uint32_t op_count;
    uint8_t *op_flags; // BEAM_OP_*, by instruction; NULL before beam_verify
    GenArg *args;
    uint32_t arg_count;
    void *owned; // blocks to free: see reader.c
} BeamFile;

typedef struct BeamError {
    char text[256]; // one line: what is wrong and where
} BeamError;

// Reads and checks everything but the safety of the code (verify.h). false: *err says why.
WARN_UNUSED bool beam_read(const TermEnv *env, const uint8_t *bytes, size_t size, BeamFile *file,
                           BeamError *err);
void beam_free(BeamFile *file);
// The function whose entry is at `label`; NULL: none.
static inline const BeamFunction *beam_function_at(const BeamFile *file, uint32_t label) {
    uint32_t index = label < file->label_count ? file->function_of_label[label] : 0;
    return index == 0 ? NULL : &file->functions[index - 1];
}

// verify.c: refuses code that would be unsafe to run, whatever its operands are at run time.
// Fills in op_flags.
WARN_UNUSED bool beam_verify(BeamFile *file, BeamError *err);
// Where each operand starts: operands[i] for i below the instruction's arity; a list or allocation
// list is followed by its members.
static inline void beam_operands(const BeamFile *file, const GenOp *op,
                                 const GenArg *operands[BEAM_OPERANDS_MAX]) {
    const GenArg *arg = &file->args[op->arg_index];
    for (unsigned i = 0; i < BEAM_OPERANDS_MAX; i++) operands[i] = arg + i;
    if (!op->has_alloc) return;
    // What comes behind an allocation list.
    const GenArg *end = arg + op->arg_count;
    for (unsigned i = 0; arg < end; i++) {
        operands[i] = arg;
        arg += 1 + (arg->kind == GEN_LIST    ? arg->value
                    : arg->kind == GEN_ALLOC ? arg->value * 2
                                             : 0);
    }
}
// Words of a heap need (number or allocation list) in this machine's sizes.
uint64_t beam_heap_words(const GenArg *need);
// The commands of bs_match: a name, then as many operands as `operands` has letters:
//   ensure_at_least Stride Unit, ensure_exactly Stride, skip Stride, get_tail Live Unit Dst,
//   integer | float | binary Live Flags Size Unit Dst, =:= Live Size Value
typedef enum BsCommandKind {
    BS_ENSURE_AT_LEAST,
    BS_ENSURE_EXACTLY,
    BS_INTEGER,
    BS_FLOAT,
    BS_BINARY,
    BS_SKIP,
    BS_GET_TAIL,
    BS_EQUAL,
} BsCommandKind;
typedef struct BsCommand {
    const char *name;
    BsCommandKind kind;
    const char *operands;
} BsCommand;
const BsCommand *beam_bs_command(const BeamFile *file, const GenArg *name); // NULL: none
// Appends the generic instructions as text (dialtone disasm), one a line; function_filter NULL =
// all.
void beam_list(const BeamFile *file, Buf *out, const char *function_filter);
