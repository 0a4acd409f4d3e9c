/* make_bundle.c - writes a bundle with an action of every kind, for tests that run its scripts.
 *
 *     make_bundle FOLDER every|none */
#include "bundle_plan.h"

#include "output/bundle.h"

int main(int argc, char **argv)
{
    hand_made hand;
    wr_error err;
    bool done;

    if (argc != 3)
        return 2;
    start_by_hand(&hand);
    if (strcmp(argv[2], "every") == 0)
        every_kind_by_hand(&hand);
    done = wr_bundle_write(&hand.set, argv[1], true, &err);
    if (!done)
        fprintf(stderr, "%s: %s\n", err.source, err.message);
    end_by_hand(&hand);
    return !done;
}
