/* Plays complete RADIUS conversations, each user's once, and prints how they went as JSON.
   load PORT SECRET USERS pap|totp|challenge width|rate NUMBER FIRST COUNT
   USERS has a line for each user: name, password, key in hex. `width` holds so many conversations open; `rate` begins so many in a second, whatever comes back,
   and times each from when it was to begin. `challenge` is done when it has been challenged. No packet is sent twice: what has no reply in 5 s is lost. */
#include "packet.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS = 64, SLOTS = SOCKETS * 256, LIMIT = 5 };

struct user {
  char name[64], password[17];
  uint8_t key[64];
  unsigned key_size;
};

struct slot {
  struct user *user; /* NULL: free */
  double begun, sent;
  int answering;
  uint8_t authenticator[16];
};

static struct slot slots[SLOTS];
static int sockets[SOCKETS], queue[SLOTS], head, waiting = SLOTS; /* of free slots, the longest free first */
static struct secret secret;
static enum { PAP, TOTP, CHALLENGE } mode;
static double *latencies;
static size_t done, lost, wrong, unsendable;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void release(struct slot *slot) {
  slot->user = NULL;
  queue[(head + waiting++) % SLOTS] = (int)(slot - slots);
}

static void ask(struct slot *slot, const char *password, const struct state *state) {
  uint8_t packet[LARGEST];
  int index = (int)(slot - slots);
  if (getrandom(slot->authenticator, 16, 0) != 16) fail("getrandom");
  size_t size = write_request(packet, (uint8_t)(index / SOCKETS), slot->authenticator, slot->user->name, password, state,
                              &secret);
  slot->sent = now();
  if (send(sockets[index % SOCKETS], packet, size, 0) < 0) unsendable++;
}

static void begin(struct user *user, double at) {
  static const struct state none;
  if (!waiting) {
    lost++;
    return;
  }
  struct slot *slot = &slots[queue[head]];
  head = (head + 1) % SLOTS;
  waiting--;
  slot->user = user;
  slot->begun = at;
  slot->answering = 0;
  ask(slot, user->password, &none);
}

static void receive(int socket_index) {
  uint8_t packet[LARGEST];
  ssize_t size;
  while ((size = recv(sockets[socket_index], packet, sizeof packet, MSG_DONTWAIT)) >= HEADER) {
    struct slot *slot = &slots[packet[1] * SOCKETS + socket_index];
    struct state state;
    if (!slot->user) continue;
    int code = read_reply(packet, (size_t)size, slot->authenticator, &secret, &state);
    if (code == ACCESS_CHALLENGE && mode == TOTP && !slot->answering && state.size) {
      char digits[7];
      totp(slot->user->key, slot->user->key_size, (uint64_t)time(NULL), digits);
      slot->answering = 1;
      ask(slot, digits, &state);
      continue;
    }
    int right = mode == CHALLENGE ? code == ACCESS_CHALLENGE && state.size > 0
                                  : code == ACCESS_ACCEPT && slot->answering == (mode == TOTP);
    if (right) latencies[done++] = now() - slot->begun;
    else wrong++;
    release(slot);
  }
}

static void give_up(double at) {
  for (int i = 0; i < SLOTS; i++)
    if (slots[i].user && at - slots[i].sent > LIMIT) {
      lost++;
      release(&slots[i]);
    }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double milliseconds(double quantile) {
  return done ? 1000 * latencies[(size_t)(quantile * (double)(done - 1))] : -1;
}

static struct user *read_users(const char *name, size_t first, size_t count) {
  struct user *users = calloc(count, sizeof *users);
  char line[512], hex[129];
  FILE *file = fopen(name, "r");
  if (!users || !file) fail(name);
  for (size_t i = 0; i < first + count; i++) {
    if (!fgets(line, sizeof line, file)) exit((fputs("too few users\n", stderr), 1));
    if (i < first) continue;
    struct user *user = &users[i - first];
    if (sscanf(line, "%63s %16s %128s", user->name, user->password, hex) != 3) exit((fputs("no user\n", stderr), 1));
    for (user->key_size = 0; hex[2 * user->key_size]; user->key_size++)
      sscanf(hex + 2 * user->key_size, "%2hhx", &user->key[user->key_size]);
  }
  fclose(file);
  return users;
}

static void connect_sockets(int port, int poll) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < SOCKETS; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    if (sockets[i] < 0 || connect(sockets[i], (struct sockaddr *)&to, sizeof to) < 0 ||
        epoll_ctl(poll, EPOLL_CTL_ADD, sockets[i], &event) < 0)
      fail("socket");
  }
}

/* Wakes the loop at `at`, or `at` + 1 ms at most if that is over. */
static void wake(int timer, double at) {
  struct itimerspec when = {.it_value = {(time_t)at, (long)((at - (double)(time_t)at) * 1e9)}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments != 9) {
    fputs("load PORT SECRET USERS pap|totp|challenge width|rate NUMBER FIRST COUNT\n", stderr);
    return 64;
  }
  secret = (struct secret){(const uint8_t *)arguments[2], strlen(arguments[2])};
  mode = strcmp(arguments[4], "pap") == 0 ? PAP : strcmp(arguments[4], "totp") == 0 ? TOTP : CHALLENGE;
  int paced = strcmp(arguments[5], "rate") == 0;
  double number = atof(arguments[6]);
  size_t count = (size_t)atol(arguments[8]), begun = 0;
  if (secret.size > 64 || number < 1 || (!paced && number > SLOTS)) return 64;
  struct user *users = read_users(arguments[3], (size_t)atol(arguments[7]), count);
  if (!(latencies = malloc((count + 1) * sizeof *latencies))) fail("malloc");
  for (int i = 0; i < SLOTS; i++) queue[i] = i;
  int poll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event ring = {.events = EPOLLIN, .data.u32 = SOCKETS}, events[SOCKETS + 1];
  if (poll < 0 || timer < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, timer, &ring) < 0) fail("epoll");
  connect_sockets(atoi(arguments[1]), poll);
  double start = now(), swept = start;
  while (begun < count || waiting < SLOTS) {
    double at = now();
    if (paced) {
      while (begun < count && start + (double)begun / number <= at) {
        begin(&users[begun], start + (double)begun / number);
        begun++;
      }
      if (begun < count) wake(timer, start + (double)begun / number);
    } else
      while (begun < count && SLOTS - waiting < (int)number) begin(&users[begun++], now());
    if (at - swept > 0.5) give_up(swept = at);
    int ready = epoll_wait(poll, events, SOCKETS + 1, 200);
    for (int i = 0; i < ready; i++) {
      uint64_t rings;
      if (events[i].data.u32 < SOCKETS) receive((int)events[i].data.u32);
      else if (read(timer, &rings, sizeof rings) < 0) continue;
    }
  }
  double seconds = now() - start;
  qsort(latencies, done, sizeof *latencies, ascending);
  printf("{\"done\":%zu,\"lost\":%zu,\"wrong\":%zu,\"unsendable\":%zu,\"seconds\":%.6f,\"p50\":%.4f,\"p99\":%.4f,\"p999\":%.4f}\n",
         done, lost, wrong, unsendable, seconds, milliseconds(0.5), milliseconds(0.99), milliseconds(0.999));
  return 0;
}
