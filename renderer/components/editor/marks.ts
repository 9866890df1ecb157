// The one line that a failure names, marked over its whole width and at its number; problems under the very words.
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { RangeSet, StateEffect, StateField, type EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { Decoration, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view';

/** A problem as the editor shows it: `line` from 1, 0 for none; `path` `spec.containers[0].image`. */
export interface LineProblem {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

const setFaulty = StateEffect.define<number | undefined>();
const lineMark = Decoration.line({ class: 'faulty' });
const gutterMark = new (class extends GutterMarker {
  override elementClass = 'faulty';
})();

const faulty = StateField.define<number | undefined>({
  create: () => undefined,
  update(position, transaction) {
    for (const effect of transaction.effects) if (effect.is(setFaulty)) return effect.value;
    return position === undefined ? undefined : transaction.changes.mapPos(position);
  },
  provide: (field) => [
    EditorView.decorations.from(field, (position) => (view) => (position === undefined ? Decoration.none : Decoration.set(lineMark.range(view.state.doc.lineAt(Math.min(position, view.state.doc.length)).from)))),
    gutterLineClass.from(field, (position) => (position === undefined ? RangeSet.empty : RangeSet.of(gutterMark.range(position)))),
  ],
});

export const marks: Extension = faulty;

/** Marks a line and brings it in sight; undefined, or a line that is none, marks nothing. */
export function faultyLine(state: EditorState, line: number | undefined): TransactionSpec {
  if (line === undefined || line < 1 || line > state.doc.lines) return { effects: setFaulty.of(undefined) };
  const { from } = state.doc.line(line);
  return { effects: [setFaulty.of(from), EditorView.scrollIntoView(from, { y: 'nearest', yMargin: 40 })] };
}

/** The words of a line that a problem is about: the last name of its path, else all that is written there. */
export function rangeOf(text: string, path: string): { from: number; to: number } {
  const name = /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1];
  const at = name === undefined ? -1 : text.indexOf(name);
  if (name !== undefined && at >= 0) return { from: at, to: at + name.length };
  const from = text.length - text.trimStart().length;
  return { from, to: Math.max(from, text.trimEnd().length) };
}

export function problemMarks(state: EditorState, problems: readonly LineProblem[]): TransactionSpec {
  const diagnostics = problems.flatMap(({ line, path, message }): Diagnostic[] => {
    if (line < 1 || line > state.doc.lines) return [];
    const at = state.doc.line(line);
    const { from, to } = rangeOf(at.text, path);
    return [{ from: at.from + from, to: at.from + to, severity: 'error', message }];
  });
  return setDiagnostics(state, diagnostics);
}
