/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/buf.h"

/*
 * The catalogue: every sentence that a tester or an expert at Kela reads, in
 * Finnish and in English. Its rows are in words-*.def, one file for each room
 * that speaks:
 *     WORD0(id, "fi", "en")
 *     WORD2(id, a, b, "fi {a} {b}", "en {a} {b}")
 * A row needs both texts and names its placeholders: the compiler makes of it
 * an enum constant W_id and a function say_id(a, b), so a missing text, a
 * missing argument or an unknown id does not compile. That each text uses each
 * of its placeholders is tested.
 *
 * Journals store a note (id and arguments), never a rendered sentence, so that
 * a run made in Finnish can be read in English.
 */
enum lang {
	LANG_FI,
	LANG_EN,
};
#define LANG_COUNT 2
extern const char *const lang_names[LANG_COUNT]; /* "fi", "en" */

enum word {
#define WORD0(id, fi, en)	      W_##id,
#define WORD1(id, a, fi, en)	      W_##id,
#define WORD2(id, a, b, fi, en)	      W_##id,
#define WORD3(id, a, b, c, fi, en)    W_##id,
#define WORD4(id, a, b, c, d, fi, en) W_##id,
#include "base/words.def"
	W_COUNT
};

#define NOTE_ARGS 4
#define NOTE_ARG  320 /* bytes of one argument; longer ones are cut with … */

/* A sentence with its arguments: plain data, owns nothing. W_none = empty. The
 * arguments may be anybody's words: note_make takes control characters and what
 * is no UTF-8 out of them (str_clean). */
struct note {
	enum word word;
	char arg[NOTE_ARGS][NOTE_ARG];
};

struct note note_make(enum word word, size_t count, const char *const args[]);

#define WORD0(id, fi, en)                 \
 static inline struct note say_##id(void) \
 {                                        \
  return note_make(W_##id, 0, NULL);      \
 }
#define WORD1(id, a, fi, en)                               \
 static inline struct note say_##id(const char *a)         \
 {                                                         \
  return note_make(W_##id, 1, (const char *const[]){ a }); \
 }
#define WORD2(id, a, b, fi, en)                                   \
 static inline struct note say_##id(const char *a, const char *b) \
 {                                                                \
  return note_make(W_##id, 2, (const char *const[]){ a, b });     \
 }
#define WORD3(id, a, b, c, fi, en)                               \
 static inline struct note say_##id(                             \
     const char *a, const char *b, const char *c)                \
 {                                                               \
  return note_make(W_##id, 3, (const char *const[]){ a, b, c }); \
 }
#define WORD4(id, a, b, c, d, fi, en)                               \
 static inline struct note say_##id(                                \
     const char *a, const char *b, const char *c, const char *d)    \
 {                                                                  \
  return note_make(W_##id, 4, (const char *const[]){ a, b, c, d }); \
 }
#include "base/words.def"

/* The sentence in `lang`, its arguments put in (as plain text). */
void note_render(struct buf *to, const struct note *note, enum lang lang);

/* The id's name, the number of its placeholders and their names. */
const char *word_name(enum word word);
size_t word_params(enum word word);
const char *word_param(enum word word, size_t index);
/* The raw text, placeholders in it. */
const char *word_text(enum word word, enum lang lang);
/* The word of this name, or -1: a journal of a newer minor version. */
int word_find(const char *name);

#endif
