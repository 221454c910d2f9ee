// lzpack: a small general-purpose compressor. `lzpack c < in > out` packs, `lzpack d` unpacks,
// `lzpack t FILE…` packs, unpacks and compares each file and prints a line with the ratio.
//
// Format: "LZP1", then the unpacked size (u32, little-endian), a CRC-32 of the unpacked bytes (u32), then
// sequences as in LZ4's block format: a token (literal length in the high nibble, match length - 4 in the
// low one; 15 means that bytes follow which add up, the last one below 255), the literals, and a match as a
// 16-bit distance. The last sequence has no match. Matches are found with hash chains and one step of lazy
// evaluation.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_BITS = 15, WINDOW = 65535, MIN_MATCH = 4, MAX_CHAIN = 64, HEADER = 12 };

typedef struct { uint8_t *data; size_t length, capacity; } Buffer;

static void die(const char *message) { fprintf(stderr, "lzpack: %s\n", message); exit(1); }

static void push(Buffer *b, const void *bytes, size_t n) {
  if (b->length + n > b->capacity) {
    b->capacity = (b->length + n) * 2;
    b->data = realloc(b->data, b->capacity);
    if (!b->data) die("out of memory");
  }
  memcpy(b->data + b->length, bytes, n);
  b->length += n;
}

static void push_byte(Buffer *b, uint8_t v) { push(b, &v, 1); }

static void push_u32(Buffer *b, uint32_t v) {
  for (int i = 0; i < 4; i++) push_byte(b, v >> 8 * i);
}

static uint32_t read_u32(const uint8_t *p) { return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24; }

static uint32_t crc32(const uint8_t *p, size_t n) {
  static uint32_t table[256];
  if (!table[1]) {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t c = i;
      for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
      table[i] = c;
    }
  }
  uint32_t c = ~0u;
  while (n--) c = table[(c ^ *p++) & 255] ^ c >> 8;
  return ~c;
}

// ---- packing --------------------------------------------------------------------------------------

typedef struct { int32_t head[1 << HASH_BITS]; int32_t *previous; } Chains;

static uint32_t hash(const uint8_t *p) { return read_u32(p) * 2654435761u >> (32 - HASH_BITS); }

static void insert(Chains *c, const uint8_t *s, size_t at) {
  uint32_t h = hash(s + at);
  c->previous[at] = c->head[h];
  c->head[h] = (int32_t)at;
}

// Longest earlier match for s[at..n) of at least MIN_MATCH bytes; 0 if there is none.
static size_t find(const Chains *c, const uint8_t *s, size_t n, size_t at, size_t *distance) {
  size_t best = 0;
  int32_t candidate = c->head[hash(s + at)];
  for (int tries = MAX_CHAIN; candidate >= 0 && at - candidate <= WINDOW && tries; tries--) {
    if (at + best < n && s[candidate + best] == s[at + best]) {
      size_t len = 0;
      while (at + len < n && s[candidate + len] == s[at + len]) len++;
      if (len > best) { best = len; *distance = at - candidate; }
    }
    candidate = c->previous[candidate];
  }
  return best >= MIN_MATCH ? best : 0;
}

static void push_length(Buffer *out, size_t rest) {
  for (; rest >= 255; rest -= 255) push_byte(out, 255);
  push_byte(out, (uint8_t)rest);
}

static void sequence(Buffer *out, const uint8_t *literals, size_t count, size_t match, size_t distance) {
  size_t m = match ? match - MIN_MATCH : 0;
  push_byte(out, (count < 15 ? count : 15) << 4 | (m < 15 ? m : 15));
  if (count >= 15) push_length(out, count - 15);
  push(out, literals, count);
  if (!match) return;
  push_byte(out, distance & 255);
  push_byte(out, distance >> 8);
  if (m >= 15) push_length(out, m - 15);
}

static Buffer pack(const uint8_t *s, size_t n) {
  Buffer out = {0};
  push(&out, "LZP1", 4);
  push_u32(&out, (uint32_t)n);
  push_u32(&out, crc32(s, n));
  Chains *chains = malloc(sizeof *chains);
  if (!chains || !(chains->previous = malloc((n + 1) * sizeof(int32_t)))) die("out of memory");
  memset(chains->head, 0xFF, sizeof chains->head);
  size_t at = 0, anchor = 0;
  while (at + MIN_MATCH < n) {
    size_t distance = 0, length = find(chains, s, n, at, &distance);
    insert(chains, s, at);
    if (!length) { at++; continue; }
    size_t later = 0, next = at + 1 + MIN_MATCH < n ? find(chains, s, n, at + 1, &later) : 0;
    if (next > length) { at++; continue; }
    sequence(&out, s + anchor, at - anchor, length, distance);
    for (size_t end = at + length; ++at < end;) {
      if (at + MIN_MATCH <= n) insert(chains, s, at);
    }
    anchor = at;
  }
  sequence(&out, s + anchor, n - anchor, 0, 0);
  free(chains->previous);
  free(chains);
  return out;
}

// ---- unpacking ------------------------------------------------------------------------------------

static size_t read_length(const uint8_t *s, size_t n, size_t *at, size_t nibble) {
  if (nibble < 15) return nibble;
  uint8_t b;
  do {
    if (*at >= n) die("truncated input");
    nibble += b = s[(*at)++];
  } while (b == 255);
  return nibble;
}

static Buffer unpack(const uint8_t *s, size_t n) {
  if (n < HEADER || memcmp(s, "LZP1", 4)) die("not an lzpack file");
  size_t size = read_u32(s + 4), at = HEADER;
  Buffer out = {malloc(size + 1), 0, size + 1};
  if (!out.data) die("out of memory");
  while (at < n) {
    uint8_t token = s[at++];
    size_t literals = read_length(s, n, &at, token >> 4);
    if (literals > n - at || literals > size - out.length) die("malformed input");
    memcpy(out.data + out.length, s + at, literals);
    out.length += literals;
    at += literals;
    if (at >= n) break;
    if (n - at < 2) die("truncated input");
    size_t distance = s[at] | s[at + 1] << 8;
    at += 2;
    size_t match = read_length(s, n, &at, token & 15) + MIN_MATCH;
    if (!distance || distance > out.length || match > size - out.length) die("malformed input");
    for (uint8_t *to = out.data + out.length, *from = to - distance, *stop = to + match; to < stop;) *to++ = *from++;
    out.length += match;
  }
  if (out.length != size || crc32(out.data, size) != read_u32(s + 8)) die("checksum mismatch");
  return out;
}

static Buffer read_all(FILE *f) {
  Buffer b = {0};
  uint8_t chunk[32768];
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) push(&b, chunk, n);
  return b;
}

int main(int argc, char **argv) {
  if (argc == 2 && (argv[1][0] == 'c' || argv[1][0] == 'd')) {
    Buffer in = read_all(stdin), out = argv[1][0] == 'c' ? pack(in.data, in.length) : unpack(in.data, in.length);
    return fwrite(out.data, 1, out.length, stdout) == out.length && !fflush(stdout) ? 0 : 1;
  }
  if (argc < 3 || argv[1][0] != 't') { fputs("usage: lzpack c|d < in > out, lzpack t FILE...\n", stderr); return 2; }
  for (int i = 2; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    if (!f) { perror(argv[i]); return 1; }
    Buffer in = read_all(f), packed = pack(in.data, in.length), back = unpack(packed.data, packed.length);
    fclose(f);
    int same = back.length == in.length && !memcmp(back.data, in.data, in.length);
    printf("%s: %zu -> %zu bytes (%.1f %%), crc %08x, %s\n", argv[i], in.length, packed.length,
           in.length ? 100.0 * packed.length / in.length : 100.0, crc32(in.data, in.length), same ? "round trip ok" : "DIFFERS");
    free(in.data); free(packed.data); free(back.data);
    if (!same) return 1;
  }
  return 0;
}
