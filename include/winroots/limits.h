/* winroots/limits.h - every bound that winroots puts on its input, with its unit and its reason.
 *
 * Meeting a bound is WR_E_LIMIT or a diagnostic, never silence.  "Met by" names the tests that do
 * so; those of cli_limits with the smaller bounds of tests/small_limits.h. */
#ifndef WINROOTS_LIMITS_H
#define WINROOTS_LIMITS_H

/* Memory of one analysis, bytes.  The evidence itself is mapped and does not count.  A host with
 * thousands of certificates needs a few MB; the rest is room for fleets' oddities.
 * Met by test_reader. */
#define WR_LIMIT_ARENA ((size_t)1 << 30)

/* A dirty hive of at most so many bytes is copied before its logs are applied, so that what they
 * added can be told; the copy counts as memory.  Hives of real hosts are below.
 * Met by cli_limits. */
#define WR_LIMIT_PRIMARY_KEPT ((size_t)256 << 20)

/* Keys that are passed in search of the log entry that wrote one, count, over all entries of a
 * dirty hive: below a second.  500 certificates and 100 entries pass some 20 million; above, no key
 * of the hive is said to have an entry.
 * Met by cli_limits. */
#define WR_LIMIT_KEYS_PASSED ((size_t)50 << 20)

/* Diagnostics kept, count.  A hive of garbage could give millions; what is above is counted.
 * Met by test_diag. */
#define WR_LIMIT_DIAGNOSTICS 1000

/* Depth of a registry key below the root, levels.  Windows' own limit is 512.
 * Met by test_regf_hostile. */
#define WR_LIMIT_KEY_DEPTH 512

/* One registry value's data, bytes.  SPEC 65535 segments of 16344 bytes; a certificate list of
 * Microsoft's has about 190 kB, so 64 MiB leaves room and bounds what one value can cost.
 * Met by cli_limits. */
#define WR_LIMIT_VALUE_BYTES ((size_t)64 << 20)

/* Bytes of a hive that may be missing between what its file holds and what its logs bring.  A real
 * log brings every page by which it grows a hive, so a gap means a file that was cut; one larger
 * than most hives means a log that lies about sizes.
 * Met by test_regf_log. */
#define WR_LIMIT_REPLAY_GAP ((uint64_t)64 << 20)

/* A key's path and a value's name in a text or policy file, UTF-16 units.  Windows allows 512
 * levels of 255 with a separator each, and 16383.
 * Met by test_reg_text. */
#define WR_LIMIT_KEY_PATH   ((size_t)512 * 256)
#define WR_LIMIT_VALUE_NAME 16383

/* Keys and values of one text or policy file, count.  A whole SOFTWARE hive has about 300,000 keys
 * and 1,050,000 values.
 * Met by test_reg_text. */
#define WR_LIMIT_REG_ENTRIES 4000000

/* Paths that the lists of keys to delete in one policy file come to, bytes.  Each repeats the path
 * of the key it stands in, so that a small file could say much; real lists name a few keys.
 * Met by test_reg_pol. */
#define WR_LIMIT_POL_LISTS ((size_t)16 << 20)

/* Deleted keys, values and blobs that are recovered from one hive, count each.  Real user hives
 * have some hundred; a hive made of signatures could give millions.
 * Met by test_regf_recover. */
#define WR_LIMIT_DELETED 100000

/* A deleted element's key path, bytes.  That of a store's element has about 150; a longer one names
 * no store, and is not shown.
 * Met by cli_limits. */
#define WR_LIMIT_DELETED_PATH ((size_t)1024)

/* What deleted elements may come to, times the bytes of their hive.  Real ones overlap in a few old
 * records; a hive of records that all name one large value would be hashed for hours.
 * Met by test_collect_deleted. */
#define WR_LIMIT_DELETED_READS 4

/* What is looked at of one hive, times its bytes, and bytes beside that: records, and data each
 * time that it is asked for.  The costliest work on a real hive comes to less than twice its bytes
 * and 1 MiB; lists and data that all keys share could cost the square of them.
 * Met by test_work. */
#define WR_LIMIT_HIVE_READS      16
#define WR_LIMIT_HIVE_READS_FREE ((size_t)16 << 20)

/* What the judging of one host may look at, count: copies of a certificate for each purpose, users
 * and services for each certificate, registered members for each copy.  A server with 1,000 users
 * and 500 roots comes to some 8 million, which takes seconds; a hive in which all of these are
 * many could multiply them.
 * Met by cli_limits. */
#define WR_LIMIT_TRUST_STEPS ((size_t)16 << 20)

/* A user's list of the roots that the user consented to, bytes, where its layout is not the known
 * one and a hash is looked for anywhere in it: some 200 roots.
 * Met by cli_limits. */
#define WR_LIMIT_CONSENT_BYTES ((size_t)4096)

/* Properties of one serialized element, count.  Windows knows 129 property ids.
 * Met by test_property. */
#define WR_LIMIT_PROPERTIES 1024

/* Elements of one serialized store, count.  Microsoft's largest has 417.
 * Met by test_sst. */
#define WR_LIMIT_SST_ELEMENTS 100000

/* Entries of one trust list, count.  authroot.stl had 515 in 2026, pinrules 152.
 * Met by cli_limits. */
#define WR_LIMIT_CTL_ENTRIES 100000

/* Certificates in one PKCS#7 message or PEM file, count.
 * Met by cli_limits. */
#define WR_LIMIT_PKCS7_CERTIFICATES 100000

/* Depth of nested DER or BER values, levels.  Certificates need about 10.
 * Met by test_ber. */
#define WR_LIMIT_DER_DEPTH 32

/* One number of an object identifier, bits.  A UUID (2.25.n, X.667) needs 128.
 * Met by test_der. */
#define WR_LIMIT_OID_ARC_BITS 128

/* Entries of one program's certificate table, and signatures in them with those nested and the time
 * stamps, count.  Programs have one entry and at most four signatures; each may nest others.
 * Met by cli_limits, test_pe. */
#define WR_LIMIT_PE_CERTIFICATES 64
#define WR_LIMIT_SIGNATURES      64

/* Certificates in a chain to a root, count.  Microsoft's have 3.
 * Met by test_pkcs7_verify. */
#define WR_LIMIT_CHAIN 8

/* Signatures looked at to find issuers for one profile, count.  A chain needs two or three; a store
 * full of certificates of one name must not cost minutes.
 * Met by cli_limits. */
#define WR_LIMIT_ISSUER_CHECKS 4096

/* Signatures checked while looking for that chain, count.  Certificates of one name could otherwise
 * be tried in every order; Microsoft's lists need 2, or 4 where a CA was renewed.
 * Met by test_pkcs7_verify. */
#define WR_LIMIT_CHAIN_SIGNATURES 64

/* A certificate, bytes.  The largest in the Microsoft program is below 3 kB.
 * Met by test_x509. */
#define WR_LIMIT_CERTIFICATE_BYTES ((size_t)1 << 20)

/* What one cab or archive holds, bytes after expansion, and the ratio of that to what it took
 * packed, which is asked only above the bytes that are free: a small file of zeros is no bomb.
 * authrootstl.cab expands 2.6 times; deflate of zeros reaches 1032.
 * Met by test_archive. */
#define WR_LIMIT_MEMBER_BYTES    ((uint64_t)256 << 20)
#define WR_LIMIT_EXPANSION_RATIO 200
#define WR_LIMIT_EXPANSION_FREE  ((uint64_t)1 << 20)

/* Files and depth below a folder given as evidence or supply, count and levels.
 * Met by cli_limits, test_folder. */
#define WR_LIMIT_FOLDER_FILES 1000000
#define WR_LIMIT_FOLDER_DEPTH 64

/* One file of an archive or disk image, bytes: it is held in memory.  Windows' largest hives have
 * some hundred MB.
 * Met by cli_limits. */
#define WR_LIMIT_TREE_FILE_BYTES ((uint64_t)512 << 20)

/* What is held of one archive at a time, bytes; what is wanted above it is left out.  The hives of
 * one host have 200 to 400 MB.
 * Met by cli_limits. */
#define WR_LIMIT_TREE_BYTES ((uint64_t)4 << 30)

/* Partitions of one disk, count.  GPT has room for 128.
 * Met by cli_limits. */
#define WR_LIMIT_VOLUMES 256

/* Where volumes are looked for on a disk whose table of partitions cannot be read, bytes from its
 * start.  Windows' own comes first or after a recovery partition of a few GB.
 * Met by cli_limits. */
#define WR_LIMIT_SEARCH_BYTES ((uint64_t)16 << 30)

/* Shadow copies of one volume, count.  Windows keeps at most 512.
 * Met by cli_limits. */
#define WR_LIMIT_SNAPSHOTS 512

/* Archives inside an archive, levels.  A collection of collections has two.
 * Met by test_tree. */
#define WR_LIMIT_ARCHIVE_DEPTH 3

/* A requirement profile, bytes and nesting.  The largest built-in one has about 30 kB.
 * Met by cli_limits, test_json. */
#define WR_LIMIT_PROFILE_BYTES ((size_t)8 << 20)
#define WR_LIMIT_PROFILE_DEPTH 32

/* States of a dirty hive that are kept to compare each with the one before, count: those in which a
 * log entry changed what is compared.  Real logs have some tens of entries; what lies behind the
 * bound is compared at once.
 * Met by cli_limits. */
#define WR_LIMIT_DIFF_STATES 256

/* A saved report, bytes and nesting.  That of a host with 500 certificates and Microsoft's list has
 * about 4 MB and 8 levels.
 * Met by cli_limits, test_diff. */
#define WR_LIMIT_REPORT_BYTES ((size_t)256 << 20)
#define WR_LIMIT_REPORT_DEPTH 16

/* A line of a fleet's records, bytes and nesting: a host's record holds its report, and one level
 * stands around it.
 * Met by test_record, cli_limits. */
#define WR_LIMIT_RECORD_BYTES ((size_t)64 << 20)
#define WR_LIMIT_RECORD_DEPTH (WR_LIMIT_REPORT_DEPTH + 1)

/* A text by which a record names a host, bytes.  Windows' names have 15 or 63 characters.
 * Met by test_record. */
#define WR_LIMIT_HOST_NAME ((size_t)512)

/* Evidence of at most so many bytes is fingerprinted whole: hives of users and lists are smaller.
 * Met by test_record. */
#define WR_LIMIT_FINGERPRINT_WHOLE ((size_t)4 << 20)

/* A bundle's manifest, and what its scripts reported: some kB for each of a few hundred steps.
 * Met by cli_limits. */
#define WR_LIMIT_MANIFEST_BYTES ((size_t)16 << 20)
#define WR_LIMIT_MANIFEST_DEPTH 8

/* Items or certificates of one profile, and its sources or aliases, count.  Microsoft's whole root
 * program has 515 entries; a profile learned from a product's files has them as sources.
 * Met by test_profile, cli_limits. */
#define WR_LIMIT_PROFILE_ITEMS   4096
#define WR_LIMIT_PROFILE_SOURCES 4096

/* Files that one item of a learned profile names as its sources, count.  A product of a thousand
 * programs has few chains: the first files prove them, the others are counted.
 * Met by test_learn. */
#define WR_LIMIT_LEARNED_SOURCES 8

/* What one run writes to one file, bytes, in the sandbox of Linux.  The report of a host has some
 * MB, and a bundle's largest file is a report.
 * Met by test_sandbox. */
#define WR_LIMIT_OUTPUT_BYTES ((uint64_t)8 << 30)

/* One path of a list of evidence, bytes: PATH_MAX of Linux.  Entries of a list, count: a list that
 * goes on is none.  Workers at a time, count.
 * Met by test_fleet_list, cli_limits. */
#define WR_LIMIT_FLEET_PATH  4096
#define WR_LIMIT_FLEET_HOSTS 1000000
#define WR_LIMIT_FLEET_JOBS  1024

/* Tasks of one job, count: MaxArraySize of Slurm, as it comes, allows 1000.
 * Met by cli_limits. */
#define WR_LIMIT_FLEET_CHUNKS 1000

/* What a run over many hosts lets one worker have unless it is told otherwise: seconds, and bytes
 * beside those of its evidence.  The arena of an analysis and what it may hold of an archive come
 * to 5 GiB, the libraries to some more.
 * Met by cli_fleet_run. */
#define WR_LIMIT_WORKER_SECONDS 3600
#define WR_LIMIT_WORKER_MEMORY  ((uint64_t)8 << 30)
#define WR_LIMIT_WORKER_OUTPUT  ((uint64_t)1 << 30)

/* Different actions in the plans of a fleet, count.  Profiles ask for some tens of certificates and
 * settings; each host of a fleet with more than this has a bundle of its own to be made by hand.
 * Met by cli_limits. */
#define WR_LIMIT_FLEET_ACTIONS 1024

/* Classes of hosts whose least cover by bundles is looked for by trying all, and steps of that,
 * count. A fleet has few: hosts of a class need and have the same.  So many steps are about a
 * second.
 * Met by test_cover. */
#define WR_LIMIT_COVER_EXACT 24
#define WR_LIMIT_COVER_STEPS 2000000

/* A text or PEM file offered as certificates, bytes.
 * Met by cli_limits. */
#define WR_LIMIT_TEXT_BYTES ((size_t)64 << 20)

#endif
