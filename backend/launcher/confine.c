/* Takes from the builder everything that it needs no more: rights, resources, system calls. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The directory of the kernel's settings of a user namespace. It is opened before /proc/sys is
 * protected, and used once the namespace has been entered: a file opened in it is that of whoever
 * opens it.
 */
int take_kernel_settings(void) {
  int settings = open("proc/sys/user", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (settings < 0) fail("cannot open", "/proc/sys/user");
  return settings;
}

/* A namespace inside would give the builder every right in it, and so much more of the kernel. */
void forbid_user_namespaces(int settings) {
  int file = openat(settings, "max_user_namespaces", O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, "0\n", 2) != 2) fail("cannot forbid user namespaces", "");
  close(file);
  close(settings);
}

void set_limits(const struct request *request) {
  size_t i;
  for (i = 0; i < request->limit_count; i++) {
    struct rlimit limit, now;
    rlim_t value = (rlim_t)request->limits[i].value;
    if (getrlimit(request->limits[i].resource, &now) < 0) fail("cannot read a limit", "");
    /* Only a privileged process may raise it; one that is lower already does as well. */
    if (now.rlim_max < value) value = now.rlim_max;
    limit.rlim_cur = limit.rlim_max = value;
    if (setrlimit(request->limits[i].resource, &limit) < 0) fail("cannot set a limit", "");
  }
  personality(PER_LINUX | ADDR_NO_RANDOMIZE);
}

void raise_rights(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct rights[2];
  int i;
  if (syscall(SYS_capget, &header, rights) < 0) fail("cannot read capabilities", "");
  for (i = 0; i < 2; i++) rights[i].effective = rights[i].permitted;
  if (syscall(SYS_capset, &header, rights) < 0) fail("cannot raise capabilities", "");
}

void drop_rights(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2];
  int capability;
  memset(none, 0, sizeof none);
  for (capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) fail("cannot drop capabilities", "");
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
      syscall(SYS_capset, &header, none) < 0)
    fail("cannot drop capabilities", "");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("cannot refuse new rights", "");
}

/* The file holds struct sock_filter after struct sock_filter. */
void install_filter(int file) {
  static struct sock_filter instructions[BPF_MAXINSNS];
  struct sock_fprog program;
  ssize_t bytes = pread(file, instructions, sizeof instructions, 0);
  if (bytes < 0) fail("cannot read the filter of system calls", "");
  errno = EINVAL;
  if (bytes == 0 || bytes % (ssize_t)sizeof *instructions != 0)
    fail("cannot read the filter of system calls", "");
  program.len = (unsigned short)((size_t)bytes / sizeof *instructions);
  program.filter = instructions;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
    fail("cannot install the filter of system calls", "");
}
