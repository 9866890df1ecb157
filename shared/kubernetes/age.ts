// The age texts of kubectl: k8s.io/apimachinery/pkg/util/duration.HumanDuration and the printers' translateTimestampSince.

/**
 * A span as kubectl prints it in AGE and in "(… ago)". Truncates, never rounds.
 * Takes seconds (fractions allowed); a clock that is up to 2 s ahead counts as now, beyond that `<invalid>`.
 */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (Number.isNaN(whole) || whole < -1) return '<invalid>';
  if (whole < 0) return '0s';
  if (whole < 120) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return two(minutes, 'm', whole % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return two(days, 'd', hours % 24, 'h');
  if (days < 2 * 365) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

/** The age at `now` of an RFC 3339 timestamp: `<unknown>` where there is none, `<invalid>` where it cannot be read. */
export function ageSince(timestamp: string | null | undefined, now: Date | number): string {
  if (!timestamp) return '<unknown>';
  return humanDuration((Number(now) - Date.parse(timestamp)) / 1000);
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
