/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - reading a directory that may be damaged, in a process that may die of it. */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

/* Run WORK in a child and return its exit code. A child that dies of a signal is told on stderr: as
 * a damaged directory when it is a signal of that. */
int in_child(int (*work)(void *ctx), void *ctx);

#endif
