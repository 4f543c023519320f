// SPDX-License-Identifier: Apache-2.0
// Heap objects that own something outside of the heap. They are chained through a link word; who
// frees the memory that they lie in walks the chain and gives back what they own.
#include "heap/heap_int.h"
#include "term/bits.h"
#include "term/ident.h"

Term **off_heap_link(Term *object, Kind kind) {
    DEBUG_ASSERT(kind_is_off_heap(kind));
    return (Term **)&object[kind == KIND_REFC_BITS ? REFC_BITS_LINK : MAGIC_REF_LINK];
}

size_t off_heap_object_bytes(const Term *object) {
    if (header_kind(object[0]) != KIND_REFC_BITS) return 0;
    return ((const BitsData *)object[REFC_BITS_DATA])->cap_bytes;
}

void off_heap_release(Term *object) {
    if (header_kind(object[0]) == KIND_REFC_BITS)
        bits_data_release((BitsData *)object[REFC_BITS_DATA]);
    else
        magic_bin_release((MagicBin *)object[MAGIC_REF_BIN]);
}

void off_heap_drop(OffHeap *off) {
    for (Term *object = off->first; object != NULL;) {
        Term *next = *off_heap_link(object, header_kind(object[0]));
        off_heap_release(object);
        object = next;
    }
    *off = (OffHeap){0};
}
