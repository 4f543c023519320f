// SPDX-License-Identifier: Apache-2.0
// Tells of machine code; see watch.h. What profilers and debuggers want to know of a module (lines,
// frames) is collected here, from what the JIT says of each instruction, and thrown away once they
// have been told.
#include "engine/jit/watch.h"

#include <stdio.h>

void native_watch_init(NativeWatch *w, Mem *m, Os *os, const TermEnv *env) {
    *w = (NativeWatch){.mem = m, .os = os, .env = env};
    native_table_init(&w->table);
}

bool native_watch_tell(NativeWatch *w, const EngineWatch *who, char *why, size_t why_bytes) {
    w->debugger |= who->debugger;
    if ((who->perf_map || who->perf_dump) && w->perf == NULL) {
        PerfConfig files = {who->perf_map, who->perf_dump, who->perf_dir};
        w->perf = perf_new(w->mem, w->os, &files, why, why_bytes);
        if (w->perf == NULL) return false;
    }
    if (who->count && w->counts == NULL) {
        w->counts = counts_new(w->mem);
        if (w->counts == NULL) snprintf(why, why_bytes, "out of memory");
        return w->counts != NULL;
    }
    return true;
}

void native_watch_deinit(NativeWatch *w) {
    perf_free(w->perf);
    counts_free(w->counts);
    native_table_deinit(&w->table, w->mem);
}

// --- lines and frames of a module ----------------------------------------------------------------

typedef struct Collector {
    const Module *module;
    NativeStepFn *step;
    void *ctx;
    size_t count;
    Buf lines, frames; // NativeLine, NativeFrame
} Collector;

enum { BETWEEN_BYTES = 8 }; // the return address of the call from C

static void put_frame(Collector *c, uint32_t offset, uint32_t down_bytes) {
    NativeFrame f = {offset, BETWEEN_BYTES + down_bytes};
    buf_put(&c->frames, &f, sizeof f);
}

// Those of the stencil's frames that are in this part, and the end of the last.
static void collect_frames(Collector *c, const NativeStep *s, NativePart part) {
    uint32_t down = 0;
    for (uint32_t i = 0; i < s->frame_count; i++) {
        const StencilFrame *f = &s->frames[i];
        bool cold = f->offset >= s->stencil_hot_bytes;
        if (cold != (part == NATIVE_COLD)) continue;
        uint32_t in_part = cold ? f->offset - s->stencil_hot_bytes : f->offset;
        put_frame(c, s->copied[part] + in_part, f->bytes);
        down = f->bytes;
    }
    // What the JIT has put behind the copy runs with the stack as it was.
    if (down != 0) put_frame(c, s->start[part] + s->size_bytes[part], 0);
}

static void collect_part(Collector *c, NativePart part) {
    const Module *m = c->module;
    uint32_t next = 0; // line entry
    NativeLine last = {UINT32_MAX, 0, 0};
    for (size_t i = 0; i < c->count; i++) {
        NativeStep s;
        c->step(c->ctx, i, &s);
        while (next < m->line_count && m->lines[next].offset <= s.unit) next++;
        if (s.size_bytes[part] == 0) continue;
        NativeLine line = {s.start[part], 0, 0};
        if (next > 0) {
            line.file = m->lines[next - 1].file;
            line.line = m->lines[next - 1].line;
        }
        if (last.offset == UINT32_MAX || line.file != last.file || line.line != last.line) {
            buf_put(&c->lines, &line, sizeof line);
            last = line;
        }
        collect_frames(c, &s, part);
    }
}

static void tell(NativeWatch *w, NativeCode *n, size_t count, NativeStepFn *step, void *ctx) {
    Collector c = {.module = n->module, .step = step, .ctx = ctx, .count = count};
    buf_init(&c.lines, w->mem);
    buf_init(&c.frames, w->mem);
    for (NativePart part = NATIVE_HOT; part < NATIVE_PARTS; part++) collect_part(&c, part);
    NativeInfo info = {.lines = (const NativeLine *)(const void *)c.lines.data,
                       .line_count = c.lines.size_bytes / sizeof(NativeLine),
                       .frames = (const NativeFrame *)(const void *)c.frames.data,
                       .frame_count = c.frames.size_bytes / sizeof(NativeFrame)};
    if (c.lines.failed) info.line_count = 0;
    if (c.frames.failed) info.frame_count = 0;
    if (w->perf != NULL) perf_module(w->perf, w->env, n, &info);
    if (w->debugger) gdb_module(w->mem, w->env, n, &info);
    buf_deinit(&c.lines);
    buf_deinit(&c.frames);
}

void native_watch_add(NativeWatch *w, NativeCode *n, size_t count, NativeStepFn *step, void *ctx) {
    (void)!native_table_add(&w->table, w->mem, n);
    if (w->perf != NULL || w->debugger) tell(w, n, count, step, ctx);
}

void native_watch_remove(NativeWatch *w, NativeCode *n) {
    gdb_forget(w->mem, n);
    native_table_remove(&w->table, n);
}
