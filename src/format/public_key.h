/* public_key.h - a key that signatures are checked with; private to the files that wrap OpenSSL. */
#ifndef WR_FORMAT_PUBLIC_KEY_H
#define WR_FORMAT_PUBLIC_KEY_H

#include "base/reader.h"

struct evp_pkey_st;

/* The key of a SubjectPublicKeyInfo, which EVP_PKEY_free frees; NULL where OpenSSL takes it for
 * none. The first call of OpenSSL that needs its providers. */
WR_MUST_USE struct evp_pkey_st *wr_public_key(wr_view spki);

#endif
