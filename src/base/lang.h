/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang.h - the language in which people are addressed: Chinese or English.
 *
 * Sentences stand in the code in the language of those who read them most: clerks' and leads' in
 * Chinese, everyone else's in English. deploy/po has the other half of each: zh_CN.po and en.po.
 * They are found by gettext beside the program (../share/locale), on every machine, whatever
 * locales it has. Files that are compared byte for byte (bulletins, JSON) are not translated.
 */
#ifndef BASE_LANG_H
#define BASE_LANG_H

#include <stdbool.h>

/*
 * Speak WANTED from now on: "zh" or "en"; "" is what the locale says (LC_ALL, LC_MESSAGES, LANG).
 * In the locales "C" and "C.UTF-8", and where this was never called, people read the sentences of
 * the code. False: WANTED is none of these, and nothing changes. Before any thread.
 */
bool lang_speak(const char *wanted);
/* What who called this program wants: MUSTER_LANG, "" when that is not set. */
const char *lang_wanted(void);
/* Threads may answer in another language than this program speaks. Before any thread. */
void lang_offer(void);
/* This thread speaks LANGUAGE from now on, after lang_offer: "zh"; anything else, and NULL: the
 * sentences of the code. */
void lang_answer_in(const char *language);
/* From now on people read the sentences of the code again. */
void lang_rest(void);
/* What was chosen: "zh", "en", or "" for nothing. */
const char *lang_chosen(void);
/* TEXT in the language chosen; static. */
const char *tr(const char *text) __attribute__((format_arg(1)));
/* Marks a sentence that is given to tr later. */
#define TR(text) text

#endif
