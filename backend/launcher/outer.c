/* The outer process: starts the inner one, watches over it, and tells the server how it ends. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALL_PIDFD_SEND_SIGNAL = 424, CALL_PIDFD_OPEN = 434, MOST_POLLED = 256 };

/* Where it started the inner process, and the inner process itself. */
static struct request request;
static int terminal = -1; /* the server's end, once there is one */
static struct winsize size;
/* The namespace of what the builder sees: kept, so that the inner process ends without unmounting it all. */
static int mounts = -1;
static pid_t inner;
static int inner_descriptor = -1;

static void tell_number(const char *event, int value) {
  char text[16];
  snprintf(text, sizeof text, "%d", value);
  tell(event, text);
}

static void kill_inner(void) {
  if (inner_descriptor >= 0)
    syscall(CALL_PIDFD_SEND_SIGNAL, inner_descriptor, SIGKILL, NULL, 0);
  else if (inner > 0)
    kill(inner, SIGKILL);
}

/* What goes wrong before there is an inner process, or with it. */
static void give_up(const char *what) {
  char text[200];
  snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
  tell("failed", text);
  kill_inner();
  exit(1);
}

static void write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text)) give_up(path);
  close(file);
}

/* A file of the inner process in /proc. */
static const char *inner_file(const char *name) {
  static char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)inner, name);
  return path;
}

static void map_users(void) {
  char users[96], groups[96];
  unsigned uid = request.outer_uid, gid = request.outer_gid;
  /* Setting up an interpreter needs a root of the namespace: it is a user that nothing belongs to. */
  const char *root = request.foreign_format != NULL ? "0 4294967293 1\n" : "";
  snprintf(users, sizeof users, "%s%u %u 1\n", root, (unsigned)request.inner_uid, uid);
  snprintf(groups, sizeof groups, "%s%u %u 1\n", root, (unsigned)request.inner_gid, gid);
  write_file(inner_file("setgroups"), "deny");
  write_file(inner_file("uid_map"), users);
  write_file(inner_file("gid_map"), groups);
}

static void limit_inner(void) {
  char text[16];
  size_t i;
  snprintf(text, sizeof text, "%d", (int)inner);
  for (i = 0; i < request.group_count; i++) write_file(request.groups[i], text);
  /* When memory runs out, a builder goes before the server does. */
  write_file(inner_file("oom_score_adj"), "500");
}

static pid_t start_inner(int peer[2]) {
  unsigned long flags =
      CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD;
  pid_t pid;
  if (!request.privileged) flags |= CLONE_NEWUSER;
  pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
  if (pid == 0) {
    close(peer[0]);
    become_builder(&request, peer[1]);
    _exit(1);
  }
  return pid;
}

/* Nothing is left to be done as root once the builder runs. */
static void drop_root(void) {
  if (!request.privileged) return;
  if (setgroups(0, NULL) < 0 ||
      setresgid(request.outer_gid, request.outer_gid, request.outer_gid) < 0 ||
      setresuid(request.outer_uid, request.outer_uid, request.outer_uid) < 0)
    give_up("cannot become the builder's user");
  /* The builder's user may not look into this process. */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* One line from the server. */
static void obey(const char *line) {
  unsigned columns, rows;
  if (strcmp(line, "kill") == 0) {
    kill_inner();
  } else if (sscanf(line, "resize %u %u", &columns, &rows) == 2) {
    size.ws_col = (unsigned short)columns;
    size.ws_row = (unsigned short)rows;
    if (terminal >= 0) ioctl(terminal, TIOCSWINSZ, &size);
  }
}

/* What was said of why the builder never ran; else both are null. */
static struct {
  const char *event;
  char text[MESSAGE_BYTES];
} trouble;

/* False when the inner process has nothing more to say: it has become the builder, or has ended. */
static int hear_inner(int peer) {
  struct message message;
  int descriptor;
  if (!receive_message(peer, &message, &descriptor)) return 0;
  switch (message.kind) {
  case MESSAGE_MAP_USERS:
    map_users();
    send_message(peer, MESSAGE_GO_ON, "", -1);
    break;
  case MESSAGE_TERMINAL:
    terminal = descriptor;
    if (size.ws_col != 0) ioctl(terminal, TIOCSWINSZ, &size);
    break;
  case MESSAGE_MOUNTS:
    mounts = descriptor;
    break;
  case MESSAGE_LISTENER:
    relay_listen(descriptor, request.proxy_socket);
    break;
  case MESSAGE_FAILED:
  case MESSAGE_NOT_EXECUTED:
    trouble.event = message.kind == MESSAGE_FAILED ? "failed" : "not-executed";
    snprintf(trouble.text, sizeof trouble.text, "%s", message.text);
    break;
  default:
    break;
  }
  return 1;
}

static void watch(int peer) {
  int hears_inner = 1, hears_server = 1, has_terminal = 1;
  for (;;) {
    struct pollfd list[MOST_POLLED];
    size_t count = 4;
    short at_terminal = (short)((has_output() ? 0 : POLLIN) | (has_input() ? POLLOUT : 0));
    short at_server = (short)(POLLIN | (has_output() ? POLLOUT : 0));
    list[0] = (struct pollfd){inner_descriptor, POLLIN, 0};
    list[1] = (struct pollfd){hears_server ? CONTROL : -1, at_server, 0};
    list[2] = (struct pollfd){hears_inner ? peer : -1, POLLIN, 0};
    list[3] = (struct pollfd){has_terminal && at_terminal != 0 ? terminal : -1, at_terminal, 0};
    count += relay_poll_list(list + count, MOST_POLLED - count);
    if (poll(list, count, -1) < 0) {
      if (errno == EINTR) continue;
      give_up("cannot wait");
    }
    if (list[2].revents != 0 && !hear_inner(peer)) {
      hears_inner = 0;
      if (trouble.event == NULL) drop_root();
    }
    if ((list[1].revents & ~POLLOUT) != 0 && !hear_server(obey)) {
      hears_server = 0;
      kill_inner();
    }
    if ((list[3].revents & POLLOUT) != 0) send_input(terminal);
    if ((list[3].revents & ~POLLOUT) != 0 && !read_output(terminal)) has_terminal = 0;
    /* Tried at once: there is room most of the time. */
    if (hears_server && has_output()) send_output();
    relay_handle(list + 4, count - 4);
    if (list[0].revents != 0) return;
  }
}

static void tell_end(void) {
  int status = 0;
  while (waitpid(inner, &status, 0) < 0 && errno == EINTR) {
  }
  inner_descriptor = -1;
  inner = 0;
  if (trouble.event != NULL)
    tell(trouble.event, trouble.text);
  else if (WIFSIGNALED(status))
    tell_number("signalled", WTERMSIG(status));
  else
    tell_number("exited", WEXITSTATUS(status));
}

static int open_store(void) {
  size_t i;
  for (i = 0; i < request.step_count; i++)
    if (request.steps[i].kind == STEP_STORE)
      return open(request.steps[i].argument[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return -1;
}

void make_sandbox(void) {
  int peer[2];
  int store;
  read_request(&request);
  store = open_store();
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, peer) < 0) give_up("no socket");
  inner = start_inner(peer);
  if (inner < 0) give_up("cannot make namespaces");
  inner_descriptor = (int)syscall(CALL_PIDFD_OPEN, inner, 0);
  if (inner_descriptor < 0) give_up("cannot watch a process");
  close(peer[1]);
  limit_inner();
  if (!request.privileged) map_users();
  tell_number("started", (int)inner);
  send_message(peer[0], MESSAGE_GO_ON, "", -1);
  watch(peer[0]);
  /* Something may have been said in the last moment. */
  while (trouble.event == NULL && hear_inner(peer[0])) {
  }
  drain_output(terminal);
  tell_end();
  /* The server goes on meanwhile, and touches the directories of the sandbox when this process has gone. */
  if (mounts >= 0) close(mounts);
  if (store >= 0) remove_mount_points(&request, store);
  exit(0);
}
