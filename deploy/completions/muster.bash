# SPDX-License-Identifier: Apache-2.0
# Completes `muster` in bash from what `muster help` and `muster VERB --help` say, so that it knows
# what this muster knows.

# The names of all verbs, a line each: "report", "hub status", ...
_muster_names() {
	MUSTER_LANG=en "$1" help 2>/dev/null | sed -n 's/^  muster \([a-z-]*\( [a-z][a-z-]*\)\{0,1\}\)  .*/\1/p'
}

_muster() {
	local program=$1 word=$2 before=$3 verb=${COMP_WORDS[1]} name names choices=()

	case $before in
	--dir | --out | --hub) mapfile -t COMPREPLY < <(compgen -d -- "$word") && return ;;
	--plan | --file | --key-file | --admin-key | --checkpoint | --acks | --acts | --output | -o | --receipts)
		mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
	esac
	names=$(_muster_names "$program")
	if ((COMP_CWORD == 1)); then
		mapfile -t choices < <(printf '%s\n' help "$names" | cut -d' ' -f1 | sort -u)
	elif ((COMP_CWORD == 2)) && grep -q "^$verb " <<<"$names"; then
		mapfile -t choices < <(sed -n "s/^$verb //p" <<<"$names")
	else
		name=$verb
		grep -qx "$verb ${COMP_WORDS[2]}" <<<"$names" && name+=" ${COMP_WORDS[2]}"
		# shellcheck disable=SC2086  # the name may be two words
		mapfile -t choices < <(MUSTER_LANG=en "$program" $name --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*' | sort -u)
	fi
	mapfile -t COMPREPLY < <(compgen -W "${choices[*]}" -- "$word")
	# Files are what is left when no option is asked for: muster submit FILE, muster check FILE.
	if ((${#COMPREPLY[@]} == 0)) && [[ $word != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -o filenames -F _muster muster
