// The variables of a folder: a flat map of names and texts.
import { Failure } from '../../../../shared/contract/failures.ts';
import { isVariableName } from '../../../../shared/http/variables.ts';
import { openDocument, readYaml, setValue, writeYaml } from './read-yaml.ts';

/** @param file for the failure. @throws Failure REQUEST_FILE_INVALID */
export function readVariables(file: string, text: string): Record<string, string> {
  const { value, lineOf } = readYaml(file, text);
  const invalid = (name: string, cause: string) => new Failure('REQUEST_FILE_INVALID', { file, line: lineOf([name]) }, cause);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => {
    if (!isVariableName(name)) throw invalid(name, `${JSON.stringify(name)} is no name of a variable: letters, digits, _ . - and no digit first`);
    if (typeof each !== 'string') throw invalid(name, `${name}: expected a text`);
    return [name, each];
  }));
}

/** The text with these variables and no others; comments stay. @param before '' for a new file. @throws Failure REQUEST_FILE_INVALID: a name, or `before` */
export function writeVariables(file: string, before: string, values: Readonly<Record<string, string>>): string {
  const old = readVariables(file, before);
  const document = openDocument(before);
  for (const name of Object.keys(old)) if (!Object.hasOwn(values, name)) document.delete(name);
  for (const [name, value] of Object.entries(values)) if (old[name] !== value) setValue(document, name, value);
  const text = Object.keys(values).length === 0 && before === '' ? '{}\n' : writeYaml(document);
  readVariables(file, text);
  return text;
}
