// The editor in the colours of style.css: the same rules for light and dark, as the tokens change.
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const look = EditorView.theme({
  '&': { font: 'var(--mono)', color: 'var(--text)', backgroundColor: 'transparent', height: '100%', flex: '1', minWidth: '0' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--mono)', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--faint)', borderRight: '1px solid var(--line)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '34px', padding: '0 8px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 45%, transparent)' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {
    background: 'color-mix(in srgb, var(--accent) 30%, transparent)',
  },
  '.cm-lineNumbers .cm-gutterElement.faulty': { background: 'var(--bad)', color: 'var(--surface)', fontWeight: '700' },
  '.cm-line.faulty': { backgroundColor: 'var(--bad-soft)' },
  // Its own pictures are data: addresses, which the content security policy refuses.
  '.cm-lintRange': { backgroundImage: 'none', paddingBottom: '0' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad) 1px', textUnderlineOffset: '3px' },
  '.cm-lintRange-active': { backgroundColor: 'var(--bad-soft)' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--bad)' },
  '.cm-diagnostic': { font: 'var(--font)', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--line-strong)', borderRadius: 'var(--r-s)', boxShadow: 'var(--shadow)', overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: 'var(--mono)', maxHeight: '15em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', color: 'var(--text)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip.cm-completionInfo': { font: 'var(--font)', padding: '8px 10px', maxWidth: '340px', maxHeight: '16em', overflow: 'auto', whiteSpace: 'pre-wrap' },
  '.field-help': { font: 'var(--font)', padding: '8px 10px', maxWidth: '380px', maxHeight: '16em', overflow: 'auto', whiteSpace: 'pre-wrap' },
  '.field-help b': { font: 'var(--mono)', fontWeight: '700', marginRight: '6px' },
  '.field-help .muted': { fontSize: '11.5px' },
  '.cm-panels': { backgroundColor: 'var(--bg)', color: 'var(--text)', borderColor: 'var(--line)', font: 'var(--font)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 28px 6px 8px' },
  '.cm-panel.cm-search label': { fontSize: '12px' },
  '.cm-textfield': { font: 'inherit', color: 'inherit', backgroundColor: 'var(--surface)', border: '1px solid var(--input-line)', borderRadius: 'var(--r-s)' },
  '.cm-button': { font: 'inherit', fontSize: '12px', color: 'inherit', backgroundImage: 'none', backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', borderRadius: 'var(--r-s)' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--muted)', font: 'inherit', fontSize: '16px', minWidth: '24px', minHeight: '24px' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--warn) 45%, transparent)' },
  '.cm-changedLine': { backgroundColor: 'var(--ok-soft) !important' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--ok) 28%, transparent) !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bad-soft)', paddingLeft: '10px' },
  '.cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--bad) 28%, transparent)' },
  '.cm-changeGutter': { width: '3px', paddingLeft: '1px' },
  '.cm-changedLineGutter': { background: 'var(--ok)' },
  '.cm-deletedLineGutter': { background: 'var(--bad)' },
  '.cm-collapsedLines': { color: 'var(--muted)', background: 'var(--gone-soft)', backgroundImage: 'none', padding: '2px 10px' },
  // Its own sign is in few fonts.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"' },
});

export const colours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: 'var(--busy)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.labelName, tags.typeName], color: 'var(--unknown)' },
  { tag: [tags.meta, tags.keyword], color: 'var(--warn)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--muted)' },
]);
