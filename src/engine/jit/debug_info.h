// SPDX-License-Identifier: Apache-2.0
// What profilers and debuggers are told about the machine code of a module: names of its parts,
// lines, and how to find the caller's frame. Collected only when somebody wants it; the writers
// (perf.h, gdb.h) share it.
// Thread: who made the code.
#pragma once

#include "engine/jit/places.h"

// From this offset in the block on, code belongs to a line of a file of the module.
typedef struct NativeLine {
    uint32_t offset;
    uint32_t file; // index in Module.files
    uint32_t line; // 0: none known
} NativeLine;

// From this offset on, so many bytes lie between the stack pointer and the frame of the C function
// that has called machine code. Between two instructions that is the return address, 8 bytes; on
// the way to C functions it is more.
typedef struct NativeFrame {
    uint32_t offset, bytes;
} NativeFrame;

// Both sorted by offset.
typedef struct NativeInfo {
    const NativeLine *lines;
    size_t line_count;
    const NativeFrame *frames;
    size_t frame_count;
} NativeInfo;

// A piece of a block that has a name.
typedef struct NativePiece {
    uint32_t start, size_bytes;
    const FuncInfo *function; // NULL: shared by the functions
    NativePart part;
} NativePiece;
// Calls fn for all pieces of the block that are not empty, in the order of their addresses.
typedef void NativePieceFn(void *ctx, const NativePiece *piece);
void native_pieces(const NativeCode *n, NativePieceFn *fn, void *ctx);
// $module:function/arity, with .cold behind it for what is seldom run; $module::shared. The
// reference writes names of functions the same way.
void native_piece_name(const TermEnv *env, const NativeCode *n, const NativePiece *piece, Buf *out);

// Appends unwinding tables for `size_bytes` of code, in the form of .eh_frame (Linux Standard Base,
// "Exception Frames"): a CIE, an FDE, and an end mark. Addresses in it are distances, so `code` and
// `table`, where code and table will lie, may count from anywhere. `from`: the offset in the block
// that lies at `code`. Nothing on machines that have no machine code.
void native_unwind_table(Buf *out, const NativeInfo *info, uint32_t from, uint32_t size_bytes,
                         uint64_t code, uint64_t table);
// The index of such a table (.eh_frame_hdr), which will lie at `header`.
void native_unwind_header(Buf *out, uint64_t code, uint64_t table, uint64_t header);
enum { NATIVE_UNWIND_FDE_OFFSET = 24 }; // of the FDE in the table
