// SPDX-License-Identifier: Apache-2.0
// Where modules come from: folders named by the user, then those of the installed OTP, whose list
// is made when the first module is not found elsewhere.
#include "os/os.h"
#include "vm/vm.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4096 };

bool path_add(Vm *vm, const char *dir, bool front) {
    Mem *m = &vm->core.mem;
    if (vm->path_count == vm->path_cap) {
        size_t cap = MAX(vm->path_cap * 2, (size_t)64);
        char **paths = mem_realloc(m, vm->paths, vm->path_cap * sizeof *paths, cap * sizeof *paths);
        if (paths == NULL) return false;
        vm->paths = paths;
        vm->path_cap = cap;
    }
    char *copy = vm_strdup(vm, dir);
    if (copy == NULL) return false;
    if (front) {
        memmove(vm->paths + 1, vm->paths, vm->path_count * sizeof *vm->paths);
        vm->paths[0] = copy;
        vm->own_paths++;
    } else {
        vm->paths[vm->path_count] = copy;
    }
    vm->path_count++;
    return true;
}

void path_free(Vm *vm) {
    for (size_t i = 0; i < vm->path_count; i++) vm_strfree(vm, vm->paths[i]);
    mem_free(&vm->core.mem, vm->paths, vm->path_cap * sizeof *vm->paths);
    while (vm->names != NULL) {
        ModuleName *n = vm->names;
        vm->names = n->next;
        mem_free(&vm->core.mem, n, sizeof *n + n->size_bytes + 1);
    }
}

bool dt_add_path(dt_vm *vm, const char *dir) {
    OsFileInfo info;
    if (os_file_info(vm->core.os, dir, &info) < 0 || info.kind != OS_FILE_DIRECTORY) {
        vm_error(vm, "%s: no such folder", dir);
        return false;
    }
    Scheduler *guest = vm_change_begin(vm);
    bool ok = path_add(vm, dir, true);
    vm_change_end(vm, guest);
    if (!ok) vm_error(vm, "out of memory");
    return ok;
}

static bool is_otp(Vm *vm, const char *root) {
    char lib[PATH_BYTES];
    OsFileInfo info;
    int n = snprintf(lib, sizeof lib, "%s/lib", root);
    return n > 0 && (size_t)n < sizeof lib && os_file_info(vm->core.os, lib, &info) == 0 &&
           info.kind == OS_FILE_DIRECTORY;
}

// The `erl` of the PATH is a link to bin/erl of the root.
static char *otp_of(Vm *vm, const char *path) {
    while (*path != '\0') {
        size_t size = strcspn(path, ":");
        char erl[PATH_BYTES];
        int n = snprintf(erl, sizeof erl, "%.*s/erl", (int)size, path);
        if (n > 0 && (size_t)n < sizeof erl) {
            char root[PATH_BYTES];
            if (os_real_path(vm->core.os, erl, root, sizeof root) == 0) {
                for (int up = 0; up < 2 && strrchr(root, '/') != NULL; up++)
                    *strrchr(root, '/') = '\0';
                if (is_otp(vm, root)) return vm_strdup(vm, root);
            }
        }
        path += size + (path[size] == ':');
    }
    return NULL;
}

char *path_find_otp(Vm *vm, const char *given) {
    if (given != NULL) return is_otp(vm, given) ? vm_strdup(vm, given) : NULL;
    Buf text;
    buf_init(&text, &vm->core.mem);
    char *root = NULL;
    if (os_env_get(vm->core.os, "DIALTONE_OTP", &text) ||
        os_env_get(vm->core.os, "ERL_ROOTDIR", &text)) {
        if (!text.failed && is_otp(vm, (const char *)text.data))
            root = vm_strdup(vm, (const char *)text.data);
    } else if (os_env_get(vm->core.os, "PATH", &text) && !text.failed) {
        root = otp_of(vm, (const char *)text.data);
    }
    buf_deinit(&text);
    return root;
}

static void add_application(void *ctx, const char *name) {
    Vm *vm = ctx;
    if (name[0] == '.') return;
    char dir[PATH_BYTES];
    OsFileInfo info;
    int n = snprintf(dir, sizeof dir, "%s/lib/%s/ebin", vm->otp_root, name);
    if (n < 0 || (size_t)n >= sizeof dir) return;
    if (os_file_info(vm->core.os, dir, &info) < 0 || info.kind != OS_FILE_DIRECTORY) return;
    // stdlib, kernel and compiler are asked for most.
    bool often = strncmp(name, "stdlib-", 7) == 0 || strncmp(name, "kernel-", 7) == 0 ||
                 strncmp(name, "compiler-", 9) == 0;
    (void)path_add(vm, dir, false);
    if (!often || vm->path_count - vm->own_paths < 2) return;
    char *last = vm->paths[vm->path_count - 1];
    memmove(vm->paths + vm->own_paths + 1, vm->paths + vm->own_paths,
            (vm->path_count - 1 - vm->own_paths) * sizeof *vm->paths);
    vm->paths[vm->own_paths] = last;
}

static void list_otp(Vm *vm) {
    vm->otp_listed = true;
    if (vm->otp_root == NULL) return;
    char lib[PATH_BYTES];
    snprintf(lib, sizeof lib, "%s/lib", vm->otp_root);
    (void)os_dir_list(vm->core.os, lib, add_application, vm);
}

uint8_t *path_read(Vm *vm, const char *path, size_t *size, VmError *why) {
    uint8_t *bytes;
    int err = os_file_read(vm->core.os, &vm->core.mem, path, &bytes, size);
    if (err == 0) return bytes;
    error_set(why, "%s: %s", path, strerror(-err));
    return NULL;
}

bool path_load_file(Vm *vm, const char *path, Term *name, VmError *why) {
    size_t size;
    uint8_t *bytes = path_read(vm, path, &size, why);
    if (bytes == NULL) return false;
    BeamError err;
    Prepared *pr = code_prepare(vm->core.code, bytes, size, &err);
    os_file_free(&vm->core.mem, bytes, size);
    bool ok = pr != NULL;
    if (ok) {
        *name = code_prepared_name(pr);
        if (strstr(path, "/lib/erts-") != NULL) code_prepared_drop_lines(pr);
        ok = code_commit(vm->core.code, &pr, 1, &err);
    }
    if (!ok) error_set(why, "%s: %s", path, err.text);
    return ok;
}

typedef struct OwnModule {
    const char *name;
    const uint8_t *bytes;
    size_t size_bytes;
} OwnModule;
#include "vm/own_modules.inc"

bool path_load_own(Vm *vm) {
    for (size_t i = 0; i < ARRAY_COUNT(own_modules); i++) {
        const OwnModule *own = &own_modules[i];
        BeamError err;
        Prepared *pr = code_prepare(vm->core.code, own->bytes, own->size_bytes, &err);
        Scheduler *guest = vm_change_begin(vm);
        bool ok = pr != NULL && code_commit(vm->core.code, &pr, 1, &err);
        vm_change_end(vm, guest);
        if (!ok) {
            vm_error(vm, "%s: %s", own->name, err.text);
            return false;
        }
    }
    return true;
}

static bool load_from(Vm *vm, Term name, bool *found, VmError *why) {
    const Atom *a = atom_get(vm->core.env.atoms, name);
    for (size_t i = 0; i < vm->path_count; i++) {
        char path[PATH_BYTES];
        OsFileInfo info;
        int n = snprintf(path, sizeof path, "%s/%.*s.beam", vm->paths[i], (int)a->size_bytes,
                         (const char *)a->text);
        if (n < 0 || (size_t)n >= sizeof path || os_file_info(vm->core.os, path, &info) < 0)
            continue;
        *found = true;
        Term loaded;
        return path_load_file(vm, path, &loaded, why) && loaded == name;
    }
    return false;
}

bool path_load(Vm *vm, Term name, bool *found, VmError *why) {
    *found = false;
    const Atom *a = atom_get(vm->core.env.atoms, name);
    if (memchr(a->text, '/', a->size_bytes) != NULL) return false;
    error_set(why, "%.*s: no such module", (int)a->size_bytes, (const char *)a->text);
    if (!vm->otp_listed) {
        if (load_from(vm, name, found, why)) return true;
        if (*found) return false;
        list_otp(vm);
    }
    return load_from(vm, name, found, why);
}

static bool give_name(Vm *vm, Term name, const char **module) {
    const Atom *a = atom_get(vm->core.env.atoms, name);
    ModuleName *n = vm->names;
    while (n != NULL &&
           (strlen(n->text) != a->size_bytes || memcmp(n->text, a->text, a->size_bytes) != 0))
        n = n->next;
    if (n == NULL) {
        n = mem_alloc(&vm->core.mem, sizeof *n + (size_t)a->size_bytes + 1);
        if (n == NULL) return false;
        n->size_bytes = a->size_bytes;
        memcpy(n->text, a->text, a->size_bytes);
        n->text[a->size_bytes] = '\0';
        n->next = vm->names;
        vm->names = n;
    }
    *module = n->text;
    return true;
}

bool dt_load_file(dt_vm *vm, const char *path, const char **module) {
    Term name;
    Scheduler *guest = vm_change_begin(vm);
    bool ok = path_load_file(vm, path, &name, &vm->error);
    vm_change_end(vm, guest);
    if (!ok) return false;
    if (module == NULL || give_name(vm, name, module)) return true;
    vm_error(vm, "out of memory");
    return false;
}

// --- programs ------------------------------------------------------------------------------------
static void folder_of(const char *path, char *dir, size_t cap) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        snprintf(dir, cap, ".");
    else
        snprintf(dir, cap, "%.*s", (int)MAX(slash - path, (ptrdiff_t)1), path);
}

// Compiles with the reference's compiler into a new folder; *beam is the file it made.
static bool compile(Vm *vm, const char *path, char *dir, char *beam, size_t cap) {
    Os *os = vm->core.os;
    OsFileInfo info;
    int err = os_file_info(os, path, &info);
    if (err == 0) err = os_temp_dir(os, dir, cap);
    if (err < 0) {
        vm_error(vm, "%s: %s", path, strerror(-err));
        return false;
    }
    const char *const argv[] = {"erlc", "-o", dir, path, NULL};
    int status;
    err = os_run(os, argv, &status);
    if (err < 0) {
        vm_error(vm, "erlc: %s (install erlang-base, or compile %s elsewhere)", strerror(-err),
                 path);
        return false;
    }
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    int n = snprintf(beam, cap, "%s/%.*s.beam", dir, (int)(strlen(name) - strlen(".erl")), name);
    if (status == 0 && n > 0 && (size_t)n < cap) return true;
    vm_error(vm, "%s: erlc could not compile it", path);
    return false;
}

bool dt_load_program(dt_vm *vm, const char *path, const char **module) {
    char dir[PATH_BYTES] = "", beam[PATH_BYTES];
    size_t size = strlen(path);
    bool source = size > 4 && strcmp(path + size - 4, ".erl") == 0;
    folder_of(path, beam, sizeof beam);
    Scheduler *guest = vm_change_begin(vm);
    bool added = path_add(vm, beam, false);
    if (added) vm->own_paths++;
    vm_change_end(vm, guest);
    if (!added) {
        vm_error(vm, "out of memory");
        return false;
    }
    if (!source) return dt_load_file(vm, path, module);
    bool ok = compile(vm, path, dir, beam, sizeof beam) && dt_load_file(vm, beam, module);
    if (dir[0] != '\0') os_temp_dir_remove(vm->core.os, dir);
    return ok;
}
