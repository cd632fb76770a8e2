/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control_path.h - inside net: the address of a directory's control socket. A socket's path has at
 * most 107 bytes, a directory's may have 4,095: a long one is named through a descriptor of it.
 */
#ifndef NET_CONTROL_PATH_H
#define NET_CONTROL_PATH_H

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fs.h"

#define CONTROL_NAME "control.sock"

typedef struct control_path {
	int dir_fd;
	struct sockaddr_un address;
} control_path;

/* The address of the socket in DIR; good until it is closed. MS_NOT_FOUND, or what the file system
 * says of DIR. */
ms_status control_path_open(const char *dir, control_path *out, ms_error *err);
void control_path_close(control_path *p);

#endif
