#include "trust/chain_engine.h"

#include <string.h>

/* SPEC windows-trust 2.5: defaults of MinRsaPubKeyBitLength and WeakRsaPubKeyTime (2010-01-01), and
 * the value that turns the check off. */
#define DEFAULT_LEAST 1023u
#define DEFAULT_TIME  129067776000000000u
#define NO_LEAST      0xFFFFFFFFu

/* SPEC windows-trust 2.5, bits of EnableWeakSignatureFlags. */
#define ALLOW_WEAK_RSA_ROOTS 2u
#define LOG_ONLY             8u

/* The administrator's value, else the one that Windows or its updates set; NULL where neither. */
static const wr_policy *setting(const wr_trust *trust, const char *by_administrator,
                                const char *by_windows)
{
    const wr_policy *p = wr_model_policy(trust->model, by_administrator);
    return p ? p : wr_model_policy(trust->model, by_windows);
}

bool wr_chain_engine_refuses(const wr_trust *trust, const wr_x509 *x509, wr_arena *arena,
                             bool *weak, wr_weak_key *out, wr_error *err)
{
    const wr_policy *least = setting(trust, "ChainEngine\\MinRsaPubKeyBitLength",
                                     "ChainEngine\\Default\\MinRsaPubKeyBitLength");
    const wr_policy *time =
        setting(trust, "ChainEngine\\WeakRsaPubKeyTime", "ChainEngine\\Default\\WeakRsaPubKeyTime");
    const wr_policy *flags = setting(trust, "ChainEngine\\EnableWeakSignatureFlags",
                                     "ChainEngine\\Default\\EnableWeakSignatureFlags");
    wr_x509_key key;

    *weak = false;
    if (!wr_x509_key_facts(x509, arena, &key, err))
        return false;
    *out = (wr_weak_key){ .bits = key.bits,
                          .least = least ? (uint32_t)least->number : DEFAULT_LEAST,
                          .stamped_before = time ? time->number : DEFAULT_TIME,
                          .policy = least };
    *weak = key.bits && !strncmp(key.algorithm, "rsa", 3) && out->least != NO_LEAST &&
            key.bits < out->least &&
            !(flags && (flags->number & (ALLOW_WEAK_RSA_ROOTS | LOG_ONLY)));
    return true;
}
