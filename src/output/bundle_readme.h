/* bundle_readme.h - README.txt: what a bundle does to a host, for the person who runs it. */
#ifndef WR_OUTPUT_BUNDLE_README_H
#define WR_OUTPUT_BUNDLE_README_H

#include "output/bundle_file.h"

/* Puts README.txt: ASCII, with what is not ASCII in names as \u{XXXX}.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_readme(wr_bundle *bundle, wr_error *err);

#endif
