#include "format/attribute.h"

bool wr_attribute_read(wr_reader *r, wr_attribute *out, wr_error *err)
{
    wr_der attribute, type, set;
    wr_reader at = *r, inside;

    if (!wr_der_expect(&at, WR_DER_SEQUENCE, "attribute", &attribute, err))
        return false;
    inside = wr_reader_of(attribute.contents);
    if (!wr_der_expect(&inside, WR_DER_OID, "attribute's type", &type, err) ||
        !wr_der_expect(&inside, WR_DER_SET, "attribute's values", &set, err))
        return false;
    if (wr_reader_left(&inside))
        return wr_fail_reader(err, WR_E_MALFORMED, &inside,
                              "%zu bytes behind an attribute's values, expected none",
                              wr_reader_left(&inside));
    out->type = type.contents;
    out->values = set.contents;
    *r = at;
    return true;
}

bool wr_attribute_count(const wr_attribute *attribute, size_t *out, wr_error *err)
{
    wr_reader r = wr_reader_of(attribute->values);
    size_t count = 0;
    wr_der value;

    for (; wr_reader_left(&r); count++)
        if (!wr_der_read(&r, &value, err))
            return false;
    *out = count;
    return true;
}
