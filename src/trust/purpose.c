#include "trust/purpose.h"

#include "base/text.h"

#include <string.h>

/* Standard ones first, in the order of reports.  The spelling is that of OpenSSL or Microsoft,
 * which published lists use. */
#define PURPOSE(name, spelling, oid, contents)                                                     \
    {                                                                                              \
        { name, oid, { (const uint8_t *)(contents), sizeof(contents) - 1, 0, "" } }, spelling      \
    }
static const struct {
    wr_purpose purpose;
    const char *spelling;
} table[] = {
    PURPOSE("server_auth", "serverAuth", "1.3.6.1.5.5.7.3.1", "\x2b\x06\x01\x05\x05\x07\x03\x01"),
    PURPOSE("client_auth", "clientAuth", "1.3.6.1.5.5.7.3.2", "\x2b\x06\x01\x05\x05\x07\x03\x02"),
    PURPOSE("code_signing", "codeSigning", "1.3.6.1.5.5.7.3.3", "\x2b\x06\x01\x05\x05\x07\x03\x03"),
    PURPOSE("email", "emailProtection", "1.3.6.1.5.5.7.3.4", "\x2b\x06\x01\x05\x05\x07\x03\x04"),
    PURPOSE("time_stamping", "timeStamping", "1.3.6.1.5.5.7.3.8",
            "\x2b\x06\x01\x05\x05\x07\x03\x08"),
    PURPOSE("ipsec_end_system", "ipsecEndSystem", "1.3.6.1.5.5.7.3.5",
            "\x2b\x06\x01\x05\x05\x07\x03\x05"),
    PURPOSE("ipsec_tunnel", "ipsecTunnel", "1.3.6.1.5.5.7.3.6", "\x2b\x06\x01\x05\x05\x07\x03\x06"),
    PURPOSE("ipsec_user", "ipsecUser", "1.3.6.1.5.5.7.3.7", "\x2b\x06\x01\x05\x05\x07\x03\x07"),
    PURPOSE("ocsp_signing", "OCSPSigning", "1.3.6.1.5.5.7.3.9", "\x2b\x06\x01\x05\x05\x07\x03\x09"),
    PURPOSE("ike_intermediate", "iKEIntermediate", "1.3.6.1.5.5.8.2.2",
            "\x2b\x06\x01\x05\x05\x08\x02\x02"),
    PURPOSE("efs", "encryptedFileSystem", "1.3.6.1.4.1.311.10.3.4",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x04"),
    PURPOSE("efs_recovery", "fileRecovery", "1.3.6.1.4.1.311.10.3.4.1",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x04\x01"),
    PURPOSE("document_signing", "documentSigning", "1.3.6.1.4.1.311.10.3.12",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0c"),
    PURPOSE("smart_card_logon", "smartcardLogon", "1.3.6.1.4.1.311.20.2.2",
            "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x02"),
    PURPOSE("driver_signing", "whqlCrypto", "1.3.6.1.4.1.311.10.3.5",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x05"),
    PURPOSE("lifetime_signing", "lifetimeSigning", "1.3.6.1.4.1.311.10.3.13",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0d"),
    PURPOSE("kernel_code_signing", "kernelModeCodeSigning", "1.3.6.1.4.1.311.61.1.1",
            "\x2b\x06\x01\x04\x01\x82\x37\x3d\x01\x01"),
    PURPOSE("trust_list_signing", "ctlSigning", "1.3.6.1.4.1.311.10.3.1",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x01"),
    PURPOSE("root_list_signer", "rootListSigner", "1.3.6.1.4.1.311.10.3.9",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x09"),
    PURPOSE("key_recovery", "keyRecovery", "1.3.6.1.4.1.311.10.3.11",
            "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0b"),
    PURPOSE("disk_encryption", "bitLockerDriveEncryption", "1.3.6.1.4.1.311.67.1.1",
            "\x2b\x06\x01\x04\x01\x82\x37\x43\x01\x01"),
    PURPOSE("kdc_authentication", "pkinitKdc", "1.3.6.1.5.2.3.5", "\x2b\x06\x01\x05\x02\x03\x05"),
    PURPOSE("any", "anyExtendedKeyUsage", "2.5.29.37.0", "\x55\x1d\x25\x00"),
};
#undef PURPOSE

const wr_purpose *wr_purpose_standard(size_t i)
{
    return &table[i].purpose;
}

size_t wr_purpose_count(void)
{
    return sizeof table / sizeof *table;
}

const wr_purpose *wr_purpose_named(size_t i)
{
    return &table[i].purpose;
}

bool wr_purpose_parse(const char *text, wr_arena *arena, wr_purpose *out, wr_error *err)
{
    wr_view contents;

    for (size_t i = 0; i < wr_purpose_count(); i++)
        if (!wr_text_compare(text, table[i].purpose.name) ||
            !wr_text_compare(text, table[i].spelling) || !strcmp(text, table[i].purpose.oid)) {
            *out = table[i].purpose;
            return true;
        }
    if (!wr_oid_parse(text, arena, &contents, err)) {
        if (err->code == WR_E_NO_MEMORY)
            return false;
        return wr_fail(
            err, WR_E_USAGE, NULL, WR_NO_OFFSET,
            "\"%.60s\" is no purpose: expected a name such as code_signing or a dotted OID", text);
    }
    return wr_purpose_of_oid(contents, arena, out, err);
}

bool wr_purpose_of_oid(wr_view oid_contents, wr_arena *arena, wr_purpose *out, wr_error *err)
{
    const char *oid;

    for (size_t i = 0; i < wr_purpose_count(); i++)
        if (wr_view_equal(table[i].purpose.oid_contents, oid_contents)) {
            *out = table[i].purpose;
            return true;
        }
    if (!(oid = wr_oid_text(arena, oid_contents)))
        return wr_fail_memory(err);
    *out = (wr_purpose){ oid, oid, oid_contents };
    return true;
}

bool wr_purpose_keeps_time_stamps(const wr_purpose *purpose)
{
    return !strcmp(purpose->name, "code_signing") || !strcmp(purpose->name, "time_stamping");
}
