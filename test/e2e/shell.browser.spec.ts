// The browser shell as a whole, in a real browser and as a real process, with neither Docker nor a cluster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
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
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/(#.*)?$/);
  const address = page.url();
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.goto(podlab.url);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  expect(page.url()).toBe(address);
  expect(complaints).toEqual([]);
});

test('what listens on another port of 127.0.0.1 gets neither the cookie nor the path', async ({ page, context }) => {
  await using podlab = await startPodlab([], nothing);
  const heard: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  // As the application in a pod behind a forward: it sees whatever the browser sends.
  const application = createHttpServer(({ url, headers }, response) => {
    heard.push({ url, headers });
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>application</title><link rel="icon" href="data:,">');
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  try {
    const target = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
    await page.goto(podlab.url);
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    const base = new URL(page.url()).pathname;
    const mine = (await context.cookies(page.url())).filter(({ name }) => name.startsWith('podlab-'));
    expect(mine.map(({ path: below, httpOnly, sameSite }) => ({ below, httpOnly, sameSite }))).toEqual([
      { below: base, httpOnly: true, sameSite: 'Strict' },
    ]);

    // What the cookie was before: of the whole host, and so of every port. The application gets this one, so with Path=/ it would get
    // ours as well, and this test would fail.
    await context.addCookies([{ name: 'witness', value: '1', domain: '127.0.0.1', path: '/', httpOnly: true, sameSite: 'Strict' }]);
    const follow = async (where: string, attributes: Record<string, string>) => {
      await page.evaluate(([href, more]) => {
        const link = document.createElement('a');
        Object.assign(link, { href, textContent: href, id: 'followed', ...more });
        document.querySelector('#followed')?.remove();
        document.body.prepend(link);
      }, [`${target}${where}`, attributes] as const);
      await page.locator('#followed').evaluate((link) => (link as HTMLAnchorElement).click());
    };
    // As the links of the forwards are, and as a careless one would be.
    const [opened] = await Promise.all([context.waitForEvent('page'), follow('/tab', { target: '_blank', rel: 'noreferrer' })]);
    await opened.waitForLoadState();
    const [careless] = await Promise.all([context.waitForEvent('page'), follow('/opener', { target: '_blank', rel: 'opener' })]);
    await careless.waitForLoadState();
    await follow('/same', {});
    await page.waitForURL(`${target}/same`);

    expect(heard.map(({ url, headers }) => ({ url, cookie: headers.cookie, referer: headers.referer }))).toEqual(
      ['/tab', '/opener', '/same'].map((url) => ({ url, cookie: 'witness=1', referer: undefined })),
    );
    const secrets = [base.slice(1, -1), mine[0]?.value ?? base, new URL(podlab.url).searchParams.get('token') ?? base];
    expect(secrets.filter((secret) => JSON.stringify(heard).includes(secret))).toEqual([]);
  } finally {
    application.closeAllConnections();
    application.close();
  }
});

test('the browser is given a file that only its user may read, which leads in and goes with the process', async ({ page }) => {
  // In the place of what the system opens files with; it notes what every user could read on its command line.
  const programs = path.join(home, 'programs');
  const note = path.join(home, 'opened');
  await mkdir(programs);
  const program = `#!/bin/sh\nprintf '%s\\n' "$@" > '${note}.part'\nmv '${note}.part' '${note}'\n`;
  for (const name of ['xdg-open', 'open']) await writeFile(path.join(programs, name), program, { mode: 0o755 });
  const command = path.join(import.meta.dirname, '../../build/run.mjs');
  const child = spawn(process.execPath, [command, 'start', '--browser'], {
    env: { ...process.env, ...nothing, PATH: `${programs}${path.delimiter}${process.env.PATH}` }, stdio: 'ignore',
  });
  const ended = once(child, 'close');
  let file = '';
  try {
    await expect(() => expect(existsSync(note)).toBe(true)).toPass({ timeout: 40_000 });
    file = (await readFile(note, 'utf8')).trimEnd();
    expect(path.basename(file)).toBe('open.html');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await page.goto(`file://${file}`);
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/(#.*)?$/);
  } finally {
    child.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
  expect(existsSync(file)).toBe(false);
});

test('a page of another origin reaches neither the files nor the calls', async ({ page, context }) => {
  await using podlab = await startPodlab([], nothing);
  await page.goto(podlab.url);
  // Even if it knew the path.
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const below = `127.0.0.1:${new URL(podlab.url).port}${new URL(page.url()).pathname}`;
  const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<!doctype html><title>stranger</title>'));
  stranger.listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  try {
    // The same site by its address, so that the browser would send the cookie: only Origin tells them apart.
    const other = await context.newPage();
    await other.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
    const reached = await other.evaluate(async (target) => {
      const socket = new WebSocket(`ws://${target}rpc`);
      const opened = await new Promise((resolve) => {
        socket.addEventListener('open', () => resolve(true));
        socket.addEventListener('error', () => resolve(false));
      });
      const read = await fetch(`http://${target}`, { credentials: 'include' }).then(() => true, () => false);
      const posted = await fetch(`http://${target}`, { method: 'POST', credentials: 'include' }).then(() => true, () => false);
      return { opened, read, posted };
    }, below);
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
    'Neither Docker nor a kubeconfig was found, so Podlab shows its practice cluster, which is kept in memory.',
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
    code: 2, out: '', err: "Podlab: Unknown option '--brwoser': the flags are --browser, --port N, --no-open, --kubeconfig FILE, --context NAME, --practice and --speed N.\n",
  });
});
