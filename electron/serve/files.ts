import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Finds the file of a request path in a folder.
 * @param pathname as the request line has it, percent-encoded; `/` means index.html
 * @returns undefined when there is none, or when the decoded path leads out of the folder
 */
export async function findFile(folder: string, pathname: string) {
  let decoded;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  // Checked after decoding and resolving: %2e%2e and a\..\b are only then what they are.
  const file = path.resolve(folder, `.${decoded === '/' ? '/index.html' : decoded.replaceAll('\\', '/')}`);
  if (!file.startsWith(path.resolve(folder) + path.sep)) return undefined;
  const type = types[path.extname(file)];
  const stats = await stat(file).catch(() => undefined);
  if (type === undefined || !stats?.isFile()) return undefined;
  return { type, size: stats.size, isPage: file.endsWith('.html'), open: () => createReadStream(file) };
}
