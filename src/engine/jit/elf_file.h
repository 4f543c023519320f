// SPDX-License-Identifier: Apache-2.0
// A block of machine code as an ELF file in memory, for tools that understand nothing else:
// debuggers, disassemblers. ELF as in its specification (version 1.2) and the 64-bit forms of the
// System V ABI.
// Thread: the one that makes it.
#pragma once

#include "base/buf.h"

typedef struct ElfFile {
    uint64_t start, size_bytes;
    Buf symbols, strings;
} ElfFile;

void elf_file_begin(ElfFile *f, Mem *m, uint64_t start, uint64_t size_bytes);
// A function, in the block or elsewhere. The caller appends its name and a NUL to what this gives.
Buf *elf_file_symbol(ElfFile *f, uint64_t address, uint64_t size_bytes);
// Where the unwinding table lies, as far as distances in it are concerned.
uint64_t elf_file_frames_at(const ElfFile *f);
// Appends the file. `code`: the block's bytes, NULL: they are to be found in memory; `frames`: an
// .eh_frame, NULL: none. Ends f; check out->failed.
void elf_file_end(ElfFile *f, const uint8_t *code, const Buf *frames, Buf *out);
