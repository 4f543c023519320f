// SPDX-License-Identifier: Apache-2.0
// Memory for machine code, in reach of the program: a signed 32-bit distance leads from any block
// to any C function of this program and to any other block of the same CodeMemory. No byte of it
// can ever be written and executed through the same address: a block is written through a second
// view of its pages that exists only while it is open, and executed through the first, which is
// never writable. Blocks are packed; others run code on the same pages meanwhile.
// docs/internal/code_memory.md says how, and what happens on machines that allow no second view.
// Thread: any, for blocks of one's own; code_memory_free: the last one.
#pragma once

#include "os/os.h"

typedef struct CodeMemory CodeMemory;

enum { CODE_BLOCK_ALIGN = 16 };

// Lifetime: the owner's. `exec` stays where it is.
typedef struct CodeBlock {
    uint8_t *exec;     // where it runs; a multiple of CODE_BLOCK_ALIGN
    uint8_t *write;    // where to write it while it is open; else NULL
    size_t size_bytes; // as it was asked for
    bool reused;       // other code has run there
} CodeBlock;

// `near`: a function of the program. `views`: OS_CODE_TWO_VIEWS but for tests. NULL: no memory
// (address space is reserved by the first block).
WARN_UNUSED CodeMemory *code_memory_new(Mem *m, Os *os, const void *near, OsCodeViews views);
// No block is in use any more; those that were not given back are gone, too.
void code_memory_free(CodeMemory *cm);

// An open block of undefined bytes. Write through `write` what is to lie at `exec`; `size_bytes` >
// 0. false: no memory, or nothing free in reach: the module does without machine code.
WARN_UNUSED bool code_block_new(CodeMemory *cm, size_t size_bytes, CodeBlock *out);
// Gives up the last part of an open block.
void code_block_shrink(CodeMemory *cm, CodeBlock *b, size_t size_bytes);
// Closes an open block: it can be run now, by any thread that learns of it by an acquire load.
// false: the machine refuses to run it; the block is given back then.
WARN_UNUSED bool code_block_finish(CodeMemory *cm, CodeBlock *b);
// Opens a finished block again, to change it while others run it: each change is one aligned store
// of at most 8 bytes that do not cross a multiple of 8. false: no memory, or this machine cannot.
WARN_UNUSED bool code_block_open(CodeMemory *cm, CodeBlock *b);
// Nobody runs it nor will (after thread progress). Open or finished; b is empty afterwards.
void code_block_free(CodeMemory *cm, CodeBlock *b);

typedef struct CodeMemoryStats {
    size_t blocks, block_bytes; // with what aligning them takes
    size_t reserved_bytes;      // address space
    size_t free_pieces;
} CodeMemoryStats;
CodeMemoryStats code_memory_stats(CodeMemory *cm);
