// wget as busybox has it: what people use to fetch a page where there is no curl.
import { normal } from '../files.ts';
import type { Program, ProgramContext } from '../program.ts';
import { type HttpAnswer, readUrl, send } from './http-client.ts';

export const wget: Program = async (context) => {
  const { argv, stderr } = context;
  let quiet = false;
  let output: string | undefined;
  let limit: number | undefined;
  let data: string | undefined;
  let spider = false;
  let address: string | undefined;
  const headers: Record<string, string> = { 'User-Agent': 'Wget' };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at]!;
    if (/^-q?O/.test(word)) {
      quiet ||= word.startsWith('-q');
      output = word.replace(/^-q?O/, '') || argv[++at];
    } else if (word === '-q' || word === '--quiet') quiet = true;
    else if (word === '-S') continue;
    else if (word === '--spider') spider = true;
    else if (word.startsWith('-T')) limit = Number(word.slice(2) || argv[++at]);
    else if (word.startsWith('--timeout=')) limit = Number(word.slice(10));
    else if (word.startsWith('--post-data')) data = word.includes('=') ? word.slice(word.indexOf('=') + 1) : argv[++at];
    else if (word.startsWith('--header')) {
      const text = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (argv[++at] ?? '');
      headers[text.slice(0, text.indexOf(':')).trim()] = text.slice(text.indexOf(':') + 1).trim();
    } else if (word.startsWith('-')) {
      await stderr.write(`wget: unrecognized option: ${word}\n`);
      return 1;
    } else address = word;
  }
  const url = address === undefined ? undefined : readUrl(address);
  if (url === undefined || url.protocol !== 'http:') {
    await stderr.write(address === undefined ? 'Usage: wget [-q] [-O FILE] [-T SEC] URL...\n' : `wget: not an http or ftp url: ${address}\n`);
    return 1;
  }
  const failed = async (words: string) => {
    await stderr.write(`wget: ${words}\n`);
    return 1;
  };
  if (!quiet) await stderr.write(`Connecting to ${url.host}\n`);
  let answer: HttpAnswer | undefined;
  let timedOut = false;
  const cancel = limit === undefined ? () => {} : context.clock.after(limit * 1000, () => {
    timedOut = true;
    answer?.socket.destroy();
    wake();
  });
  let wake: () => void = () => {};
  const late = new Promise<undefined>((resolve) => (wake = () => resolve(undefined)));
  try {
    const body = data === undefined ? undefined : Buffer.from(data);
    const asked = send(context, { url, method: body === undefined ? 'GET' : 'POST', headers: { ...headers, Connection: 'close' }, body });
    asked.then((late) => timedOut && late.socket.destroy(), () => {});
    answer = await Promise.race([asked, late]);
    if (answer === undefined) return await failed('download timed out');
    const status = answer.message.statusCode ?? 0;
    if (status >= 400) return await failed(`server returned error: HTTP/1.1 ${String(status)} ${answer.message.statusMessage ?? ''}`);
    if (!spider) await save(context, answer, output ?? (url.pathname.split('/').at(-1) || 'index.html'), quiet);
    return 0;
  } catch (error) {
    context.signal.throwIfAborted();
    if (timedOut) return await failed('download timed out');
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND') return await failed(`bad address '${url.host}'`);
    if (code === 'ECONNREFUSED') return await failed(`can't connect to remote host (${addressOf(error)}): Connection refused`);
    if (code === 'EHOSTUNREACH') return await failed(`can't connect to remote host (${addressOf(error)}): No route to host`);
    if (code === 'ECONNRESET') return await failed('error getting response: Connection reset by peer');
    return await failed(message);
  } finally {
    cancel();
    answer?.socket.destroy();
  }
};

const addressOf = (error: unknown): string => (error as { address?: string }).address ?? '';

async function save(context: ProgramContext, { message }: HttpAnswer, output: string, quiet: boolean): Promise<void> {
  let begun = false;
  for await (const chunk of message) {
    if (output === '-') await context.stdout.write(chunk as Buffer);
    else context.machine.files.write(normal(output, context.cwd), chunk as Buffer, { append: begun });
    begun = true;
    await context.breathe();
  }
  if (!quiet && output !== '-') await context.stderr.write(`saving to '${output}'\n'${output}' saved\n`);
}
