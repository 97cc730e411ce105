/*
 * The only exit from a sandbox's network: what connects to a port of its loopback is handed on to a
 * socket of the server, which decides where to go from there.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECTIONS = 64, BUFFER_BYTES = 32 * 1024 };

/* Bytes on their way from one socket to the other. */
struct flow {
  char bytes[BUFFER_BYTES];
  size_t start, end;
  int finished; /* the source has ended */
  int shut;     /* and the target knows */
};

struct connection {
  int sockets[2]; /* the builder's, the server's; -1 where it is not in use */
  struct flow flows[2]; /* from each of them */
};

static int listener = -1;
static struct sockaddr_un server;
static struct connection connections[CONNECTIONS];
static size_t used; /* those before this index have been in use */

void relay_listen(int socket, const char *path) {
  if (socket < 0 || path == NULL || strlen(path) >= sizeof server.sun_path) return;
  server.sun_family = AF_UNIX;
  strcpy(server.sun_path, path);
  listener = socket;
}

static struct connection *unused(void) {
  size_t i;
  for (i = 0; i < used; i++)
    if (connections[i].sockets[0] < 0) return &connections[i];
  return used < CONNECTIONS ? &connections[used++] : NULL;
}

static int has_room(void) {
  size_t i;
  if (used < CONNECTIONS) return 1;
  for (i = 0; i < used; i++)
    if (connections[i].sockets[0] < 0) return 1;
  return 0;
}

/* Two entries for each connection, after one for the listener. */
size_t relay_poll_list(struct pollfd *list, size_t most) {
  size_t i, count = 0;
  int side;
  if (listener < 0 || most < 1 + 2 * CONNECTIONS) return 0;
  /* When all are in use, the next one waits in the listener's queue. */
  list[count++] = (struct pollfd){has_room() ? listener : -1, POLLIN, 0};
  for (i = 0; i < used; i++)
    for (side = 0; side < 2; side++) {
      const struct connection *connection = &connections[i];
      const struct flow *from = &connection->flows[side], *to = &connection->flows[1 - side];
      short events = 0;
      if (!from->finished && from->end < BUFFER_BYTES) events |= POLLIN;
      if (to->start < to->end) events |= POLLOUT;
      list[count++] = (struct pollfd){events == 0 ? -1 : connection->sockets[side], events, 0};
    }
  return count;
}

static void close_connection(struct connection *connection) {
  close(connection->sockets[0]);
  close(connection->sockets[1]);
  connection->sockets[0] = connection->sockets[1] = -1;
}

static void accept_connection(void) {
  struct connection *connection;
  int inside = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  int outside;
  if (inside < 0) return;
  outside = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  connection = unused();
  if (outside < 0 || connection == NULL ||
      connect(outside, (struct sockaddr *)&server, sizeof server) < 0) {
    if (connection != NULL) connection->sockets[0] = -1;
    if (outside >= 0) close(outside);
    close(inside);
    return;
  }
  memset(connection, 0, sizeof *connection);
  connection->sockets[0] = inside;
  connection->sockets[1] = outside;
}

/* Moves what can be moved. False when the connection is broken. */
static int move(int from, int to, struct flow *flow) {
  if (!flow->finished && flow->end < BUFFER_BYTES) {
    ssize_t got = recv(from, flow->bytes + flow->end, BUFFER_BYTES - flow->end, 0);
    if (got == 0) flow->finished = 1;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return 0;
    if (got > 0) flow->end += (size_t)got;
  }
  while (flow->start < flow->end) {
    ssize_t sent = send(to, flow->bytes + flow->start, flow->end - flow->start, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return 1;
    if (sent < 0) return 0;
    flow->start += (size_t)sent;
  }
  flow->start = flow->end = 0;
  if (flow->finished && !flow->shut) {
    flow->shut = 1;
    shutdown(to, SHUT_WR);
  }
  return 1;
}

void relay_handle(const struct pollfd *list, size_t count) {
  size_t i, known = (count - (count > 0)) / 2;
  int side;
  for (i = 0; i < known; i++) {
    struct connection *connection = &connections[i];
    if (connection->sockets[0] < 0) continue;
    if (list[1 + 2 * i].revents == 0 && list[2 + 2 * i].revents == 0) continue;
    for (side = 0; side < 2; side++)
      if (!move(connection->sockets[side], connection->sockets[1 - side],
                &connection->flows[side])) {
        close_connection(connection);
        break;
      }
    if (connection->sockets[0] >= 0 && connection->flows[0].shut && connection->flows[1].shut)
      close_connection(connection);
  }
  if (count > 0 && list[0].revents != 0) accept_connection();
}
