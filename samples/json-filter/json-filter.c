// json-filter: reads JSON on standard input, applies a path, writes what it selects, one value a line.
//
//   json-filter '.users[].name'        a field of every element
//   json-filter '.users[0]'            one element
//   json-filter -r '.title'            strings without quotes
//   json-filter -p '.'                 pretty-printed
//
// A path is a sequence of .name, ."any name", [index] (negative counts from the end), [] and ?= tests such
// as [?.age>=18] or [?.name=="Ada"], which keep the elements for which they hold. Exit status: 0 if
// something was selected, 1 if nothing was, 2 on malformed input, whose position is reported.

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NIL, FALSE_, TRUE_, NUMBER, STRING, ARRAY, OBJECT } Kind;

// An array's or object's children are a linked list; a member has its key.
typedef struct Node {
  Kind kind;
  char *text; // STRING: decoded bytes; NUMBER: as written
  size_t length;
  double number;
  char *key;
  struct Node *first, *next;
} Node;

static const char *input, *at, *end;

static void fail(const char *what) {
  size_t line = 1, column = 1;
  for (const char *p = input; p < at && p < end; p++) {
    if (*p == '\n') { line++; column = 1; } else column++;
  }
  fprintf(stderr, "json-filter: line %zu, column %zu: %s\n", line, column, what);
  exit(2);
}

static void *allocate(size_t n) {
  void *p = calloc(1, n);
  if (!p) { fputs("json-filter: out of memory\n", stderr); exit(2); }
  return p;
}

static void skip(void) { while (at < end && strchr(" \t\r\n", *at)) at++; }

static unsigned hex4(void) {
  unsigned v = 0;
  for (int i = 0; i < 4; i++, at++) {
    if (at >= end || !isxdigit((unsigned char)*at)) fail("four hexadecimal digits expected");
    v = v * 16 + (isdigit((unsigned char)*at) ? *at - '0' : (*at | 32) - 'a' + 10);
  }
  return v;
}

static char *put_utf8(char *out, unsigned c) {
  if (c < 0x80) *out++ = c;
  else if (c < 0x800) { *out++ = 0xC0 | c >> 6; *out++ = 0x80 | (c & 63); }
  else if (c < 0x10000) { *out++ = 0xE0 | c >> 12; *out++ = 0x80 | (c >> 6 & 63); *out++ = 0x80 | (c & 63); }
  else { *out++ = 0xF0 | c >> 18; *out++ = 0x80 | (c >> 12 & 63); *out++ = 0x80 | (c >> 6 & 63); *out++ = 0x80 | (c & 63); }
  return out;
}

static char *string(size_t *length) {
  const char *scan = ++at;
  while (scan < end && *scan != '"') scan += *scan == '\\' ? 2 : 1;
  if (scan >= end) fail("string without end");
  char *text = allocate(scan - at + 1), *out = text;
  while (*at != '"') {
    if ((unsigned char)*at < 0x20) fail("control character in a string");
    if (*at != '\\') { *out++ = *at++; continue; }
    at++;
    char c = *at++;
    switch (c) {
    case 'n': *out++ = '\n'; break;
    case 't': *out++ = '\t'; break;
    case 'r': *out++ = '\r'; break;
    case 'b': *out++ = '\b'; break;
    case 'f': *out++ = '\f'; break;
    case '"': case '\\': case '/': *out++ = c; break;
    case 'u': {
      unsigned u = hex4();
      if (u >= 0xD800 && u < 0xDC00 && at + 1 < end && at[0] == '\\' && at[1] == 'u') {
        at += 2;
        u = 0x10000 + ((u - 0xD800) << 10) + (hex4() - 0xDC00);
      }
      out = put_utf8(out, u);
      break;
    }
    default: at--; fail("unknown escape");
    }
  }
  at++;
  *length = out - text;
  return text;
}

static Node *value(int depth) {
  if (depth > 500) fail("nested too deeply");
  skip();
  if (at >= end) fail("value expected");
  Node *n = allocate(sizeof *n);
  Node **tail = &n->first;
  if (*at == '{' || *at == '[') {
    char close = *at == '{' ? '}' : ']';
    n->kind = *at++ == '{' ? OBJECT : ARRAY;
    skip();
    if (at < end && *at == close) { at++; return n; }
    for (;;) {
      char *key = NULL;
      if (n->kind == OBJECT) {
        size_t ignored;
        skip();
        if (at >= end || *at != '"') fail("member name expected");
        key = string(&ignored);
        skip();
        if (at >= end || *at != ':') fail("':' expected");
        at++;
      }
      *tail = value(depth + 1);
      (*tail)->key = key;
      tail = &(*tail)->next;
      skip();
      if (at < end && *at == ',') { at++; continue; }
      if (at < end && *at == close) { at++; return n; }
      fail(close == '}' ? "',' or '}' expected" : "',' or ']' expected");
    }
  }
  if (*at == '"') { n->kind = STRING; n->text = string(&n->length); return n; }
  static const struct { const char *word; Kind kind; } words[] = {{"null", NIL}, {"false", FALSE_}, {"true", TRUE_}};
  for (int i = 0; i < 3; i++) {
    size_t len = strlen(words[i].word);
    if ((size_t)(end - at) >= len && !memcmp(at, words[i].word, len)) { at += len; n->kind = words[i].kind; return n; }
  }
  const char *start = at;
  if (*at == '-') at++;
  if (at >= end || !isdigit((unsigned char)*at)) { at = start; fail("value expected"); }
  while (at < end && (isdigit((unsigned char)*at) || strchr(".eE+-", *at))) at++;
  n->kind = NUMBER;
  n->length = at - start;
  n->text = allocate(n->length + 1);
  memcpy(n->text, start, n->length);
  n->number = strtod(n->text, NULL);
  return n;
}

// ---- output ---------------------------------------------------------------------------------------

static bool raw, pretty;

static void print_string(const char *s, size_t n) {
  putchar('"');
  for (size_t i = 0; i < n; i++) {
    unsigned char c = s[i];
    if (c == '"' || c == '\\') printf("\\%c", c);
    else if (c == '\n') fputs("\\n", stdout);
    else if (c == '\t') fputs("\\t", stdout);
    else if (c < 0x20) printf("\\u%04x", c);
    else putchar(c);
  }
  putchar('"');
}

static void print(const Node *n, int indent) {
  switch (n->kind) {
  case NIL: fputs("null", stdout); break;
  case FALSE_: fputs("false", stdout); break;
  case TRUE_: fputs("true", stdout); break;
  case NUMBER: fputs(n->text, stdout); break;
  case STRING: print_string(n->text, n->length); break;
  case ARRAY: case OBJECT:
    putchar(n->kind == OBJECT ? '{' : '[');
    for (const Node *c = n->first; c; c = c->next) {
      if (pretty) printf("\n%*s", indent + 2, "");
      if (c->key) { print_string(c->key, strlen(c->key)); fputs(pretty ? ": " : ":", stdout); }
      print(c, indent + 2);
      if (c->next) putchar(',');
    }
    if (pretty && n->first) printf("\n%*s", indent, "");
    putchar(n->kind == OBJECT ? '}' : ']');
  }
}

// ---- paths ----------------------------------------------------------------------------------------

static int selected;

static void bad_path(const char *p) { fprintf(stderr, "json-filter: malformed path at '%s'\n", p); exit(2); }

// Reads a name or "quoted name" at *p.
static char *name(const char **p) {
  const char *s = *p, *e;
  char *text;
  if (*s == '"') {
    e = strchr(++s, '"');
    if (!e) bad_path(*p);
    *p = e + 1;
  } else {
    e = s;
    while (isalnum((unsigned char)*e) || *e == '_' || *e == '-' || *e == '$') e++;
    *p = e;
  }
  text = allocate(e - s + 1);
  memcpy(text, s, e - s);
  return text;
}

static const Node *member(const Node *n, const char *key) {
  if (n->kind != OBJECT) return NULL;
  for (const Node *c = n->first; c; c = c->next) if (!strcmp(c->key, key)) return c;
  return NULL;
}

// Evaluates a test ".a.b op literal" on an element; *p is left behind the literal.
static bool holds(const Node *n, const char **p) {
  while (n && **p == '.') { (*p)++; n = member(n, name(p)); }
  const char *op = *p;
  if (!strchr("=!<>", *op)) return n && n->kind > FALSE_;
  *p += op[1] == '=' ? 2 : 1;
  const char *saved_input = input, *saved_at = at, *saved_end = end;
  input = at = *p;
  end = *p + strlen(*p);
  Node *literal = value(0);
  *p = at;
  input = saved_input; at = saved_at; end = saved_end;
  if (!n) return false;
  double order;
  if (n->kind == NUMBER && literal->kind == NUMBER) order = n->number - literal->number;
  else if (n->kind == STRING && literal->kind == STRING) order = strcmp(n->text, literal->text);
  else order = n->kind == literal->kind && n->kind < NUMBER ? 0 : NAN;
  switch (*op) {
  case '=': return order == 0;
  case '!': return order != 0;
  case '<': return op[1] == '=' ? order <= 0 : order < 0;
  default: return op[1] == '=' ? order >= 0 : order > 0;
  }
}

static void apply(const Node *n, const char *p) {
  if (!*p || !strcmp(p, ".")) {
    selected++;
    if (raw && n->kind == STRING) fwrite(n->text, 1, n->length, stdout);
    else print(n, 0);
    putchar('\n');
    return;
  }
  if (*p == '.') {
    p++;
    if (*p == '[') { apply(n, p); return; }
    char *key = name(&p);
    if (!*key) bad_path(p);
    const Node *c = member(n, key);
    if (c) apply(c, p);
    return;
  }
  if (*p++ != '[') bad_path(p - 1);
  if (*p == ']') {
    for (const Node *c = n->kind >= ARRAY ? n->first : NULL; c; c = c->next) apply(c, p + 1);
    return;
  }
  if (*p == '?') {
    for (const Node *c = n->kind >= ARRAY ? n->first : NULL; c; c = c->next) {
      const char *q = p + 1;
      bool keep = holds(c, &q);
      if (*q != ']') bad_path(q);
      if (keep) apply(c, q + 1);
    }
    return;
  }
  char *rest;
  long index = strtol(p, &rest, 10), count = 0;
  if (rest == p || *rest != ']') bad_path(p);
  if (n->kind != ARRAY) return;
  for (const Node *c = n->first; c; c = c->next) count++;
  if (index < 0) index += count;
  for (const Node *c = n->first; c; c = c->next) if (index-- == 0) apply(c, rest + 1);
}

int main(int argc, char **argv) {
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (!strcmp(argv[i], "-r")) raw = true;
    else if (!strcmp(argv[i], "-p")) pretty = true;
    else { fprintf(stderr, "usage: json-filter [-r] [-p] PATH < in.json\n"); return 2; }
  }
  size_t length = 0, capacity = 65536;
  char *text = malloc(capacity);
  for (size_t n; text && (n = fread(text + length, 1, capacity - length, stdin)) > 0;) {
    length += n;
    if (length == capacity) text = realloc(text, capacity *= 2);
  }
  if (!text) { fputs("json-filter: out of memory\n", stderr); return 2; }
  input = at = text;
  end = text + length;
  Node *root = value(0);
  skip();
  if (at != end) fail("nothing more expected");
  apply(root, i < argc ? argv[i] : ".");
  return selected ? 0 : 1;
}
