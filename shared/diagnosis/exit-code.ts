// What an exit code says: above 128 a shell, Docker and containerd all write 128 + the number of the signal that ended the program (signal(7), x86 and ARM).

const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 5: 'SIGTRAP', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 9: 'SIGKILL', 10: 'SIGUSR1', 11: 'SIGSEGV',
  12: 'SIGUSR2', 13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM', 16: 'SIGSTKFLT', 24: 'SIGXCPU', 25: 'SIGXFSZ', 31: 'SIGSYS',
};

/** The signal that an exit code stands for: 139 gives SIGSEGV; undefined for a code that a program chose by itself. */
export function signalOf(exitCode: number): string | undefined {
  return signals[exitCode - 128];
}
