/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_GUARD_PERSONAL_H
#define CHECK_GUARD_PERSONAL_H

#include "check/stage.h"

/*
 * Names, telephone numbers, e-mail addresses and home addresses that may be
 * somebody's: warnings only, for nobody can tell a made up name from a real
 * one. Not told of are words that are obviously artificial, what belongs to an
 * organisation, and what the project names (check_options.known). A value is
 * told once, and never whole (private to the guard's stage).
 */
void guard_personal_look(struct look *l);

#endif
