/*
 * Programs of another processor: an interpreter for them is registered with a binfmt_misc of the user
 * namespace's own (Linux 6.7), so that the host knows nothing of it and children are run by it too.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static const char directory[] = "/proc/sys/fs/binfmt_misc";

/*
 * The format has %s for the interpreter's file name, which is one of this process: the kernel opens it
 * at once and keeps it open (flag F), so it is not needed in the sandbox.
 */
void register_foreign_format(const char *format, int interpreter) {
  char name[64], line[1024];
  const char *gap = strstr(format, "%s");
  int file, length;
  errno = EINVAL;
  if (gap == NULL) fail("no place for the interpreter in", format);
  snprintf(name, sizeof name, "/proc/self/fd/%d", interpreter);
  length = snprintf(line, sizeof line, "%.*s%s%s", (int)(gap - format), format, name, gap + 2);
  if (length < 0 || (size_t)length >= sizeof line) fail("too long:", format);
  if (mount("binfmt_misc", directory, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
    fail("cannot mount", directory);
  file = open("/proc/sys/fs/binfmt_misc/register", O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, line, (size_t)length) != length)
    fail("cannot register the interpreter for", "programs of another processor");
  close(file);
  close(interpreter);
}
