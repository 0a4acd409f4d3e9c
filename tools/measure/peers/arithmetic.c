/* The same arithmetic by one thread or by several: what the cores of this machine give to work that waits for nothing. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define STEPS       ((uint64_t)60000000)
#define MOST_THREADS 16

static uint64_t steps_each;

static void *work(void *result)
{
    uint64_t x = 1;

    for (uint64_t i = 0; i < steps_each; i++)
        x = x * 6364136223846793005u + 1442695040888963407u; /* each step waits for the one before */
    *(uint64_t *)result = x;
    return NULL;
}

int main(int argc, char **argv)
{
    const long threads = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
    uint64_t results[MOST_THREADS];
    pthread_t others[MOST_THREADS];

    if (threads < 1 || threads > MOST_THREADS)
        return 2;
    steps_each = STEPS / (uint64_t)threads;
    for (long i = 1; i < threads; i++)
        if (pthread_create(&others[i], NULL, work, &results[i]))
            return 1;
    work(&results[0]);
    for (long i = 1; i < threads; i++)
        pthread_join(others[i], NULL);
    printf("%llu\n", (unsigned long long)results[0]);
    return 0;
}
