// SPDX-License-Identifier: Apache-2.0
// The settings of a heap as programs write and read them: for process_flag, spawn_opt, system_flag
// and those that show them.
#pragma once

#include "proc/process.h"

// For what the settings are: where they differ in how numbers are taken.
typedef enum HeapSettingOf { HEAP_SETTING_PROCESS, HEAP_SETTING_SYSTEM } HeapSettingOf;

// Whether `key` is one of min_heap_size, min_bin_vheap_size, max_heap_size, fullsweep_after.
bool bif_is_heap_setting(Term key);
// Puts what `value` says into *c. false: it makes no sense.
WARN_UNUSED bool bif_heap_setting_read(const Process *p, HeapSettingOf of, Term key, Term value,
                                       HeapConfig *c);
// Whether a process fits into its limit.
bool bif_heap_settings_fit(const HeapConfig *c);
// The setting as a term. TERM_NONE: no room.
Term bif_heap_setting_gc(Process *p, Term key, const HeapConfig *c);
// max_heap_size as a map. Words: bif_max_heap_words at most.
size_t bif_max_heap_words(void);
Term bif_max_heap_map(const Process *p, Hp *hp, const HeapConfig *c);
