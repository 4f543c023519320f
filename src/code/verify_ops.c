// SPDX-License-Identifier: Apache-2.0
// Which rule verifies which instruction.
#include "code/verify_int.h"

// Says something about the code around it; does nothing.
static bool verify_note(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    return true;
}

#define RULE(name, rule) [GENOP_##name] = rule

static VerifyRule *const rules[GENERIC_MAX + 1] = {
    // note
    RULE(label, verify_note),
    RULE(line, verify_note),
    RULE(executable_line, verify_note),
    RULE(debug_line, verify_note),
    RULE(on_load, verify_note),
    RULE(nif_start, verify_note),
    // call
    RULE(call, verify_call),
    RULE(call_last, verify_call),
    RULE(call_only, verify_call),
    RULE(call_ext, verify_call),
    RULE(call_ext_last, verify_call),
    RULE(call_ext_only, verify_call),
    RULE(call_fun, verify_call),
    RULE(call_fun2, verify_call),
    RULE(apply, verify_call),
    RULE(apply_last, verify_call),
    RULE(send, verify_call),
    // bif
    RULE(bif0, verify_bif),
    RULE(bif1, verify_bif),
    RULE(bif2, verify_bif),
    RULE(bif3, verify_bif),
    RULE(gc_bif1, verify_bif),
    RULE(gc_bif2, verify_bif),
    RULE(gc_bif3, verify_bif),
    // stack
    RULE(allocate, verify_stack),
    RULE(allocate_heap, verify_stack),
    RULE(allocate_zero, verify_stack),
    RULE(allocate_heap_zero, verify_stack),
    RULE(test_heap, verify_stack),
    RULE(init, verify_stack),
    RULE(init_yregs, verify_stack),
    RULE(deallocate, verify_stack),
    RULE(trim, verify_stack),
    // message
    RULE(loop_rec, verify_message),
    RULE(loop_rec_end, verify_message),
    RULE(wait, verify_message),
    RULE(wait_timeout, verify_message),
    RULE(timeout, verify_message),
    RULE(remove_message, verify_message),
    RULE(recv_mark, verify_message),
    RULE(recv_set, verify_message),
    RULE(recv_marker_reserve, verify_message),
    RULE(recv_marker_bind, verify_message),
    RULE(recv_marker_clear, verify_message),
    RULE(recv_marker_use, verify_message),
    // exception
    RULE(badmatch, verify_exception),
    RULE(case_end, verify_exception),
    RULE(badrecord, verify_exception),
    RULE(try_case_end, verify_exception),
    RULE(if_end, verify_exception),
    RULE(func_info, verify_exception),
    RULE(catch, verify_exception),
    RULE(try, verify_exception),
    RULE(catch_end, verify_exception),
    RULE(try_end, verify_exception),
    RULE(try_case, verify_exception),
    RULE(raise, verify_exception),
    RULE(raw_raise, verify_exception),
    RULE(build_stacktrace, verify_exception),
    // type_test
    RULE(is_integer, verify_type_test),
    RULE(is_float, verify_type_test),
    RULE(is_number, verify_type_test),
    RULE(is_atom, verify_type_test),
    RULE(is_boolean, verify_type_test),
    RULE(is_pid, verify_type_test),
    RULE(is_port, verify_type_test),
    RULE(is_reference, verify_type_test),
    RULE(is_nil, verify_type_test),
    RULE(is_binary, verify_type_test),
    RULE(is_bitstr, verify_type_test),
    RULE(is_list, verify_type_test),
    RULE(is_nonempty_list, verify_type_test),
    RULE(is_tuple, verify_type_test),
    RULE(is_map, verify_type_test),
    RULE(is_function, verify_type_test),
    RULE(is_function2, verify_type_test),
    RULE(is_any_native_record, verify_type_test),
    RULE(is_native_record, verify_type_test),
    // tuple_test
    RULE(test_arity, verify_tuple_test),
    RULE(is_tagged_tuple, verify_tuple_test),
    // exact
    RULE(is_eq_exact, verify_exact),
    RULE(is_ne_exact, verify_exact),
    // flow
    RULE(jump, verify_flow),
    RULE(return, verify_flow),
    RULE(is_lt, verify_flow),
    RULE(is_ge, verify_flow),
    RULE(is_eq, verify_flow),
    RULE(is_ne, verify_flow),
    RULE(select_val, verify_flow),
    RULE(select_tuple_arity, verify_flow),
    // data
    RULE(move, verify_data),
    RULE(swap, verify_data),
    RULE(get_list, verify_data),
    RULE(get_hd, verify_data),
    RULE(get_tl, verify_data),
    RULE(get_tuple_element, verify_data),
    RULE(set_tuple_element, verify_data),
    RULE(put_list, verify_data),
    RULE(put_tuple2, verify_data),
    RULE(update_record, verify_data),
    RULE(make_fun2, verify_data),
    RULE(make_fun3, verify_data),
    // map
    RULE(put_map_assoc, verify_map),
    RULE(put_map_exact, verify_map),
    RULE(has_map_fields, verify_map),
    RULE(get_map_elements, verify_map),
    RULE(get_record_elements, verify_map),
    RULE(get_record_field, verify_map),
    RULE(is_record_accessible, verify_map),
    RULE(put_record, verify_map),
    // float
    RULE(fclearerror, verify_float),
    RULE(fcheckerror, verify_float),
    RULE(fmove, verify_float),
    RULE(fconv, verify_float),
    RULE(fadd, verify_float),
    RULE(fsub, verify_float),
    RULE(fmul, verify_float),
    RULE(fdiv, verify_float),
    RULE(fnegate, verify_float),
    // match
    RULE(bs_start_match2, verify_match),
    RULE(bs_start_match3, verify_match),
    RULE(bs_start_match4, verify_match),
    RULE(bs_save2, verify_match),
    RULE(bs_restore2, verify_match),
    RULE(bs_context_to_binary, verify_match),
    RULE(bs_get_position, verify_match),
    RULE(bs_set_position, verify_match),
    RULE(bs_get_tail, verify_match),
    RULE(bs_get_integer2, verify_match),
    RULE(bs_get_float2, verify_match),
    RULE(bs_get_binary2, verify_match),
    RULE(bs_get_utf8, verify_match),
    RULE(bs_get_utf16, verify_match),
    RULE(bs_get_utf32, verify_match),
    RULE(bs_skip_utf8, verify_match),
    RULE(bs_skip_utf16, verify_match),
    RULE(bs_skip_utf32, verify_match),
    RULE(bs_skip_bits2, verify_match),
    RULE(bs_test_tail2, verify_match),
    RULE(bs_test_unit, verify_match),
    RULE(bs_match_string, verify_match),
    RULE(bs_match, verify_match),
    // build
    RULE(bs_init2, verify_build),
    RULE(bs_init_bits, verify_build),
    RULE(bs_append, verify_build),
    RULE(bs_private_append, verify_build),
    RULE(bs_init_writable, verify_build),
    RULE(bs_add, verify_build),
    RULE(bs_utf8_size, verify_build),
    RULE(bs_utf16_size, verify_build),
    RULE(bs_create_bin, verify_build),
    // put
    RULE(bs_put_integer, verify_put),
    RULE(bs_put_binary, verify_put),
    RULE(bs_put_float, verify_put),
    RULE(bs_put_string, verify_put),
    RULE(bs_put_utf8, verify_put),
    RULE(bs_put_utf16, verify_put),
    RULE(bs_put_utf32, verify_put),
};

// Instructions between which a tuple of setelement stays fresh.
static bool keeps_fresh(unsigned op) {
    return op == GENOP_move || op == GENOP_swap || op == GENOP_set_tuple_element ||
           op == GENOP_get_tuple_element || op == GENOP_line;
}

bool verify_op(Verifier *v, const GenOp *op, const GenArg *const o[]) {
    VerifyRule *rule = rules[op->op];
    ASSERT(rule != NULL); // every instruction that has a shape has a rule
    if (v->cur->fresh && !keeps_fresh(op->op)) end_fresh(v);
    if (rule != verify_put && op->op != GENOP_line) v->cur->builder = false;
    return rule(v, op, o);
}
