/* arena.c - the arena for tools/mutate.py: behind the last item of a list, and behind every piece of memory, stands
 * what is neither zero nor an address, so that one step too far is seen. */
#define wr_arena_alloc     plain_alloc
#define wr_list_append     plain_append
#define wr_list_append_all plain_append_all
#include "../../src/base/arena.c"
#undef wr_arena_alloc
#undef wr_list_append
#undef wr_list_append_all

#define FENCE   512 /* bytes: more than any struct has */
#define NOTHING 0xA5

void *wr_arena_alloc(wr_arena *a, size_t count, size_t size);
void *wr_list_append(wr_arena *a, void **items, size_t *count, size_t *room, size_t size);
bool wr_list_append_all(wr_arena *a, void **items, size_t *count, size_t *room, const void *from, size_t num_from,
                        size_t size);

void *wr_arena_alloc(wr_arena *a, size_t count, size_t size)
{
    unsigned char *bytes;

    if (size && count > (SIZE_MAX - FENCE) / size)
        return NULL;
    bytes = plain_alloc(a, count * size + FENCE, 1);
    if (bytes)
        memset(bytes + count * size, NOTHING, FENCE);
    return bytes;
}

void *wr_list_append(wr_arena *a, void **items, size_t *count, size_t *room, size_t size)
{
    unsigned char *list = *items;

    if (*count >= *room) {
        size_t want = *room ? *room * 2 : first_room(size);

        if (want <= *count || !(list = wr_arena_alloc(a, want, size)))
            return NULL;
        memset(list, NOTHING, want * size);
        if (*count)
            memcpy(list, *items, *count * size);
        *items = list;
        *room = want;
    }
    return memset(list + size * (*count)++, 0, size);
}

bool wr_list_append_all(wr_arena *a, void **items, size_t *count, size_t *room, const void *from, size_t num_from,
                        size_t size)
{
    for (size_t i = 0; i < num_from; i++) {
        void *added = wr_list_append(a, items, count, room, size);
        if (!added)
            return false;
        memcpy(added, (const unsigned char *)from + i * size, size);
    }
    return true;
}
