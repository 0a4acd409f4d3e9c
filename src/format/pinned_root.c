#include "format/pinned_root.h"

#include "format/pinned_root.inc"

wr_view wr_pinned_root(size_t i)
{
    static const wr_view roots[WR_NUM_PINNED_ROOTS] = {
        { microsoft_root_authority, sizeof microsoft_root_authority, 0,
          "Microsoft Root Authority" },
        { microsoft_root_certificate_authority, sizeof microsoft_root_certificate_authority, 0,
          "Microsoft Root Certificate Authority" },
        { microsoft_root_certificate_authority_2010,
          sizeof microsoft_root_certificate_authority_2010, 0,
          "Microsoft Root Certificate Authority 2010" },
    };
    return roots[i];
}
