/*
 * The launcher of sandboxes. One runs beside each server, and makes a sandbox for each connection:
 *
 *   the server ── socket ──> launcher ── fork ──> outer process ── clone ──> inner process ──> builder
 *
 * The launcher (main.c) is small, so its fork costs little; that of a server with its large heap would
 * hold it up for milliseconds. The outer process (outer.c) stays outside: it starts the inner one,
 * hands its output on (talk.c), tells the server how it ends, kills it when the server says so or has
 * gone, and tidies up. The inner process (inside.c) is process
 * 1 of the new namespaces: it builds the file system (mounts.c), gives up every right (confine.c) and
 * becomes the builder.
 *
 * Started as root, namespaces of mounts and processes belong to the host's user namespace and are set
 * up by root; only then a user namespace is entered in which the builder is an ordinary user that is a
 * dedicated one outside. Started by anybody else, a user namespace comes first.
 */
#ifndef SNOWGLOBE_LAUNCHER_H
#define SNOWGLOBE_LAUNCHER_H

#include <stddef.h>
#include <sys/types.h>

/*
 * File descriptors beyond the three standard ones. The launcher has a line to the server that tells it
 * when that has gone; an outer process has its connection in the same place.
 */
enum { LIFELINE = 3, CONTROL = 3, SECCOMP = 4 };

/* One step in building the file system, in order. Paths inside have no leading slash. */
enum step_kind {
  STEP_DIRECTORY, /* path, mode */
  STEP_FILE,      /* path, mode, contents */
  STEP_LINK,      /* path, target */
  STEP_TMPFS,     /* path, mode, bytes */
  STEP_BIND,      /* path, source: writable */
  STEP_READ_ONLY, /* path, source */
  STEP_DEVICE,    /* path, source */
  STEP_STORE,     /* path, source: the directory that inputs are put into */
  STEP_INPUTS,    /* source, names: what lies there by these names, which slashes part; read-only */
  STEP_PROC,      /* path */
  STEP_TERMINALS, /* path: a devpts of its own */
  STEP_HIDE,      /* path: nothing can be read there, if it is there */
  STEP_PROTECT    /* path: cannot be written */
};

struct step {
  enum step_kind kind;
  const char *argument[3];
};

struct limit {
  int resource;
  unsigned long long value;
};

struct request {
  int privileged; /* started as root: the builder becomes a user of its own outside */
  uid_t outer_uid;
  gid_t outer_gid;
  uid_t inner_uid;
  gid_t inner_gid;
  int hides_mounts; /* the builder is not told what is mounted */
  int interactive; /* the terminal is the builder's standard input too, and controls it */
  int nice;
  const char *hostname;
  const char *mount_point; /* an empty directory outside, to assemble the root at */
  const char *directory;   /* where the builder starts */
  const char *program;
  /* A socket that connections to 127.0.0.1:proxy_port inside are handed on to; or null. */
  const char *proxy_socket;
  int proxy_port;
  /* For programs of another processor: a line for binfmt_misc, with the interpreter's file for its
   * name; or null. */
  const char *foreign_format;
  const char *foreign_interpreter;
  struct step *steps;
  size_t step_count;
  struct limit *limits;
  size_t limit_count;
  const char **groups; /* cgroup.procs files that the inner process is written to */
  size_t group_count;
  char **arguments; /* null-terminated */
  char **environment;
};

/* Messages from the inner process to the outer one: a kind and text. */
enum message_kind {
  MESSAGE_MAP_USERS = 'u',    /* in its user namespace; wants an answer */
  MESSAGE_LISTENER = 'l',     /* with the listening socket */
  MESSAGE_TERMINAL = 't',     /* with the server's end of the builder's terminal */
  MESSAGE_MOUNTS = 'm',       /* with the namespace that the builder's root lies in */
  MESSAGE_FAILED = 'f',       /* the sandbox could not be set up: why */
  MESSAGE_NOT_EXECUTED = 'x', /* the builder could not be executed: why */
  MESSAGE_GO_ON = 'g'         /* the outer one's answer */
};

enum { MESSAGE_BYTES = 512 };

struct message {
  char kind;
  char text[MESSAGE_BYTES - 1];
};

/* outer.c: makes one sandbox, as the connection asks for it; never returns. */
void make_sandbox(void);

/* talk.c: with the server. `tell` waits until it is said; the others never wait. */
void tell(const char *event, const char *text);
int has_output(void);
/* Reads what is written to the terminal, if nothing is on its way. False when all have closed it. */
int read_output(int terminal);
void send_output(void);
/* Sends all that is left to be read. Waits. */
void drain_output(int terminal);
int has_input(void);
void send_input(int terminal);
/* Takes what the server says: lines are obeyed. False when it has gone. */
int hear_server(void (*obey)(const char *line));

/* request.c: reads the request from the control socket; exits where it makes no sense. */
void read_request(struct request *request);

/* inside.c: what the inner process does; never returns. */
void become_builder(const struct request *request, int peer);

/* mounts.c: makes the root of the file system and moves into it. Gives what take_kernel_settings gave. */
int build_root(const struct request *request);
/* Removes the mount points of inputs, which `build_root` made on the disk. */
void remove_mount_points(const struct request *request, int store);

/* confine.c */
int take_kernel_settings(void);
void forbid_user_namespaces(int settings);
void set_limits(const struct request *request);
void raise_rights(void); /* those that a change of user has put to sleep */
void drop_rights(void);
void install_filter(int file);

/* foreign.c: lets programs of another processor run in this user namespace. */
void register_foreign_format(const char *format, int interpreter);

/* relay.c: hands connections on between the builder's loopback and a socket of the server. */
struct pollfd;
void relay_listen(int listener, const char *socket_path);
size_t relay_poll_list(struct pollfd *list, size_t most);
void relay_handle(const struct pollfd *list, size_t count);

/* report.c: in the inner process, tells the outer one and exits. */
void report_to(int peer);
void fail(const char *what, const char *detail);
void fail_execution(const char *program);
/* Sends to the other process, with a descriptor if it is not negative. False if it has gone. */
int send_message(int peer, enum message_kind kind, const char *text, int descriptor);
/* Receives; puts a descriptor that came along into `descriptor`, else -1. False at the end. */
int receive_message(int peer, struct message *message, int *descriptor);

#endif
