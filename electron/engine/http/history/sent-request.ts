// What is kept of a request that was sent.
import type { HttpBody, HttpRequest } from '../../../../shared/contract/http.ts';
import type { SentRequest } from '../../../../shared/contract/requests.ts';
import { withoutSecrets } from '../without-secrets.ts';

/** Characters of a body that are kept. */
const MOST_BODY = 64 * 1024;

/** The request without secrets and without a large body, and which of both was taken out of it. */
export function keepable(typed: HttpRequest): Pick<SentRequest, 'request' | 'leftOut'> {
  const { request, hadSecrets } = withoutSecrets(typed);
  const isLarge = sizeOf(request.body) > MOST_BODY;
  return {
    request: isLarge ? { ...request, body: emptied(request.body) } : request,
    leftOut: [...(hadSecrets ? (['secrets'] as const) : []), ...(isLarge ? (['body'] as const) : [])],
  };
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
