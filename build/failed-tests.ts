// What failed, by name and first words, and whether anything ran, from the JSON that vitest and Playwright write of a run: a long log need not be searched for it.
import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

interface VitestReport {
  numTotalTests?: number;
  testResults?: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

interface PlaywrightSuite {
  specs?: { title: string; file: string; ok: boolean; tests: { results: { error?: { message?: string } }[] }[] }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport {
  suites?: PlaywrightSuite[];
  stats?: { expected: number; unexpected: number };
  errors?: { message?: string }[];
}

/** One line a failed test: file, name, and what it said first. A report that is not there or is cut short (the run was ended) is told, too. */
export function failedTests(report: string): string[] {
  if (!existsSync(report)) return ['the run ended before it told which tests failed'];
  try {
    const { testResults, suites, errors } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport & PlaywrightReport;
    return [...(testResults ?? []).flatMap(ofVitest), ...(suites ?? []).flatMap(ofPlaywright), ...(errors ?? []).map(({ message }) => firstLine(message))];
  } catch (error) {
    return [`${report} cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** False where no test ran: the words that narrow a run may fit no file of one program, but have to fit one of some program. */
export function hasTests(report: string): boolean {
  const { numTotalTests = 0, testResults = [], stats } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport & PlaywrightReport;
  return numTotalTests + testResults.length + (stats?.expected ?? 0) + (stats?.unexpected ?? 0) > 0;
}

function ofVitest({ name, status, message, assertionResults }: NonNullable<VitestReport['testResults']>[number]): string[] {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
  if (failed.length === 0) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
  return failed.map((test) => `${name} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
}

function ofPlaywright({ specs = [], suites = [] }: PlaywrightSuite): string[] {
  const failed = specs.filter(({ ok }) => !ok).map(({ title, file, tests }) => {
    const words = tests.flatMap(({ results }) => results.flatMap(({ error }) => error?.message ?? []))[0];
    return `${file} > ${title}: ${firstLine(words)}`;
  });
  return [...failed, ...suites.flatMap(ofPlaywright)];
}

/** Without colours; the rest of a message is in the log above. */
function firstLine(text: string | undefined): string {
  const plain = stripVTControlCharacters(text ?? '').trim();
  return plain.split('\n').slice(0, 2).join(' ').slice(0, 300) || 'no message';
}
