// SPDX-License-Identifier: Apache-2.0
// Names of pieces of machine code and unwinding tables; see debug_info.h.
#include "engine/jit/debug_info.h"
#include "term/print.h"

// --- pieces --------------------------------------------------------------------------------------

void native_pieces(const NativeCode *n, NativePieceFn *fn, void *ctx) {
    uint32_t at = 0, end = (uint32_t)n->block.size_bytes;
    for (NativePart part = NATIVE_HOT; part < NATIVE_PARTS; part++) {
        for (uint32_t i = 0; i < n->start_count; i++) {
            uint32_t start = native_places_start(n, part, i);
            if (start > at) fn(ctx, &(NativePiece){.start = at, .size_bytes = start - at});
            at = start + native_places_size(n, part, i);
            if (at > start) {
                NativePiece p = {start, at - start, &n->module->functions[i], part};
                fn(ctx, &p);
            }
        }
    }
    if (end > at) fn(ctx, &(NativePiece){.start = at, .size_bytes = end - at});
}

void native_piece_name(const TermEnv *env, const NativeCode *n, const NativePiece *piece,
                       Buf *out) {
    buf_put_byte(out, '$');
    atom_print(env, out, n->module->name);
    if (piece->function == NULL) {
        buf_put_str(out, "::shared");
        return;
    }
    buf_put_byte(out, ':');
    atom_print(env, out, piece->function->name);
    buf_printf(out, "/%u", piece->function->arity);
    if (piece->part == NATIVE_COLD) buf_put_str(out, ".cold");
}

// --- unwinding -----------------------------------------------------------------------------------

#if defined(__x86_64__)
// DWARF's numbers (Debugging Information Format 4, section 7; System V ABI, AMD64 supplement).
enum {
    DW_CFA_ADVANCE_LOC = 0x40,
    DW_CFA_OFFSET = 0x80,
    DW_CFA_ADVANCE_LOC4 = 0x04,
    DW_CFA_DEF_CFA = 0x0c,
    DW_CFA_DEF_CFA_OFFSET = 0x0e,
    REGISTER_RSP = 7,
    REGISTER_RETURN = 16,
    RELATIVE_4 = 0x1b,  // 4 bytes with a sign, relative to where they stand
    UNSIGNED_4 = 0x03,  // 4 bytes
    TO_HEADER_4 = 0x3b, // 4 bytes with a sign, relative to the header
    RETURN_BYTES = 8,   // a call has left its return address on the stack
};

static void put32(Buf *out, uint32_t value) {
    buf_put(out, &value, sizeof value);
}
static void put_distance(Buf *out, uint64_t to, uint64_t from) {
    int64_t distance = (int64_t)(to - from);
    ASSERT(distance == (int32_t)distance);
    put32(out, (uint32_t)distance);
}

static void put_leb(Buf *out, uint32_t value) {
    for (; value >= 0x80; value >>= 7) buf_put_byte(out, (uint8_t)(value | 0x80));
    buf_put_byte(out, (uint8_t)value);
}

// Pads what was begun at `start` to words and writes its length in front.
static void end_entry(Buf *out, size_t start) {
    while ((out->size_bytes - start) % sizeof(uint64_t) != 0) buf_put_byte(out, 0); // does nothing
    uint32_t length = (uint32_t)(out->size_bytes - start - sizeof length);
    if (!out->failed) memcpy(out->data + start, &length, sizeof length);
}

// Index of the last frame that begins at or before the offset; 0: there is none.
static size_t last_frame_before(const NativeInfo *info, uint32_t offset) {
    size_t low = 0, high = info->frame_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (info->frames[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? 0 : low - 1;
}

// At each offset where it changes, the distance to the caller's frame.
static void put_frames(Buf *out, const NativeInfo *info, uint32_t from, uint32_t size_bytes) {
    uint32_t at = 0, bytes = RETURN_BYTES;
    for (size_t i = last_frame_before(info, from); i < info->frame_count; i++) {
        const NativeFrame *f = &info->frames[i];
        if (f->offset >= from + size_bytes) break;
        if (f->bytes == bytes) continue;
        uint32_t to = f->offset > from ? f->offset - from : 0;
        if (to - at >= 64) {
            buf_put_byte(out, DW_CFA_ADVANCE_LOC4);
            put32(out, to - at);
        } else if (to > at) {
            buf_put_byte(out, (uint8_t)(DW_CFA_ADVANCE_LOC | (to - at)));
        }
        buf_put_byte(out, DW_CFA_DEF_CFA_OFFSET);
        put_leb(out, f->bytes);
        at = to;
        bytes = f->bytes;
    }
}

void native_unwind_table(Buf *out, const NativeInfo *info, uint32_t from, uint32_t size_bytes,
                         uint64_t code, uint64_t table) {
    size_t start = out->size_bytes;
    put32(out, 0); // the length
    put32(out, 0); // a CIE
    static const uint8_t cie[] = {1,
                                  'z',
                                  'R',
                                  0,
                                  1,    // unit of code
                                  0x78, // -8: unit of offsets
                                  REGISTER_RETURN,
                                  1,
                                  RELATIVE_4,
                                  DW_CFA_DEF_CFA,
                                  REGISTER_RSP,
                                  RETURN_BYTES,
                                  DW_CFA_OFFSET | REGISTER_RETURN,
                                  1};
    buf_put(out, cie, sizeof cie);
    end_entry(out, start);
    ASSERT(out->failed || out->size_bytes - start == NATIVE_UNWIND_FDE_OFFSET);
    size_t fde = out->size_bytes;
    put32(out, 0);
    put32(out, (uint32_t)(out->size_bytes - start)); // back to the CIE
    put_distance(out, code, table + (out->size_bytes - start));
    put32(out, size_bytes);
    buf_put_byte(out, 0); // nothing more that "zR" would announce
    put_frames(out, info, from, size_bytes);
    end_entry(out, fde);
    put32(out, 0); // the end
}

void native_unwind_header(Buf *out, uint64_t code, uint64_t table, uint64_t header) {
    static const uint8_t forms[] = {1, RELATIVE_4, UNSIGNED_4, TO_HEADER_4};
    buf_put(out, forms, sizeof forms);
    put_distance(out, table, header + sizeof forms);
    put32(out, 1); // one FDE
    put_distance(out, code, header);
    put_distance(out, table + NATIVE_UNWIND_FDE_OFFSET, header);
}
#else
void native_unwind_table(Buf *out, const NativeInfo *info, uint32_t from, uint32_t size_bytes,
                         uint64_t code, uint64_t table) {
    (void)out, (void)info, (void)from, (void)size_bytes, (void)code, (void)table;
}
void native_unwind_header(Buf *out, uint64_t code, uint64_t table, uint64_t header) {
    (void)out, (void)code, (void)table, (void)header;
}
#endif
