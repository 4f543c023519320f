// SPDX-License-Identifier: Apache-2.0
// The environment, which is the VM's own copy. Readers get copies too, as the text may be replaced
// while they look at it. Under the lock is no allocation: memory is had before, and freed after.
// Thread: any, but for making and freeing.
#include "os/os_int.h"

#include <errno.h>

static char *env_entry_new(Mem *m, const char *name, size_t name_bytes, const char *text) {
    size_t text_bytes = strlen(text);
    char *entry = mem_alloc(m, name_bytes + 1 + text_bytes + 1);
    if (entry == NULL) return NULL;
    memcpy(entry, name, name_bytes);
    entry[name_bytes] = '=';
    memcpy(entry + name_bytes + 1, text, text_bytes + 1);
    return entry;
}

static void env_entry_free(Mem *m, char *entry) {
    if (entry != NULL) mem_free(m, entry, strlen(entry) + 1);
}

// Index of the variable, env_count when it is not set. Programs have some dozens: a scan will do.
static size_t env_find(const Os *os, const char *name, size_t name_bytes) {
    size_t i = 0;
    while (i < os->env_count &&
           !(strncmp(os->env[i], name, name_bytes) == 0 && os->env[i][name_bytes] == '='))
        i++;
    return i;
}

// Takes the lock, with room for one more variable. false: no memory, and the lock is not taken.
static bool env_lock_with_room(Os *os) {
    spin_lock(&os->env_lock);
    while (os->env_count == os->env_cap) {
        size_t cap = MAX(os->env_cap * 2, (size_t)32);
        spin_unlock(&os->env_lock);
        char **more = mem_alloc(os->mem, cap * sizeof *more);
        if (more == NULL) return false;
        spin_lock(&os->env_lock);
        char **old = more;
        size_t old_cap = cap;
        if (os->env_cap < cap) { // nobody was faster
            if (os->env_count > 0) memcpy(more, os->env, os->env_count * sizeof *more);
            old = os->env;
            old_cap = os->env_cap;
            os->env = more;
            os->env_cap = cap;
        }
        spin_unlock(&os->env_lock);
        mem_free(os->mem, old, old_cap * sizeof *more);
        spin_lock(&os->env_lock);
    }
    return true;
}

// Sets or adds what the entry says. false: no memory, and the entry is freed.
static bool env_put(Os *os, char *entry_take, size_t name_bytes) {
    if (!env_lock_with_room(os)) {
        env_entry_free(os->mem, entry_take);
        return false;
    }
    size_t i = env_find(os, entry_take, name_bytes);
    char *old = i < os->env_count ? os->env[i] : NULL;
    if (old == NULL) os->env_count++;
    os->env[i] = entry_take;
    spin_unlock(&os->env_lock);
    env_entry_free(os->mem, old);
    return true;
}

bool os_env_copy(Os *os, char *const *list) {
    for (; list != NULL && *list != NULL; list++) {
        const char *eq = strchr(*list, '=');
        if (eq == NULL) continue;
        size_t name_bytes = (size_t)(eq - *list);
        char *entry = env_entry_new(os->mem, *list, name_bytes, eq + 1);
        if (entry == NULL || !env_put(os, entry, name_bytes)) return false;
    }
    return true;
}

bool os_env_get(Os *os, const char *name, Buf *out) {
    size_t name_bytes = strlen(name), start = out->size_bytes;
    for (;;) {
        spin_lock(&os->env_lock);
        size_t i = env_find(os, name, name_bytes);
        const char *text = i < os->env_count ? os->env[i] + name_bytes + 1 : NULL;
        size_t bytes = text == NULL ? 0 : strlen(text) + 1;
        bool fits = out->cap_bytes - start >= bytes;
        if (fits && bytes > 0) memcpy(out->data + start, text, bytes);
        spin_unlock(&os->env_lock);
        if (fits) out->size_bytes = start + bytes;
        if (fits || !buf_reserve(out, bytes)) return bytes > 0;
    }
}

void os_env_list(Os *os, Buf *out) {
    size_t start = out->size_bytes;
    for (;;) {
        size_t bytes = 0, at = start;
        spin_lock(&os->env_lock);
        for (size_t i = 0; i < os->env_count; i++) bytes += strlen(os->env[i]) + 1;
        bool fits = out->cap_bytes - start >= bytes;
        for (size_t i = 0; fits && i < os->env_count; i++) {
            size_t size = strlen(os->env[i]) + 1;
            memcpy(out->data + at, os->env[i], size);
            at += size;
        }
        spin_unlock(&os->env_lock);
        if (fits) out->size_bytes = at;
        if (fits || !buf_reserve(out, bytes)) return;
    }
}

int os_env_set(Os *os, const char *name, const char *text) {
    size_t name_bytes = strlen(name);
    if (strchr(name, '=') != NULL) return -EINVAL;
    char *entry = env_entry_new(os->mem, name, name_bytes, text);
    return entry != NULL && env_put(os, entry, name_bytes) ? 0 : -ENOMEM;
}

void os_env_unset(Os *os, const char *name) {
    char *old = NULL;
    spin_lock(&os->env_lock);
    size_t i = env_find(os, name, strlen(name));
    if (i < os->env_count) {
        old = os->env[i];
        os->env[i] = os->env[--os->env_count];
    }
    spin_unlock(&os->env_lock);
    env_entry_free(os->mem, old);
}

void os_env_free(Os *os) {
    for (size_t i = 0; i < os->env_count; i++) env_entry_free(os->mem, os->env[i]);
    mem_free(os->mem, os->env, os->env_cap * sizeof(char *));
}
