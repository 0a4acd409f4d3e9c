#include "base/base64.h"

#define BATCH 256 /* groups that are written at once */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Up to three bytes as four characters. */
static void put_group(const uint8_t *bytes, size_t len, char text[4])
{
    uint32_t bits = (uint32_t)bytes[0] << 16;

    if (len > 1)
        bits |= (uint32_t)bytes[1] << 8;
    if (len > 2)
        bits |= bytes[2];
    for (size_t i = 0; i < 4; i++)
        text[i] = i <= len ? digits[bits >> (18 - 6 * i) & 63] : '=';
}

void wr_base64_write(wr_out *out, wr_view octets)
{
    char text[4 * BATCH];
    size_t used = 0;

    for (size_t i = 0; i < octets.len; i += 3) {
        put_group(octets.data + i, octets.len - i < 3 ? octets.len - i : 3, text + used);
        used += 4;
        if (used == sizeof text || octets.len - i <= 3) {
            wr_out_write(out, text, used);
            used = 0;
        }
    }
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The value of a base64 digit, -1 where `c` is none. */
static int digit_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool wr_base64_read(wr_view text, wr_arena *arena, wr_view *out, wr_error *err)
{
    uint8_t *octets = WR_NEW(arena, uint8_t, text.len / 4 * 3 + 3);
    size_t len = 0, num_padding = 0;
    uint32_t bits = 0;
    unsigned num_bits = 0;

    if (!octets)
        return wr_fail_memory(err);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        int digit = digit_of(c);

        if (is_space(c))
            continue;
        if (c == '=' && num_padding < 2) {
            num_padding++;
            continue;
        }
        if (digit < 0 || num_padding)
            return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + i,
                           "character 0x%02x in base64, expected %s", c,
                           num_padding ? "nothing behind the padding" : "a digit of it");
        bits = bits << 6 | (uint32_t)digit;
        num_bits += 6;
        if (num_bits >= 8) {
            num_bits -= 8;
            octets[len++] = (uint8_t)(bits >> num_bits);
        }
    }
    *out = (wr_view){ octets, len, text.origin, text.source };
    return true;
}
