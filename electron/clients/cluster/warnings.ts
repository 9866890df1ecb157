/** The texts of `Warning` response headers (RFC 7234 section 5.5, as Kubernetes sends them: `299 - "text"`), several to a header or not. */
export function warningsOf(header: string | readonly string[] | undefined): string[] {
  const text = header === undefined ? '' : typeof header === 'string' ? header : header.join(', ');
  return [...text.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!.replace(/\\(.)/g, '$1'));
}
