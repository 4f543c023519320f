// SPDX-License-Identifier: Apache-2.0
// Files for perf(1); see perf.h.
//
// What is purged stays in the files: neither form can say that code has gone. When other code comes
// to lie there, perf goes by the later record, in the dump by their times.
#include "engine/jit/perf.h"
#include "os/mutex.h"

#include <errno.h>
#include <stdio.h>

enum { PATH_BYTES = 4096 };

struct JitPerf {
    Mem *mem;
    Os *os;
    Mutex lock; // guards what follows
    OsLog map, dump;
    bool has_map, has_dump; // they are open, and all has been written so far
    uint64_t next_index;    // of records of code in the dump
};

// Records of the dump: native byte order, fields as they stand in the specification.
enum {
    DUMP_MAGIC = 0x4a695444,
    DUMP_VERSION = 1,
    DUMP_LOAD = 0,
    DUMP_DEBUG_INFO = 2,
    DUMP_CLOSE = 3,
    DUMP_UNWINDING = 4,
#if defined(__x86_64__)
    ELF_MACHINE = 62, // EM_X86_64
#elif defined(__aarch64__)
    ELF_MACHINE = 183, // EM_AARCH64
#else
    ELF_MACHINE = 0,
#endif
};
typedef struct DumpHeader {
    uint32_t magic, version, size_bytes, machine, padding, pid;
    uint64_t time_ns, flags;
} DumpHeader;
typedef struct DumpRecord {
    uint32_t kind, size_bytes;
    uint64_t time_ns;
} DumpRecord;
typedef struct DumpLoad {
    DumpRecord record;
    uint32_t pid, thread;
    uint64_t memory, code, size_bytes, index; // then name, NUL, bytes of the code
} DumpLoad;
typedef struct DumpDebugInfo {
    DumpRecord record;
    uint64_t code, count; // then lines
} DumpDebugInfo;
typedef struct DumpLine {
    uint64_t code;
    uint32_t line, column; // then the name of the file, NUL
} DumpLine;
typedef struct DumpUnwinding {
    DumpRecord record;
    uint64_t size_bytes, header_bytes, mapped_bytes; // then table and header
} DumpUnwinding;
_Static_assert(sizeof(DumpHeader) == 40 && sizeof(DumpLoad) == 56 && sizeof(DumpDebugInfo) == 32 &&
                   sizeof(DumpLine) == 16 && sizeof(DumpUnwinding) == 40,
               "no padding");

// --- opening and closing -------------------------------------------------------------------------

static bool open_log(const JitPerf *perf, const PerfConfig *config, const char *name, OsLog *log,
                     char *why, size_t why_bytes) {
    char path[PATH_BYTES];
    const char *dir = config->dir == NULL ? "/tmp" : config->dir;
    int size = snprintf(path, sizeof path, "%s/%s", dir, name);
    int err =
        size < 0 || (size_t)size >= sizeof path ? -ENAMETOOLONG : os_log_open(perf->os, path, log);
    if (err != 0) snprintf(why, why_bytes, "%s cannot be written: %s", path, os_error_name(-err));
    return err == 0;
}

static bool open_map(JitPerf *perf, const PerfConfig *config, char *why, size_t why_bytes) {
    char name[64];
    snprintf(name, sizeof name, "perf-%lld.map", (long long)os_pid(perf->os));
    perf->has_map = open_log(perf, config, name, &perf->map, why, why_bytes);
    return perf->has_map;
}

static bool open_dump(JitPerf *perf, const PerfConfig *config, char *why, size_t why_bytes) {
    char name[64];
    snprintf(name, sizeof name, "jit-%lld.dump", (long long)os_pid(perf->os));
    perf->has_dump = open_log(perf, config, name, &perf->dump, why, why_bytes);
    if (!perf->has_dump) return false;
    DumpHeader h = {.magic = DUMP_MAGIC,
                    .version = DUMP_VERSION,
                    .size_bytes = sizeof h,
                    .machine = ELF_MACHINE,
                    .pid = (uint32_t)os_pid(perf->os),
                    .time_ns = (uint64_t)os_monotonic_ns(perf->os)};
    int err = os_log_write(perf->os, &perf->dump, &h, sizeof h);
    if (err == 0) err = os_log_show(perf->os, &perf->dump);
    if (err != 0) snprintf(why, why_bytes, "%s cannot be written: %s", name, os_error_name(-err));
    return err == 0;
}

JitPerf *perf_new(Mem *m, Os *os, const PerfConfig *config, char *why, size_t why_bytes) {
    snprintf(why, why_bytes, "out of memory");
    JitPerf *perf = mem_alloc_zero(m, sizeof *perf);
    if (perf == NULL) return NULL;
    perf->mem = m;
    perf->os = os;
    perf->map = perf->dump = (OsLog){.file = -1};
    if ((!config->map || open_map(perf, config, why, why_bytes)) &&
        (!config->dump || open_dump(perf, config, why, why_bytes)))
        return perf;
    perf_free(perf);
    return NULL;
}

void perf_free(JitPerf *perf) {
    if (perf == NULL) return;
    if (perf->has_dump) {
        DumpRecord end = {DUMP_CLOSE, sizeof end, (uint64_t)os_monotonic_ns(perf->os)};
        // The end of the file says the same.
        (void)!os_log_write(perf->os, &perf->dump, &end, sizeof end);
    }
    if (perf->dump.file >= 0) os_log_close(perf->os, &perf->dump);
    if (perf->map.file >= 0) os_log_close(perf->os, &perf->map);
    mem_free(perf->mem, perf, sizeof *perf);
}

// --- a module ------------------------------------------------------------------------------------

typedef struct PerfModule {
    JitPerf *perf;
    const TermEnv *env;
    const NativeCode *code;
    const NativeInfo *info;
    uint64_t time_ns;
    Buf map, dump;
    size_t line; // the first of info that may belong to the next piece
} PerfModule;

static uint64_t address_of(const PerfModule *pm, uint32_t offset) {
    return (uint64_t)(uintptr_t)(pm->code->block.exec + offset);
}

// What it is, how long it got, and that it is whole words.
static void end_record(PerfModule *pm, size_t start, uint32_t kind) {
    Buf *out = &pm->dump;
    while ((out->size_bytes - start) % sizeof(uint64_t) != 0) buf_put_byte(out, 0);
    DumpRecord r = {kind, (uint32_t)(out->size_bytes - start), pm->time_ns};
    if (!out->failed) memcpy(out->data + start, &r, sizeof r);
}

static void put_file_name(PerfModule *pm, uint32_t file) {
    const Module *m = pm->code->module;
    if (file >= m->file_count) return;
    for (Term l = m->files[file]; term_is_cons(l); l = term_tail(l)) {
        Term c = term_head(l);
        // Names are ASCII; tools that look for the file are no worse off than without a name.
        bool plain = term_is_small(c) && term_small_value(c) > 0 && term_small_value(c) < 0x80;
        buf_put_byte(&pm->dump, plain ? (uint8_t)term_small_value(c) : '?');
    }
}

static void put_lines(PerfModule *pm, const NativePiece *piece) {
    const NativeInfo *info = pm->info;
    Buf *out = &pm->dump;
    size_t start = out->size_bytes;
    DumpDebugInfo d = {.code = address_of(pm, piece->start)};
    buf_put(out, &d, sizeof d);
    for (; pm->line < info->line_count; pm->line++) {
        const NativeLine *l = &info->lines[pm->line];
        if (l->offset >= piece->start + piece->size_bytes) break;
        if (l->offset < piece->start || l->line == 0) continue;
        DumpLine entry = {address_of(pm, l->offset), l->line, 0};
        buf_put(out, &entry, sizeof entry);
        put_file_name(pm, l->file);
        buf_put_byte(out, 0);
        d.count++;
    }
    if (out->failed) return;
    if (d.count == 0) {
        out->size_bytes = start;
        return;
    }
    memcpy(out->data + start, &d, sizeof d);
    end_record(pm, start, DUMP_DEBUG_INFO);
}

// perf puts the code into a file of its own, the table behind it and the header behind that; all
// distances are as there.
static void put_unwinding(PerfModule *pm, const NativePiece *piece) {
    Buf *out = &pm->dump;
    size_t start = out->size_bytes;
    DumpUnwinding u = {0};
    buf_put(out, &u, sizeof u);
    size_t table_start = out->size_bytes;
    uint64_t table = ALIGN_UP((uint64_t)piece->size_bytes, sizeof(uint64_t));
    native_unwind_table(out, pm->info, piece->start, piece->size_bytes, 0, table);
    uint64_t header = table + (out->size_bytes - table_start);
    size_t header_start = out->size_bytes;
    native_unwind_header(out, 0, table, header);
    if (out->failed) return;
    u.size_bytes = out->size_bytes - table_start;
    u.header_bytes = out->size_bytes - header_start;
    if (u.size_bytes == 0) {
        out->size_bytes = start;
        return;
    }
    memcpy(out->data + start, &u, sizeof u);
    end_record(pm, start, DUMP_UNWINDING);
}

static void put_load(PerfModule *pm, const NativePiece *piece) {
    Buf *out = &pm->dump;
    size_t start = out->size_bytes;
    uint32_t pid = (uint32_t)os_pid(pm->perf->os);
    uint64_t address = address_of(pm, piece->start);
    DumpLoad l = {.pid = pid,
                  .thread = pid,
                  .memory = address,
                  .code = address,
                  .size_bytes = piece->size_bytes,
                  .index = pm->perf->next_index++};
    buf_put(out, &l, sizeof l);
    native_piece_name(pm->env, pm->code, piece, out);
    buf_put_byte(out, 0);
    buf_put(out, pm->code->block.exec + piece->start, piece->size_bytes);
    end_record(pm, start, DUMP_LOAD);
}

static void put_piece(void *ctx, const NativePiece *piece) {
    PerfModule *pm = ctx;
    if (pm->perf->has_map) {
        buf_printf(&pm->map, "%llx %x ", (unsigned long long)address_of(pm, piece->start),
                   piece->size_bytes);
        native_piece_name(pm->env, pm->code, piece, &pm->map);
        buf_put_byte(&pm->map, '\n');
    }
    if (!pm->perf->has_dump) return;
    put_lines(pm, piece); // it has to come before the code
    put_unwinding(pm, piece);
    put_load(pm, piece);
}

// false: not all of it could be written, and nothing more shall be.
static bool write_out(const JitPerf *perf, const OsLog *log, const Buf *b) {
    return !b->failed && os_log_write(perf->os, log, b->data, b->size_bytes) == 0;
}

void perf_module(JitPerf *perf, const TermEnv *env, const NativeCode *n, const NativeInfo *info) {
    mutex_lock(perf->os, &perf->lock);
    PerfModule pm = {.perf = perf,
                     .env = env,
                     .code = n,
                     .info = info,
                     .time_ns = (uint64_t)os_monotonic_ns(perf->os)};
    buf_init(&pm.map, perf->mem);
    buf_init(&pm.dump, perf->mem);
    native_pieces(n, put_piece, &pm);
    perf->has_map = perf->has_map && write_out(perf, &perf->map, &pm.map);
    perf->has_dump = perf->has_dump && write_out(perf, &perf->dump, &pm.dump);
    buf_deinit(&pm.map);
    buf_deinit(&pm.dump);
    mutex_unlock(perf->os, &perf->lock);
}
