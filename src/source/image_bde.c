/* image_bde.c - volumes that BitLocker encrypted, as they are when a key opens them [libbde]. */
#ifdef WR_TSK_LIBRARY

#include "source/image.h"

#ifdef WR_BDE_LIBRARY

#include "source/component.h"
#include "source/image_bfio.h"

#include <libbde.h>
#include <string.h>

struct bde {
    __typeof__(&libbde_volume_initialize) new_volume;
    __typeof__(&libbde_volume_free) free_volume;
    __typeof__(&libbde_volume_set_utf8_password) set_password;
    __typeof__(&libbde_volume_set_utf8_recovery_password) set_recovery_key;
    __typeof__(&libbde_volume_open_file_io_handle) open_volume;
    __typeof__(&libbde_volume_is_locked) is_locked;
    __typeof__(&libbde_volume_get_size) size;
    __typeof__(&libbde_volume_read_buffer_at_offset) read;

    wr_bfio bytes;
    libbde_volume_t *volume;
};

#define CALL(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(struct bde, member)                                                         \
    }

static const wr_component_call calls[] = {
    WR_BFIO_CALLS(struct bde, bytes), /* libbde brings it */
    CALL("libbde_volume_initialize", new_volume),
    CALL("libbde_volume_free", free_volume),
    CALL("libbde_volume_set_utf8_password", set_password),
    CALL("libbde_volume_set_utf8_recovery_password", set_recovery_key),
    CALL("libbde_volume_open_file_io_handle", open_volume),
    CALL("libbde_volume_is_locked", is_locked),
    CALL("libbde_volume_get_size", size),
    CALL("libbde_volume_read_buffer_at_offset", read),
};
static const wr_component component = { "libbde", WR_BDE_LIBRARY, "libbde1", calls,
                                        sizeof calls / sizeof *calls };

static bool read_bde(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    const struct bde *b = context;
    return b->read(b->volume, bytes, len, (off64_t)offset, NULL) == (ssize_t)len;
}

static void close_bde(void *context)
{
    struct bde *b = context;

    if (b->volume)
        b->free_volume(&b->volume, NULL);
    wr_bfio_close(&b->bytes);
}

/* SPEC "Recovery key": 8 numbers of 6 digits, each 11 times one of 16 bits.  libbde takes others
 * too and opens nothing with them. */
static bool is_recovery_key(const char *text)
{
    enum { GROUPS = 8, DIGITS = 6, LEN = GROUPS * (DIGITS + 1) - 1 };
    unsigned value = 0;

    for (size_t i = 0; i <= LEN; i++) {
        if (i % (DIGITS + 1) < DIGITS) {
            if (text[i] < '0' || text[i] > '9')
                return false;
            value = value * 10 + (unsigned)(text[i] - '0');
        } else {
            if (text[i] != (i < LEN ? '-' : '\0') || value % 11 || value / 11 > UINT16_MAX)
                return false;
            value = 0;
        }
    }
    return true;
}

static bool set_keys(const struct bde *b, const wr_tree_options *options, const char *source,
                     wr_error *err)
{
    const char *password = options->bitlocker_password, *key = options->recovery_key;

    if (password && (!*password || b->set_password(b->volume, (const uint8_t *)password,
                                                   strlen(password), NULL) != 1))
        return wr_fail(err, WR_E_USAGE, source, WR_NO_OFFSET,
                       "no password of BitLocker: it is empty or no UTF-8");
    if (key && (!is_recovery_key(key) ||
                b->set_recovery_key(b->volume, (const uint8_t *)key, strlen(key), NULL) != 1))
        return wr_fail(err, WR_E_USAGE, source, WR_NO_OFFSET,
                       "no recovery key of BitLocker, which is 8 groups of 6 digits with '-' "
                       "between: a digit is wrong or missing");
    return true;
}

/* A volume without a lock, as while BitLocker is suspended, needs no key. */
static bool fail_locked(const wr_tree_options *options, const char *source, uint64_t offset,
                        wr_error *err)
{
    if (!options->bitlocker_password && !options->recovery_key)
        return wr_fail(err, WR_E_UNSUPPORTED, source, offset,
                       "a volume encrypted by BitLocker: give its key with --bitlocker-password P "
                       "or --recovery-key K, or decrypt it first, for example with bdemount or "
                       "dislocker, and give what they show");
    return wr_fail(err, WR_E_MISMATCH, source, offset, "a volume encrypted by BitLocker: %s it",
                   !options->recovery_key         ? "the password does not open"
                   : !options->bitlocker_password ? "the recovery key does not open"
                                                  : "neither password nor recovery key opens");
}

static bool open_volume(struct bde *b, const wr_tree_options *options, uint64_t *size,
                        const char *source, wr_error *err)
{
    const uint64_t offset = b->bytes.offset;
    size64_t volume_size = 0;

    if (b->new_volume(&b->volume, NULL) != 1)
        return wr_fail_memory(err);
    if (!set_keys(b, options, source, err))
        return false;
    if (b->open_volume(b->volume, b->bytes.handle, LIBBDE_OPEN_READ, NULL) < 0 ||
        b->size(b->volume, &volume_size, NULL) != 1)
        return wr_fail(err, WR_E_MALFORMED, source, offset,
                       "a volume encrypted by BitLocker that libbde cannot read: its metadata is "
                       "damaged or beyond the end of the image, or it holds no NTFS");
    if (b->is_locked(b->volume, NULL) != 0)
        return fail_locked(options, source, offset, err);
    *size = wr_bfio_size(&b->bytes);
    if (*size > volume_size)
        *size = volume_size;
    return true;
}

bool wr_bde_open(wr_tree *tree, uint64_t offset, const wr_tree_options *options, TSK_IMG_INFO **out,
                 wr_error *err)
{
    const wr_image *image = tree->state;
    struct bde *b = WR_NEW(&tree->arena, struct bde, 1);
    wr_image_bytes bytes = { .read = read_bde, .close = close_bde, .context = b };

    if (!b)
        return wr_fail_memory(err);
    if (!wr_component_load(&component, b, tree->label, err))
        return false;
    if (wr_bfio_open(&b->bytes, &image->tsk, image->disk, offset, err) &&
        open_volume(b, options, &bytes.size, tree->label, err) &&
        wr_tsk_image(&image->tsk, &tree->arena, &bytes, tree->label, out, err))
        return true;
    close_bde(b);
    return false;
}

#else

bool wr_bde_open(wr_tree *tree, uint64_t offset, const wr_tree_options *options, TSK_IMG_INFO **out,
                 wr_error *err)
{
    (void)options;
    (void)out;
    return wr_fail(err, WR_E_UNSUPPORTED, tree->label, offset,
                   "a volume encrypted by BitLocker, and this program was built without libbde: "
                   "install libbde-dev and build it again, or decrypt the volume first, for "
                   "example with dislocker, and give what it shows");
}

#endif

#else
typedef int wr_no_bitlocker; /* a file may not be empty */
#endif
