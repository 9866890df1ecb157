// YAML as kubectl reads it. kubectl (sigs.k8s.io/yaml over go-yaml 2) reads YAML 1.1: `yes` and `on` are true, `0644` is octal. A 1.2 reader takes
// the first for text and the second for six hundred and forty-four, and a 1.2 writer leaves "yes" without its quotes.
import { parseAllDocuments, stringify, type Document, type LineCounter, type ScalarTag, type Tags } from 'yaml';

/** go-yaml 2 has neither 1.1's base 60 (`12:30`) nor, in what becomes JSON, its dates and sets. */
const NOT_IN_GO = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:set', 'tag:yaml.org,2002:omap', 'tag:yaml.org,2002:pairs', 'tag:yaml.org,2002:binary']);

/** go-yaml 2 knows 1.2's octal, too. */
const OCTAL: ScalarTag = { tag: 'tag:yaml.org,2002:int', default: true, test: /^[-+]?0o[0-7_]+$/, resolve: (text) => Number(text.replaceAll('_', '').replace('+', '')), format: 'OCT' };

const options = {
  version: '1.1',
  customTags: (tags: Tags): Tags => [OCTAL, ...tags.filter((tag) => typeof tag === 'string' || !(NOT_IN_GO.has(tag.tag) || ('format' in tag && tag.format === 'TIME')))],
} as const;

/** Every document of a text, with its errors; `lines` learns where lines begin. Keys that are there twice are not told: that search takes their square. */
export function readDocuments(text: string, lines: LineCounter): Document.Parsed[] {
  return parseAllDocuments(text, { ...options, uniqueKeys: false, lineCounter: lines }) as Document.Parsed[];
}

/** One document that kubectl reads back as the same value. */
export function writeDocument(value: unknown): string {
  return stringify(value, { ...options, lineWidth: 0 });
}
