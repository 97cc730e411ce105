/* The launcher: waits for connections of the server, and starts an outer process for each. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAITING_CONNECTIONS = 512 };

static void stop(const char *what) {
  perror(what);
  exit(1);
}

static int listen_at(const char *path) {
  struct sockaddr_un address;
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  errno = ENAMETOOLONG;
  if (strlen(path) >= sizeof address.sun_path) stop(path);
  strcpy(address.sun_path, path);
  unlink(path);
  umask(0177);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, WAITING_CONNECTIONS) < 0)
    stop(path);
  return listener;
}

/* Who may connect may start programs as any user: only the user who runs this. */
static int is_own(int connection) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
         length == sizeof peer && peer.uid == geteuid();
}

static void serve(int connection, int listener) {
  pid_t pid = fork();
  if (pid == 0) {
    signal(SIGCHLD, SIG_DFL);
    close(listener);
    if (dup2(connection, CONTROL) < 0) _exit(1);
    close(connection);
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    make_sandbox();
    _exit(1);
  }
  /* The connection ends, which tells the server. */
  close(connection);
}

int main(int argc, char **argv) {
  struct pollfd list[2];
  int listener;
  if (argc != 2) {
    fprintf(stderr, "usage: launcher SOCKET\n");
    return 1;
  }
  signal(SIGPIPE, SIG_IGN);
  /* Nobody waits for outer processes. */
  signal(SIGCHLD, SIG_IGN);
  /* A terminal's Ctrl+C goes to the server, which decides. */
  setsid();
  fcntl(LIFELINE, F_SETFD, FD_CLOEXEC);
  fcntl(SECCOMP, F_SETFD, FD_CLOEXEC);
  listener = listen_at(argv[1]);
  if (write(LIFELINE, "ready\n", 6) != 6) stop("the server");
  for (;;) {
    list[0] = (struct pollfd){LIFELINE, POLLIN, 0};
    list[1] = (struct pollfd){listener, POLLIN, 0};
    if (poll(list, 2, -1) < 0 && errno != EINTR) stop("poll");
    if (list[0].revents != 0) {
      /* Nothing is ever said on it, so this is its end. */
      unlink(argv[1]);
      return 0;
    }
    if (list[1].revents != 0) {
      int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
      if (connection < 0) continue;
      if (is_own(connection))
        serve(connection, listener);
      else
        close(connection);
    }
  }
}
