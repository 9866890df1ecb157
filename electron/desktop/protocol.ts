// app://podlab/: serves the built page out of the package, and nothing else of the disk.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { protocol } from 'electron';
import { appHost, appScheme } from './address.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Everything is forbidden but the page's own files. It talks to the engine through a MessagePort, so it needs no connection at all
 * (connect-src stays at 'none'). A response header rather than a <meta>: it holds from the first byte and for every file.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Declares the scheme. Electron takes this only before it is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the files of `directory` (dist/renderer) as app://podlab/. To be called once Electron is ready. */
export function serveApp(directory: string): void {
  protocol.handle(appScheme, (request) => respond(request, path.resolve(directory)));
}

async function respond(request: Request, root: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Method not allowed');
  const url = URL.parse(request.url);
  if (url?.host !== appHost) return answer(404, 'Not found');
  const file = fileOf(url.pathname, root);
  if (file === undefined) return answer(400, 'Bad path');
  try {
    const bytes = await readFile(file);
    return answer(200, request.method === 'HEAD' ? '' : bytes, contentTypes[path.extname(file)] ?? 'application/octet-stream');
  } catch {
    return answer(404, 'Not found');
  }
}

/**
 * The file a path names, or undefined if it leaves the root. The check comes after decoding: `..%2f` is no dot segment for the URL
 * parser, but it is one for the file system.
 */
function fileOf(pathname: string, root: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const file = path.resolve(root, `.${decoded === '/' ? '/index.html' : decoded}`);
  return file.startsWith(root + path.sep) ? file : undefined;
}

function answer(status: number, body: string | Uint8Array<ArrayBuffer>, contentType = 'text/plain; charset=utf-8'): Response {
  return new Response(body, {
    status,
    headers: {
      'Content-Type': contentType,
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    },
  });
}
