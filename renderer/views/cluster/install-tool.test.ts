import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { installCommand, systemOf } from './install-tool.ts';

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36', 'windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36', 'macos'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'linux'],
] as const)('%s is %s', (userAgent, system) => {
  expect(systemOf(userAgent)).toBe(system);
});

test.runIf(process.platform === 'linux').each(['kind', 'minikube'] as const)('%s: the line for Linux is one that a shell reads, for this processor', (tool) => {
  // Everything that would fetch or change something is replaced by an echo of its arguments.
  const script = `curl() { echo "$@"; }; sudo() { :; }; rm() { :; }; ${installCommand[tool].linux}`;
  const name = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64'];
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toMatch(new RegExp(`^-fLo ${tool} https://github\\.com/\\S+/${tool}-linux-${name}\n$`));
});
