// SPDX-License-Identifier: Apache-2.0
// Module maps, the map functions of module erlang, and what maps.erl needs of erts_internal.
//
// Lists of a map's keys, values or pairs are made from the map's end to its start, so that each
// cell is written once; a large map goes on in later slices from a place in it. All of them, and
// iterators, have the same order.
#include "bif/bif_int.h"
#include "term/compare.h"
#include "term/map.h"

enum {
    REDUCTIONS_PER_PUT = 1,
    ITERATOR_PAIRS = 64, // that one call of an iterator hands out
    ITERATOR_PAIR_WORDS = 4,
    WORDS_PER_REDUCTION = 16, // of new nodes in a merge
};

static const TermEnv *env(const Process *p) {
    return &p->vm->env;
}
static Term badmap_gc(Process *p, Term not_a_map) {
    return bif_error_tuple_gc(p, ATOM_badmap, not_a_map);
}

// --- one key -------------------------------------------------------------------------------------

static Term get(Process *p, Term key, Term map) {
    if (!term_is_map(map)) return badmap_gc(p, map);
    Term value = map_get(env(p), map, key);
    return value == TERM_NONE ? bif_error_tuple_gc(p, ATOM_badkey, key) : value;
}
BIF(maps_get_2, "maps", "get", "Key, Map", 0, "The value of Key in Map.") {
    return get(p, a[0], a[1]);
}
BIF(erlang_map_get_2, "erlang", "map_get", "Key, Map", BIF_GUARD, "The value of Key in Map.") {
    return get(p, a[0], a[1]);
}

BIF(maps_find_2, "maps", "find", "Key, Map", 0, "{ok, Value}, or error if Map has no such Key.") {
    if (!term_is_map(a[1])) return badmap_gc(p, a[1]);
    if (map_get(env(p), a[1], a[0]) == TERM_NONE) return ATOM_error;
    Hp hp;
    if (!process_reserve_gc(p, 3, &hp)) return TERM_NONE;
    Term result = hp_tuple2(&hp, ATOM_ok, map_get(env(p), a[1], a[0]));
    process_commit(p, &hp);
    return result;
}

static Term is_key(Process *p, Term key, Term map) {
    if (!term_is_map(map)) return badmap_gc(p, map);
    return bif_bool(map_get(env(p), map, key) != TERM_NONE);
}
BIF(maps_is_key_2, "maps", "is_key", "Key, Map", 0, "Whether Map has Key.") {
    return is_key(p, a[0], a[1]);
}
BIF(erlang_is_map_key_2, "erlang", "is_map_key", "Key, Map", BIF_GUARD, "Whether Map has Key.") {
    return is_key(p, a[0], a[1]);
}

BIF(erlang_map_size_1, "erlang", "map_size", "Map", BIF_GUARD, "How many pairs Map has.") {
    if (!term_is_map(a[0])) return badmap_gc(p, a[0]);
    return term_small((int64_t)map_size(a[0]));
}

static Term put_gc(Process *p, Term *key_value_map) {
    Hp hp;
    if (!process_reserve_gc(p, map_put_words(key_value_map[2]), &hp)) return TERM_NONE;
    Term result = map_put(env(p), &hp, key_value_map[2], key_value_map[0], key_value_map[1]);
    process_commit(p, &hp);
    return result;
}

BIF(maps_put_3, "maps", "put", "Key, Value, Map", 0, "Map in which Key has that Value.") {
    return term_is_map(a[2]) ? put_gc(p, a) : badmap_gc(p, a[2]);
}

BIF(maps_update_3, "maps", "update", "Key, Value, Map", 0,
    "Map in which Key, which it must have, has that Value.") {
    if (!term_is_map(a[2])) return badmap_gc(p, a[2]);
    if (map_get(env(p), a[2], a[0]) == TERM_NONE) return bif_error_tuple_gc(p, ATOM_badkey, a[0]);
    return put_gc(p, a);
}

BIF(maps_remove_2, "maps", "remove", "Key, Map", 0, "Map without Key.") {
    if (!term_is_map(a[1])) return badmap_gc(p, a[1]);
    if (map_get(env(p), a[1], a[0]) == TERM_NONE) return a[1];
    Hp hp;
    if (!process_reserve_gc(p, map_put_words(a[1]), &hp)) return TERM_NONE;
    Term result = map_remove(env(p), &hp, a[1], a[0]);
    process_commit(p, &hp);
    return result;
}

BIF(maps_take_2, "maps", "take", "Key, Map", 0,
    "{Value, Map without Key}, or error if Map has no such Key.") {
    if (!term_is_map(a[1])) return badmap_gc(p, a[1]);
    if (map_get(env(p), a[1], a[0]) == TERM_NONE) return ATOM_error;
    Hp hp;
    if (!process_reserve_gc(p, map_put_words(a[1]) + 3, &hp)) return TERM_NONE;
    Term value = map_get(env(p), a[1], a[0]);
    Term rest = map_remove(env(p), &hp, a[1], a[0]);
    Term result = hp_tuple2(&hp, value, rest);
    process_commit(p, &hp);
    return result;
}

// --- lists of what is in a map -------------------------------------------------------------------

static Term collected(Hp *hp, Term what, Term key, Term value) {
    if (what == ATOM_key) return key;
    if (what == ATOM_value) return value;
    return hp_tuple2(hp, key, value);
}

// What is left of Map, going back from Place, onto Acc: keys, values or pairs. Count tells how many
// pairs that are.
BIF(map_collect_continue, "erts_internal", "map_collect_continue", "Map, Place, Count, Acc, What",
    0, "The first Count keys, values or pairs of Map, then Acc.") {
    int64_t place, left;
    if (!term_is_map(a[0]) || !bif_small_arg(a[1], 0, SMALL_MAX, &place) ||
        !bif_small_arg(a[2], 0, (int64_t)map_size(a[0]), &left))
        return bif_badarg(p);
    size_t words = CONS_WORDS + (a[4] == ATOM_key || a[4] == ATOM_value ? 0 : 3);
    uint64_t count = MIN((uint64_t)left, bif_budget(p, BIF_CELLS_PER_REDUCTION));
    Hp hp;
    if (!process_reserve_gc(p, count * words, &hp)) return TERM_NONE;
    MapIter it;
    map_iter_init_back_at(&it, a[0], (uint64_t)place);
    Term acc = a[3], key, value;
    for (uint64_t i = 0; i < count && map_iter_previous(&it, &key, &value); i++) {
        Term item = collected(&hp, a[4], key, value);
        acc = hp_cons(&hp, item, acc);
    }
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    if (count == (uint64_t)left) return acc;
    Term args[5] = {a[0], term_small((int64_t)map_iter_place_back(&it)),
                    term_small(left - (int64_t)count), acc, a[4]};
    return bif_go_on(p, BIF_ID_map_collect_continue, 5, args);
}

static Term collect(Process *p, Term map, Term acc, Term what) {
    Term args[5] = {map, term_small(SMALL_MAX), term_small((int64_t)map_size(map)), acc, what};
    if (map_is_flat(map)) {
        RootFrame roots;
        process_push_roots(p, &roots, args, 5);
        Term list = bif_map_collect_continue(p, args);
        process_pop_roots(p, &roots);
        return list;
    }
    return bif_goto(p, BIF_ID_map_collect_continue, 5, args);
}

BIF(maps_keys_1, "maps", "keys", "Map", 0, "The keys of Map.") {
    return term_is_map(a[0]) ? collect(p, a[0], TERM_NIL, ATOM_key) : badmap_gc(p, a[0]);
}
BIF(maps_values_1, "maps", "values", "Map", 0, "The values of Map, in the order of keys/1.") {
    return term_is_map(a[0]) ? collect(p, a[0], TERM_NIL, ATOM_value) : badmap_gc(p, a[0]);
}

// --- iterators -----------------------------------------------------------------------------------

// {Key, Value, {Key, Value, ... Rest}}, where Rest is none or [Place|Map]. Made from its end.
static Term iterate_gc(Process *p, Term *a, uint64_t place) {
    size_t count = MIN(map_size(a[1]), (size_t)ITERATOR_PAIRS);
    Hp hp;
    if (!process_reserve_gc(p, count * ITERATOR_PAIR_WORDS + CONS_WORDS, &hp)) return TERM_NONE;
    Term kv[2 * ITERATOR_PAIRS];
    MapIter it;
    map_iter_init_at(&it, a[1], place);
    size_t n = 0;
    while (n < count && map_iter_next(&it, &kv[2 * n], &kv[2 * n + 1])) n++;
    Term rest = ATOM_none;
    if (map_iter_more(&it)) rest = hp_cons(&hp, term_small((int64_t)map_iter_place(&it)), a[1]);
    while (n-- > 0) rest = hp_tuple3(&hp, kv[2 * n], kv[2 * n + 1], rest);
    process_commit(p, &hp);
    bif_charge_units(p, count, BIF_CELLS_PER_REDUCTION);
    return rest;
}

BIF(erts_internal_map_next_3, "erts_internal", "map_next", "Place, Map, ListOrIterator", 0,
    "The pairs of Map onto a list; or, for the atom iterator, the next part of an iterator.") {
    int64_t place;
    if (!term_is_map(a[1]) || !bif_small_arg(a[0], 0, SMALL_MAX, &place) ||
        (map_is_flat(a[1]) && place > MAP_FLAT_MAX))
        return bif_badarg(p);
    if (a[2] == ATOM_iterator) return iterate_gc(p, a, (uint64_t)place);
    // maps:to_list/1 would call again with a place in the map, but is never given one.
    if (!term_is_list(a[2])) return bif_badarg(p);
    return collect(p, a[1], a[2], ATOM_iterator);
}

// --- building ------------------------------------------------------------------------------------

// Builds from `count` pairs of heap terms in `kv`.
static Term build_gc(Process *p, Term *kv, size_t count) {
    MapBuild b;
    Term result = TERM_NONE;
    RootFrame roots;
    process_push_roots(p, &roots, kv, 2 * count);
    Hp hp;
    if (!map_build_start(&b, env(p), kv, count)) {
        bif_system_limit(p);
    } else if (process_reserve_gc(p, b.words, &hp)) {
        result = map_build_finish(&b, &hp, kv);
        process_commit(p, &hp);
    }
    process_pop_roots(p, &roots);
    map_build_deinit(&b, env(p));
    bif_charge(p, count * REDUCTIONS_PER_PUT);
    return result;
}

// --- merging -------------------------------------------------------------------------------------

// Two flat maps whose keys are all in one of them: that one's keys can be kept.
static Term merge_flat_gc(Process *p, Term *a) {
    Hp hp;
    size_t b_count = map_flat_size(a[1]);
    if (!process_reserve_gc(p, map_update_words(a[0], b_count), &hp)) return TERM_NONE;
    Term kv[2 * MAP_FLAT_MAX], missing;
    const Term *keys = term_tuple_elements(map_flat_keys(a[1]));
    for (size_t i = 0; i < b_count; i++) {
        kv[2 * i] = keys[i];
        kv[2 * i + 1] = map_flat_values(a[1])[i];
    }
    Term result = map_update(env(p), &hp, a[0], kv, b_count, false, &missing);
    // All keys are those of the second map: it is the result, and what was written is given up.
    if (map_size(result) == b_count) return a[1];
    process_commit(p, &hp);
    return result;
}

// The pairs of the small map, from Place on, into the large one: always, or only where it has no
// such key.
BIF(map_merge_continue, "erts_internal", "map_merge_continue", "Large, Small, Place, Replace", 0,
    "Large with the pairs of Small from Place on; with Replace they go before its own.") {
    int64_t place;
    if (!term_is_map(a[0]) || !term_is_map(a[1]) || !bif_small_arg(a[2], 0, SMALL_MAX, &place))
        return bif_badarg(p);
    MapIter it;
    map_iter_init_at(&it, a[1], (uint64_t)place);
    while (map_iter_more(&it)) {
        Hp hp;
        uint64_t here = map_iter_place(&it);
        if (bif_out_of_time(p)) {
            Term args[4] = {a[0], a[1], term_small((int64_t)here), a[3]};
            return bif_go_on(p, BIF_ID_map_merge_continue, 4, args);
        }
        if (!process_reserve_gc(p, map_put_words(a[0]), &hp)) return TERM_NONE;
        map_iter_init_at(&it, a[1], here); // the map may have moved
        Term key, value;
        bool there = map_iter_next(&it, &key, &value);
        ASSERT(there);
        if (a[3] == ATOM_true || map_get(env(p), a[0], key) == TERM_NONE)
            a[0] = map_put(env(p), &hp, a[0], key, value);
        process_commit(p, &hp);
        bif_charge(p, REDUCTIONS_PER_PUT);
    }
    return a[0];
}

// Two tries, a part for each slot of their roots. Parts is a list of the slots that are done, the
// last first; Stats the two numbers of MapMergeStats.
BIF(map_merge_parts_continue, "erts_internal", "map_merge_parts_continue",
    "Map1, Map2, Parts, Common, Collisions", 0, "Map1 and Map2 merged, of which Parts are done.") {
    int64_t common, collisions, done = bif_list_length(a[2]);
    if (!term_is_map(a[0]) || !term_is_map(a[1]) || map_is_flat(a[0]) || map_is_flat(a[1]) ||
        done < 0 || done > MAP_MERGE_SLOTS || !bif_small_arg(a[3], 0, SMALL_MAX, &common) ||
        !bif_small_arg(a[4], 0, SMALL_MAX, &collisions))
        return bif_badarg(p);
    MapMergeStats stats = {(size_t)common, (size_t)collisions};
    Hp hp;
    for (unsigned i = (unsigned)done; i < MAP_MERGE_SLOTS; i++) {
        size_t words = map_merge_slot_words(env(p), a[0], a[1], i);
        if (!process_reserve_gc(p, words + CONS_WORDS, &hp)) return TERM_NONE;
        size_t before = stats.common;
        Term slot = map_merge_slot(env(p), &hp, a[0], a[1], i, &stats);
        a[2] = hp_cons(&hp, slot == TERM_NONE ? ATOM_none : slot, a[2]);
        process_commit(p, &hp);
        bif_charge_units(p, words + stats.common - before, WORDS_PER_REDUCTION);
        if (!bif_out_of_time(p) || i + 1 == MAP_MERGE_SLOTS) continue;
        Term args[5] = {a[0], a[1], a[2], term_small((int64_t)stats.common),
                        term_small((int64_t)stats.collisions)};
        return bif_go_on(p, BIF_ID_map_merge_parts_continue, 5, args);
    }
    if (!process_reserve_gc(p, MAP_MERGE_ROOT_WORDS, &hp)) return TERM_NONE;
    Term slots[MAP_MERGE_SLOTS], list = a[2];
    for (unsigned i = MAP_MERGE_SLOTS; i-- > 0; list = term_tail(list))
        slots[i] = term_head(list) == ATOM_none ? TERM_NONE : term_head(list);
    Term result = map_merge_root(&hp, a[0], a[1], slots, &stats);
    process_commit(p, &hp);
    return result;
}

BIF(maps_merge_2, "maps", "merge", "Map1, Map2", 0,
    "The pairs of both maps; of equal keys those of Map2.") {
    if (!term_is_map(a[0])) return badmap_gc(p, a[0]);
    if (!term_is_map(a[1])) return badmap_gc(p, a[1]);
    if (map_size(a[0]) == 0 || a[0] == a[1]) return a[1];
    if (map_size(a[1]) == 0) return a[0];
    bool flat0 = map_is_flat(a[0]), flat1 = map_is_flat(a[1]);
    if (flat0 && flat1) return merge_flat_gc(p, a);
    if (flat0 || flat1) {
        Term args[4] = {a[flat0], a[!flat0], term_small(0), bif_bool(flat1)};
        return bif_goto(p, BIF_ID_map_merge_continue, 4, args);
    }
    Term args[5] = {a[0], a[1], TERM_NIL, term_small(0), term_small(0)};
    return bif_goto(p, BIF_ID_map_merge_parts_continue, 5, args);
}

// --- from lists ----------------------------------------------------------------------------------

// A long list is taken in parts, each built into a map that is merged into the map so far. Parts
// grow with the map: a part much smaller than the map would copy the same nodes again and again.
enum { PART_PAIRS_MIN = 8192, PART_OF_MAP = 16, LOCAL_PAIRS = 64 };

// Fills kv from at most `max` elements of *list, which goes on to what follows: pairs, or keys
// that all get `value`. false: some element is no pair, or the list is improper.
static bool kv_of_list(Term *list, bool keys, Term value, Term *kv, size_t max, size_t *count) {
    size_t n = 0;
    Term l = *list;
    for (; term_is_cons(l) && n < max; l = term_tail(l), n++) {
        Term item = term_head(l);
        if (keys) {
            kv[2 * n] = item;
            kv[2 * n + 1] = value;
            continue;
        }
        if (!term_is_tuple(item) || term_tuple_arity(item) != 2) return false;
        kv[2 * n] = term_tuple_elements(item)[0];
        kv[2 * n + 1] = term_tuple_elements(item)[1];
    }
    *list = l;
    *count = n;
    return term_is_cons(l) || term_is_nil(l);
}

// Any two maps, at once; terms[0] and terms[1] are roots. The pairs of terms[1] win.
static Term merge_now_gc(Process *p, Term *terms) {
    Hp hp;
    if (!map_is_flat(terms[0]) && !map_is_flat(terms[1])) {
        if (!process_reserve_gc(p, map_merge_words(env(p), terms[0], terms[1]), &hp))
            return TERM_NONE;
        Term result = map_merge(env(p), &hp, terms[0], terms[1]);
        process_commit(p, &hp);
        return result;
    }
    Term kv[2 * 2 * MAP_FLAT_MAX], missing;
    bool replace = map_is_flat(terms[1]);
    unsigned large = replace ? 0 : 1;
    size_t words = map_update_words(terms[large], map_size(terms[1 - large]));
    if (!process_reserve_gc(p, words, &hp)) return TERM_NONE;
    MapIter it;
    size_t n = 0;
    map_iter_init(&it, terms[1 - large]);
    while (map_iter_next(&it, &kv[2 * n], &kv[2 * n + 1]))
        n += replace || map_get(env(p), terms[large], kv[2 * n]) == TERM_NONE;
    Term result = map_update(env(p), &hp, terms[large], kv, n, false, &missing);
    process_commit(p, &hp);
    return result;
}

BIF(map_from_list_continue, "erts_internal", "map_from_list_continue",
    "List, Value, Rest, Map, IsKeys", 0, "Map with what Rest, the rest of List, has to add.") {
    bool keys = a[4] == ATOM_true;
    if (!term_is_map(a[3])) return bif_badarg(p);
    size_t count = MAX((size_t)PART_PAIRS_MIN, map_size(a[3]) / PART_OF_MAP);
    size_t bytes = 2 * count * sizeof(Term);
    Term *kv = mem_alloc(&p->vm->mem, bytes);
    if (kv == NULL) return bif_system_limit(p);
    Term part = TERM_NONE;
    bool ok = kv_of_list(&a[2], keys, a[1], kv, count, &count);
    if (ok) part = build_gc(p, kv, count);
    mem_free(&p->vm->mem, kv, bytes);
    if (!ok)
        return bif_badarg_as_gc(p, keys ? BIF_ID_maps_from_keys_2 : BIF_ID_maps_from_list_1,
                                keys ? 2 : 1, a);
    if (part == TERM_NONE) return TERM_NONE;
    Term args[5] = {a[0], a[1], a[2], a[3], part};
    RootFrame roots;
    process_push_roots(p, &roots, args, 5);
    Term map = merge_now_gc(p, &args[3]);
    process_pop_roots(p, &roots);
    if (map == TERM_NONE || term_is_nil(args[2])) return map;
    args[3] = map;
    args[4] = bif_bool(keys);
    return bif_go_on(p, BIF_ID_map_from_list_continue, 5, args);
}

static Term empty_map(Hp *hp) {
    Term keys = hp_tuple(hp, 0);
    return hp_map_flat(hp, keys, 0);
}

// a[0] is the list, a[1] the value of all keys.
static Term from_list_gc(Process *p, Term *a, bool keys) {
    Term list = a[0], kv[2 * LOCAL_PAIRS], value = keys ? a[1] : TERM_NIL;
    size_t count;
    if (!kv_of_list(&list, keys, value, kv, LOCAL_PAIRS, &count)) return bif_badarg(p);
    if (term_is_nil(list)) return build_gc(p, kv, count);
    Hp hp;
    if (!process_reserve_gc(p, 1 + MAP_FLAT_FIXED_WORDS, &hp)) return TERM_NONE;
    Term empty = empty_map(&hp);
    process_commit(p, &hp);
    Term args[5] = {a[0], keys ? a[1] : TERM_NIL, a[0], empty, bif_bool(keys)};
    return bif_goto(p, BIF_ID_map_from_list_continue, 5, args);
}

BIF(maps_from_list_1, "maps", "from_list", "List", 0,
    "A map of the pairs {Key, Value} in List, the last of equal keys.") {
    return from_list_gc(p, a, false);
}
BIF(maps_from_keys_2, "maps", "from_keys", "Keys, Value", 0,
    "A map in which all keys of the list Keys have Value.") {
    return from_list_gc(p, a, true);
}

// --- looking inside ------------------------------------------------------------------------------

BIF(erts_internal_map_to_tuple_keys_1, "erts_internal", "map_to_tuple_keys", "Map", 0,
    "The keys of a flat map as a tuple.") {
    if (!term_is_map(a[0])) return badmap_gc(p, a[0]);
    return map_is_flat(a[0]) ? map_flat_keys(a[0]) : bif_badarg(p);
}

BIF(erts_internal_map_hashmap_children_1, "erts_internal", "map_hashmap_children", "Map", 0,
    "The parts of a map that is a tree: pairs [Key|Value], and tuples of such parts.") {
    if (!term_is_map(a[0])) return badmap_gc(p, a[0]);
    if (map_is_flat(a[0])) return bif_badarg(p);
    Hp hp;
    if (!process_reserve_gc(p, map_trie_children_words(a[0]), &hp)) return TERM_NONE;
    Term list = map_trie_children(&hp, a[0]);
    process_commit(p, &hp);
    return list;
}
