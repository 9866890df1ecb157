// What the cluster says is wrong with a text, in words and at its lines.
import type { CheckedDocument, Problem } from '../../../shared/contract/objects.ts';
import type { LineProblem } from '../../components/editor/marks.ts';
import { hasMessage, say } from '../../state/say.ts';

/** The sentence of each problem that has a line, and under it the other side's own words. */
export function lineProblems(answer: { readonly problems: readonly Problem[]; readonly documents: readonly CheckedDocument[] }): LineProblem[] {
  const all = [...answer.problems, ...answer.documents.flatMap(({ problems }) => problems)];
  return all.filter(({ line }) => line > 0).map(({ code, params, cause, line, path }) => {
    const key = `failure.${code}`;
    const sentence = say(hasMessage(key) ? key : 'failure.UNEXPECTED', params);
    return { line, path, message: cause === '' || hasMessage(key) ? sentence : `${sentence}\n${cause}` };
  });
}
