// What is kept of a request that was sent. Nothing secret is: whoever reads the disk, or a copy of it, is not to find a password there.
import type { HttpBody, HttpRequest } from '../../../../shared/contract/http.ts';
import type { SentRequest } from '../../../../shared/contract/requests.ts';
import { isSecretHeader } from '../request-parts.ts';

/** Characters of a body that are kept. */
const MOST_BODY = 64 * 1024;

/** The request without secrets and without a large body, and which of both was taken out of it. */
export function keepable(request: HttpRequest): Pick<SentRequest, 'request' | 'leftOut'> {
  const headers = request.headers.map(([name, value]): [string, string] => [name, isSecretHeader(name) ? '' : value]);
  const auth = withoutSecrets(request.auth);
  const isLarge = sizeOf(request.body) > MOST_BODY;
  const hadSecrets = JSON.stringify([auth, headers]) !== JSON.stringify([request.auth, request.headers]);
  return {
    request: { ...request, headers, auth, body: isLarge ? emptied(request.body) : request.body },
    leftOut: [...(hadSecrets ? (['secrets'] as const) : []), ...(isLarge ? (['body'] as const) : [])],
  };
}

function withoutSecrets(auth: HttpRequest['auth']): HttpRequest['auth'] {
  switch (auth.kind) {
    case 'none': return auth;
    case 'basic': return { ...auth, password: '' };
    case 'bearer': return { ...auth, token: '' };
    case 'api-key': return { ...auth, value: '' };
  }
}

function sizeOf(body: HttpBody): number {
  switch (body.kind) {
    case 'json': case 'text': return body.text.length;
    case 'form': return body.fields.flat().join('').length;
    case 'multipart': return body.parts.map(({ name, value = '' }) => name + value).join('').length;
    case 'none': case 'file': return 0;
  }
}

/** The kind stays, so that it is seen what there was. */
function emptied(body: HttpBody): HttpBody {
  switch (body.kind) {
    case 'json': case 'text': return { ...body, text: '' };
    case 'form': return { ...body, fields: [] };
    case 'multipart': return { ...body, parts: [] };
    case 'none': case 'file': return body;
  }
}
