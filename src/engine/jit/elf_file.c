// SPDX-License-Identifier: Apache-2.0
// ELF files of machine code; see elf_file.h.
#include "engine/jit/elf_file.h"

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
    ELF_PROGRAM = 2,
    ELF_X86_64 = 62,
    ELF_AARCH64 = 183,
    SECTION_CONTENTS = 1,
    SECTION_SYMBOLS = 2,
    SECTION_STRINGS = 3,
    SECTION_NO_CONTENTS = 8,
    SECTION_IN_MEMORY = 2,    // flag
    SECTION_IS_CODE = 4,      // flag
    SYMBOL_FUNCTION = 2,      // local
    SYMBOL_ANYWHERE = 0xfff1, // in no section
};
typedef enum Section { NO_SECTION, TEXT, FRAMES, SYMBOLS, STRINGS, NAMES, SECTION_COUNT } Section;
// Names of sections, and where they stand in it.
static const char section_names[] = "\0.text\0.eh_frame\0.symtab\0.strtab\0.shstrtab";
static const uint8_t section_name_at[SECTION_COUNT] = {0, 1, 7, 17, 25, 33};

void elf_file_begin(ElfFile *f, Mem *m, uint64_t start, uint64_t size_bytes) {
    *f = (ElfFile){.start = start, .size_bytes = size_bytes};
    buf_init(&f->symbols, m);
    buf_init(&f->strings, m);
    buf_put(&f->symbols, &(ElfSymbol){0}, sizeof(ElfSymbol));
    buf_put_byte(&f->strings, 0);
}

Buf *elf_file_symbol(ElfFile *f, uint64_t address, uint64_t size_bytes) {
    bool inside = address >= f->start && address < f->start + f->size_bytes;
    ElfSymbol s = {.name = (uint32_t)f->strings.size_bytes,
                   .info = SYMBOL_FUNCTION,
                   .section = inside ? TEXT : SYMBOL_ANYWHERE,
                   .address = address,
                   .size = size_bytes};
    buf_put(&f->symbols, &s, sizeof s);
    return &f->strings;
}

uint64_t elf_file_frames_at(const ElfFile *f) {
    return ALIGN_UP(f->start + f->size_bytes, sizeof(uint64_t));
}

static void put_section(Buf *out, ElfSection sections[], Section which, const void *bytes,
                        size_t size) {
    while (out->size_bytes % sizeof(uint64_t) != 0) buf_put_byte(out, 0);
    sections[which].offset = out->size_bytes;
    sections[which].size = size;
    buf_put(out, bytes, size);
}

static ElfHeader header_of_file(void) {
    return (ElfHeader){
        .ident = {0x7f, 'E', 'L', 'F', 2, 1, 1}, // 64 bits, little end first, version
        .type = ELF_PROGRAM,
#if defined(__x86_64__)
        .machine = ELF_X86_64,
#elif defined(__aarch64__)
        .machine = ELF_AARCH64,
#endif
        .version = 1,
        .sections = sizeof(ElfHeader),
        .size = sizeof(ElfHeader),
        .section_size = sizeof(ElfSection),
        .section_count = SECTION_COUNT,
        .names = NAMES};
}

void elf_file_end(ElfFile *f, const uint8_t *code, const Buf *frames, Buf *out) {
    size_t start = out->size_bytes;
    ASSERT(start % sizeof(uint64_t) == 0);
    ElfHeader header = header_of_file();
    ElfSection s[SECTION_COUNT] = {
        [TEXT] = {.type = code == NULL ? SECTION_NO_CONTENTS : SECTION_CONTENTS,
                  .flags = SECTION_IN_MEMORY | SECTION_IS_CODE,
                  .address = f->start,
                  .size = f->size_bytes,
                  .align = 1},
        [FRAMES] = {.type = SECTION_CONTENTS,
                    .flags = SECTION_IN_MEMORY,
                    .address = elf_file_frames_at(f)},
        [SYMBOLS] = {.type = SECTION_SYMBOLS, .link = STRINGS, .entry_size = sizeof(ElfSymbol)},
        [STRINGS] = {.type = SECTION_STRINGS},
        [NAMES] = {.type = SECTION_STRINGS},
    };
    s[SYMBOLS].info = (uint32_t)(f->symbols.size_bytes / sizeof(ElfSymbol)); // all are local
    buf_put(out, &header, sizeof header);
    buf_put(out, s, sizeof s); // room
    if (code != NULL) put_section(out, s, TEXT, code, f->size_bytes);
    if (frames != NULL) put_section(out, s, FRAMES, frames->data, frames->size_bytes);
    put_section(out, s, SYMBOLS, f->symbols.data, f->symbols.size_bytes);
    put_section(out, s, STRINGS, f->strings.data, f->strings.size_bytes);
    put_section(out, s, NAMES, section_names, sizeof section_names);
    for (Section i = TEXT; i < SECTION_COUNT; i++) s[i].name = section_name_at[i];
    out->failed =
        out->failed || f->symbols.failed || f->strings.failed || (frames != NULL && frames->failed);
    if (!out->failed) memcpy(out->data + start + sizeof header, s, sizeof s);
    buf_deinit(&f->symbols);
    buf_deinit(&f->strings);
}
