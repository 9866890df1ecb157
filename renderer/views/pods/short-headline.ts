// A finding in a few words, for a table.
import type { Message } from '../../../shared/contract/findings.ts';
import { hasMessage, say, sayMessage } from '../../state/say.ts';

/** Each cause has a short form, named like its sentence, and for some of its sentences one of their own; the sentence itself where it has none. */
export function shortHeadline({ key, params }: Message): string {
  const own = key.replace('.sentence', '.short');
  const short = [own, own.replace(/\.short.*$/, '.short')].find((each) => hasMessage(each));
  return short === undefined ? sayMessage({ key, params }) : say(short, params);
}
