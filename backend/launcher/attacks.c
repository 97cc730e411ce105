/*
 * What a hostile builder tries, for the tests: prints a line for each attempt that succeeded, and
 * "done" at the end. No part of the launcher.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static void succeeded(const char *what) { printf("%s\n", what); }

static void try_call(const char *what, long result) {
  if (result >= 0 || (errno != EPERM && errno != ENOSYS)) succeeded(what);
}

/* The mode that a file has got in spite of everything. */
static void expect_plain(const char *what, const char *path) {
  struct stat status;
  if (stat(path, &status) == 0 && (status.st_mode & 06000) != 0) succeeded(what);
  unlink(path);
}

int main(void) {
  static char block[256];
  struct sockaddr_un address = {AF_UNIX, ""};
  int families[] = {40 /* vsock */, 38 /* alg */, 17 /* packet */, 9 /* x25 */, 31 /* bluetooth */};
  size_t i;
  int file;

  /* 4: files that somebody forgot to close, before there are any of ours */
  for (file = 3; file < 1024; file++)
    if (fcntl(file, F_GETFD) >= 0) printf("file %d is open\n", file);

  /* 1: files with set-id bits without chmod */
  file = open("a", O_WRONLY | O_CREAT, 04755);
  close(file);
  expect_plain("open made a set-user-id file", "a");
  mknod("b", S_IFREG | 04755, 0);
  expect_plain("mknod made a set-user-id file", "b");
  close(open("c", O_WRONLY | O_CREAT, 0755));
  chmod("c", 04755);
  syscall(452 /* fchmodat2 */, AT_FDCWD, "c", 02755, 0);
  expect_plain("chmod made a set-user-id file", "c");
  syscall(SYS_openat, AT_FDCWD, "d", O_RDWR | O_CREAT, 06755);
  expect_plain("openat made a set-id file", "d");
  file = open(".", O_TMPFILE | O_RDWR, 04755);
  if (file >= 0) {
    struct stat status;
    if (fstat(file, &status) == 0 && (status.st_mode & 06000) != 0)
      succeeded("O_TMPFILE made a set-user-id file");
  }
  {
    unsigned long long how[3] = {O_WRONLY | O_CREAT, 04755, 0};
    syscall(437 /* openat2 */, AT_FDCWD, "e", how, sizeof how);
    expect_plain("openat2 made a set-user-id file", "e");
  }

  /* 2: sockets that know no network namespace */
  for (i = 0; i < sizeof families / sizeof *families; i++)
    if (socket(families[i], SOCK_STREAM, 0) >= 0 || socket(families[i], SOCK_DGRAM, 0) >= 0 ||
        socket(families[i], SOCK_SEQPACKET, 0) >= 0)
      printf("a socket of family %d\n", families[i]);
  if (socket(AF_INET, SOCK_RAW, 1) >= 0) succeeded("a raw socket");

  /* 3: parts of the kernel that know no namespace at all, or have a record of holes */
  try_call("add_key", syscall(SYS_add_key, "user", "snowglobe", "x", 1, -3));
  try_call("keyctl", syscall(SYS_keyctl, 0, -3, 1));
  try_call("request_key", syscall(SYS_request_key, "user", "snowglobe", "x", -3));
  try_call("io_uring_setup", syscall(425, 4, block));
  try_call("bpf", syscall(SYS_bpf, 0, block, sizeof block));
  try_call("perf_event_open", syscall(SYS_perf_event_open, block, 0, -1, -1, 0));
  try_call("userfaultfd", syscall(SYS_userfaultfd, 0));

  /* 4: files that somebody forgot to close */

  /* More rights, by a namespace or without one */
  if (unshare(CLONE_NEWUSER) == 0) succeeded("a user namespace");
  if (unshare(CLONE_NEWNS) == 0) succeeded("a mount namespace");
  if (mount("none", "/tmp", "tmpfs", 0, "") == 0) succeeded("a mount");
  if (umount2("/proc/sys", MNT_DETACH) == 0) succeeded("an unmount");
  if (chroot("/tmp") == 0) succeeded("chroot");
  if (setuid(0) == 0 || setgid(0) == 0) succeeded("root");
  if (sethostname("x", 1) == 0) succeeded("another host name");
  close(open("f", O_WRONLY | O_CREAT, 0644));
  if (setxattr("f", "user.x", "y", 1, 0) == 0) succeeded("an extended attribute");
  if (open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0) succeeded("a setting of the kernel");
  if (open("/proc/sysrq-trigger", O_WRONLY) >= 0) succeeded("sysrq");
  if (open("/dev/mem", O_RDONLY) >= 0) succeeded("the machine's memory");
  file = open("/proc/kcore", O_RDONLY);
  if (file >= 0 && read(file, block, 1) == 1) succeeded("the kernel's memory");
  {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_FSIZE, &limit) == 0) succeeded("files of any size");
    getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_max > 1) succeeded("core dumps");
  }

  /* Sockets of other builds: names without a file belong to the network namespace */
  memcpy(address.sun_path, "\0snowglobe-smuggler", 19);
  file = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(file, (struct sockaddr *)&address, sizeof(sa_family_t) + 19) == 0)
    succeeded("a socket of another build");

  printf("done\n");
  return 0;
}
