// SPDX-License-Identifier: Apache-2.0
// What the verifier accepts, what it refuses and why, and what it leaves to be checked at run time:
// one small module a case.
#include "beam_build.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef struct Case {
    const char *name, *text;
    const char *refusal; // part of the reason; NULL: accepted
} Case;

static const Case cases[] = {
    // registers
    {"argument", "fun f/1; return", NULL},
    {"undefined x", "fun f/0; return", "x0 is not defined"},
    {"undefined source", "fun f/1; move x1 x0; return", "x1 is not defined"},
    {"defined on one way only",
     "fun f/1; is_nil L100 x0; move x0 x1; label 100; move x1 x0; return", "x1 is not defined"},
    {"defined on both ways",
     "fun f/1; move x0 x1; is_nil L100 x0; move [] x1; label 100; move x1 x0; return", NULL},
    {"gone after a call", "fun f/2; allocate 0 2; call 1 L2; move x1 x0; deallocate 0; return; ",
     "is no function of arity"},
    {"x gone after a call", "fun f/2; allocate 0 2; call 2 L2; move x1 x0; deallocate 0; return",
     "x1 is not defined"},
    {"live register not defined", "fun f/1; test_heap 2 2; put_list x0 [] x0; return",
     "x1 counts as live"},
    {"not live, then used", "fun f/2; test_heap 2 1; put_list x0 x1 x0; return",
     "x1 is not defined"},
    // stack
    {"frame", "fun f/1; allocate 1 1; move x0 y0; deallocate 1; move [] x0; return", NULL},
    {"y beyond the frame", "fun f/1; allocate 1 1; move x0 y1; deallocate 1; return",
     "y1 is not in the stack frame"},
    {"y without a frame", "fun f/1; move x0 y0; return", "y0 is not in the stack frame"},
    {"y read before it is written", "fun f/1; allocate 1 1; move y0 x0; deallocate 1; return",
     "y0 is not defined"},
    {"allocate_zero", "fun f/1; allocate_zero 1 1; move y0 x0; deallocate 1; return", NULL},
    {"two frames", "fun f/1; allocate 1 1; allocate 1 1; return", "stack frame has 1 registers"},
    {"other frame freed", "fun f/1; allocate 1 1; deallocate 2; return",
     "stack frame has 1 registers, not 2"},
    {"return with a frame", "fun f/1; allocate 0 1; return", "stack frame has 0 registers, not -1"},
    {"last call frees another frame", "fun f/1; allocate 1 1; call_last 1 L2 2", "not 2"},
    {"call without a frame", "fun f/1; call 1 L2; return", "needs a stack frame"},
    {"trim",
     "fun f/2; allocate 2 2; move x0 y0; move x1 y1; trim 1 1; move y0 x0; deallocate 1; "
     "return",
     NULL},
    {"trim what is not there", "fun f/1; allocate 2 1; trim 1 2; return", "has 2 registers, not 3"},
    {"frames of two sizes may raise together",
     "fun f/1; is_nil L100 x0; allocate 1 1; move x0 y0; jump L101; label 100; allocate 2 1; "
     "move x0 y0; move x0 y1; label 101; badmatch y0",
     NULL},
    {"frames of two sizes may not return together",
     "fun f/1; is_nil L100 x0; allocate 1 1; move x0 y0; jump L101; label 100; allocate 2 1; "
     "move x0 y0; move x0 y1; label 101; deallocate 1; return",
     "stack frame has -2 registers"},
    // heap
    {"heap", "fun f/1; test_heap 2 1; put_list x0 [] x0; return", NULL},
    {"no heap", "fun f/1; put_list x0 [] x0; return", "takes 2 words"},
    {"heap twice", "fun f/1; test_heap 3 1; put_list x0 [] x0; put_list x0 [] x0; return",
     "takes 2 words of heap, but 1 are reserved"},
    {"tuple", "fun f/1; test_heap 3 1; put_tuple2 x0 { x0 x0 }; return", NULL},
    {"tuple without room", "fun f/1; test_heap 2 1; put_tuple2 x0 { x0 x0 }; return",
     "takes 3 words"},
    {"heap is gone after a call",
     "fun f/1; allocate_heap 0 2 1; call 1 L2; put_list x0 [] x0; deallocate 0; return",
     "takes 2 words"},
    {"heap on one way only",
     "fun f/1; is_nil L100 x0; test_heap 2 1; label 100; put_list x0 [] x0; return",
     "but 0 are reserved"},
    {"float", "fun f/1; fconv x0 fr0; test_heap {alloc words 0 floats 1 } 1; fmove fr0 x0; return",
     NULL},
    {"float without room", "fun f/1; fconv x0 fr0; fmove fr0 x0; return", "takes 2 words"},
    {"float register not defined", "fun f/1; fadd L0 fr0 fr1 fr0; return", "fr0 is not defined"},
    {"fun",
     "lambda g/2 1; fun f/1; test_heap {alloc words 1 funs 1 } 1; make_fun3 0 x0 { x0 }; "
     "return; fun g/2; return",
     NULL},
    {"fun without room for its variable",
     "lambda g/2 1; fun f/1; test_heap {alloc funs 1 } 1; make_fun3 0 x0 { x0 }; return; fun g/2; "
     "return",
     "takes 3 words"},
    {"fun with another number of variables",
     "lambda g/2 1; fun f/1; test_heap 9 1; make_fun3 0 x0 { x0 x0 }; return; fun g/2; return",
     "1 free variables, not 2"},
    // control flow
    {"end of a function", "fun f/1; move x0 x1", "ends here without"},
    {"end of a function, then another", "fun f/1; move x0 x1; fun g/0; return",
     "function f/1, move"},
    {"jump into another function", "fun f/1; jump L4; fun g/1; return", "is in another function"},
    {"call into the middle of a function", "fun f/1; call_only 1 L100; fun g/1; label 100; return",
     "is no function of arity 1"},
    {"call with another arity", "fun f/1; call_only 1 L4; fun g/2; return",
     "label 4 is no function of arity 1"},
    {"import with another arity", "fun f/1; call_ext_only 1 lists:map/2", "has not 1 arguments"},
    {"bif with another arity", "fun f/1; bif1 L0 erlang:element/2 x0 x0; return",
     "has not 1 arguments"},
    {"nothing after erlang:error", "fun f/1; allocate 0 1; call_ext 1 erlang:error/1", NULL},
    {"nothing after a function that never returns",
     "fun f/1; allocate 0 1; call 1 L4; fun g/1; call_ext_only 1 erlang:exit/1", NULL},
    {"nothing after a function that may return",
     "fun f/1; allocate 0 1; call 1 L4; fun g/1; return", "ends here without"},
    {"a loop of calls never returns",
     "fun f/1; allocate 0 1; call 1 L4; fun g/1; call_only 1 L6; fun h/1; call_only 1 L4", NULL},
    {"function_clause with its arguments", "fun f/2; is_nil F x0; return", NULL},
    {"function_clause without its arguments", "fun f/2; test_heap 2 1; is_nil F x0; return",
     "x1 is not defined"},
    {"function_clause with a frame", "fun f/1; allocate 0 1; is_nil F x0; deallocate 0; return",
     "stack frame"},
    {"loop without a call",
     "fun f/1; label 100; is_nonempty_list L101 x0; get_tl x0 x0; jump L100; label 101; "
     "return",
     "it may loop without a call"},
    {"loop through a handler",
     "fun f/1; allocate 1 1; move x0 y0; deallocate 1; allocate 1 0; label 100; try y0 L101; bif1 "
     "L0 erlang:hd/1 [] x0; label 101; try_case y0; jump L100",
     "it may loop without a call"},
    {"loop that cannot be reached", "fun f/1; return; label 100; jump L100", NULL},
    {"jump back", "fun f/1; jump L101; label 100; return; label 101; jump L100", NULL},
    {"handler that relies on what comes behind an unproven instruction",
     "fun f/1; allocate 2 1; catch y0 L100; get_hd x0 x0; move x0 y1; label 100; catch_end y0; "
     "move y1 x0; deallocate 2; return",
     "y1 is not defined"},
    {"heap that a failing builtin may have used",
     "fun f/1; test_heap 2 1; bif2 L100 erlang:map_get/2 'a x0 x1; return; label 100; put_list x0 "
     "[] x0; return",
     "it takes 2 words of heap, but 0 are reserved"},
    {"heap that a bit string may have used",
     "fun f/1; bs_start_match2 F x0 1 0 x1; test_heap 2 2; bs_context_to_binary x1; put_list x0 [] "
     "x0; return",
     "it takes 2 words of heap, but 0 are reserved"},
    {"tag of the empty tuple", "fun f/1; is_tagged_tuple F x0 0 'a; return", "has no tag"},
    {"catch that is not clear where an unproven instruction may raise",
     "fun f/1; allocate 2 1; move [] y1; is_nil L100 x0; move [] y0; jump L101; label 100; catch "
     "y0 L102; label 101; get_hd x0 x0; label 102; catch_end y0; deallocate 2; return",
     "not clear which catch"},
    {"loop that loses a register",
     "fun f/2; label 100; is_nonempty_list L101 x1; test_heap 0 1; move x0 x2; jump L100; label "
     "101; return",
     "x1 is not defined"},
    // catches
    {"catch",
     "fun f/1; allocate 1 1; catch y0 L100; call 1 L2; label 100; catch_end y0; "
     "deallocate 1; return",
     NULL},
    {"catch still active",
     "fun f/1; allocate 1 1; catch y0 L100; call 1 L2; deallocate 1; return; "
     "label 100; catch_end y0; deallocate 1; return",
     "a catch is still active"},
    {"catch that is none", "fun f/1; allocate_zero 1 1; catch_end y0; deallocate 1; return",
     "y0 holds no such catch"},
    {"register of a catch is overwritten",
     "fun f/1; allocate 1 1; catch y0 L100; move [] y0; label 100; catch_end y0; deallocate 1; "
     "return",
     "y0 holds a catch"},
    {"handler without its catch_end",
     "fun f/1; allocate 1 1; catch y0 L100; label 100; move [] x0; catch_end y0; deallocate 1; "
     "return",
     "there is no catch_end at label 100"},
    {"try",
     "fun f/1; allocate 1 1; try y0 L100; call 1 L2; try_end y0; deallocate 1; return; "
     "label 100; try_case y0; deallocate 1; return",
     NULL},
    {"code that runs into the handler of a try",
     "fun f/1; allocate 1 1; try y0 L100; call 1 L2; jump L100; label 100; try_case y0; deallocate "
     "1; return",
     NULL},
    {"x registers in a handler",
     "fun f/2; allocate 1 2; try y0 L100; call 2 L2; try_end y0; deallocate 1; return; label 100; "
     "try_case y0; move x3 x0; deallocate 1; return",
     "x3 is not defined"},
    {"y registers in a handler",
     "fun f/1; allocate 2 1; move x0 y1; try y0 L100; call 1 L2; try_end y0; deallocate 2; return; "
     "label 100; try_case y0; move y1 x0; deallocate 2; return",
     NULL},
    {"y register not yet written when it raises",
     "fun f/1; allocate_zero 2 1; try y0 L100; call 1 L2; try_end y0; deallocate 2; return; label "
     "100; try_case y0; move y1 x0; deallocate 2; return",
     NULL},
    {"catches in the wrong order",
     "fun f/1; allocate 2 1; catch y0 L100; catch y1 L101; call 1 L2; label 101; catch_end y1; "
     "label 100; catch_end y0; deallocate 2; return",
     "would hide"},
    // tuples
    {"set_tuple_element",
     "fun f/2; allocate 0 2; move x0 x1; move i1 x0; move [] x2; call_ext 3 erlang:setelement/3; "
     "set_tuple_element 'a x0 1; deallocate 0; return",
     NULL},
    {"set_tuple_element of any tuple", "fun f/1; is_tuple F x0; set_tuple_element 'a x0 0; return",
     "does not come from setelement"},
    {"set_tuple_element of a literal", "fun f/1; move lit0 x0; set_tuple_element 'a x0 0; return",
     "does not come from setelement"},
    {"set_tuple_element after somebody has seen the tuple",
     "fun f/2; allocate 0 2; move x0 x1; move i1 x0; move [] x2; call_ext 3 erlang:setelement/3; "
     "test_heap 2 1; put_list x0 [] x1; set_tuple_element x1 x0 1; deallocate 0; return",
     "does not come from setelement"},
    {"update_record beyond the tuple",
     "fun f/1; test_heap 3 1; update_record 'copy 2 x0 x0 { 3 [] }; return",
     "element 3 in a tuple"},
    {"update_record", "fun f/1; test_heap 3 1; update_record 'copy 2 x0 x0 { 1 [] 2 x0 }; return",
     NULL},
    // lists of operands
    {"select_val of registers", "fun f/1; select_val x0 F { x0 F }", "wrong kind of operand"},
    {"select_val with an odd list", "fun f/1; select_val x0 F { 'a }", "a list of 1 operands"},
    {"select_val", "fun f/1; select_val x0 F { 'a L100 i1 F }; label 100; return", NULL},
    {"map without pairs", "fun f/1; put_map_assoc L0 x0 x0 1 { }; return", "a list of 0 operands"},
    // bit syntax
    {"match",
     "fun f/1; bs_start_match3 F x0 1 x1; bs_get_integer2 L100 x1 2 i8 1 0 x0; return; "
     "label 100; bs_get_tail x1 x0 2; return",
     NULL},
    {"match on a term", "fun f/1; bs_get_integer2 F x0 1 i8 1 0 x0; return",
     "not known to be a match context"},
    {"match context returned", "fun f/1; bs_start_match3 F x0 1 x0; return",
     "may be a match context"},
    {"match context in a tuple",
     "fun f/1; bs_start_match3 F x0 1 x0; test_heap 2 1; put_tuple2 x0 { x0 }; return",
     "may be a match context"},
    {"match context to another module",
     "fun f/1; bs_start_match3 F x0 1 x0; call_ext_only 1 lists:reverse/1",
     "may be a match context"},
    {"match context to a function that matches",
     "fun f/1; bs_start_match3 F x0 1 x0; call_only 1 L4; fun g/1; bs_start_match3 F x0 1 x1; "
     "bs_get_tail x1 x0 2; return",
     NULL},
    {"match context to a function that does not",
     "fun f/1; bs_start_match3 F x0 1 x0; call_only 1 L4; fun g/1; return",
     "function g/1, return at byte"},
    {"match context to a function before this one",
     "fun g/1; return; fun f/1; bs_start_match3 F x0 1 x0; call_only 1 L2",
     "function g/1, return at byte"},
    {"bs_match",
     "fun f/1; bs_start_match3 F x0 1 x1; bs_match F x1 { 'ensure_at_least 16 8 "
     "'integer 2 [] 8 1 x2 '=:= [] 8 65 'get_tail 3 8 x3 }; move x3 x0; return",
     NULL},
    {"bs_match beyond what is ensured",
     "fun f/1; bs_start_match3 F x0 1 x1; bs_match F x1 { 'ensure_exactly 8 'integer 2 [] 8 1 x2 "
     "'integer 3 [] 8 1 x2 }; move x2 x0; return",
     "takes 8 bits of which 0 are ensured"},
    {"bs_match without ensure",
     "fun f/1; bs_start_match3 F x0 1 x1; bs_match F x1 { 'skip 1 }; "
     "return",
     "takes 1 bits of which 0"},
    {"bs_match with an unknown command",
     "fun f/1; bs_start_match3 F x0 1 x1; bs_match F x1 { 'leap 1 }; return", "not known"},
    {"old matching",
     "fun f/1; bs_start_match2 F x0 1 1 x1; bs_save2 x1 0; bs_get_integer2 L100 x1 2 "
     "i8 1 0 x0; return; label 100; bs_restore2 x1 0; bs_context_to_binary x1; move "
     "x1 x0; return",
     NULL},
    {"old matching without a context", "fun f/1; bs_save2 x0 0; return",
     "not known to be a match context"},
    {"bs_put after nothing", "fun f/1; bs_put_integer L0 i8 1 0 x0; return",
     "no bit string is being built"},
    {"bs_init2 and bs_put",
     "fun f/1; bs_init2 L0 1 0 1 0 x1; bs_put_integer L0 i8 1 0 x0; move x1 x0; return", NULL},
    {"bs_put after something else",
     "fun f/1; bs_init2 L0 1 0 1 0 x1; test_heap 2 2; bs_put_integer L0 i8 1 0 x0; return",
     "no bit string is being built"},
    {"bs_create_bin",
     "fun f/1; bs_create_bin L0 0 1 8 x0 { 'integer 1 1 [] x0 i8 'string 2 8 [] 1 i5 }; return",
     NULL},
    {"bs_create_bin with a string too long",
     "fun f/1; bs_create_bin L0 0 1 8 x0 { 'string 2 8 [] 2 i5 }; return",
     "beyond the string chunk"},
    // receive
    {"receive",
     "fun f/0; allocate 0 0; label 100; loop_rec L101 x0; is_eq_exact L102 x0 'a; remove_message; "
     "deallocate 0; return; label 102; loop_rec_end L100; label 101; wait L100",
     NULL},
    {"x register over a receive",
     "fun f/1; allocate 0 1; label 100; loop_rec L101 x1; remove_message; deallocate 0; return; "
     "label 101; wait L100",
     "x0 is not defined"},
    {"sleep",
     "fun f/1; allocate 0 1; label 100; wait_timeout L100 x0; timeout; move 'ok x0; "
     "deallocate 0; return",
     NULL},
};

static bool verify_text(const char *text, BeamFile *file, BeamError *err) {
    Mem *mem = malloc(sizeof *mem);
    mem_init(mem);
    TermEnv env = {.mem = mem};
    Bytes bytes = build_module(text);
    bool ok = beam_read(&env, bytes.at, bytes.size, file, err);
    if (!ok) fprintf(stderr, "not read: %s\n%s\n", err->text, text);
    assert_true(ok);
    ok = beam_verify(file, err);
    // What is checked below does not look at the bytes.
    free(bytes.at);
    return ok;
}

static void done(BeamFile *file) {
    Mem *mem = file->mem;
    beam_free(file);
    assert_int_equal(mem_bytes(mem), 0);
    free(mem);
}

static void test_cases(void **state) {
    int bad = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Case *c = &cases[i];
        BeamFile file;
        BeamError err = {""};
        bool ok = verify_text(c->text, &file, &err);
        bool as_wanted = c->refusal == NULL ? ok : !ok && strstr(err.text, c->refusal) != NULL;
        if (!as_wanted) {
            print_error("%s: %s, wanted %s\n", c->name, ok ? "accepted" : err.text,
                        c->refusal == NULL ? "acceptance" : c->refusal);
            bad++;
        }
        done(&file);
    }
    assert_int_equal(bad, 0);
}

typedef struct FlagCase {
    const char *text;
    unsigned op;
    uint8_t flags; // of the last instruction `op`
} FlagCase;

static const FlagCase flag_cases[] = {
    {"fun f/1; is_nonempty_list F x0; get_hd x0 x0; return", GENOP_get_hd, 1},
    {"fun f/1; get_hd x0 x0; return", GENOP_get_hd, 3},
    {"fun f/1; is_list F x0; is_nil L100 x0; return; label 100; get_hd x0 x0; return", GENOP_get_hd,
     1},
    {"fun f/1; move x0 x1; is_nonempty_list F x0; get_hd x1 x0; return", GENOP_get_hd, 1},
    {"fun f/1; move lit1 x0; get_hd x0 x0; return", GENOP_get_hd, 1},
    {"fun f/1; is_nonempty_list F x0; get_hd x0 x0; get_hd x0 x0; return", GENOP_get_hd, 3},
    {"fun f/1; is_tagged_tuple F x0 2 'a; get_tuple_element x0 1 x0; return",
     GENOP_get_tuple_element, 1},
    {"fun f/1; is_tagged_tuple F x0 2 'a; get_tuple_element x0 2 x0; return",
     GENOP_get_tuple_element, 3}, // it always fails
    {"fun f/1; is_tuple F x0; get_tuple_element x0 0 x0; return", GENOP_get_tuple_element, 3},
    {"fun f/1; move lit0 x0; get_tuple_element x0 1 x0; return", GENOP_get_tuple_element, 1},
    {"fun f/1; is_tuple F x0; test_arity F x0 3; return", GENOP_test_arity, 1},
    {"fun f/1; test_arity F x0 3; return", GENOP_test_arity, 3},
    {"fun f/1; is_tuple F x0; select_tuple_arity x0 F { 2 L100 3 L100 }; label 100; "
     "get_tuple_element x0 1 x0; return",
     GENOP_get_tuple_element, 1},
    {"fun f/2; move [] x2; is_nil L100 x1; move lit0 x2; jump L101; label 100; move lit1 x2; label "
     "101; get_hd x2 x0; return",
     GENOP_get_hd, 3},
    {"fun f/1; has_map_fields F x0 { 'a }; return", GENOP_has_map_fields, 3},
    {"fun f/1; is_map F x0; has_map_fields F x0 { 'a }; return", GENOP_has_map_fields, 1},
    {"fun f/1; fmove x0 fr0; return", GENOP_fmove, 3},
    {"fun f/1; is_float F x0; fmove x0 fr0; return", GENOP_fmove, 1},
    {"fun f/1; bs_start_match4 'no_fail 1 x0 x1; bs_get_tail x1 x0 2; return",
     GENOP_bs_start_match4, 3},
    {"fun f/1; is_bitstr F x0; bs_start_match4 'no_fail 1 x0 x1; bs_get_tail x1 x0 2; return",
     GENOP_bs_start_match4, 1},
    {"fun f/1; allocate 1 1; bif1 L0 erlang:hd/1 x0 x0; move [] y0; deallocate 1; return",
     GENOP_allocate, 3},
    {"fun f/1; allocate 1 1; move x0 y0; bif1 L0 erlang:hd/1 x0 x0; deallocate 1; return",
     GENOP_allocate, 1},
    {"fun f/1; allocate 1 1; get_hd x0 x0; move [] y0; deallocate 1; return", GENOP_allocate, 3},
    {"fun f/1; allocate 1 1; is_nonempty_list L100 x0; get_hd x0 x0; label 100; move [] y0; "
     "deallocate 1; return",
     GENOP_allocate, 1},
    {"fun f/1; return; label 100; move x0 x0; return", GENOP_move, 0},
    // what functions of the module hand to each other
    {"fun f/1; is_tuple F x0; test_arity F x0 2; call_only 1 L4; fun g/1; get_tuple_element x0 1 "
     "x0; return",
     GENOP_get_tuple_element, 3}, // g is exported: everybody may call it
    {"hidden g; fun f/1; is_tuple F x0; test_arity F x0 2; call_only 1 L4; fun g/1; "
     "get_tuple_element x0 1 x0; return",
     GENOP_get_tuple_element, 1},
    {"hidden g; fun f/1; is_tuple L100 x0; test_arity F x0 2; call_only 1 L4; label 100; call_only "
     "1 L4; fun g/1; get_tuple_element x0 1 x0; return",
     GENOP_get_tuple_element, 3},
    {"hidden g; lambda g/1 1; fun f/1; is_tuple F x0; test_arity F x0 2; call_only 1 L4; fun g/1; "
     "get_tuple_element x0 1 x0; return",
     GENOP_get_tuple_element, 3}, // a fun's variables may come from outside
    {"hidden g; fun f/1; is_tuple F x0; test_arity F x0 2; move x0 x1; call_only 2 L4; fun g/2; "
     "is_nonempty_list L100 x0; get_tl x0 x0; call_only 2 L4; label 100; get_tuple_element x1 1 "
     "x0; return",
     GENOP_get_tuple_element, 1}, // handed on unchanged in a loop
    {"fun f/1; allocate 0 1; call 1 L4; get_hd x0 x0; deallocate 0; return; fun g/1; "
     "is_nonempty_list F x0; return",
     GENOP_get_hd, 1},
    {"fun f/1; allocate 0 1; call 1 L4; get_hd x0 x0; deallocate 0; return; fun g/1; call_only 1 "
     "L6; fun h/1; is_nonempty_list F x0; return",
     GENOP_get_hd, 1},
    {"fun f/1; allocate 0 1; call 1 L4; get_hd x0 x0; deallocate 0; return; fun g/1; "
     "is_nonempty_list L100 x0; return; label 100; call_ext_only 1 m:x/1",
     GENOP_get_hd, 3},
    {"fun f/1; allocate 0 1; call 1 L4; get_hd x0 x0; deallocate 0; return; fun g/1; nif_start; "
     "is_nonempty_list F x0; return",
     GENOP_get_hd, 3}, // g may be native
    {"hidden g; hidden h; fun f/1; is_tuple F x0; test_arity F x0 2; move [] x1; call_only 2 L4; "
     "fun g/2; is_lt L101 x1 x1; label 100; call_only 1 L6; label 101; bif1 L0 erlang:hd/1 x1 x0; "
     "jump L100; fun h/1; get_tuple_element x0 1 x0; return",
     GENOP_get_tuple_element, 3}, // what h gets is not always what g got
    {"fun f/1; allocate 0 1; call_ext 1 erlang:throw/1", GENOP_call_ext, 5},
};

static void test_flags(void **state) {
    for (size_t i = 0; i < ARRAY_COUNT(flag_cases); i++) {
        const FlagCase *c = &flag_cases[i];
        BeamFile file;
        BeamError err;
        bool ok = verify_text(c->text, &file, &err);
        if (!ok) print_error("%s: %s\n", c->text, err.text);
        assert_true(ok);
        uint8_t flags = 0xff;
        for (uint32_t op = 0; op < file.op_count; op++)
            if (file.ops[op].op == c->op) flags = file.op_flags[op];
        if (flags != c->flags) print_error("%s: flags %u\n", c->text, flags);
        assert_int_equal(flags, c->flags);
        done(&file);
    }
}

// A tuple test that can only fail makes what follows unreachable, and a deep function with all
// registers in use stays within its limits.
static void test_size(void **state) {
    size_t cap = 1 << 19;
    char *text = malloc(cap);
    size_t size = (size_t)snprintf(text, cap, "fun f/1; move x0 x1000; ");
    for (int i = 0; i < 3000; i++)
        size += (size_t)snprintf(text + size, cap - size, "is_eq L%d x0 i%d; label %d; ", 100 + i,
                                 i, 100 + i);
    snprintf(text + size, cap - size, "return");
    BeamFile file;
    BeamError err;
    bool ok = verify_text(text, &file, &err);
    if (!ok) print_error("%s\n", err.text);
    assert_true(ok);
    done(&file);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
