#include "tsv.h"

#include "format/probe.h"

/* What the index says of a file: the first row of which all three begin so decides. */
static const struct rule {
    const char *index_kind, *path, *description;
    wr_kind kind;
} rules[] = {
    { "hive", "", "regf primary", WR_KIND_REGF },
    { "hive", "", "regf new-format log", WR_KIND_REGF_LOG },
    { "hive", "", "regf old log", WR_KIND_REGF_LOG },
    { "sst", "", "", WR_KIND_SST },
    { "stl", "", "catalog file", WR_KIND_CATALOGUE },
    { "stl", "", "CTL", WR_KIND_CTL },
    { "stl-unit", "", "", WR_KIND_CTL },
    { "pkcs7-unit", "", "", WR_KIND_PKCS7 },
    { "crt", "crt/harvester57/", "", WR_KIND_CERTIFICATE },
    { "crt", "crt/robstradling/", "", WR_KIND_PEM },
    { "certblob", "", "", WR_KIND_ELEMENT },
    { "cab", "", "", WR_KIND_CAB },
    { "cab-malformed", "", "", WR_KIND_CAB },
    { "reg", "", "", WR_KIND_REG },
    { "disk", "", "", WR_KIND_IMAGE },
};

/* Files that are not what the index files them under, and why. */
static const struct exception {
    const char *path;
    wr_kind kind;
    const char *reason;
} exceptions[] = {
    { "hive/ez-registry/Registry.Test_Hives_NotAHive", WR_KIND_PE, "a program" },
    { "pkcs7-unit/wine-crypt32/object-signed_pe_blob.bin", WR_KIND_PE, "a program" },
    { "hive/hivex/lib_local_hivex.pc.in", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/perl_lib_Win_Hivex_Regedit.pm", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/po_hivex.pot", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/regedit_hivexregedit", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/ruby_ext_hivex_extconf.rb", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/ruby_lib_hivex.rb", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/sh_hivexget", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/sh_hivexget.pod", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/sh_hivexsh.pod", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/hivex/xml_hivexml.pod", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/libregf/msvscpp_regf_test_hive_bin_cell_regf_test_hive_bin_cell.vcproj", WR_KIND_TEXT,
      "a source file of its repository" },
    { "hive/libregf/msvscpp_regf_test_hive_bin_header_regf_test_hive_bin_header.vcproj",
      WR_KIND_TEXT, "a source file of its repository" },
    { "hive/libregf/msvscpp_regf_test_hive_bin_regf_test_hive_bin.vcproj", WR_KIND_TEXT,
      "a source file of its repository" },
    { "hive/libregf/msvscpp_regf_test_hive_bins_list_regf_test_hive_bins_list.vcproj", WR_KIND_TEXT,
      "a source file of its repository" },
    { "hive/nt-hive/img_nt-hive.svg", WR_KIND_TEXT, "a source file of its repository" },
    { "hive/velociraptor/artifacts_definitions_Server_Alerts_TheHive_Alert.yaml", WR_KIND_TEXT,
      "a source file of its repository" },
    { "hive/velociraptor/artifacts_definitions_Server_Alerts_TheHive_Case.yaml", WR_KIND_TEXT,
      "a source file of its repository" },
    { "hive/velociraptor/artifacts_definitions_System_Hunt_Archive.yaml", WR_KIND_TEXT,
      "a source file of its repository" },
    { "hive/velociraptor/"
      "artifacts_testdata_files_debian_au.archive.ubuntu.com_ubuntu_dists_jammy_InRelease",
      WR_KIND_TEXT, "a source file of its repository" },
    { "hive/libregf/tests_data_hive_bin.1", WR_KIND_HBIN, "a bin without base block" },
    { "hive/r-winreg/NTUSER_4096_32_HIVEBIN_HEADER.DAT", WR_KIND_HBIN, "a bin without base block" },
    { "hive/r-winreg/NTUSER_4096_4096_HIVEBIN.DAT", WR_KIND_HBIN, "a bin without base block" },
    { "hive/yarp/hives_for_tests_Carving_FragRecon_FragmentReconstruction2and4", WR_KIND_HBIN,
      "a bin without base block" },
    { "hive/yarp/hives_for_tests_Carving_HiveAndFragments", WR_KIND_HBIN,
      "a bin without base block" },
    { "hive/yarp/hives_for_tests_Carving_Margin0_1", WR_KIND_HBIN, "a bin without base block" },
    { "hive/yarp/hives_for_tests_InvalidParentFragment", WR_KIND_HBIN, "a bin without base block" },
    { "hive/yarp/hives_for_tests_MemoryCarving_Fragment_0", WR_KIND_HBIN,
      "a bin without base block" },
    { "hive/yarp/hives_for_tests_SqliteFragment", WR_KIND_HBIN, "a bin without base block" },
    { "hive/yarp/hives_for_tests_TruncatedHiveBin", WR_KIND_HBIN, "a bin without base block" },
    { "hive/parse-win32registry/empty_file.rf", WR_KIND_EMPTY, "an empty file" },
    { "hive/parse-win32registry/fake_system_dat.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/fake_user_dat.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/invalid_creg_header.rf", WR_KIND_UNKNOWN,
      "its signature is damaged" },
    { "hive/parse-win32registry/invalid_rgkn_header.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/missing_rgkn_header.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_compare_tests1.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_compare_tests2.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_compare_tests3.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_entry_tests.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_error_tests.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_iter_tests.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_key_tests.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/win95_value_tests.rf", WR_KIND_UNKNOWN, "a hive of Windows 95" },
    { "hive/parse-win32registry/invalid_regf_header.rf", WR_KIND_UNKNOWN,
      "its signature is damaged" },
    { "hive/r-winreg/NTUSER_4128_144_CELL_NK.DAT", WR_KIND_UNKNOWN, "one cell" },
    { "hive/r-winreg/NTUSER_4680_40_CELL_VK.DAT", WR_KIND_UNKNOWN, "one cell" },
    { "hive/r-winreg/NTUSER_4768_184_CELL_SK.DAT", WR_KIND_UNKNOWN, "one cell" },
    { "hive/yarp/hives_for_tests_Carving_512", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_FragRecon_FragmentReconstruction2", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_FragRecon_FragmentReconstruction2plus1", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_FragRecon_FragmentReconstruction3", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_FragRecon_FragmentReconstruction4", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_Margin0_2", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_Margin3584", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_Margin512_1", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_Margin512_2", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_MarginMixed", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_MarginRebuild_Rebuild3584_4096", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_MarginRebuild_Rebuild512_24576", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_MarginRebuild_Rebuild512_4096", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_MemoryCarving_Fragment_1", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_MemoryCarving_Fragment_3", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_MemoryCarving_TwoFragments", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_MemoryCarving_TwoFragmentsWithGap", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_MemoryCarving_TwoFragmentsWithGap2", WR_KIND_UNKNOWN,
      "fragments that begin inside a bin" },
    { "hive/yarp/hives_for_tests_Carving_NTFSCompressed", WR_KIND_UNKNOWN, "compressed by NTFS" },
    { "hive/yarp/hives_for_tests_Carving_NTFSCompressedNoSlack", WR_KIND_UNKNOWN,
      "compressed by NTFS" },
    { "hive/yarp/hives_for_tests_Carving_NTFSCompressedNoSlackCluster1024", WR_KIND_UNKNOWN,
      "compressed by NTFS" },
    { "hive/yarp/hives_for_tests_Carving_bootcamp_unallocated_decrypted_nogarbage_sparse.tgz",
      WR_KIND_ARCHIVE, "the hive is inside" },
    { "hive/yarp/hives_for_tests_MemoryCarving_HiveBinCompressed", WR_KIND_UNKNOWN,
      "compressed memory" },
    { "hive/yarp/hives_for_tests_SqliteFragment.sqlite", WR_KIND_UNKNOWN, "a database" },
    { "pkcs7-unit/wine-crypt32/cert-md5SignedEmptyCert.bin", WR_KIND_UNKNOWN,
      "a certificate without issuer" },
    { "pkcs7-unit/wine-crypt32/cert-md5SignedEmptyCertNoNull.bin", WR_KIND_UNKNOWN,
      "a certificate without issuer" },
    { "pkcs7-unit/wine-crypt32/cert-md5SignedEmptyCertHash.bin", WR_KIND_UNKNOWN, "a bare digest" },
    { "pkcs7-unit/wine-crypt32/cert-selfSignedSignatureHash.bin", WR_KIND_UNKNOWN,
      "a bare digest" },
    { "pkcs7-unit/wine-crypt32/msg-signedHash.bin", WR_KIND_UNKNOWN, "a bare digest" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCertAndCrlComputedHash.bin", WR_KIND_UNKNOWN,
      "a bare digest" },
    { "pkcs7-unit/wine-crypt32/cert-rootSignedCRL.bin", WR_KIND_UNKNOWN, "a revocation list" },
    { "pkcs7-unit/wine-crypt32/crl-rootSignedCRL.bin", WR_KIND_UNKNOWN, "a revocation list" },
    { "pkcs7-unit/wine-crypt32/crl-signedCRL.bin", WR_KIND_UNKNOWN, "a revocation list" },
    { "pkcs7-unit/wine-crypt32/store-signedCRL.bin", WR_KIND_UNKNOWN, "a revocation list" },
    { "pkcs7-unit/wine-crypt32/cert-selfSignedCert.bin", WR_KIND_CERTIFICATE, "a certificate" },
    { "pkcs7-unit/wine-crypt32/cert-self_signed_ecc_prime256v1.bin", WR_KIND_CERTIFICATE,
      "a certificate" },
    { "pkcs7-unit/wine-crypt32/chain-selfSignedCert.bin", WR_KIND_CERTIFICATE, "a certificate" },
    { "pkcs7-unit/wine-crypt32/store-signedBigCert.bin", WR_KIND_CERTIFICATE, "a certificate" },
    { "pkcs7-unit/wine-crypt32/encode-ocsp_basic_signed_response.bin", WR_KIND_UNKNOWN,
      "an OCSP response" },
    { "pkcs7-unit/wine-crypt32/encode-ocsp_basic_signed_response_with_cert.bin", WR_KIND_UNKNOWN,
      "an OCSP response" },
    { "pkcs7-unit/wine-crypt32/message-signedEmptyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-detachedSignedBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-detachedUnsignedBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedEmptyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithAuthAttrsBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCertAndCrlBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCertAndCrlEmptyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCertBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCertEmptyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCertWithPubKeyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCrlBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedWithCrlEmptyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-unsignedEmptyBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/store-signedWithCertAndCrlBareContent.bin", WR_KIND_UNKNOWN,
      "SignedData without ContentInfo" },
    { "pkcs7-unit/wine-crypt32/msg-signedEncodedSigner.bin", WR_KIND_UNKNOWN, "one SignerInfo" },
    { "pkcs7-unit/wine-crypt32/object-signedWithCertWithValidPubKeyContentBase64.bin", WR_KIND_PEM,
      "bare base64" },
    { "stl-unit/wine-crypt32/ctl-ctlWithOneEntry.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/ctl-emptyCTL.bin", WR_KIND_UNKNOWN, "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithAlgId.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithBogusEntry.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithListIdentifier.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithOneEntry.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithSequenceNumber.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithThisAndNextUpdate.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithThisUpdate.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithTwoEntries.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-ctlWithUsageIdentifier.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-emptyCTL.bin", WR_KIND_UNKNOWN, "a list without its envelope" },
    { "stl-unit/wine-crypt32/encode-emptyCTLWithVersion1.bin", WR_KIND_UNKNOWN,
      "a list without its envelope" },
    { "stl-unit/wine-crypt32/ctl-signedCTL.bin", WR_KIND_PKCS7, "its content type is data" },
    { "stl-unit/wine-crypt32/ctl-signedCTLWithSubjectAlgorithm.bin", WR_KIND_PKCS7,
      "its content type is data" },
    { "stl-unit/wine-crypt32/encode-signedCTL.bin", WR_KIND_PKCS7, "its content type is data" },
};

#define NUM_RULES      (sizeof rules / sizeof *rules)
#define NUM_EXCEPTIONS (sizeof exceptions / sizeof *exceptions)

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static const struct exception *find_exception(const char *path)
{
    for (size_t i = 0; i < NUM_EXCEPTIONS; i++)
        if (strcmp(exceptions[i].path, path) == 0)
            return &exceptions[i];
    return NULL;
}

static wr_kind expected_kind(const char *index_kind, const char *path, const char *description)
{
    for (size_t i = 0; i < NUM_RULES; i++)
        if (strcmp(rules[i].index_kind, index_kind) == 0 && begins(path, rules[i].path) &&
            begins(description, rules[i].description))
            return rules[i].kind;
    cr_assert_fail("%s: no rule for kind %s, %.40s", path, index_kind, description);
    return WR_KIND_UNKNOWN;
}

Test(probe, every_real_file_is_what_the_index_says)
{
    size_t files = 0, excepted = 0;
    tsv row;

    for (tsv_open(&row, "INDEX.tsv", "path\tkind\t"); tsv_next(&row); files++) {
        const struct exception *exception = find_exception(row.field[0]);
        wr_kind kind, expected = exception ? exception->kind
                                           : expected_kind(row.field[1], row.field[0],
                                                           row.field[row.num_fields - 1]);
        size_t len;
        uint8_t *bytes = corpus_file(row.field[0], &len);

        excepted += exception != NULL;
        kind = wr_probe((wr_view){ bytes, len, 0, row.field[0] });
        cr_expect_eq(kind, expected, "%s is %s, expected %s (%s)", row.field[0], wr_kind_name(kind),
                     wr_kind_name(expected), exception ? exception->reason : row.field[1]);
        free(bytes);
    }
    cr_assert_geq(files, 1600);
    cr_assert_eq(excepted, NUM_EXCEPTIONS, "an exception names a file that is not there");
}
