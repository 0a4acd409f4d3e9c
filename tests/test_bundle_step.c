#include "bundle_plan.h"

#include "output/bundle_step.h"

#include "format/property.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

static hand_made hand;

static void setup(void)
{
    start_by_hand(&hand);
}

static void teardown(void)
{
    end_by_hand(&hand);
}

TestSuite(bundle_step, .init = setup, .fini = teardown);

static bool read_steps(const char *json, wr_arena *arena, wr_steps *out, wr_error *err)
{
    wr_json_document *document;
    wr_json root;
    bool done;

    cr_assert(wr_json_parse(view_of(json, strlen(json)),
                            (wr_json_limits){ WR_LIMIT_PROFILE_BYTES, WR_LIMIT_PROFILE_DEPTH },
                            &document, err),
              "%s", err->message);
    root = wr_json_root(document);
    done = wr_steps_read(&root, arena, out, err);
    wr_json_free(document);
    return done;
}

/* The value of the member "steps". */
static const char *json_of(const wr_steps *steps)
{
    wr_json_writer w;
    wr_error err;
    wr_out *out;
    char *text;

    cr_assert(wr_out_memory(&out, &err));
    wr_json_start(&w, out, true);
    wr_json_object(&w, NULL);
    wr_steps_write(steps, &w);
    wr_json_end_object(&w);
    cr_assert(wr_out_finish(out, &err));
    text = wr_arena_format(&hand.arena, "%.*s", (int)wr_out_bytes(out).len,
                           (const char *)wr_out_bytes(out).data);
    wr_out_discard(out);
    text[strlen(text) - 1] = '\0';
    return strchr(text, '[');
}

Test(bundle_step, what_a_manifest_says_is_read_back)
{
    wr_steps made, read;
    wr_error err;

    every_kind_by_hand(&hand);
    cr_assert(wr_steps_of_plan(&hand.plan, &hand.arena, &made, &err));
    cr_assert(read_steps(json_of(&made), &hand.arena, &read, &err), "%s: %s", err.path,
              err.message);
    cr_assert_eq(made.list.count, 6);
    cr_assert_eq(read.list.count, 6);
    for (size_t i = 0; i < 6; i++) {
        const wr_step *a = &made.list.items[i], *b = &read.list.items[i];

        cr_assert_eq(a->kind, b->kind);
        cr_assert_str_eq(a->store, b->store);
        cr_assert_str_eq(a->sha1, b->sha1);
        cr_assert_str_eq(a->sha256, b->sha256);
        cr_assert(wr_view_equal(a->properties, b->properties));
        cr_assert_str_eq(a->key, b->key);
        cr_assert_str_eq(a->name, b->name);
        cr_assert_eq(a->value, b->value);
        cr_assert_str_eq(a->requirement, b->requirement);
    }
}

Test(bundle_step, what_is_added_carries_its_hash_and_no_other_property)
{
    const wr_step *step;
    wr_steps steps;
    wr_error err;
    uint8_t expected[12 + WR_SHA1_LEN] = { WR_PROP_SHA1_HASH, 0, 0, 0, 1, 0, 0, 0, WR_SHA1_LEN };

    every_kind_by_hand(&hand);
    cr_assert(wr_steps_of_plan(&hand.plan, &hand.arena, &steps, &err));
    step = &steps.list.items[1];
    memcpy(expected + 12, hand.plan.actions.items[1].certificate->sha1, WR_SHA1_LEN);
    cr_assert(wr_view_is(step->properties, expected, sizeof expected));
    cr_assert_eq(steps.list.items[0].properties.len, 0, "what is deleted");
}

#define H40 "'0123456789abcdef0123456789abcdef01234567'"
#define H64 "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'"

struct refused {
    char json[320];
};

ParameterizedTestParameters(bundle_step, what_no_plan_of_ours_has_is_refused)
{
    static struct refused cases[] = {
        { "{}" },
        { "['add']" },
        { "[{}]" },
        { "[{'action':'format'}]" },
        { "[{'action':'add','store':'Root','sha1':" H40 ",'sha256':" H64 "}]" },
        { "[{'action':'add','store':'Root & calc','sha1':" H40 ",'sha256':" H64
          ",'properties':'00'}]" },
        { "[{'action':'add','store':'../x','sha1':" H40 ",'sha256':" H64 ",'properties':'00'}]" },
        { "[{'action':'add','store':'Root','sha1':" H64 ",'sha256':" H64 ",'properties':'00'}]" },
        { "[{'action':'add','store':'Root','sha1':" H40 ",'sha256':'%PATH%','properties':'00'}]" },
        { "[{'action':'add','store':'Root','sha1':" H40 ",'sha256':" H64 ",'properties':'0'}]" },
        { "[{'action':'add','store':'Root','sha1':" H40 ",'sha256':" H64 ",'properties':'zz'}]" },
        { "[{'action':'add','store':'Root','sha1':" H40 ",'sha256':" H64
          ",'properties':'00','run':'calc'}]" },
        { "[{'action':'add','store':'Root','sha1':" H40 ",'sha256':" H64 ",'properties':''}]" },
        { "[{'action':'delete','store':'AuthRoot','sha1':" H40 ",'sha256':" H64 "}]" },
        { "[{'action':'set_policy','key':'HKLM\\\\SOFTWARE\\\\a','name':'n'}]" },
        { "[{'action':'set_policy','key':'HKLM\\\\SYSTEM\\\\a','name':'n','value':1}]" },
        { "[{'action':'set_policy','key':'HKLM\\\\SOFTWARE\\\\a\\\"','name':'n','value':1}]" },
        { "[{'action':'set_policy','key':'HKLM\\\\SOFTWARE\\\\a','name':'n','value':4294967296}]" },
        { "[{'action':'manual','requirement':'a & b'}]" },
        { "[{'action':'manual','requirement':''}]" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (char *c = cases[i].json; *c; c++)
            if (*c == '\'')
                *c = '"';
    return cr_make_param_array(struct refused, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct refused *c, bundle_step, what_no_plan_of_ours_has_is_refused)
{
    wr_steps steps;
    wr_error err;

    cr_assert(!read_steps(c->json, &hand.arena, &steps, &err), "%s", c->json);
    cr_assert_eq(err.code, WR_E_MALFORMED, "%s: %s", c->json, err.message);
}

Test(bundle_step, every_allocation_may_fail)
{
    size_t failed = 0;
    const char *json;
    bool done = false;
    wr_steps steps;
    wr_error err;

    every_kind_by_hand(&hand);
    cr_assert(wr_steps_of_plan(&hand.plan, &hand.arena, &steps, &err));
    json = json_of(&steps);
    for (size_t n = 1; !done; n++) {
        wr_arena arena;

        wr_arena_init(&arena, (size_t)1 << 20);
        arena.fail_after = n;
        done = wr_steps_of_plan(&hand.plan, &arena, &steps, &err) &&
               read_steps(json, &arena, &steps, &err);
        failed += !done;
        if (!done)
            cr_assert_eq(err.code, WR_E_NO_MEMORY, "allocation %zu: %s", n, err.message);
        wr_arena_free(&arena);
    }
    cr_assert_gt(failed, 5);
}
