// SPDX-License-Identifier: Apache-2.0
// Machine code as text; see listing.h.
//
// The block becomes an ELF file in which each instruction's hot and cold code is a function named
// h<i> and c<i>, so that the disassembler starts anew at each; what it prints is cut up again at
// these names. Jumps to them are shown as @ and the unit they lead to, as in the listing of
// internal instructions.
#include "engine/jit/listing.h"
#include "engine/engine_int.h"
#include "engine/jit/elf_file.h"
#include "engine/jit/native.h"
#include "term/print.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4200, BYTES_PER_LINE = 16 };
static const char part_letters[NATIVE_PARTS] = {'h', 'c'};

typedef struct Lister {
    const NativeListing *l;
    const NativeCode *code;
    NativeStepFn *step;
    void *ctx;
    size_t count;
    const char *text; // what the disassembler has printed; NULL: nothing
    // By instruction and part: where its lines begin in the text; 0: none.
    uint32_t *lines;
    uint32_t *units; // by instruction
} Lister;

// --- the disassembler ----------------------------------------------------------------------------

static void put_symbols(const Lister *s, ElfFile *f) {
    uint64_t start = (uint64_t)(uintptr_t)s->code->block.exec;
    for (NativePart part = NATIVE_HOT; part < NATIVE_PARTS; part++) {
        for (size_t i = 0; i < s->count; i++) {
            NativeStep step;
            s->step(s->ctx, i, &step);
            if (step.size_bytes[part] == 0) continue;
            Buf *name = elf_file_symbol(f, start + step.start[part], step.size_bytes[part]);
            buf_printf(name, "%c%zu", part_letters[part], i);
            buf_put_byte(name, 0);
        }
    }
    for (size_t i = 0; i < s->l->name_count; i++) {
        const NativeName *n = &s->l->names[i];
        Buf *name = elf_file_symbol(f, (uint64_t)(uintptr_t)n->address, 0);
        buf_put(name, n->text, strlen(n->text) + 1);
    }
    for (uint32_t v = 0; v < OP_VARIANT_COUNT; v++) {
        Buf *name = elf_file_symbol(f, (uint64_t)(uintptr_t)slow_handlers()[v], 0);
        buf_put_str(name, "slow ");
        engine_variant_name(v, name);
        buf_put_byte(name, 0);
    }
}

static bool write_file(Os *os, const char *path, const Buf *b) {
    OsLog log;
    if (os_log_open(os, path, &log) != 0) return false;
    bool ok = os_log_write(os, &log, b->data, b->size_bytes) == 0;
    os_log_close(os, &log);
    return ok;
}

// What objdump prints of the file, and a NUL. false: nothing.
static bool run_objdump(const Lister *s, const Buf *file, Buf *out) {
    Os *os = s->l->vm->os;
    char dir[PATH_BYTES - 16], from[PATH_BYTES], to[PATH_BYTES];
    if (os_temp_dir(os, dir, sizeof dir) != 0) return false;
    snprintf(from, sizeof from, "%s/code", dir);
    snprintf(to, sizeof to, "%s/text", dir);
    // The shell only leads the output into a file; names come as arguments and may be anything.
    const char *argv[] = {
        "sh", "-c", "exec objdump -d -w -M intel --no-show-raw-insn \"$0\" >\"$1\" 2>/dev/null",
        from, to,   NULL};
    uint8_t *bytes = NULL;
    size_t count = 0;
    int status = 1;
    bool ok = write_file(os, from, file) && os_run(os, argv, &status) == 0 && status == 0 &&
              os_file_read(os, s->l->vm->env.mem, to, &bytes, &count) == 0;
    if (ok) {
        buf_put(out, bytes, count);
        buf_put_byte(out, 0);
        os_file_free(s->l->vm->env.mem, bytes, count);
    }
    (void)os_temp_dir_remove(os, dir);
    return ok && !out->failed;
}

// <h12> or <c12>, with +0x4 perhaps: which; moves *text behind it.
static bool read_label(const Lister *s, const char **text, NativePart *part, size_t *i,
                       const char **more) {
    const char *at = *text;
    char *end;
    if (at[0] != '<' || (at[1] != 'h' && at[1] != 'c') || at[2] < '0' || at[2] > '9') return false;
    *part = at[1] == 'h' ? NATIVE_HOT : NATIVE_COLD;
    *i = strtoul(at + 2, &end, 10);
    const char *close = strchr(end, '>');
    if (close == NULL || *i >= s->count) return false;
    *more = end;
    *text = close + 1;
    return true;
}

// Finds the lines of each instruction.
static void index_text(Lister *s) {
    for (const char *line = s->text; line != NULL;) {
        const char *end = strchr(line, '\n'), *label = strchr(line, '<'), *more;
        NativePart part;
        size_t i;
        // "0000555553000003 <h1>:"
        bool head = end != NULL && end > line && end[-1] == ':' && *line >= '0' && label < end;
        if (head && label != NULL && read_label(s, &label, &part, &i, &more))
            s->lines[i * NATIVE_PARTS + part] = (uint32_t)(end + 1 - s->text);
        line = end == NULL ? NULL : end + 1;
    }
}

// --- text ----------------------------------------------------------------------------------------

// "jne    55555300000c <h3+0x4>" as "jne    @30+0x4".
static void put_line(const Lister *s, const char *line, const char *end) {
    Buf *out = s->l->out;
    const char *label = memchr(line, '<', (size_t)(end - line));
    if (label == NULL || label == line) {
        buf_put(out, line, (size_t)(end - line));
        return;
    }
    const char *address = label - 1; // the blank before it
    while (address > line && address[-1] != ' ') address--;
    buf_put(out, line, (size_t)(address - line));
    NativePart part;
    size_t i;
    const char *at = label, *more;
    if (read_label(s, &at, &part, &i, &more) && at <= end) {
        buf_printf(out, "@%u%s", s->units[i], part == NATIVE_COLD ? ".cold" : "");
        buf_put(out, more, (size_t)(at - 1 - more));
    } else {
        buf_put(out, label + 1, (size_t)(end - label - 2));
    }
}

static void put_bytes(const Lister *s, uint32_t start, uint32_t size) {
    const uint8_t *code = s->code->block.exec + start;
    for (uint32_t i = 0; i < size; i++) {
        if (i % BYTES_PER_LINE == 0) buf_put_str(s->l->out, "                ");
        bool last = i + 1 == size || i % BYTES_PER_LINE == BYTES_PER_LINE - 1;
        buf_printf(s->l->out, "%02x%c", code[i], last ? '\n' : ' ');
    }
}

static void put_part(const Lister *s, size_t i, const NativeStep *step, NativePart part) {
    if (step->size_bytes[part] == 0) return;
    if (part == NATIVE_COLD) buf_put_str(s->l->out, "            cold\n");
    uint32_t at = s->text == NULL ? 0 : s->lines[i * NATIVE_PARTS + part];
    if (at == 0) {
        put_bytes(s, step->start[part], step->size_bytes[part]);
        return;
    }
    // "    555553000000:\tmov    rbx,rax", until an empty line
    for (const char *line = s->text + at; *line == ' ';) {
        const char *end = strchr(line, '\n'), *tab = strchr(line, '\t');
        if (end == NULL || tab == NULL || tab > end) break;
        buf_put_str(s->l->out, "                ");
        put_line(s, tab + 1, end);
        buf_put_byte(s->l->out, '\n');
        line = end + 1;
    }
}

static const char *const form_names[COUNT_FORMS] = {
    [COUNT_IN_REGISTERS] = "", [COUNT_IN_MEMORY] = "  (memory)", [COUNT_ALWAYS_SLOW] = "  (slow)"};

static void put_function(const Lister *s, const FuncInfo *f, size_t from, size_t to) {
    VmCore *vm = s->l->vm;
    Buf *out = s->l->out;
    uint32_t index = (uint32_t)(f - s->code->module->functions);
    atom_print(&vm->env, out, f->name);
    buf_printf(out, "/%u: %u bytes hot, %u cold\n", f->arity,
               native_places_size(s->code, NATIVE_HOT, index),
               native_places_size(s->code, NATIVE_COLD, index));
    for (size_t i = from; i < to; i++) {
        NativeStep step;
        s->step(s->ctx, i, &step);
        engine_list_instruction(vm, s->code->module, step.unit, step.variant, out);
        buf_put_str(out, form_names[step.form]);
        buf_put_byte(out, '\n');
        put_part(s, i, &step, NATIVE_HOT);
        put_part(s, i, &step, NATIVE_COLD);
    }
    buf_put_byte(out, '\n');
}

static void put_functions(const Lister *s) {
    const Module *m = s->code->module;
    size_t i = 0;
    for (uint32_t k = 0; k < m->function_count; k++) {
        const FuncInfo *f = &m->functions[k];
        uint32_t end = k + 1 < m->function_count ? m->functions[k + 1].offset : m->code_units;
        while (i < s->count && s->units[i] < f->offset) i++;
        size_t from = i;
        while (i < s->count && s->units[i] < end) i++;
        const Atom *name = atom_get(s->l->vm->env.atoms, f->name);
        const char *only = s->l->function;
        if (only == NULL ||
            (strlen(only) == name->size_bytes && memcmp(only, name->text, name->size_bytes) == 0))
            put_function(s, f, from, i);
    }
}

void native_list(const NativeListing *l, const NativeCode *n, size_t count, NativeStepFn *step,
                 void *ctx) {
    Mem *m = l->vm->env.mem;
    Lister s = {.l = l, .code = n, .step = step, .ctx = ctx, .count = count};
    size_t lines_bytes = (count * NATIVE_PARTS + 1) * sizeof *s.lines;
    size_t units_bytes = (count + 1) * sizeof *s.units;
    Buf file, text;
    buf_init(&file, m);
    buf_init(&text, m);
    s.lines = mem_alloc_zero(m, lines_bytes);
    s.units = mem_alloc_zero(m, units_bytes);
    if (s.lines != NULL && s.units != NULL) {
        for (size_t i = 0; i < count; i++) {
            NativeStep at;
            step(ctx, i, &at);
            s.units[i] = at.unit;
        }
        ElfFile f;
        elf_file_begin(&f, m, (uint64_t)(uintptr_t)n->block.exec, n->block.size_bytes);
        put_symbols(&s, &f);
        elf_file_end(&f, n->block.exec, NULL, &file);
        if (!file.failed && run_objdump(&s, &file, &text)) s.text = (const char *)text.data;
        if (s.text != NULL)
            index_text(&s);
        else
            buf_put_str(l->out, "(bytes: there is no objdump that could disassemble them)\n\n");
        put_functions(&s);
    } else {
        l->out->failed = true;
    }
    mem_free(m, s.lines, lines_bytes);
    mem_free(m, s.units, units_bytes);
    buf_deinit(&file);
    buf_deinit(&text);
}
