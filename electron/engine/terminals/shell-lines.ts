// What is run in a container to have a shell there, and to end it. It has to be plain POSIX without programs besides the shell: small images have none.

/** Whoever finds the shell, the most likely first; the last ones are where PATH leads nowhere. */
export const shellFinders: readonly (readonly string[])[] = ['sh', 'bash', '/bin/sh', '/bin/bash', '/busybox/sh'].map((shell) => [shell, '-c']);

const ESC = '\u001B';
const BEL = '\u0007';
/** An operating system command that no terminal knows: it is taken off the output before anybody sees it, and would not be drawn. */
const MARK = `${ESC}]podlab-shell;`;
/** Longest that the mark is waited for in the output before the output is taken as it is. */
export const MOST_BEFORE_MARK = 8 * 1024;

/**
 * bash where it is and runs, else the shell itself takes the place of this script, under the script's process ID; before that its path, the ID, and
 * when the kernel started the process (so that the ID is never taken for another's) are told. `exec` keeps all three.
 */
const START = [
  'export TERM=xterm-256color',
  'b=$(command -v bash 2>/dev/null) && "$b" -c : >/dev/null 2>&1 || b=$(command -v sh 2>/dev/null) || b=$0',
  '{ read -r t < /proc/$$/stat; } 2>/dev/null && set -- ${t##*) } && t=${20}',
  `printf '\\033]podlab-shell;%s;%s;%s\\007' "$$" "$t" "$b"`,
  'exec "$b"',
].join('\n');

export function shellCommand(finder: readonly string[]): string[] {
  return [...finder, START, finder[0] ?? 'sh'];
}

/** The same for a container of its own: nothing is written before somebody is there who reads, which is told by a line. */
export function gatedShellCommand(finder: readonly string[]): string[] {
  return [...finder, `stty -echo 2>/dev/null\nread -r t\nstty echo 2>/dev/null\n${START}`, finder[0] ?? 'sh'];
}

export interface ShellProcess {
  /** /bin/bash, as the shell that looked for it found it. */
  readonly program: string;
  /** In the container's process namespace. */
  readonly pid: string;
  /** Field 22 of /proc/PID/stat (proc(5)); '' where that cannot be read. */
  readonly startedAt: string;
}

export type Beginning =
  | { readonly kind: 'unknown' }
  /** `after`: what it wrote then. */
  | { readonly kind: 'shell'; readonly shell: ShellProcess; readonly after: Buffer };

/** Reads the mark off the beginning of what it wrote. What comes before it, the echo of the line that opened the gate, was ours. */
export function beginningOf(written: Buffer): Beginning {
  const from = written.indexOf(MARK);
  const to = from < 0 ? -1 : written.indexOf(BEL, from);
  if (to < 0) return { kind: 'unknown' };
  const [pid = '', startedAt = '', ...program] = written.subarray(from + MARK.length, to).toString('utf8').split(';');
  return { kind: 'shell', shell: { pid, startedAt, program: program.join(';') }, after: written.subarray(to + 1) };
}

/**
 * Hangs up, as a terminal that is closed does: SIGHUP and SIGCONT to all of the shell's session; what is left then is killed, but for what was put into
 * the background and told to outlive its terminal (`nohup`). Which those are is found before anything is ended: once the session's first process is gone its
 * terminal has no foreground any more (tpgid of proc(5) is -1). Prints how many are left that should not be. $1 process ID, $2 when it started.
 */
const HANG_UP = `
pid=$1 began=$2
starts() { { read -r s < "/proc/$pid/stat"; } 2>/dev/null || return 0; set -- \${s##*) }; [ -z "$began" ] || [ "\${20}" = "$began" ]; }
ignores() { while read -r k v; do case $k$v in SigIgn:*[13579bdf]) return 0;; esac; done < "/proc/$1/status"; return 1; } 2>/dev/null
each() {
  n=0
  for d in /proc/[0-9]*; do
    { read -r s < "$d/stat"; } 2>/dev/null || continue
    p=\${d#/proc/}
    set -- "$1" "$p" \${s##*) }
    [ "$6" = "$pid" ] && [ "$3" != Z ] && [ "$3" != X ] || continue
    case " $mine " in
      *" $p "*) ;;
      *) if [ "$1" != HUP ] && [ "$p" != "$pid" ] && [ "$5" != "$8" ] && ignores "$p"; then continue; fi;;
    esac
    n=$((n+1))
    case $1 in
      FIND) mine="$mine $p";;
      HUP) kill -HUP "$p"; kill -CONT "$p";;
      KILL) kill -KILL "$p";;
    esac
  done
} 2>/dev/null
starts || { echo 0; exit; }
mine=
each FIND
each HUP
i=0
while each COUNT; [ "$n" -gt 0 ] && [ "$i" -lt 5 ]; do
  i=$((i+1))
  sleep 0.1 2>/dev/null || sleep 1 2>/dev/null || i=$((i+1))
done
[ "$n" -gt 0 ] && each KILL
i=0
while each COUNT; [ "$n" -gt 0 ] && [ "$i" -lt 5 ]; do
  i=$((i+1))
  sleep 0.1 2>/dev/null || sleep 1 2>/dev/null || i=$((i+1))
done
echo "$n"
`;

export function hangUpCommand(finder: readonly string[], { pid, startedAt }: ShellProcess): string[] {
  return [...finder, HANG_UP, finder[0] ?? 'sh', pid, startedAt];
}
