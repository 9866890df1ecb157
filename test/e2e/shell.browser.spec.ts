// The browser shell as a whole, in a real browser and as a real process, with neither Docker nor a cluster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { startPodlab } from './podlab.ts';

let home: string;
let nothing: Record<string, string>;

test.beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'podlab-home-'));
  const missing = path.join(home, 'missing');
  nothing = { HOME: home, DOCKER_CONFIG: missing, DOCKER_HOST: `unix://${missing}.sock`, KUBECONFIG: missing, XDG_STATE_HOME: home };
});
test.afterAll(() => rm(home, { recursive: true }));

/** Runs `npm start` with flags until it ends, or until it has said enough; then Ctrl-C ends it. */
async function start(flags: string[], enough = /$^/): Promise<{ code: unknown; out: string; err: string }> {
  const command = path.join(import.meta.dirname, '../../build/run.mjs');
  const child = spawn(process.execPath, [command, 'start', ...flags], { env: { ...process.env, ...nothing, CI: 'true' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  const look = () => enough.test(said.out + said.err) && child.kill('SIGINT');
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said.out += text; look(); });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said.err += text; look(); });
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, ...said };
}

test('the screens load under the shell\'s own security policy, and the address forgets the token', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await using podlab = await startPodlab([], nothing);
  await page.goto(podlab.url);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expect(page.getByText('Docker', { exact: false }).first()).toBeVisible();
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(#.*)?$/);
  expect(complaints).toEqual([]);
});

test('a page of another origin reaches neither the files nor the calls', async ({ page, context }) => {
  await using podlab = await startPodlab([], nothing);
  await page.goto(podlab.url);
  const port = new URL(podlab.url).port;
  const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<!doctype html><title>stranger</title>'));
  stranger.listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  try {
    // The same site by its address, so that the browser would send the cookie: only Origin tells them apart.
    const other = await context.newPage();
    await other.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
    const reached = await other.evaluate(async (target) => {
      const socket = new WebSocket(`ws://127.0.0.1:${target}/rpc`);
      const opened = await new Promise((resolve) => {
        socket.addEventListener('open', () => resolve(true));
        socket.addEventListener('error', () => resolve(false));
      });
      const read = await fetch(`http://127.0.0.1:${target}/`, { credentials: 'include' }).then(() => true, () => false);
      const posted = await fetch(`http://127.0.0.1:${target}/`, { method: 'POST', credentials: 'include' }).then(() => true, () => false);
      return { opened, read, posted };
    }, port);
    expect(reached).toEqual({ opened: false, read: false, posted: false });
  } finally {
    stranger.close();
  }
});

test('with neither Docker nor a kubeconfig it starts, says so in a sentence, and Ctrl-C ends it well', async () => {
  const { code, out, err } = await start(['--no-open'], /Neither Docker/);
  expect(out).toMatch(/^Podlab: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/);
  expect(err.trim().split('\n')).toEqual([
    "Podlab opens in the browser, not in Electron's window, because CI is set.",
    'Neither Docker nor a kubeconfig was found: start Docker Desktop, kind or minikube, and Podlab will notice.',
  ]);
  expect(code).toBe(0);
});

test('two at once do not disturb each other in one browser', async ({ page, context }) => {
  await using one = await startPodlab([], nothing);
  await using two = await startPodlab([], nothing);
  await page.goto(one.url);
  const other = await context.newPage();
  await other.goto(two.url);
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expect(other.getByRole('navigation', { name: 'Main' })).toBeVisible();
});

test('a port in use and a wrong flag get one sentence each', async () => {
  await using podlab = await startPodlab([], nothing);
  const { port } = new URL(podlab.url);
  expect(await start(['--browser', '--no-open', '--port', port])).toEqual({
    code: 1, out: '', err: `Podlab: Port ${port} on 127.0.0.1 is in use by another program: choose another one, or leave out --port.\n`,
  });
  expect(await start(['--brwoser'])).toEqual({
    code: 2, out: '', err: "Podlab: Unknown option '--brwoser': the flags are --browser, --port N, --no-open, --kubeconfig FILE and --context NAME.\n",
  });
});
