// What half a minute of output leaves behind. Each cluster in a file, and so in a process, of its own: memory is counted for the whole of it.
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { answer, prompt, PROMPT } from './prompt.ts';
import { openScene } from './scene.ts';

/** What a flood may leave in memory; what the collector would take is none of it. */
const GROWTH = 30 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** RSS, when what nobody needs is gone. */
function memory(): number {
  collect();
  collect();
  return process.memoryUsage.rss();
}

/** Declares the test. */
export function testFlood(context: 'docker-desktop' | 'kind-kind'): void {
  test('30 s of yes, then Ctrl-C: the prompt comes, and memory stays', async () => {
    await using scene = await openScene(context, ['web']);
    await using terminal = await prompt(await scene.open(await scene.place('web')));
    await terminal.type('yes\r');
    await wait(10_000); // what a flood needs once is there
    const before = memory();
    const from = terminal.bytes;
    await wait(30_000);
    const rate = (terminal.bytes - from) / 30;
    const pressed = performance.now();
    await terminal.type('\u0003');
    await terminal.until(PROMPT);
    const took = performance.now() - pressed;
    const grown = memory() - before;
    console.log(`${context}: yes for 30 s at ${(rate / 1e6).toFixed(0)} MB/s; prompt after Ctrl-C ${Math.round(took)} ms (aim 200); RSS ${(grown / 1024 / 1024).toFixed(0)} MiB more`);
    expect(rate).toBeGreaterThan(100_000);
    // Pages go back to the system a little later.
    await expect.poll(() => memory() - before, { timeout: 15_000, interval: 1_000 }).toBeLessThanOrEqual(GROWTH);
    expect(await answer(terminal, 'echo still here')).toBe('still here');
  });
}
