/* A workload that is ready when it has made a file, after so many nanoseconds of work of its own: what a slower launch path looks
   like to whoever measures it. With no delay it is the control, so that both sides of a comparison run the same program. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#ifndef DELAY_NANOSECONDS
#define DELAY_NANOSECONDS 0L
#endif

int main(void) {
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < DELAY_NANOSECONDS);
    close(open("/ready", O_CREAT | O_WRONLY, 0644));
    for (;;) pause();
}
