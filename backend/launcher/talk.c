/*
 * What the outer process and the server say to each other. To the server: frames, each a letter ('e' for
 * an event, 'o' for output of the builder), a length (four bytes, little-endian) and so many bytes.
 * From it: lines; "input N" is followed by N bytes.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER_BYTES = 5, OUTPUT_BYTES = 64 * 1024, INPUT_BYTES = 256 * 1024, LINE_BYTES = 256 };

/* A frame of output on its way. */
static char output[HEADER_BYTES + OUTPUT_BYTES];
static size_t output_start, output_end;

/* What was typed and not read yet. */
static char input[INPUT_BYTES];
static size_t input_start, input_end;

static void write_header(char *frame, char kind, size_t length) {
  frame[0] = kind;
  frame[1] = (char)(length & 255);
  frame[2] = (char)(length >> 8 & 255);
  frame[3] = (char)(length >> 16 & 255);
  frame[4] = (char)(length >> 24 & 255);
}

/* Waits until everything is sent; false if the server has gone. */
static int send_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(CONTROL, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return 0;
    bytes += sent;
    length -= (size_t)sent;
  }
  return 1;
}

void tell(const char *event, const char *text) {
  char frame[HEADER_BYTES + MESSAGE_BYTES + 64];
  int length =
      snprintf(frame + HEADER_BYTES, sizeof frame - HEADER_BYTES, "%s %s", event, text);
  if (length < 0) return;
  if ((size_t)length >= sizeof frame - HEADER_BYTES) length = sizeof frame - HEADER_BYTES - 1;
  write_header(frame, 'e', (size_t)length);
  if (send_all(output + output_start, output_end - output_start)) send_all(frame, HEADER_BYTES + (size_t)length);
  output_start = output_end = 0;
}

int has_output(void) { return output_start < output_end; }

int read_output(int terminal) {
  size_t length = 0;
  int open = 1;
  if (has_output()) return 1;
  /* The kernel gives a few kilobytes at a time; more in one frame is less work for the server. */
  while (length < OUTPUT_BYTES) {
    ssize_t got = read(terminal, output + HEADER_BYTES + length, OUTPUT_BYTES - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      /* Input/output error: nobody has the other end open. */
      open = got < 0 && errno == EAGAIN;
      break;
    }
    length += (size_t)got;
  }
  if (length > 0) {
    write_header(output, 'o', length);
    output_start = 0;
    output_end = HEADER_BYTES + length;
  }
  return open;
}

void send_output(void) {
  ssize_t sent = send(CONTROL, output + output_start, output_end - output_start,
                      MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) output_start = output_end;
  if (sent > 0) output_start += (size_t)sent;
}

void drain_output(int terminal) {
  int open = 1;
  while (open || has_output()) {
    if (has_output() && !send_all(output + output_start, output_end - output_start)) return;
    output_start = output_end = 0;
    /* Where nothing is left to be read, whatever still has it open will write nothing any more. */
    if (open) open = read_output(terminal) && has_output();
  }
}

int has_input(void) { return input_start < input_end; }

void send_input(int terminal) {
  ssize_t written = write(terminal, input + input_start, input_end - input_start);
  if (written < 0 && errno != EAGAIN && errno != EINTR) input_start = input_end;
  if (written > 0) input_start += (size_t)written;
}

/* Far ahead of whoever reads, it is lost. */
static void take_input(const char *bytes, size_t length) {
  if (input_start > 0) {
    memmove(input, input + input_start, input_end - input_start);
    input_end -= input_start;
    input_start = 0;
  }
  if (length > INPUT_BYTES - input_end) length = INPUT_BYTES - input_end;
  memcpy(input + input_end, bytes, length);
  input_end += length;
}

int hear_server(void (*obey)(const char *line)) {
  static char line[LINE_BYTES];
  static size_t line_length, input_left;
  char bytes[16 * 1024];
  ssize_t got;
  size_t at = 0;
  do got = recv(CONTROL, bytes, sizeof bytes, 0);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return 0;
  while (at < (size_t)got) {
    if (input_left > 0) {
      size_t length = (size_t)got - at < input_left ? (size_t)got - at : input_left;
      take_input(bytes + at, length);
      at += length;
      input_left -= length;
    } else if (bytes[at] == '\n') {
      unsigned count;
      line[line_length] = 0;
      line_length = 0;
      at++;
      if (sscanf(line, "input %u", &count) == 1)
        input_left = count;
      else
        obey(line);
    } else {
      if (line_length < sizeof line - 1) line[line_length++] = bytes[at];
      at++;
    }
  }
  return 1;
}
