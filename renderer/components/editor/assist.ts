// Completion and hover out of the schema of the object around the cursor.
import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { choicesAt, schemaOf, typeName, type Choice, type KindFields } from './field-choices.ts';
import { fieldAt, yamlPlace } from './yaml-place.ts';

/** The schema of a kind; undefined where there is none, or where nobody answers: then nothing is offered. */
export type FieldsOf = (kind: { readonly apiVersion: string; readonly kind: string }) => Promise<KindFields | undefined>;
export interface AssistWords {
  readonly required: string;
}

function completionOf({ label, insert, type, description, required }: Choice, words: AssistWords): Completion {
  return {
    label,
    detail: [type, ...(required ? [words.required] : [])].filter(Boolean).join(' · '),
    ...(description === '' ? {} : { info: description }),
    apply(view, _, from, to) {
      // Not what the language would indent: the place is known.
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.complete', scrollIntoView: true });
    },
    boost: required ? 20 : 0,
  };
}

export function assist(fieldsOf: FieldsOf, words: AssistWords): Extension {
  const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString();
    const place = yamlPlace(text, context.pos);
    if (!place || place.kind === '') return null;
    // Unasked, only once a letter is typed, or where a value may be chosen.
    if (!context.explicit && context.pos === place.from && place.key === undefined) return null;
    const fields = await fieldsOf(place);
    if (!fields || context.aborted) return null;
    const options = choicesAt(fields, place).map((choice) => completionOf(choice, words));
    return options.length === 0 ? null : { from: place.from, options, validFor: /^[\w./-]*$/ };
  };
  const hover = hoverTooltip(async (view, position) => {
    const field = fieldAt(view.state.doc.toString(), position);
    const fields = field && (await fieldsOf(field));
    const schema = fields && schemaOf(fields, field.path);
    if (!schema) return null;
    return {
      pos: field.from,
      end: field.to,
      above: true,
      create() {
        const dom = document.createElement('div');
        dom.className = 'field-help';
        const name = document.createElement('b');
        name.textContent = String(field.path.at(-1));
        const type = document.createElement('span');
        type.className = 'muted';
        type.textContent = typeName(fields, schema);
        const words = document.createElement('div');
        words.textContent = schema.description ?? '';
        dom.append(name, type, words);
        return { dom };
      },
    };
  });
  // Enter right after the list came takes from it: a new line in its place would break the YAML.
  return [autocompletion({ override: [complete], icons: false, activateOnTyping: true, maxRenderedOptions: 60, interactionDelay: 0 }), hover];
}
