// SPDX-License-Identifier: Apache-2.0
// The chunks of a .beam file except the code: atoms, imports, exports, funs, literals, lines,
// types, attributes. Every count is checked against the bytes that are there before anything is
// allocated for it, and every index against the table it points into, so that later stages need no
// checks.
#include "code/beam_int.h"
#include "term/atom.h"

// Count of a table whose entries take at least `each_bytes`.
static bool read_count(Cursor *c, const char *chunk, size_t each_bytes, uint32_t *count,
                       BeamError *err) {
    if (!cursor_u32(c, count)) return beam_fail(err, "chunk %s is too short", chunk);
    if (*count > cursor_left(c) / each_bytes)
        return beam_fail(err, "chunk %s is too short for its %u entries", chunk, *count);
    return true;
}

// The next 32 bits of a table whose size read_count has checked.
static uint32_t next_u32(Cursor *c) {
    uint32_t n = 0;
    bool there = cursor_u32(c, &n);
    ASSERT(there);
    return n;
}

// --- atoms ---------------------------------------------------------------------------------------
// Latin-1 text as UTF-8: at most twice as long.
static bool widen_latin1(BeamFile *file, Slice in, Slice *out, BeamError *err) {
    uint8_t *text = beam_alloc(file, err, in.size * 2 + 1, 1);
    if (text == NULL) return false;
    size_t size = 0;
    for (size_t i = 0; i < in.size; i++) {
        uint8_t ch = in.bytes[i];
        if (ch < 0x80) {
            text[size++] = ch;
        } else {
            text[size++] = (uint8_t)(0xc0 | ch >> 6);
            text[size++] = (uint8_t)(0x80 | (ch & 0x3f));
        }
    }
    *out = (Slice){text, size};
    return true;
}

// The length of an atom's text: a byte, or (OTP 28, where a text may have more than 255 bytes) a
// compact number.
static bool read_atom_size(Cursor *c, bool wide, size_t *size) {
    if (wide) {
        Compact n;
        if (!compact_read(c, &n) || n.tag != COMPACT_U || !n.fits || n.value < 0 ||
            n.value > ATOM_BYTES_MAX)
            return false;
        *size = (size_t)n.value;
        return true;
    }
    uint8_t byte;
    if (!cursor_u8(c, &byte)) return false;
    *size = byte;
    return true;
}

static bool read_atoms(const Chunks *chunks, BeamFile *file, BeamError *err) {
    bool latin1 = chunks->at[CHUNK_ATU8].bytes == NULL;
    Cursor c = cursor_of(chunks->at[latin1 ? CHUNK_ATOM : CHUNK_ATU8]);
    uint32_t count;
    if (!cursor_u32(&c, &count)) return beam_fail(err, "the table of atoms is too short");
    bool wide = !latin1 && count > INT32_MAX;
    if (wide) count = 0 - count;
    if (count == 0) return beam_fail(err, "there is no atom, not even the module's name");
    if (count > cursor_left(&c))
        return beam_fail(err, "the table of atoms is too short for its %u atoms", count);
    file->atoms = beam_alloc(file, err, (size_t)count + 1, sizeof(Slice));
    if (file->atoms == NULL) return false;
    for (uint32_t i = 1; i <= count; i++) {
        size_t size;
        Slice *atom = &file->atoms[i];
        if (!read_atom_size(&c, wide, &size) || !cursor_slice(&c, size, atom))
            return beam_fail(err, "the table of atoms ends in atom %u of %u", i, count);
        if (latin1 && !widen_latin1(file, *atom, atom, err)) return false;
        if (atom_text_check(atom->bytes, atom->size) != ATOM_TEXT_OK)
            return beam_fail(err, "atom %u is not valid UTF-8 or too long", i);
    }
    file->atom_count = count;
    return true;
}

static bool check_atom(const BeamFile *file, uint32_t index, const char *chunk, BeamError *err) {
    if (index == 0 || index > file->atom_count)
        return beam_fail(err, "chunk %s: there is no atom %u", chunk, index);
    return true;
}

static bool check_arity(uint32_t arity, const char *chunk, BeamError *err) {
    if (arity > BEAM_ARITY_MAX) return beam_fail(err, "chunk %s: arity %u", chunk, arity);
    return true;
}

// --- functions -----------------------------------------------------------------------------------
static bool read_imports(Slice in, BeamFile *file, BeamError *err) {
    Cursor c = cursor_of(in);
    uint32_t count;
    if (!read_count(&c, "ImpT", 12, &count, err)) return false;
    file->imports = beam_alloc(file, err, count, sizeof(BeamImport));
    if (file->imports == NULL) return false;
    for (uint32_t i = 0; i < count; i++) {
        BeamImport *im = &file->imports[i];
        im->module = next_u32(&c);
        im->function = next_u32(&c);
        im->arity = next_u32(&c);
        if (!check_atom(file, im->module, "ImpT", err) ||
            !check_atom(file, im->function, "ImpT", err) || !check_arity(im->arity, "ImpT", err))
            return false;
    }
    file->import_count = count;
    return true;
}

// ExpT and LocT. That the labels are entries of such functions is checked with the code.
static bool read_functions(Slice in, const char *chunk, BeamFile *file, BeamExport **table,
                           uint32_t *count, BeamError *err) {
    Cursor c = cursor_of(in);
    if (!read_count(&c, chunk, 12, count, err)) return false;
    *table = beam_alloc(file, err, *count, sizeof(BeamExport));
    if (*table == NULL) return false;
    for (uint32_t i = 0; i < *count; i++) {
        BeamExport *ex = &(*table)[i];
        ex->function = next_u32(&c);
        ex->arity = next_u32(&c);
        ex->label = next_u32(&c);
        if (!check_atom(file, ex->function, chunk, err) || !check_arity(ex->arity, chunk, err))
            return false;
    }
    return true;
}

static bool read_lambdas(Slice in, BeamFile *file, BeamError *err) {
    Cursor c = cursor_of(in);
    uint32_t count;
    if (!read_count(&c, "FunT", 24, &count, err)) return false;
    file->lambdas = beam_alloc(file, err, count, sizeof(BeamLambda));
    if (file->lambdas == NULL) return false;
    for (uint32_t i = 0; i < count; i++) {
        BeamLambda *l = &file->lambdas[i];
        l->function = next_u32(&c);
        l->arity = next_u32(&c);
        l->label = next_u32(&c);
        l->index = next_u32(&c);
        l->free_count = next_u32(&c);
        l->old_uniq = next_u32(&c);
        if (!check_atom(file, l->function, "FunT", err) || !check_arity(l->arity, "FunT", err))
            return false;
        if (l->free_count > l->arity)
            return beam_fail(err, "chunk FunT: fun %u has %u free variables but arity %u", i,
                             l->free_count, l->arity);
    }
    file->lambda_count = count;
    return true;
}

// --- terms ---------------------------------------------------------------------------------------
// The table is compressed, and starts with its size; a size of 0 (OTP 28) says it is not.
static bool read_literals(const TermEnv *env, Slice in, BeamFile *file, BeamError *err) {
    Cursor c = cursor_of(in);
    uint32_t size, count;
    if (!cursor_u32(&c, &size)) return beam_fail(err, "chunk LitT is too short");
    if (size != 0) {
        Slice packed = {c.pos, cursor_left(&c)}, table;
        if (!beam_inflate(file, INFLATE_ZLIB, packed, size, &table, err)) return false;
        c = cursor_of(table);
    }
    if (!read_count(&c, "LitT", 4, &count, err)) return false;
    file->literals = beam_alloc(file, err, count, sizeof(EtfScan));
    if (file->literals == NULL) return false;
    file->literal_count = count; // beam_free gives back those scanned; the others are all zero
    for (uint32_t i = 0; i < count; i++) {
        Slice bytes;
        if (!cursor_u32(&c, &size) || !cursor_slice(&c, size, &bytes))
            return beam_fail(err, "chunk LitT ends in literal %u of %u", i, count);
        EtfScan *scan = &file->literals[i];
        etf_scan(env, bytes.bytes, bytes.size, 0, scan);
        if (scan->error != NULL) return beam_fail(err, "literal %u: %s", i, scan->error);
    }
    return true;
}

static bool read_term(const TermEnv *env, Slice in, const char *chunk, Slice *bytes, EtfScan *scan,
                      BeamError *err) {
    if (in.size == 0) return true;
    *bytes = in;
    etf_scan(env, in.bytes, in.size, 0, scan);
    if (scan->error != NULL) return beam_fail(err, "chunk %s: %s", chunk, scan->error);
    return true;
}

// --- lines ---------------------------------------------------------------------------------------
// Line items: numbers tagged as integers are lines, those tagged as atoms switch the file.
static bool read_line_items(Cursor *c, uint32_t count, uint32_t file_count, BeamFile *file,
                            BeamError *err) {
    uint32_t name = 0, done = 0;
    while (done < count) {
        Compact n;
        if (!compact_read(c, &n) || !n.fits)
            return beam_fail(err, "chunk Line ends in line %u of %u", done, count);
        if (n.tag == COMPACT_A && n.value >= 0 && n.value < file_count) {
            name = (uint32_t)n.value;
        } else if (n.tag == COMPACT_I && n.value >= 0 && n.value <= UINT32_MAX) {
            file->lines[++done] = (BeamLine){name, (uint32_t)n.value};
        } else {
            return beam_fail(err, "chunk Line: line %u is broken", done);
        }
    }
    return true;
}

// File 0 is the module's own source: its name is made up from the module's.
static bool name_own_file(BeamFile *file, BeamError *err) {
    Slice module = file->atoms[1];
    uint8_t *text = beam_alloc(file, err, module.size + 4, 1);
    if (text == NULL) return false;
    memcpy(text, module.bytes, module.size);
    memcpy(text + module.size, ".erl", 4);
    file->files[0] = (Slice){text, module.size + 4};
    return true;
}

// Without lines, there is still line 0 of file 0: no line.
static bool make_lines(BeamFile *file, uint32_t line_count, uint32_t name_count, BeamError *err) {
    file->lines = beam_alloc(file, err, (size_t)line_count + 1, sizeof(BeamLine));
    file->files = beam_alloc(file, err, (size_t)name_count + 1, sizeof(Slice));
    if (file->lines == NULL || file->files == NULL) return false;
    file->line_count = line_count + 1;
    file->file_count = name_count + 1;
    return name_own_file(file, err);
}

static bool read_lines(Slice in, BeamFile *file, BeamError *err) {
    if (in.size == 0) return make_lines(file, 0, 0, err);
    Cursor c = cursor_of(in);
    uint32_t version, flags, instruction_count, line_count, name_count;
    if (!cursor_u32(&c, &version)) return beam_fail(err, "chunk Line is too short");
    // Lines are for people only: better none than no module.
    if (version != 0) return make_lines(file, 0, 0, err);
    if (!cursor_u32(&c, &flags) || !cursor_u32(&c, &instruction_count) ||
        !cursor_u32(&c, &line_count) || !cursor_u32(&c, &name_count))
        return beam_fail(err, "chunk Line is too short");
    if (line_count > cursor_left(&c) || name_count > cursor_left(&c) / 2)
        return beam_fail(err, "chunk Line is too short for %u lines in %u files", line_count,
                         name_count);
    if (!make_lines(file, line_count, name_count, err) ||
        !read_line_items(&c, line_count, name_count + 1, file, err))
        return false;
    for (uint32_t i = 1; i <= name_count; i++) {
        Slice size;
        if (!cursor_slice(&c, 2, &size) ||
            !cursor_slice(&c, (size_t)size.bytes[0] << 8 | size.bytes[1], &file->files[i]))
            return beam_fail(err, "chunk Line ends in file name %u of %u", i, name_count);
        // What was compiled from forms may have no name for its file.
        if (file->files[i].size == 0) file->files[i] = file->files[0];
    }
    return true;
}

// --- types ---------------------------------------------------------------------------------------
// The layout of a type's 16 bits, by version: which kinds there are, in order of their bits, and
// where the three flags start that say what follows (least value, greatest value, unit).
typedef struct TypeLayout {
    uint16_t kinds[14]; // BEAM_TYPE_*; 0 ends
    uint8_t flags_bit;
} TypeLayout;

#define KINDS_FROM_CONS                                                                            \
    BEAM_TYPE_CONS, BEAM_TYPE_FLOAT, BEAM_TYPE_FUN, BEAM_TYPE_INTEGER, BEAM_TYPE_MAP,              \
        BEAM_TYPE_NIL, BEAM_TYPE_PID, BEAM_TYPE_PORT, BEAM_TYPE_REF, BEAM_TYPE_TUPLE

enum { TYPES_OTP_25 = 1, TYPES_OTP_26 = 2, TYPES_OTP_27 = 3, TYPES_OTP_29 = 4 };
static const TypeLayout type_layouts[] = {
    [TYPES_OTP_25] = {{BEAM_TYPE_ATOM, BEAM_TYPE_BITSTRING, BEAM_TYPE_MATCH_CTX, KINDS_FROM_CONS},
                      13},
    [TYPES_OTP_26] = {{BEAM_TYPE_ATOM, BEAM_TYPE_BITSTRING, BEAM_TYPE_MATCH_CTX, KINDS_FROM_CONS},
                      13},
    // From here on a bit string may also be a match context.
    [TYPES_OTP_27] = {{BEAM_TYPE_ATOM, BEAM_TYPE_BITSTRING | BEAM_TYPE_MATCH_CTX, KINDS_FROM_CONS},
                      12},
    [TYPES_OTP_29] = {{BEAM_TYPE_ATOM, BEAM_TYPE_BITSTRING | BEAM_TYPE_MATCH_CTX, KINDS_FROM_CONS,
                       BEAM_TYPE_RECORD},
                      13},
};

static bool read_i64(Cursor *c, int64_t *out) {
    uint32_t high, low;
    if (!cursor_u32(c, &high) || !cursor_u32(c, &low)) return false;
    *out = (int64_t)((uint64_t)high << 32 | low);
    return true;
}

static bool read_type(Cursor *c, uint32_t version, BeamType *type) {
    const TypeLayout *layout = &type_layouts[version];
    Slice head;
    if (!cursor_slice(c, 2, &head)) return false;
    unsigned bits = (unsigned)head.bytes[0] << 8 | head.bytes[1];
    for (unsigned i = 0; i < ARRAY_COUNT(layout->kinds) && layout->kinds[i] != 0; i++)
        if (bits >> i & 1) type->types |= layout->kinds[i];
    if (version == TYPES_OTP_25) {
        // Both bounds are always there; the wrong way round they say nothing.
        if (!read_i64(c, &type->min) || !read_i64(c, &type->max)) return false;
        type->has_min = type->has_max = type->min <= type->max;
        return true;
    }
    unsigned flags = bits >> layout->flags_bit;
    type->has_min = flags & 1;
    type->has_max = flags >> 1 & 1;
    if (type->has_min && !read_i64(c, &type->min)) return false;
    if (type->has_max && !read_i64(c, &type->max)) return false;
    uint8_t unit;
    if (flags >> 2 & 1) {
        if (!cursor_u8(c, &unit)) return false;
        type->unit = unit + 1u;
    }
    return true;
}

static bool read_types(Slice in, BeamFile *file, BeamError *err) {
    Cursor c = cursor_of(in);
    uint32_t version, count;
    if (!cursor_u32(&c, &version)) return beam_fail(err, "chunk Type is too short");
    // Types are hints. Of a version that is not known here: do without.
    if (version < TYPES_OTP_25 || version >= ARRAY_COUNT(type_layouts)) return true;
    if (!read_count(&c, "Type", 2, &count, err)) return false;
    file->types = beam_alloc(file, err, count, sizeof(BeamType));
    if (file->types == NULL) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_type(&c, version, &file->types[i]))
            return beam_fail(err, "chunk Type ends in type %u of %u", i, count);
    file->type_count = count;
    return true;
}

bool beam_read_chunks(const TermEnv *env, const Chunks *chunks, BeamFile *file, BeamError *err) {
    const Slice *at = chunks->at;
    file->strings = at[CHUNK_STRT];
    return read_atoms(chunks, file, err) && read_imports(at[CHUNK_IMPT], file, err) &&
           read_functions(at[CHUNK_EXPT], "ExpT", file, &file->exports, &file->export_count, err) &&
           (at[CHUNK_LOCT].size == 0 ||
            read_functions(at[CHUNK_LOCT], "LocT", file, &file->locals, &file->local_count, err)) &&
           (at[CHUNK_FUNT].size == 0 || read_lambdas(at[CHUNK_FUNT], file, err)) &&
           (at[CHUNK_LITT].size == 0 || read_literals(env, at[CHUNK_LITT], file, err)) &&
           read_lines(at[CHUNK_LINE], file, err) &&
           (at[CHUNK_TYPE].size == 0 || read_types(at[CHUNK_TYPE], file, err)) &&
           read_term(env, at[CHUNK_ATTR], "Attr", &file->attributes, &file->attributes_scan, err) &&
           read_term(env, at[CHUNK_CINF], "CInf", &file->compile_info, &file->compile_info_scan,
                     err);
}
