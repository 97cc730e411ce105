/*
 * A request is a length (four bytes, little-endian) and that many bytes: records one after the other,
 * each a keyword and its arguments, every one of them ended by a NUL.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { REQUEST_BYTES = 64 * 1024 * 1024 };

struct record {
  const char *keyword;
  int arguments;
  int step; /* a step_kind, or -1 */
};

static const struct record records[] = {
    {"directory", 2, STEP_DIRECTORY},
    {"file", 3, STEP_FILE},
    {"link", 2, STEP_LINK},
    {"tmpfs", 3, STEP_TMPFS},
    {"bind", 2, STEP_BIND},
    {"read-only", 2, STEP_READ_ONLY},
    {"device", 2, STEP_DEVICE},
    {"store", 2, STEP_STORE},
    {"inputs", 2, STEP_INPUTS},
    {"proc", 1, STEP_PROC},
    {"terminals", 1, STEP_TERMINALS},
    {"hide", 1, STEP_HIDE},
    {"protect", 1, STEP_PROTECT},
    {"outer-user", 2, -1},
    {"inner-user", 2, -1},
    {"interactive", 0, -1},
    {"hide-mounts", 0, -1},
    {"nice", 1, -1},
    {"hostname", 1, -1},
    {"mount-point", 1, -1},
    {"start-in", 1, -1},
    {"program", 1, -1},
    {"argument", 1, -1},
    {"variable", 1, -1},
    {"limit", 2, -1},
    {"group", 1, -1},
    {"proxy", 2, -1},
    {"foreign", 2, -1},
};

static void refuse(const char *what, const char *detail) {
  char text[MESSAGE_BYTES];
  snprintf(text, sizeof text, "%s%s", what, detail);
  tell("failed", text);
  _exit(1);
}

static void *more(void *list, size_t count, size_t size) {
  /* Grows when the count is a power of two. */
  if ((count & (count - 1)) != 0) return list;
  list = realloc(list, (count == 0 ? 1 : count * 2) * size);
  if (list == NULL) refuse("no memory for the request", "");
  return list;
}

static void read_fully(char *buffer, size_t length) {
  while (length > 0) {
    ssize_t got = read(CONTROL, buffer, length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(1);
    buffer += got;
    length -= (size_t)got;
  }
}

static unsigned long long number(const char *text, int base) {
  char *end;
  unsigned long long value;
  errno = 0;
  value = strtoull(text, &end, base);
  if (errno != 0 || *text < '0' || *text > '9' || *end != 0) refuse("not a number: ", text);
  return value;
}

static int resource(const char *name) {
  if (strcmp(name, "core") == 0) return RLIMIT_CORE;
  if (strcmp(name, "file-size") == 0) return RLIMIT_FSIZE;
  if (strcmp(name, "processes") == 0) return RLIMIT_NPROC;
  if (strcmp(name, "open-files") == 0) return RLIMIT_NOFILE;
  if (strcmp(name, "message-queues") == 0) return RLIMIT_MSGQUEUE;
  refuse("no limit is called ", name);
  return -1;
}

static void set(struct request *request, const char *keyword, const char **argument) {
  static size_t argument_count, variable_count;
  if (strcmp(keyword, "outer-user") == 0) {
    request->privileged = 1;
    request->outer_uid = (uid_t)number(argument[0], 10);
    request->outer_gid = (gid_t)number(argument[1], 10);
    /* A mistake of the server must not make a builder root. */
    if (request->outer_uid == 0 || request->outer_gid == 0) refuse("builders cannot be root", "");
  } else if (strcmp(keyword, "inner-user") == 0) {
    request->inner_uid = (uid_t)number(argument[0], 10);
    request->inner_gid = (gid_t)number(argument[1], 10);
  } else if (strcmp(keyword, "interactive") == 0) {
    request->interactive = 1;
  } else if (strcmp(keyword, "hide-mounts") == 0) {
    request->hides_mounts = 1;
  } else if (strcmp(keyword, "nice") == 0) {
    request->nice = (int)number(argument[0], 10);
  } else if (strcmp(keyword, "hostname") == 0) {
    request->hostname = argument[0];
  } else if (strcmp(keyword, "mount-point") == 0) {
    request->mount_point = argument[0];
  } else if (strcmp(keyword, "start-in") == 0) {
    request->directory = argument[0];
  } else if (strcmp(keyword, "program") == 0) {
    request->program = argument[0];
  } else if (strcmp(keyword, "argument") == 0) {
    request->arguments = more(request->arguments, argument_count, sizeof(char *));
    request->arguments[argument_count++] = (char *)argument[0];
  } else if (strcmp(keyword, "variable") == 0) {
    request->environment = more(request->environment, variable_count, sizeof(char *));
    request->environment[variable_count++] = (char *)argument[0];
  } else if (strcmp(keyword, "limit") == 0) {
    request->limits = more(request->limits, request->limit_count, sizeof *request->limits);
    request->limits[request->limit_count].resource = resource(argument[0]);
    request->limits[request->limit_count++].value = number(argument[1], 10);
  } else if (strcmp(keyword, "group") == 0) {
    request->groups = more(request->groups, request->group_count, sizeof(char *));
    request->groups[request->group_count++] = argument[0];
  } else if (strcmp(keyword, "proxy") == 0) {
    request->proxy_socket = argument[0];
    request->proxy_port = (int)number(argument[1], 10);
  } else if (strcmp(keyword, "foreign") == 0) {
    request->foreign_format = argument[0];
    request->foreign_interpreter = argument[1];
  }
  /* Both lists always end with a null. */
  if (strcmp(keyword, "argument") == 0) {
    request->arguments = more(request->arguments, argument_count, sizeof(char *));
    request->arguments[argument_count] = NULL;
  }
  if (strcmp(keyword, "variable") == 0) {
    request->environment = more(request->environment, variable_count, sizeof(char *));
    request->environment[variable_count] = NULL;
  }
}

/* The next string of the request; `at` moves behind it. */
static const char *next(const char **at, const char *end) {
  const char *text = *at;
  const char *nul = memchr(text, 0, (size_t)(end - text));
  if (nul == NULL) refuse("the request is cut off", "");
  *at = nul + 1;
  return text;
}

void read_request(struct request *request) {
  static char *nothing[] = {NULL};
  unsigned char prefix[4];
  size_t length, i;
  char *bytes;
  const char *at, *end;
  memset(request, 0, sizeof *request);
  read_fully((char *)prefix, sizeof prefix);
  length = prefix[0] | (size_t)prefix[1] << 8 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 24;
  if (length > REQUEST_BYTES) refuse("the request is too long", "");
  bytes = malloc(length + 1);
  if (bytes == NULL) refuse("no memory for the request", "");
  read_fully(bytes, length);
  at = bytes;
  end = bytes + length;
  while (at < end) {
    const char *keyword = next(&at, end);
    const char *argument[3] = {NULL, NULL, NULL};
    const struct record *record = NULL;
    int k;
    for (i = 0; i < sizeof records / sizeof *records; i++)
      if (strcmp(records[i].keyword, keyword) == 0) record = &records[i];
    if (record == NULL) refuse("nothing is called ", keyword);
    for (k = 0; k < record->arguments; k++) argument[k] = next(&at, end);
    if (record->step < 0) {
      set(request, keyword, argument);
    } else {
      struct step *step;
      request->steps = more(request->steps, request->step_count, sizeof *request->steps);
      step = &request->steps[request->step_count++];
      step->kind = (enum step_kind)record->step;
      memcpy(step->argument, argument, sizeof argument);
    }
  }
  if (request->environment == NULL) request->environment = nothing;
  if (request->arguments == NULL || request->program == NULL || request->mount_point == NULL ||
      request->directory == NULL || request->hostname == NULL || request->inner_uid == 0 ||
      request->inner_gid == 0)
    refuse("the request is not complete", "");
  if (!request->privileged) {
    request->outer_uid = getuid();
    request->outer_gid = getgid();
    if (request->outer_uid == 0) refuse("root must name a user for builders", "");
  }
}
