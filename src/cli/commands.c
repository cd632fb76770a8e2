/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the verbs: a table per audience, in the order of `muster help`; a verb's rows stand
 * together. */
#include "cli/command.h"

const command *
command_at(size_t i)
{
	if (i < n_hub_commands)
		return &hub_commands[i];
	i -= n_hub_commands;
	if (i < n_unit_commands)
		return &unit_commands[i];
	i -= n_unit_commands;
	if (i < n_state_commands)
		return &state_commands[i];
	i -= n_state_commands;
	return i < n_check_commands ? &check_commands[i] : NULL;
}
