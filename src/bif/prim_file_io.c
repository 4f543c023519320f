// SPDX-License-Identifier: Apache-2.0
// The natively implemented functions of module prim_file that read without an open file: whole
// files, folders, facts about files. A path comes as internal_name2native/1 makes it: bytes that
// end in 0. An error is {error, Name}, Name as POSIX calls it.
#include "bif/bif_int.h"
#include "term/bits.h"

// Opening files is not there yet; until then nothing needs the process that closes the files of
// those that died, which prim_file:on_load/0 starts.
BIF(prim_file_on_load_0, "prim_file", "on_load", "", 0, "Has nothing to load: ok.") {
    return ATOM_ok;
}

static Term error_gc(Process *p, int error) {
    const char *name = os_error_name(error);
    Term atom = atom_intern(p->vm->env.atoms, (const uint8_t *)name, strlen(name));
    if (atom == TERM_NONE) return bif_system_limit(p);
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term t = hp_tuple2(&hp, ATOM_error, atom);
    process_commit(p, &hp);
    return t;
}

// {ok, Binary}; takes over `count` bytes (one at least is allocated).
static Term ok_bytes_gc(Process *p, uint8_t *bytes_take, size_t count) {
    Mem *m = p->vm->env.mem;
    Hp hp;
    Term result = TERM_NONE;
    if (process_reserve_gc(p, 3 + bits_words(8 * (uint64_t)count), &hp)) {
        Term bin = hp_binary(m, &hp, bytes_take, count);
        if (bin == TERM_NONE) {
            bif_system_limit(p);
        } else {
            result = hp_tuple2(&hp, ATOM_ok, bin);
            process_commit(p, &hp);
        }
    }
    os_file_free(m, bytes_take, count);
    return result;
}

// The path in an argument, in `buf`, which the caller deinits. NULL: badarg or no memory, said so.
static const char *path_arg(Process *p, Term arg, Buf *buf) {
    if (!term_is_bitstring(arg)) {
        bif_badarg(p);
        return NULL;
    }
    Bits b = bits_of(arg);
    const uint8_t *bytes = bits_is_binary(b) && b.size > 0 ? bits_bytes(b, buf) : NULL;
    // Kept in the buffer in any case: the argument may move.
    if (bytes != NULL && bytes != buf->data) {
        buf_put(buf, bytes, b.size / 8);
        bytes = buf->data;
    }
    if (buf->failed) {
        bif_system_limit(p);
        return NULL;
    }
    if (bytes == NULL || memchr(bytes, 0, b.size / 8) != bytes + b.size / 8 - 1) {
        bif_badarg(p);
        return NULL;
    }
    return (const char *)bytes;
}

BIF(prim_file_read_file_nif_1, "prim_file", "read_file_nif", "Path", BIF_DIRTY_IO,
    "{ok, Bytes} of the whole file.") {
    Buf buf;
    buf_init(&buf, p->vm->env.mem);
    Term result = TERM_NONE;
    const char *path = path_arg(p, a[0], &buf);
    if (path != NULL) {
        uint8_t *bytes;
        size_t count;
        bif_leave(p);
        int error = os_file_read(p->vm->os, p->vm->env.mem, path, &bytes, &count);
        bif_return(p);
        if (error == 0) bif_charge_units(p, count, BIF_BYTES_PER_REDUCTION);
        result = error != 0 ? error_gc(p, error) : ok_bytes_gc(p, bytes, count);
    }
    buf_deinit(&buf);
    return result;
}

// --- folders -------------------------------------------------------------------------------------

// Names one after the other, each with its 0.
static void add_name(void *ctx, const char *name) {
    buf_put(ctx, name, strlen(name) + 1);
}

static Term ok_names_gc(Process *p, const Buf *names) {
    size_t words = 3;
    for (size_t at = 0; at < names->size_bytes;) {
        size_t size = strlen((const char *)names->data + at);
        words += CONS_WORDS + bits_words(8 * (uint64_t)size);
        at += size + 1;
    }
    Hp hp;
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    Term list = TERM_NIL;
    for (size_t at = 0; at < names->size_bytes;) {
        size_t size = strlen((const char *)names->data + at);
        Term name = hp_binary(p->vm->env.mem, &hp, names->data + at, size);
        if (name == TERM_NONE) {
            process_commit(p, &hp); // what was built may own memory
            return bif_system_limit(p);
        }
        list = hp_cons(&hp, name, list);
        at += size + 1;
    }
    Term result = hp_tuple2(&hp, ATOM_ok, list);
    process_commit(p, &hp);
    return result;
}

BIF(prim_file_list_dir_nif_1, "prim_file", "list_dir_nif", "Path", BIF_DIRTY_IO,
    "{ok, Names} of what is in the folder.") {
    Buf buf, names;
    buf_init(&buf, p->vm->env.mem);
    buf_init(&names, p->vm->env.mem);
    Term result = TERM_NONE;
    const char *path = path_arg(p, a[0], &buf);
    if (path != NULL) {
        bif_leave(p);
        int error = os_dir_list(p->vm->os, path, add_name, &names);
        bif_return(p);
        bif_charge_units(p, names.size_bytes, BIF_CELLS_PER_REDUCTION);
        if (names.failed)
            bif_system_limit(p);
        else
            result = error != 0 ? error_gc(p, error) : ok_names_gc(p, &names);
    }
    buf_deinit(&names);
    buf_deinit(&buf);
    return result;
}

enum { PATH_BYTES_MAX = 4096 };

BIF(prim_file_get_cwd_nif_0, "prim_file", "get_cwd_nif", "", BIF_DIRTY_IO,
    "{ok, Path} of the folder we are in.") {
    Mem *m = p->vm->env.mem;
    uint8_t *path = mem_alloc(m, PATH_BYTES_MAX);
    if (path == NULL) return bif_system_limit(p);
    int error = os_working_dir(p->vm->os, (char *)path, PATH_BYTES_MAX);
    if (error != 0) {
        mem_free(m, path, PATH_BYTES_MAX);
        return error_gc(p, error);
    }
    Hp hp;
    Term result = TERM_NONE;
    size_t size = strlen((const char *)path);
    if (process_reserve_gc(p, 3 + bits_words(8 * (uint64_t)size), &hp)) {
        Term bin = hp_binary(m, &hp, path, size);
        if (bin != TERM_NONE) {
            result = hp_tuple2(&hp, ATOM_ok, bin);
            process_commit(p, &hp);
        } else {
            bif_system_limit(p);
        }
    }
    mem_free(m, path, PATH_BYTES_MAX);
    return result;
}

// --- facts ---------------------------------------------------------------------------------------

static Term kind_atom(OsFileKind kind) {
    switch (kind) {
    case OS_FILE_REGULAR: return ATOM_regular;
    case OS_FILE_DIRECTORY: return ATOM_directory;
    case OS_FILE_LINK: return ATOM_symlink;
    case OS_FILE_DEVICE: return ATOM_device;
    case OS_FILE_OTHER: return ATOM_other;
    }
    UNREACHABLE();
}

static Term access_atom(OsAccess access) {
    if (access == (OS_ACCESS_READ | OS_ACCESS_WRITE)) return ATOM_read_write;
    return access == OS_ACCESS_READ    ? ATOM_read
           : access == OS_ACCESS_WRITE ? ATOM_write
                                       : ATOM_none;
}

static Term seconds_term(int64_t ns) {
    return term_small(ns / 1000000000 - (ns % 1000000000 < 0));
}

// The record file_info (kernel's file.hrl), with times in seconds since 1970.
static Term file_info_gc(Process *p, const OsFileInfo *f) {
    enum { FIELDS = 14 };
    Hp hp;
    if (!process_reserve_gc(p, FIELDS + 1 + 5 * INT64_WORDS, &hp)) return TERM_NONE;
    Term t = hp_tuple(&hp, FIELDS);
    const Term fields[FIELDS] = {
        ATOM_file_info,
        hp_uint64(&hp, f->size_bytes),
        kind_atom(f->kind),
        access_atom(f->access),
        seconds_term(f->accessed_ns),
        seconds_term(f->modified_ns),
        seconds_term(f->changed_ns),
        term_small(f->mode),
        hp_uint64(&hp, f->links),
        hp_uint64(&hp, f->device),
        hp_uint64(&hp, f->special_device),
        hp_uint64(&hp, f->number),
        term_small(f->user),
        term_small(f->group),
    };
    memcpy(term_tuple_elements(t), fields, sizeof fields);
    process_commit(p, &hp);
    return t;
}

BIF(prim_file_read_info_nif_2, "prim_file", "read_info_nif", "Path, FollowLinks", BIF_DIRTY_IO,
    "A record file_info; FollowLinks: 0 or 1.") {
    int64_t follow;
    if (!bif_small_arg(a[1], 0, 1, &follow)) return bif_badarg(p);
    Buf buf;
    buf_init(&buf, p->vm->env.mem);
    Term result = TERM_NONE;
    const char *path = path_arg(p, a[0], &buf);
    if (path != NULL) {
        OsFileInfo info;
        bif_leave(p);
        int error = follow != 0 ? os_file_info(p->vm->os, path, &info)
                                : os_link_info(p->vm->os, path, &info);
        bif_return(p);
        result = error != 0 ? error_gc(p, error) : file_info_gc(p, &info);
    }
    buf_deinit(&buf);
    return result;
}
