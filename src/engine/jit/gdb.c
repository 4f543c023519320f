// SPDX-License-Identifier: Apache-2.0
// The interface of debuggers to machine code; see gdb.h. ELF as in its specification (version 1.2)
// and the 64-bit forms of the System V ABI.
#include "engine/jit/gdb.h"

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

typedef struct ElfHeader {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, programs, sections;
    uint32_t flags;
    uint16_t size, program_size, program_count, section_size, section_count, names;
} ElfHeader;
typedef struct ElfSection {
    uint32_t name, type;
    uint64_t flags, address, offset, size;
    uint32_t link, info;
    uint64_t align, entry_size;
} ElfSection;
typedef struct ElfSymbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t address, size;
} ElfSymbol;
_Static_assert(sizeof(ElfHeader) == 64 && sizeof(ElfSection) == 64 && sizeof(ElfSymbol) == 24,
               "no padding");

enum {
    ELF_RELOCATABLE = 1,
    ELF_X86_64 = 62,
    ELF_AARCH64 = 183,
    SECTION_CONTENTS = 1,
    SECTION_SYMBOLS = 2,
    SECTION_STRINGS = 3,
    SECTION_NO_CONTENTS = 8,
    SECTION_IN_MEMORY = 2, // flag
    SECTION_IS_CODE = 4,   // flag
    SYMBOL_FUNCTION = 2,   // local
};
typedef enum Section { NO_SECTION, TEXT, FRAMES, SYMBOLS, STRINGS, NAMES, SECTION_COUNT } Section;
// Names of sections, and where they stand in it.
static const char section_names[] = "\0.text\0.eh_frame\0.symtab\0.strtab\0.shstrtab";
static const uint8_t section_name_at[SECTION_COUNT] = {0, 1, 7, 17, 25, 33};

typedef struct GdbFile {
    const TermEnv *env;
    const NativeCode *code;
    Buf symbols, strings;
} GdbFile;

static void put_symbol(void *ctx, const NativePiece *piece) {
    GdbFile *f = ctx;
    ElfSymbol s = {.name = (uint32_t)f->strings.size_bytes,
                   .info = SYMBOL_FUNCTION,
                   .section = TEXT,
                   .address = piece->start, // in a relocatable file: from the section's start
                   .size = piece->size_bytes};
    buf_put(&f->symbols, &s, sizeof s);
    native_piece_name(f->env, f->code, piece, &f->strings);
    buf_put_byte(&f->strings, 0);
}

static void put_section(Buf *out, ElfSection sections[], Section which, const void *bytes,
                        size_t size) {
    while (out->size_bytes % sizeof(uint64_t) != 0) buf_put_byte(out, 0);
    sections[which].offset = out->size_bytes;
    sections[which].size = size;
    buf_put(out, bytes, size);
}

static void make_file(Buf *out, Mem *m, const TermEnv *env, const NativeCode *n,
                      const NativeInfo *info) {
    GdbFile f = {.env = env, .code = n};
    buf_init(&f.symbols, m);
    buf_init(&f.strings, m);
    buf_put(&f.symbols, &(ElfSymbol){0}, sizeof(ElfSymbol));
    buf_put_byte(&f.strings, 0);
    native_pieces(n, put_symbol, &f);
    uint64_t start = (uint64_t)(uintptr_t)n->block.exec, size = n->block.size_bytes;
    uint64_t frames_at = ALIGN_UP(start + size, sizeof(uint64_t)); // nobody looks there
    Buf frames;
    buf_init(&frames, m);
    native_unwind_table(&frames, info, 0, (uint32_t)size, start, frames_at);
    const ElfHeader header = {
        .ident = {0x7f, 'E', 'L', 'F', 2, 1, 1}, // 64 bits, little end first, version
        .type = ELF_RELOCATABLE,
#if defined(__x86_64__)
        .machine = ELF_X86_64,
#elif defined(__aarch64__)
        .machine = ELF_AARCH64,
#endif
        .version = 1,
        .sections = sizeof header,
        .size = sizeof header,
        .section_size = sizeof(ElfSection),
        .section_count = SECTION_COUNT,
        .names = NAMES};
    ElfSection s[SECTION_COUNT] = {
        [TEXT] = {.type = SECTION_NO_CONTENTS,
                  .flags = SECTION_IN_MEMORY | SECTION_IS_CODE,
                  .address = start,
                  .size = size,
                  .align = CODE_BLOCK_ALIGN},
        [FRAMES] = {.type = SECTION_CONTENTS, .flags = SECTION_IN_MEMORY, .address = frames_at},
        [SYMBOLS] = {.type = SECTION_SYMBOLS, .link = STRINGS, .entry_size = sizeof(ElfSymbol)},
        [STRINGS] = {.type = SECTION_STRINGS},
        [NAMES] = {.type = SECTION_STRINGS},
    };
    s[SYMBOLS].info = (uint32_t)(f.symbols.size_bytes / sizeof(ElfSymbol)); // all are local
    buf_put(out, &header, sizeof header);
    buf_put(out, s, sizeof s); // room
    put_section(out, s, FRAMES, frames.data, frames.size_bytes);
    put_section(out, s, SYMBOLS, f.symbols.data, f.symbols.size_bytes);
    put_section(out, s, STRINGS, f.strings.data, f.strings.size_bytes);
    put_section(out, s, NAMES, section_names, sizeof section_names);
    for (Section i = TEXT; i < SECTION_COUNT; i++) s[i].name = section_name_at[i];
    out->failed = out->failed || f.symbols.failed || f.strings.failed || frames.failed;
    if (!out->failed) memcpy(out->data + sizeof header, s, sizeof s);
    buf_deinit(&f.symbols);
    buf_deinit(&f.strings);
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
