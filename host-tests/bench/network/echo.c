/*
 * The least that answers and asks as the benchmark does, on loopback. `echo serve`: prints its UDP and its TCP port and answers
 * each message with `echo <number> <milliseconds since 1970> ...` of the same size. `echo ask udp|tcp <port> <count> <bytes>`:
 * prints the microseconds of each round trip.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in at(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void nodelay(int s) {
  int on = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static ssize_t answer(char *text, ssize_t size) {
  char head[64];
  long number = 0;
  if (sscanf(text, "bench %ld ", &number) != 1) return 0;
  int length = snprintf(head, sizeof head, "echo %ld %.3f ", number, now(CLOCK_REALTIME) / 1e3);
  memset(text, '.', size - 1);
  memcpy(text, head, length);
  return size;
}

static int serve(void) {
  char text[1500];
  struct sockaddr_in address = at(0);
  socklen_t length = sizeof address;
  int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0), peer = -1;
  bind(udp, (void *)&address, length);
  bind(tcp, (void *)&address, length);
  listen(tcp, 1);
  getsockname(udp, (void *)&address, &length);
  printf("%d ", ntohs(address.sin_port));
  getsockname(tcp, (void *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct pollfd ready[] = {{udp, POLLIN, 0}, {peer < 0 ? tcp : peer, POLLIN, 0}};
    poll(ready, 2, -1);
    if (ready[0].revents) {
      ssize_t size = recvfrom(udp, text, sizeof text, 0, (void *)&address, &length);
      if (size > 0) sendto(udp, text, answer(text, size), 0, (void *)&address, length);
    }
    if (ready[1].revents && peer < 0) nodelay(peer = accept(tcp, 0, 0));
    else if (ready[1].revents) {
      ssize_t size = read(peer, text, sizeof text);
      if (size > 0) write(peer, text, answer(text, size));
      else close(peer), peer = -1;
    }
  }
}

static int ask(int type, int port, int count, int size) {
  char text[1500];
  struct sockaddr_in address = at(port);
  int s = socket(AF_INET, type, 0);
  connect(s, (void *)&address, sizeof address);
  if (type == SOCK_STREAM) nodelay(s);
  for (int i = 0; i < count; i++) {
    memset(text, '.', size);
    text[snprintf(text, size, "bench %d ", i)] = '.';
    text[size - 1] = '\n';
    double from = now(CLOCK_MONOTONIC);
    write(s, text, size);
    if (read(s, text, sizeof text) != size) return 1;
    printf("%.3f\n", now(CLOCK_MONOTONIC) - from);
  }
  return 0;
}

int main(int count, char **words) {
  if (count == 6) return ask(words[2][0] == 'u' ? SOCK_DGRAM : SOCK_STREAM, atoi(words[3]), atoi(words[4]), atoi(words[5]));
  return serve();
}
