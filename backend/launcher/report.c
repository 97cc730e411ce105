#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int outer = -1;

void report_to(int peer) { outer = peer; }

void fail(const char *what, const char *detail) {
  char text[MESSAGE_BYTES - 1];
  int error = errno;
  snprintf(text, sizeof text, "%s%s%s: %s", what, *detail == 0 ? "" : " ", detail, strerror(error));
  if (outer >= 0) send_message(outer, MESSAGE_FAILED, text, -1);
  _exit(1);
}

void fail_execution(const char *program) {
  char text[MESSAGE_BYTES - 1];
  int error = errno;
  snprintf(text, sizeof text, "executing '%s': %s", program, strerror(error));
  if (outer >= 0) send_message(outer, MESSAGE_NOT_EXECUTED, text, -1);
  _exit(1);
}

int send_message(int peer, enum message_kind kind, const char *text, int descriptor) {
  struct message message;
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {&message, 0};
  struct msghdr header;
  ssize_t sent;
  memset(&header, 0, sizeof header);
  memset(&control, 0, sizeof control);
  message.kind = (char)kind;
  snprintf(message.text, sizeof message.text, "%s", text);
  part.iov_len = 1 + strlen(message.text) + 1;
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (descriptor >= 0) {
    struct cmsghdr *carried;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    carried = CMSG_FIRSTHDR(&header);
    carried->cmsg_level = SOL_SOCKET;
    carried->cmsg_type = SCM_RIGHTS;
    carried->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(carried), &descriptor, sizeof(int));
  }
  do sent = sendmsg(peer, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

int receive_message(int peer, struct message *message, int *descriptor) {
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {message, sizeof *message};
  struct msghdr header;
  struct cmsghdr *carried;
  ssize_t received;
  memset(&header, 0, sizeof header);
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  *descriptor = -1;
  do received = recvmsg(peer, &header, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received <= 0) return 0;
  ((char *)message)[received < (ssize_t)sizeof *message ? received : (ssize_t)sizeof *message - 1] = 0;
  carried = CMSG_FIRSTHDR(&header);
  if (carried != NULL && carried->cmsg_level == SOL_SOCKET && carried->cmsg_type == SCM_RIGHTS &&
      carried->cmsg_len == CMSG_LEN(sizeof(int)))
    memcpy(descriptor, CMSG_DATA(carried), sizeof(int));
  return 1;
}
