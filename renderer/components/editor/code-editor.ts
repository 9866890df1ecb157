// The editor itself, on CodeMirror 6. Loaded when it is first shown (see YamlEditor.svelte): only this file and those it reads need CodeMirror.
import { closeCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { indentUnit, syntaxHighlighting } from '@codemirror/language';
import { nextDiagnostic, previousDiagnostic } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { adoptStyles } from './adopted-styles.ts';
import { assist, type FieldsOf } from './assist.ts';
import { colours, look } from './look.ts';
import { faultyLine, marks, problemMarks, type LineProblem } from './marks.ts';

export interface CodeEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly placeholder: string;
  readonly phrases: Record<string, string>;
  readonly requiredWord: string;
  readonly fieldsOf: FieldsOf;
  readonly onchange: (text: string) => void;
}

export interface CodeEditor {
  /** A text from elsewhere: only what differs is replaced, so that the cursor and the scrolling stay. */
  setText: (text: string) => void;
  setReadOnly: (isReadOnly: boolean) => void;
  /** Of the element with the focus: its name, what describes it. */
  setAttributes: (attributes: Record<string, string>) => void;
  /** Shows what differs from another text; undefined ends it. */
  compareWith: (original: string | undefined) => void;
  markLine: (line: number | undefined) => void;
  markProblems: (problems: readonly LineProblem[]) => void;
  /** @param selection in the text, as of a textarea */
  focus: (selection?: { from: number; to: number }) => void;
  destroy: () => void;
}

/** The part in which two texts differ. */
export function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}

// Escape is the panel's, unless a list of choices is open; Tab leaves the field, as keyboard users must not be caught.
const ownKeys = defaultKeymap.filter(({ key }) => key !== 'Escape');
const problemKeys = [{ key: 'F8', run: nextDiagnostic }, { key: 'Shift-F8', run: previousDiagnostic }];

/**
 * Typing over a selection. Left to the browser, the letter takes the colour of what it replaces with it as an inline style, which the content
 * security policy refuses and tells of.
 */
function overwrite(event: InputEvent, view: EditorView): boolean {
  const { state } = view;
  if (event.inputType !== 'insertText' || event.data === null || view.composing || state.readOnly || state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(state.update(state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true }));
  return true;
}

export function createCodeEditor(options: CodeEditorOptions): CodeEditor {
  adoptStyles();
  const readOnly = new Compartment();
  const attributes = new Compartment();
  const comparison = new Compartment();
  let isQuiet = false;
  const extensions: Extension = [
    lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), highlightSpecialChars(), drawSelection(), history(), indentUnit.of('  '),
    yaml(), syntaxHighlighting(colours), look, marks, search(), highlightSelectionMatches(), placeholder(options.placeholder),
    assist(options.fieldsOf, { required: options.requiredWord }),
    keymap.of([...completionKeymap, ...searchKeymap, ...problemKeys, ...historyKeymap, ...ownKeys]),
    EditorState.phrases.of(options.phrases),
    EditorView.domEventHandlers({ blur: (_, view) => void closeCompletion(view), beforeinput: overwrite }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !isQuiet) options.onchange(update.state.doc.toString());
    }),
    readOnly.of([]), attributes.of([]), comparison.of([]),
  ];
  const view = new EditorView({ parent: options.parent, state: EditorState.create({ doc: options.text, extensions }) });
  const textOf = () => view.state.doc.toString();

  return {
    setText(text) {
      const wanted = text.replaceAll(/\r\n?/g, '\n');
      const now = textOf();
      if (wanted === now) return;
      isQuiet = true;
      view.dispatch({ changes: difference(now, wanted) });
      isQuiet = false;
    },
    setReadOnly: (isReadOnly) => view.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(isReadOnly)) }),
    setAttributes: (wanted) => view.dispatch({ effects: attributes.reconfigure(EditorView.contentAttributes.of(wanted)) }),
    compareWith: (original) => view.dispatch({
      effects: comparison.reconfigure(original === undefined ? [] : unifiedMergeView({ original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } })),
    }),
    markLine: (line) => view.dispatch(faultyLine(view.state, line)),
    markProblems: (problems) => view.dispatch(problemMarks(view.state, problems)),
    focus(selection) {
      if (selection) view.dispatch({ selection: { anchor: Math.min(selection.from, view.state.doc.length), head: Math.min(selection.to, view.state.doc.length) } });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
