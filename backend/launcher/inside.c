/* Process 1 of the sandbox, from its first moment until it becomes the builder. */
#define _GNU_SOURCE
#include "launcher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

enum { CALL_CLOSE_RANGE = 436, CLOSE_RANGE_ON_EXEC = 4, LAST_SIGNAL = 64 };

/* Waits until the outer process says that it may go on. */
static void wait_for_outer(int peer) {
  struct message message;
  int descriptor;
  if (!receive_message(peer, &message, &descriptor) || message.kind != MESSAGE_GO_ON) _exit(1);
}

static void bring_up_loopback(void) {
  struct ifreq interface;
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  memset(&interface, 0, sizeof interface);
  strcpy(interface.ifr_name, "lo");
  interface.ifr_flags = IFF_UP;
  if (any < 0 || ioctl(any, SIOCSIFFLAGS, &interface) < 0)
    fail("cannot bring up", "the loopback interface");
  close(any);
}

/* Connections to this socket are handed on by the outer process. */
static void listen_for_proxy(int port, int peer) {
  struct sockaddr_in address;
  int yes = 1;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
      bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 64) < 0 ||
      !send_message(peer, MESSAGE_LISTENER, "", listener))
    fail("cannot listen for", "the proxy");
  close(listener);
}

/*
 * Where root has built the sandbox, the builder now enters a user namespace in which it has no rights
 * over anything built so far. A foreign format needs a mount, and so mounts of its own.
 */
static void enter_user_namespace(const struct request *request, int peer, int interpreter) {
  int flags = CLONE_NEWUSER | (interpreter >= 0 || request->hides_mounts ? CLONE_NEWNS : 0);
  if (setgroups(0, NULL) < 0) fail("cannot leave", "groups");
  if (unshare(flags) < 0) fail("cannot make", "a user namespace");
  if (!send_message(peer, MESSAGE_MAP_USERS, "", -1)) _exit(1);
  wait_for_outer(peer);
  if (interpreter < 0) return;
  /* Its group opens the way through the root directory. */
  if (setresgid(request->inner_gid, request->inner_gid, request->inner_gid) < 0 ||
      setresuid(0, 0, 0) < 0)
    fail("cannot become", "the namespace's root");
  register_foreign_format(request->foreign_format, interpreter);
}

/*
 * Enters the last namespaces, and hides what is mounted if that is wanted. A list of mounts tells where
 * things lie on the host (/proc/self/mountinfo). The kernel lists those of a process's own namespace, as
 * far as they can be reached from its root. So the builder gets a namespace of mounts that is only a
 * copy, while its root stays in the one that the sandbox was built in: nothing of the list can be
 * reached. Nor can anything be mounted where it works.
 */
static void enter_namespaces(const struct request *request, int peer, int interpreter) {
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  /* The outer process keeps it: without anybody in it, it would end. */
  if (root < 0 || mounts < 0 || !send_message(peer, MESSAGE_MOUNTS, "", mounts))
    fail("cannot hand over", "mounts");
  close(mounts);
  if (request->privileged)
    enter_user_namespace(request, peer, interpreter);
  else if (request->hides_mounts && unshare(CLONE_NEWNS) < 0)
    fail("cannot copy", "mounts");
  if (request->hides_mounts && (fchdir(root) < 0 || chroot(".") < 0))
    fail("cannot go back to", "the root");
  close(root);
}

static void become_user(const struct request *request) {
  gid_t gid = request->inner_gid;
  uid_t uid = request->inner_uid;
  /* Rights survive the change of user, and are dropped by themselves later. */
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setresgid(gid, gid, gid) < 0 ||
      setresuid(uid, uid, uid) < 0)
    fail("cannot become", "the builder's user");
  raise_rights();
}

/* The kernel kills this process when the outer one dies, unless it died before it was asked to. */
static void die_with_outer(int peer) {
  struct pollfd poll_peer = {peer, POLLIN, 0};
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("cannot ask for", "the outer one's death");
  if (poll(&poll_peer, 1, 0) != 0) _exit(1);
}

/*
 * Opens a terminal of the sandbox's own, so that it has a name inside. Gives the builder's end; the
 * other one goes to the outer process. Output passes through it unchanged, unless somebody types.
 */
static int open_terminal(const struct request *request, int peer) {
  struct termios settings;
  int unlocked = 0;
  int end;
  int other = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (other < 0 || ioctl(other, TIOCSPTLCK, &unlocked) < 0) fail("cannot make", "a terminal");
  end = ioctl(other, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (end < 0) fail("cannot open", "the terminal");
  if (!request->interactive) {
    if (tcgetattr(end, &settings) < 0) fail("cannot read", "the terminal's settings");
    cfmakeraw(&settings);
    if (tcsetattr(end, TCSANOW, &settings) < 0) fail("cannot set up", "the terminal");
  }
  /* So that the builder can open it again, as /dev/stdout. */
  if (request->privileged &&
      (fchown(end, request->outer_uid, request->outer_gid) < 0 || fchmod(end, 0600) < 0))
    fail("cannot hand over", "the terminal");
  if (!send_message(peer, MESSAGE_TERMINAL, "", other)) _exit(1);
  close(other);
  return end;
}

static void take_terminal(const struct request *request, int terminal) {
  int input;
  setsid();
  if (request->interactive) {
    if (ioctl(terminal, TIOCSCTTY, 0) < 0) fail("cannot control", "the terminal");
    input = terminal;
  } else {
    input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0) fail("cannot open", "/dev/null");
  }
  if (dup2(input, 0) < 0 || dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0)
    fail("cannot open", "the standard files");
}

static void reset_signals(void) {
  sigset_t none;
  int number;
  for (number = 1; number <= LAST_SIGNAL; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void become_builder(const struct request *request, int peer) {
  int settings, terminal, filter;
  int interpreter = -1;
  report_to(peer);
  close(CONTROL);
  umask(0022);
  wait_for_outer(peer);
  die_with_outer(peer);
  /* In its groups by now, whose names it need not know. Older kernels have none of these. */
  if (unshare(CLONE_NEWCGROUP) < 0 && errno != EINVAL) fail("cannot make", "a cgroup namespace");
  if (sethostname(request->hostname, strlen(request->hostname)) < 0 ||
      setdomainname("(none)", 6) < 0)
    fail("cannot set", "the host's name");
  bring_up_loopback();
  if (request->proxy_socket != NULL) listen_for_proxy(request->proxy_port, peer);
  if (request->foreign_format != NULL) {
    interpreter = open(request->foreign_interpreter, O_RDONLY | O_CLOEXEC);
    if (interpreter < 0) fail("cannot open", request->foreign_interpreter);
  }
  settings = build_root(request);
  terminal = open_terminal(request, peer);
  enter_namespaces(request, peer, interpreter);
  forbid_user_namespaces(settings);
  become_user(request);
  die_with_outer(peer);
  set_limits(request);
  if (getpriority(PRIO_PROCESS, 0) < request->nice && setpriority(PRIO_PROCESS, 0, request->nice) < 0)
    fail("cannot lower", "the priority");
  take_terminal(request, terminal);
  if (chdir(request->directory) < 0) fail("cannot enter", request->directory);
  filter = fcntl(SECCOMP, F_DUPFD_CLOEXEC, 10);
  if (filter < 0) fail("there is no", "filter of system calls");
  if (syscall(CALL_CLOSE_RANGE, 3, ~0U, CLOSE_RANGE_ON_EXEC) < 0) fail("cannot close", "files");
  reset_signals();
  drop_rights();
  install_filter(filter);
  execve(request->program, request->arguments, request->environment);
  fail_execution(request->program);
}
