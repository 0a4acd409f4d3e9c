/* property_form.h - how the data of a stored property or list attribute is shown. */
#ifndef WR_OUTPUT_PROPERTY_FORM_H
#define WR_OUTPUT_PROPERTY_FORM_H

#include <stdint.h>

typedef enum wr_property_form {
    WR_PROPERTY_OIDS,   /* SEQUENCE OF OID                                */
    WR_PROPERTY_DATE,   /* FILETIME; empty = present and withdrawn        */
    WR_PROPERTY_STRING, /* UTF-16LE                                       */
    WR_PROPERTY_HEX     /* anything else                                  */
} wr_property_form;

wr_property_form wr_property_form_of(uint32_t id);

/* What a property means to people, such as "purposes"; "" where its name has to do. */
const char *wr_property_meaning(uint32_t id);

#endif
