// A finding as text for a chat, an issue or a search box: what is wrong, the proof and Kubernetes' own words, without what looks like a secret.
import type { Evidence, Finding } from '../../../shared/contract/findings.ts';
import { withoutSecrets } from '../../../shared/kubernetes/without-secrets.ts';
import { say, sayMessage } from '../../state/say.ts';

/** Longer raw words are cut: the beginning tells. */
const RAW_MAX = 4_000;

/** `about`: what the finding is about, one line: `Pod default/web, container app`. */
export function findingText(finding: Finding, about: string, form: 'text' | 'markdown'): string {
  const { id, message, explanation, evidence, raw = '' } = finding;
  const isMarkdown = form === 'markdown';
  const words = raw.length > RAW_MAX ? `${raw.slice(0, RAW_MAX)}…` : raw;
  const title = (text: string) => (isMarkdown ? `**${text}**` : `${text}:`);
  const parts = [
    isMarkdown ? `### ${sayMessage(message)}` : sayMessage(message),
    `${about} (${id})`,
    ...(explanation ? [sayMessage(explanation)] : []),
    ...(evidence.length > 0 ? [`${title(say('pods.evidence'))}\n${evidence.map((each) => `- ${evidenceText(each, isMarkdown)}`).join('\n')}`] : []),
    ...(words ? [`${title(say('pods.raw'))}\n${isMarkdown ? fenced(words) : words}`] : []),
  ];
  return `${withoutSecrets(parts.join('\n\n'))}\n`;
}

function evidenceText({ message, object, path, value, at }: Evidence, isMarkdown: boolean): string {
  const where = [object && `${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name}`, path, at].filter((part) => part !== undefined);
  const said = value === undefined || value === '' ? '' : ` ${isMarkdown ? code(value) : value}`;
  return `${sayMessage(message)}${said}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
}

/** CommonMark 6.1: a code span is as long in backticks as it has to be, and on one line. */
function code(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').slice(0, RAW_MAX);
  const ticks = '`'.repeat(longest(line) + 1);
  return `${ticks}${line.startsWith('`') || line.endsWith('`') ? ` ${line} ` : line}${ticks}`;
}

/** CommonMark 4.5: the fence is longer than every run of backticks in it. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longest(text) + 1));
  return `${fence}\n${text}\n${fence}`;
}

function longest(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
