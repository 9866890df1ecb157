// How Go prints what is part of the kubelet's messages.

/** time.Duration: `10s`, `1m20s`, `5m0s`, `512ms`, `1.204s`. @param milliseconds whole ones */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const seconds = Math.floor(milliseconds / 1000);
  const fraction = milliseconds % 1000;
  const rest = `${seconds % 60}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0').replace(/0+$/, '')}`}s`;
  if (seconds < 60) return rest;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${rest}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}

/** A list of words by %v: `[a b]`. */
export const goList = (words: readonly string[]): string => `[${words.join(' ')}]`;

/** A string by %q. */
export const quoted = (text: string): string => JSON.stringify(text);
