/*
 * The least that answers a message over MQTT 3.1.1: subscribes to bench/c/ask on the broker at 127.0.0.1 and the port of its
 * one argument, and publishes each payload on bench/c/answer. What broker, sockets and this computer take anyway.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int broker;

static void get(unsigned char *bytes, size_t count) {
  while (count > 0) {
    ssize_t got = read(broker, bytes, count);
    if (got <= 0) exit(1);
    bytes += got;
    count -= (size_t)got;
  }
}

static void put(const void *bytes, size_t count) {
  if (write(broker, bytes, count) != (ssize_t)count) exit(1);
}

int main(int count, char **words) {
  static const char connectPacket[] = "\x10\x0d\0\4MQTT\4\2\0\0\0\1c";
  static const char subscribePacket[] = "\x82\x10\0\1\0\x0b" "bench/c/ask\0";
  static const char topic[] = "\0\x0e" "bench/c/answer";
  struct sockaddr_in address = {.sin_family = AF_INET};
  unsigned char packet[128], answer[128];
  int on = 1;
  if (count != 2) return 2;
  address.sin_port = htons((unsigned short)atoi(words[1]));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  broker = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(broker, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  setsockopt(broker, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  put(connectPacket, sizeof connectPacket - 1);
  put(subscribePacket, sizeof subscribePacket - 1);
  for (;;) {
    get(packet, 2);
    unsigned type = packet[0] >> 4, length = packet[1];
    if (length > sizeof packet) return 1;
    get(packet, length);
    if (type != 3) continue;
    unsigned skipped = 2 + packet[1], size = length - skipped, whole = sizeof topic - 1 + size;
    answer[0] = 0x30;
    answer[1] = (unsigned char)whole;
    memcpy(answer + 2, topic, sizeof topic - 1);
    memcpy(answer + 1 + sizeof topic, packet + skipped, size);
    put(answer, 2 + whole);
  }
}
