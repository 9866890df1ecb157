// CodeMirror's own words, in the person's language.
import { hasMessage, say } from '../../state/say.ts';

const keys: Readonly<Record<string, string>> = {
  Find: 'find', Replace: 'replace-with', next: 'next', previous: 'previous', all: 'all', 'match case': 'match-case', regexp: 'regexp', 'by word': 'by-word',
  replace: 'replace', 'replace all': 'replace-all', close: 'close', 'current match': 'current-match', 'on line': 'on-line', 'replaced $ matches': 'replaced',
  'replaced match on line $': 'replaced-on-line', 'Go to line': 'go-to-line', go: 'go', Diagnostics: 'diagnostics', 'No diagnostics': 'no-diagnostics',
  Completions: 'completions', '$ unchanged lines': 'unchanged-lines', 'Control character': 'control-character',
};

/** For EditorState.phrases; `$` stays for CodeMirror to fill in. */
export function phrases(): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).flatMap(([phrase, key]) => (hasMessage(`yaml.phrase.${key}`) ? [[phrase, say(`yaml.phrase.${key}`)]] : [])));
}
