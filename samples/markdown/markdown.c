// markdown: reads Markdown on standard input and writes HTML on standard output.
//
// Blocks: ATX headings, paragraphs, fenced code, block quotes, bullet and numbered lists (nested by
// indentation), thematic breaks, tables. Spans: code, strong, emphasis, strike-through, links, images,
// autolinks, escapes, hard breaks. A subset of CommonMark 0.31 and of GitHub's tables; not a validator.

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char *data; size_t length, capacity; } Buffer;

static void append(Buffer *b, const char *s, size_t n) {
  if (b->length + n + 1 > b->capacity) {
    b->capacity = (b->length + n + 1) * 2;
    b->data = realloc(b->data, b->capacity);
    if (!b->data) { fputs("markdown: out of memory\n", stderr); exit(1); }
  }
  memcpy(b->data + b->length, s, n);
  b->length += n;
  b->data[b->length] = 0;
}

static void put(Buffer *b, const char *s) { append(b, s, strlen(s)); }

static void escape(Buffer *out, const char *s, size_t n) {
  for (size_t i = 0; i < n; i++) {
    switch (s[i]) {
    case '<': put(out, "&lt;"); break;
    case '>': put(out, "&gt;"); break;
    case '&': put(out, "&amp;"); break;
    case '"': put(out, "&quot;"); break;
    default: append(out, s + i, 1);
    }
  }
}

// ---- spans ----------------------------------------------------------------------------------------

static void spans(Buffer *out, const char *s, size_t n);

// Length of the run of character c at s.
static size_t run_of(const char *s, size_t n, char c) {
  size_t i = 0;
  while (i < n && s[i] == c) i++;
  return i;
}

// Finds a closing run of exactly `count` characters c after position `from`; n if there is none.
static size_t find_run(const char *s, size_t n, size_t from, char c, size_t count) {
  for (size_t i = from; i < n;) {
    if (s[i] == '\\' && c != '`') { i += 2; continue; }
    if (s[i] != c) { i++; continue; }
    size_t len = run_of(s + i, n - i, c);
    if (len == count) return i;
    i += len;
  }
  return n;
}

// [text](target "title"); returns the length consumed or 0.
static size_t link_span(Buffer *out, const char *s, size_t n, bool image) {
  size_t depth = 0, close = n;
  for (size_t i = 0; i < n; i++) {
    if (s[i] == '\\') { i++; continue; }
    if (s[i] == '[') depth++;
    if (s[i] == ']' && --depth == 0) { close = i; break; }
  }
  if (close + 1 >= n || s[close + 1] != '(') return 0;
  size_t start = close + 2, end = start;
  while (end < n && s[end] != ')' && s[end] != ' ') end++;
  size_t title = 0, title_end = 0, last = end;
  if (last < n && s[last] == ' ') {
    while (last < n && s[last] == ' ') last++;
    if (last < n && s[last] == '"') {
      title = last + 1;
      title_end = title;
      while (title_end < n && s[title_end] != '"') title_end++;
      last = title_end + 1;
    }
  }
  if (last >= n || s[last] != ')') return 0;
  put(out, image ? "<img src=\"" : "<a href=\"");
  escape(out, s + start, end - start);
  if (title) { put(out, "\" title=\""); escape(out, s + title, title_end - title); }
  if (image) {
    put(out, "\" alt=\"");
    escape(out, s + 1, close - 1);
    put(out, "\">");
  } else {
    put(out, "\">");
    spans(out, s + 1, close - 1);
    put(out, "</a>");
  }
  return last + 1;
}

static bool is_punctuation(char c) { return c && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c); }

static void spans(Buffer *out, const char *s, size_t n) {
  for (size_t i = 0; i < n;) {
    char c = s[i];
    if (c == '\\' && i + 1 < n && is_punctuation(s[i + 1])) {
      escape(out, s + i + 1, 1);
      i += 2;
      continue;
    }
    if (c == '`') {
      size_t len = run_of(s + i, n - i, '`'), end = find_run(s, n, i + len, '`', len);
      if (end < n) {
        put(out, "<code>");
        escape(out, s + i + len, end - i - len);
        put(out, "</code>");
        i = end + len;
        continue;
      }
    }
    if (c == '*' || c == '_' || c == '~') {
      size_t len = run_of(s + i, n - i, c);
      bool inside_word = c == '_' && i > 0 && isalnum((unsigned char)s[i - 1]);
      const char *tag = c == '~' ? (len == 2 ? "del" : NULL) : len == 2 ? "strong" : len == 1 ? "em" : NULL;
      size_t end = tag && !inside_word && i + len < n && s[i + len] != ' ' ? find_run(s, n, i + len, c, len) : n;
      if (end < n && s[end - 1] != ' ') {
        put(out, "<"); put(out, tag); put(out, ">");
        spans(out, s + i + len, end - i - len);
        put(out, "</"); put(out, tag); put(out, ">");
        i = end + len;
        continue;
      }
      escape(out, s + i, len);
      i += len;
      continue;
    }
    if (c == '!' && i + 1 < n && s[i + 1] == '[') {
      size_t used = link_span(out, s + i + 1, n - i - 1, true);
      if (used) { i += used + 1; continue; }
    }
    if (c == '[') {
      size_t used = link_span(out, s + i, n - i, false);
      if (used) { i += used; continue; }
    }
    if (c == '<' && (strncmp(s + i, "<http://", 8) == 0 || strncmp(s + i, "<https://", 9) == 0)) {
      const char *end = memchr(s + i, '>', n - i);
      if (end) {
        put(out, "<a href=\""); escape(out, s + i + 1, end - s - i - 1); put(out, "\">");
        escape(out, s + i + 1, end - s - i - 1);
        put(out, "</a>");
        i = end - s + 1;
        continue;
      }
    }
    if (c == ' ' && i + 2 < n && s[i + 1] == ' ' && s[i + 2] == '\n') {
      put(out, "<br>\n");
      i += 3;
      continue;
    }
    escape(out, s + i, 1);
    i++;
  }
}

// ---- blocks ---------------------------------------------------------------------------------------

typedef struct { const char *s; size_t n; } Line;
typedef struct { Line *items; size_t count, capacity; } Lines;

static void add_line(Lines *lines, const char *s, size_t n) {
  if (lines->count == lines->capacity) {
    lines->capacity = lines->capacity ? lines->capacity * 2 : 64;
    lines->items = realloc(lines->items, lines->capacity * sizeof(Line));
    if (!lines->items) { fputs("markdown: out of memory\n", stderr); exit(1); }
  }
  lines->items[lines->count++] = (Line){s, n};
}

static size_t indent_of(Line l) { return run_of(l.s, l.n, ' '); }
static bool is_blank(Line l) { return indent_of(l) == l.n; }
static Line cut(Line l, size_t by) { if (by > l.n) by = l.n; return (Line){l.s + by, l.n - by}; }

static bool is_break(Line l) {
  size_t count = 0;
  char mark = 0;
  for (size_t i = 0; i < l.n; i++) {
    if (l.s[i] == ' ') continue;
    if (!strchr("*-_", l.s[i]) || (mark && l.s[i] != mark)) return false;
    mark = l.s[i];
    count++;
  }
  return count >= 3;
}

// Width of a list marker with its blank ("- ", "12. "), 0 if the line has none. *ordered tells the kind.
static size_t marker_of(Line l, bool *ordered) {
  size_t i = 0;
  if (l.n >= 2 && strchr("-*+", l.s[0]) && l.s[1] == ' ') { *ordered = false; return 2; }
  while (i < l.n && i < 9 && isdigit((unsigned char)l.s[i])) i++;
  if (i && i + 1 < l.n && (l.s[i] == '.' || l.s[i] == ')') && l.s[i + 1] == ' ') { *ordered = true; return i + 2; }
  return 0;
}

static bool starts_block(Line l) {
  bool ordered;
  Line t = cut(l, indent_of(l));
  return is_blank(l) || t.s[0] == '#' || t.s[0] == '>' || (t.n >= 3 && !strncmp(t.s, "```", 3)) || is_break(t) ||
         marker_of(t, &ordered);
}

static bool is_table_rule(Line l) {
  bool dash = false, bar = false;
  for (size_t i = 0; i < l.n; i++) {
    if (!strchr("|-: ", l.s[i])) return false;
    dash |= l.s[i] == '-';
    bar |= l.s[i] == '|';
  }
  return dash && bar;
}

static void table_row(Buffer *out, Line l, const char *cell) {
  size_t i = indent_of(l);
  if (i < l.n && l.s[i] == '|') i++;
  put(out, "<tr>");
  while (i < l.n) {
    size_t end = i;
    while (end < l.n && l.s[end] != '|') end += l.s[end] == '\\' ? 2 : 1;
    if (end > l.n) end = l.n;
    size_t from = i, to = end;
    while (from < to && l.s[from] == ' ') from++;
    while (to > from && l.s[to - 1] == ' ') to--;
    if (end < l.n || to > from) {
      put(out, "<"); put(out, cell); put(out, ">");
      spans(out, l.s + from, to - from);
      put(out, "</"); put(out, cell); put(out, ">");
    }
    i = end + 1;
  }
  put(out, "</tr>\n");
}

static void blocks(Buffer *out, Lines in, bool tight);

static size_t list(Buffer *out, Lines in, size_t at, bool ordered) {
  put(out, ordered ? "<ol>\n" : "<ul>\n");
  while (at < in.count) {
    bool kind;
    Line l = in.items[at];
    size_t indent = indent_of(l), width = marker_of(cut(l, indent), &kind);
    if (!width || kind != ordered || indent > 3) break;
    Lines item = {0};
    Line first = cut(l, indent + width);
    add_line(&item, first.s, first.n);
    bool loose = false;
    for (at++; at < in.count; at++) {
      Line next = in.items[at];
      if (is_blank(next)) {
        if (at + 1 < in.count && indent_of(in.items[at + 1]) >= indent + width && !is_blank(in.items[at + 1])) {
          add_line(&item, next.s, 0);
          loose = true;
          continue;
        }
        break;
      }
      if (indent_of(next) >= indent + width) { Line c = cut(next, indent + width); add_line(&item, c.s, c.n); continue; }
      if (starts_block(next)) break;
      add_line(&item, next.s, next.n);
    }
    put(out, "<li>");
    blocks(out, item, !loose);
    put(out, "</li>\n");
    free(item.items);
    while (at < in.count && is_blank(in.items[at])) at++;
  }
  put(out, ordered ? "</ol>\n" : "</ul>\n");
  return at;
}

static void blocks(Buffer *out, Lines in, bool tight) {
  for (size_t at = 0; at < in.count;) {
    Line l = in.items[at];
    size_t indent = indent_of(l);
    Line t = cut(l, indent);
    bool ordered;
    if (is_blank(l)) { at++; continue; }
    if (t.s[0] == '#') {
      size_t level = run_of(t.s, t.n, '#');
      if (level <= 6 && (level == t.n || t.s[level] == ' ')) {
        Line text = cut(t, level + 1);
        while (text.n && (text.s[text.n - 1] == '#' || text.s[text.n - 1] == ' ')) text.n--;
        char tag[8];
        snprintf(tag, sizeof tag, "h%zu", level);
        put(out, "<"); put(out, tag); put(out, ">");
        spans(out, text.s, text.n);
        put(out, "</"); put(out, tag); put(out, ">\n");
        at++;
        continue;
      }
    }
    if (t.n >= 3 && !strncmp(t.s, "```", 3)) {
      Line info = cut(t, 3);
      put(out, "<pre><code");
      if (info.n) { put(out, " class=\"language-"); escape(out, info.s, info.n); put(out, "\""); }
      put(out, ">");
      for (at++; at < in.count; at++) {
        Line c = in.items[at];
        if (c.n - indent_of(c) >= 3 && !strncmp(c.s + indent_of(c), "```", 3)) { at++; break; }
        size_t take = indent_of(c) < indent ? indent_of(c) : indent;
        escape(out, c.s + take, c.n - take);
        put(out, "\n");
      }
      put(out, "</code></pre>\n");
      continue;
    }
    if (is_break(t)) { put(out, "<hr>\n"); at++; continue; }
    if (t.s[0] == '>') {
      Lines quote = {0};
      for (; at < in.count && !is_blank(in.items[at]); at++) {
        Line q = cut(in.items[at], indent_of(in.items[at]));
        if (q.s[0] == '>') q = cut(q, q.n > 1 && q.s[1] == ' ' ? 2 : 1);
        else if (starts_block(q)) break;
        add_line(&quote, q.s, q.n);
      }
      put(out, "<blockquote>\n");
      blocks(out, quote, false);
      put(out, "</blockquote>\n");
      free(quote.items);
      continue;
    }
    if (marker_of(t, &ordered)) { at = list(out, in, at, ordered); continue; }
    if (at + 1 < in.count && memchr(l.s, '|', l.n) && is_table_rule(in.items[at + 1])) {
      put(out, "<table>\n<thead>\n");
      table_row(out, l, "th");
      put(out, "</thead>\n<tbody>\n");
      for (at += 2; at < in.count && memchr(in.items[at].s, '|', in.items[at].n); at++) table_row(out, in.items[at], "td");
      put(out, "</tbody>\n</table>\n");
      continue;
    }
    Buffer text = {0};
    append(&text, t.s, t.n);
    for (at++; at < in.count && !starts_block(in.items[at]); at++) {
      put(&text, "\n");
      Line c = cut(in.items[at], indent_of(in.items[at]));
      append(&text, c.s, c.n);
    }
    if (!tight) put(out, "<p>");
    spans(out, text.data, text.length);
    put(out, tight ? (at < in.count ? "\n" : "") : "</p>\n");
    free(text.data);
  }
}

int main(void) {
  Buffer text = {0}, out = {0};
  char chunk[16384];
  size_t n;
  while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) append(&text, chunk, n);
  Lines lines = {0};
  for (size_t i = 0; i < text.length;) {
    size_t end = i;
    while (end < text.length && text.data[end] != '\n') end++;
    size_t n = end - i;
    if (n && text.data[end - 1] == '\r') n--;
    add_line(&lines, text.data + i, n);
    i = end + 1;
  }
  blocks(&out, lines, false);
  if (out.length) fwrite(out.data, 1, out.length, stdout);
  return fflush(stdout) ? 1 : 0;
}
