// SPDX-License-Identifier: MIT
// Says "stdin open", reads standard input to its end, says "stdin closed" and ends with success.

#include <stdio.h>
#include <unistd.h>

int main(void)
{
    puts("stdin open");
    fflush(stdout);

    char bytes[4096];
    ssize_t length;
    while ((length = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
        ;
    if (length < 0) {
        perror("stdin");
        return 1;
    }
    puts("stdin closed");
    return 0;
}
