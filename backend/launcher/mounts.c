/*
 * The file system of a sandbox: a small tmpfs with a mount for everything that the builder may see.
 * Made with the mount calls of Linux 5.12 (open_tree, mount_setattr, move_mount): a bind mount by
 * mount(2) would need two calls that walk the whole path, and be writable in between.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of linux/mount.h, which older systems lack; the numbers are the same on every processor. */
enum {
  CALL_OPEN_TREE = 428,
  CALL_MOVE_MOUNT = 429,
  CALL_MOUNT_SETATTR = 442,
  CLONE_TREE = 1,
  RECURSIVELY = 0x8000,
  MOVE_FROM_EMPTY_PATH = 0x4,
  ATTRIBUTE_READ_ONLY = 0x1,
  ATTRIBUTE_NO_SET_ID = 0x2,
  ATTRIBUTE_NO_DEVICES = 0x4,
  ATTRIBUTE_NO_PROGRAMS = 0x8
};

struct mount_attributes {
  uint64_t set, clear, propagation, user_namespace;
};

/* A copy of what lies at a path, that is not mounted anywhere yet. A link is not followed with NOFOLLOW. */
static int copy_tree(int directory, const char *source, int flags) {
  int tree = (int)syscall(CALL_OPEN_TREE, directory, source, CLONE_TREE | O_CLOEXEC | flags);
  if (tree < 0) fail(errno == ENOENT ? "cannot find" : "cannot mount", source);
  return tree;
}

static int copy_mount(const char *source, uint64_t attributes) {
  struct mount_attributes change = {attributes, 0, 0, 0};
  int tree = copy_tree(AT_FDCWD, source, 0);
  if (attributes != 0 &&
      syscall(CALL_MOUNT_SETATTR, tree, "", AT_EMPTY_PATH, &change, sizeof change) < 0)
    fail("cannot protect", source);
  return tree;
}

static void attach(int tree, int directory, const char *path) {
  if (syscall(CALL_MOVE_MOUNT, tree, "", directory, path, MOVE_FROM_EMPTY_PATH) < 0)
    fail("cannot mount at", path);
  close(tree);
}

static void make_directory(int directory, const char *path, mode_t mode) {
  if (mkdirat(directory, path, mode) < 0 && errno != EEXIST) fail("cannot make directory", path);
}

/* Something of the same kind as the source, to mount it at. */
static void make_mount_point(int directory, const char *path, mode_t kind) {
  if (S_ISDIR(kind))
    make_directory(directory, path, 0755);
  else if (mknodat(directory, path, S_IFREG | 0644, 0) < 0 && errno != EEXIST)
    fail("cannot make file", path);
}

static mode_t kind_of(int tree, const char *source) {
  struct stat status;
  if (fstat(tree, &status) < 0) fail("cannot find", source);
  return status.st_mode;
}

static void bind(const char *path, const char *source, uint64_t attributes) {
  int tree = copy_mount(source, attributes);
  make_mount_point(AT_FDCWD, path, kind_of(tree, source));
  attach(tree, AT_FDCWD, path);
}

/* Takes the next name of a list that slashes part. False at its end, and where there is no name. */
static int take_name(const char **list, char name[NAME_MAX + 1]) {
  size_t length = strcspn(*list, "/");
  if (length == 0 || length > NAME_MAX) return 0;
  memcpy(name, *list, length);
  name[length] = 0;
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return 0;
  *list += length;
  if (**list == '/') ++*list;
  return 1;
}

/* A store path: a symbolic link cannot be mounted, so it is made again. */
static void add_input(int store, int sources, const char *name) {
  int tree = copy_tree(sources, name, AT_SYMLINK_NOFOLLOW);
  mode_t kind = kind_of(tree, name);
  if (S_ISLNK(kind)) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(tree, "", target, sizeof target - 1);
    close(tree);
    if (length < 0) fail("cannot read link", name);
    target[length] = 0;
    if (symlinkat(target, store, name) < 0) fail("cannot make link", name);
    return;
  }
  make_mount_point(store, name, kind);
  attach(tree, store, name);
}

/* Each is looked up in its directory alone: nothing walks the way there again. */
static void add_inputs(int store, const char *source, const char *names) {
  char name[NAME_MAX + 1];
  int sources = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (sources < 0) fail("cannot open", source);
  while (take_name(&names, name)) add_input(store, sources, name);
  errno = EINVAL;
  if (*names != 0) fail("not a name in the store:", names);
  close(sources);
}

/* All inputs at once: one call for each would take as long as mounting it. */
static void protect_inputs(int store) {
  struct mount_attributes all = {ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SET_ID | ATTRIBUTE_NO_DEVICES, 0, 0,
                                 0};
  struct mount_attributes top = {0, ATTRIBUTE_READ_ONLY, 0, 0};
  if (syscall(CALL_MOUNT_SETATTR, store, "", AT_EMPTY_PATH | RECURSIVELY, &all, sizeof all) < 0)
    fail("cannot protect", "inputs");
  /* Outputs are written beside them. */
  if (syscall(CALL_MOUNT_SETATTR, store, "", AT_EMPTY_PATH, &top, sizeof top) < 0)
    fail("cannot open", "the store's directory");
}

static mode_t mode_of(const char *text) { return (mode_t)strtoul(text, NULL, 8); }

static void make_file(const char *path, const char *mode, const char *contents) {
  size_t length = strlen(contents);
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 || write(file, contents, length) != (ssize_t)length || fchmod(file, mode_of(mode)) < 0)
    fail("cannot write", path);
  close(file);
}

static void mount_memory(const char *path, const char *mode, const char *bytes) {
  char options[96];
  snprintf(options, sizeof options, "mode=%s,size=%s", mode, bytes);
  if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0) fail("cannot mount", path);
}

static int exists(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0;
}

/* Covers a file with /dev/null, and a directory with an empty one. */
static void hide(const char *path) {
  struct stat status;
  if (lstat(path, &status) < 0) return;
  if (S_ISDIR(status.st_mode)) {
    mount_memory(path, "0555", "4096");
    return;
  }
  attach(copy_mount("/dev/null", ATTRIBUTE_NO_SET_ID | ATTRIBUTE_NO_PROGRAMS), AT_FDCWD, path);
}

static void take_step(const struct step *step, int *store, int *settings) {
  const char *path = step->argument[0];
  switch (step->kind) {
  case STEP_DIRECTORY:
    /* One that is there keeps its mode: the store may lie in /tmp. */
    if (exists(path)) return;
    make_directory(AT_FDCWD, path, mode_of(step->argument[1]));
    if (chmod(path, mode_of(step->argument[1])) < 0) fail("cannot make directory", path);
    return;
  case STEP_FILE:
    make_file(path, step->argument[1], step->argument[2]);
    return;
  case STEP_LINK:
    if (symlink(step->argument[1], path) < 0) fail("cannot make link", path);
    return;
  case STEP_TMPFS:
    make_directory(AT_FDCWD, path, 0755);
    mount_memory(path, step->argument[1], step->argument[2]);
    return;
  case STEP_BIND:
    bind(path, step->argument[1], ATTRIBUTE_NO_SET_ID | ATTRIBUTE_NO_DEVICES);
    return;
  case STEP_READ_ONLY:
    bind(path, step->argument[1],
         ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SET_ID | ATTRIBUTE_NO_DEVICES);
    return;
  case STEP_DEVICE:
    bind(path, step->argument[1], ATTRIBUTE_NO_SET_ID | ATTRIBUTE_NO_PROGRAMS);
    return;
  case STEP_STORE:
    bind(path, step->argument[1], ATTRIBUTE_NO_SET_ID | ATTRIBUTE_NO_DEVICES);
    *store = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*store < 0) fail("cannot open", path);
    return;
  case STEP_INPUTS:
    add_inputs(*store, path, step->argument[1]);
    return;
  case STEP_PROC:
    make_directory(AT_FDCWD, path, 0555);
    if (mount("proc", path, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
      fail("cannot mount", path);
    *settings = take_kernel_settings();
    return;
  case STEP_TERMINALS:
    make_directory(AT_FDCWD, path, 0755);
    if (mount("devpts", path, "devpts", MS_NOSUID | MS_NOEXEC,
              "newinstance,mode=0620,ptmxmode=0666") < 0)
      fail("cannot mount", path);
    return;
  case STEP_HIDE:
    hide(path);
    return;
  case STEP_PROTECT:
    if (exists(path)) attach(copy_mount(path, ATTRIBUTE_READ_ONLY), AT_FDCWD, path);
    return;
  }
}

int build_root(const struct request *request) {
  struct mount_attributes read_only = {ATTRIBUTE_READ_ONLY, 0, 0, 0};
  int store = -1, settings = -1;
  int root;
  size_t i;
  /* What is mounted here must not be seen outside. */
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("cannot make mounts private", "");
  if (mount("tmpfs", request->mount_point, "tmpfs", MS_NOSUID | MS_NODEV,
            "mode=0750,size=16m") < 0)
    fail("cannot mount at", request->mount_point);
  root = open(request->mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0 || fchdir(root) < 0) fail("cannot enter", request->mount_point);
  /* The builder reaches it through its group, as in Nix. */
  if (request->privileged && fchown(root, 0, request->outer_gid) < 0)
    fail("cannot own", request->mount_point);
  for (i = 0; i < request->step_count; i++) take_step(&request->steps[i], &store, &settings);
  if (store >= 0) {
    protect_inputs(store);
    close(store);
  }
  if (syscall(CALL_MOUNT_SETATTR, root, "", AT_EMPTY_PATH, &read_only, sizeof read_only) < 0)
    fail("cannot protect", "/");
  /* The old root goes on top of the new one, and is taken away from there (pivot_root(2)). */
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail("cannot change the root", "");
  if (umount2(".", MNT_DETACH) < 0) fail("cannot leave the old root", "");
  if (chdir("/") < 0) fail("cannot enter", "/");
  close(root);
  return settings;
}

void remove_mount_points(const struct request *request, int store) {
  char name[NAME_MAX + 1];
  size_t i;
  for (i = 0; i < request->step_count; i++) {
    const char *names = request->steps[i].argument[1];
    if (request->steps[i].kind != STEP_INPUTS) continue;
    while (take_name(&names, name))
      /* Whatever is not an empty directory or a file is not what was made here, and stays. */
      if (unlinkat(store, name, 0) < 0 && errno == EISDIR) unlinkat(store, name, AT_REMOVEDIR);
  }
}
