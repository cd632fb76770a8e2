/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poison.h - names that no file of ours may use; the build puts it in front of every one of them.
 *
 * The headers that declare the names are read first: what they say about them is then past.
 * alloca is a macro already, it is left to tests/style.
 */
#ifndef BASE_POISON_H
#define BASE_POISON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets gmtime localtime atoi atol

#endif
