// PowerShell's own rules, as a table: there is no PowerShell where the tests run. What bash makes of the same lines is run in shell-line.test.ts.
import { expect, test } from 'vitest';
import { powershellLine } from './powershell-line.ts';

test.each<[string, string | undefined]>([
  ['kubectl --context kind-kind -n default delete pod p', 'kubectl --context kind-kind -n default delete pod p'],
  // A list, a splat, and a parameter that would be cut at its point.
  ['echo a,b @x --file=a.yaml 100%', "echo 'a,b' '@x' '--file=a.yaml' '100%'"],
  ["echo 'it'\\''s' '$HOME' '한글 😀' '`x`' 'a b'", "echo 'it''s' '$HOME' '한글 😀' '`x`' 'a b'"],
  ["echo 'it’s'", "echo 'it’’s'"],
  ["docker build -t x 'C:\\Users\\me\\a b'", "docker build -t x 'C:\\Users\\me\\a b'"],
  ["echo 'a\nb'", "echo 'a\nb'"],
  ["'/opt/my tools/kind' get clusters", "& '/opt/my tools/kind' get clusters"],
  // 5.1 would take away these quotes.
  ['kubectl patch pod p -p \'{"a":"it\'\\\'\'s"}\'', 'kubectl --% patch pod p -p "{\\"a\\":\\"it\'s\\"}"'],
  ["echo '' x", 'echo --% "" x'],
  ['echo \'a b\\\' \'\\"\'', 'echo --% "a b\\\\" "\\\\\\""'],
  ['echo \'"\n\'', undefined],
  // Files and pipes.
  ['kubectl patch pod p -p \'{"a":1}\' -o yaml > p.yaml', 'cmd /c \'kubectl patch pod p -p "{\\"a\\":1}" -o yaml > p.yaml\''],
  ['echo \'"a&b"\' \'c&d\' \'it\'\\\'\'s\' > \'a file\'', 'cmd /c \'echo "\\"a^&b\\"" "c&d" "it\'\'s" > "a file"\''],
  ['docker save x | docker exec -i node ctr images import -', "cmd /c 'docker save x | docker exec -i node ctr images import -'"],
  // Fed texts.
  ['kubectl apply -f - <<\'EOF\'\na: "b"\nEOF', "@'\na: \"b\"\n'@ | kubectl apply -f -"],
  ["kubectl apply -f - <<'EOF'\na: 예\nEOF", "$OutputEncoding = [System.Text.UTF8Encoding]::new($false)\n@'\na: 예\n'@ | kubectl apply -f -"],
  ["cat <<'EOF'\na\n'@\nb\nEOF", "'a\n''@\nb' | cat"],
  ["printf 'a: 1\\nb: 2\\n' | kind create cluster --config -", "@'\na: 1\nb: 2\n'@ | kind create cluster --config -"],
  ["KUBECONFIG='/a b/c' kind get clusters", "& { $before = $env:KUBECONFIG; $env:KUBECONFIG = '/a b/c'; kind get clusters\n$env:KUBECONFIG = $before }"],
  ['# a comment', '# a comment'],
  // What Podlab does not write is not guessed.
  ['echo $(date)', undefined], ['a && b', undefined], ['echo "x"', undefined], ['sleep 1 &', undefined], ['a >', undefined], ['| a', undefined],
])('%s', (line, expected) => expect(powershellLine(line)).toBe(expected));
