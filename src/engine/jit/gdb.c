// SPDX-License-Identifier: Apache-2.0
// The interface of debuggers to machine code; see gdb.h.
#include "engine/jit/gdb.h"
#include "engine/jit/elf_file.h"

// --- what GDB looks for, by these names and in this form -----------------------------------------

typedef struct GdbEntry {
    struct GdbEntry *next, *previous;
    const uint8_t *file;
    uint64_t file_bytes;
} GdbEntry;
typedef enum GdbAction { GDB_NOTHING, GDB_REGISTER, GDB_UNREGISTER } GdbAction;
typedef struct GdbDescriptor {
    uint32_t version, action;
    GdbEntry *relevant, *first;
} GdbDescriptor;

#define GDB_VISIBLE __attribute__((visibility("default"), used))
void __jit_debug_register_code(void);

// The two objects that may change: see gdb.h.
GDB_VISIBLE GdbDescriptor __jit_debug_descriptor = {.version = 1};
static Spin gdb_lock;

// A debugger has a breakpoint here, and then reads the descriptor.
GDB_VISIBLE NOINLINE void __jit_debug_register_code(void) {
    __asm__ volatile("" ::: "memory");
}

static void tell(GdbAction action, GdbEntry *e) {
    __jit_debug_descriptor.action = action;
    __jit_debug_descriptor.relevant = e;
    __jit_debug_register_code();
    __jit_debug_descriptor.action = GDB_NOTHING;
    __jit_debug_descriptor.relevant = NULL;
}

// --- the file ------------------------------------------------------------------------------------

typedef struct GdbFile {
    const TermEnv *env;
    const NativeCode *code;
    ElfFile file;
} GdbFile;

static void put_symbol(void *ctx, const NativePiece *piece) {
    GdbFile *f = ctx;
    uint64_t address = (uint64_t)(uintptr_t)(f->code->block.exec + piece->start);
    Buf *name = elf_file_symbol(&f->file, address, piece->size_bytes);
    native_piece_name(f->env, f->code, piece, name);
    buf_put_byte(name, 0);
}

static void make_file(Buf *out, Mem *m, const TermEnv *env, const NativeCode *n,
                      const NativeInfo *info) {
    uint64_t start = (uint64_t)(uintptr_t)n->block.exec, size = n->block.size_bytes;
    GdbFile f = {.env = env, .code = n};
    elf_file_begin(&f.file, m, start, size);
    native_pieces(n, put_symbol, &f);
    Buf frames;
    buf_init(&frames, m);
    native_unwind_table(&frames, info, 0, (uint32_t)size, start, elf_file_frames_at(&f.file));
    elf_file_end(&f.file, NULL, &frames, out);
    buf_deinit(&frames);
}

// --- blocks --------------------------------------------------------------------------------------

struct NativeDebug {
    GdbEntry entry;
    Buf file;
};

void gdb_module(Mem *m, const TermEnv *env, NativeCode *n, const NativeInfo *info) {
    ASSERT(n->debug == NULL && n->block.exec != NULL);
    struct NativeDebug *d = mem_alloc_zero(m, sizeof *d);
    if (d == NULL) return;
    buf_init(&d->file, m);
    make_file(&d->file, m, env, n, info);
    if (d->file.failed) {
        buf_deinit(&d->file);
        mem_free(m, d, sizeof *d);
        return;
    }
    d->entry.file = d->file.data;
    d->entry.file_bytes = d->file.size_bytes;
    n->debug = d;
    spin_lock(&gdb_lock);
    d->entry.next = __jit_debug_descriptor.first;
    if (d->entry.next != NULL) d->entry.next->previous = &d->entry;
    __jit_debug_descriptor.first = &d->entry;
    tell(GDB_REGISTER, &d->entry);
    spin_unlock(&gdb_lock);
}

void gdb_forget(Mem *m, NativeCode *n) {
    struct NativeDebug *d = n->debug;
    if (d == NULL) return;
    spin_lock(&gdb_lock);
    if (d->entry.previous != NULL)
        d->entry.previous->next = d->entry.next;
    else
        __jit_debug_descriptor.first = d->entry.next;
    if (d->entry.next != NULL) d->entry.next->previous = d->entry.previous;
    tell(GDB_UNREGISTER, &d->entry);
    spin_unlock(&gdb_lock);
    buf_deinit(&d->file);
    mem_free(m, d, sizeof *d);
    n->debug = NULL;
}
