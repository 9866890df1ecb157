import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { activityScript, type ScriptEntry } from './activity-script.ts';

const words = { heading: 'Podlab', needsForward: 'needs an open port', needsPerson: 'needs somebody', onlyBash: 'for bash alone' };
const entry = (title: string, commands: string[], state: ScriptEntry['state'] = 'done'): ScriptEntry => ({ at: '10:00:00', title, state, outcome: state, commands });
const bash = (script: string) => execFileSync('bash', ['-s'], { input: script, encoding: 'utf8' });

test('bash runs what was done, in its order; the rest are comments', () => {
  const script = activityScript([
    entry('Created\necho not run', ["cat <<'EOF'\n$HOME\nEOF"]),
    entry('Deleted', ['echo failed', "cat <<'EOF'\nnot run\nEOF"], 'failed'),
    entry('Built', ['echo cancelled'], 'cancelled'),
    entry('Forwarded', ['kubectl --context c -n n port-forward pod/p 1:2']),
    entry('Asked', ['curl -i http://127.0.0.1:1/']),
    entry('Shell', ['kubectl --context c -n n exec -it web -c app -- sh']),
    entry('Attached', ['kubectl --context c -n n attach web -c app']),
    entry('Debugged', ['kubectl --context c -n n debug -it web --image=x --target=app -- sh']),
    entry('Patched', ["echo 'it'\\''s done'"]),
  ], 'bash', words);
  expect(bash(script)).toBe("$HOME\nit's done\n");
  expect(script).toBe(`#!/usr/bin/env bash
# Podlab
set -euo pipefail

# 10:00:00 Created
# echo not run
cat <<'EOF'
$HOME
EOF

# 10:00:00 Deleted
# failed
# echo failed
# cat <<'EOF'
# not run
# EOF

# 10:00:00 Built
# cancelled
# echo cancelled

# 10:00:00 Forwarded
# needs an open port
# kubectl --context c -n n port-forward pod/p 1:2

# 10:00:00 Asked
# needs an open port
# curl -i http://127.0.0.1:1/

# 10:00:00 Shell
# needs somebody
# kubectl --context c -n n exec -it web -c app -- sh

# 10:00:00 Attached
# needs somebody
# kubectl --context c -n n attach web -c app

# 10:00:00 Debugged
# needs somebody
# kubectl --context c -n n debug -it web --image=x --target=app -- sh

# 10:00:00 Patched
echo 'it'\\''s done'
`);
});

test('the script ends at the first line that fails', () => {
  expect(() => bash(activityScript([entry('a', ['false', 'echo after'])], 'bash', words))).toThrow('Command failed');
});

test('PowerShell gets its own lines, and is told what has none', () => {
  expect(activityScript([entry('a', ["echo 'it'\\''s'", 'echo $(date)']), entry('b', ['x'], 'running')], 'powershell', words)).toBe(`# Podlab
$ErrorActionPreference = 'Stop'

# 10:00:00 a
echo 'it''s'
if ($LASTEXITCODE) { exit $LASTEXITCODE }
# for bash alone
# echo $(date)

# 10:00:00 b
# running
# x
`);
});
