// CRE and RUN: the container cannot be made, or its program not be started. The two runtimes refuse in different words, some things at
// different moments: a working directory that is a file is Docker's CreateContainerError and containerd's StartError, a user that the image does
// not know the other way round (research 4.2 knows only the first kinds).
import { both, noUser, podOf, programs } from '../start-pods.ts';
import type { LiveCase } from '../live-case.ts';

const volume = 'volumes: [{name: v, emptyDir: {}}]';
const scripts = `apiVersion: v1
kind: ConfigMap
metadata: {name: scripts}
data: {start.sh: "#!/bin/sh\\nexec sleep 3600\\n"}
---
`;
const ofScripts = 'volumes: [{name: v, configMap: {name: scripts}}]';

export const cases: readonly LiveCase[] = [
  {
    id: 'CRE-01', what: 'an image without a command', on: both, inCi: true, sentence: 'sentence-no-command', params: { image: 'catalogue-nocmd:1' },
    manifest: () => podOf('', { image: 'catalogue-nocmd:1' }),
  },
  {
    id: 'CRE-01', what: 'a working directory that is a file', on: both, sentence: 'sentence-working-directory', params: { path: '/www/index.html' },
    fix: 'F20.remove-working-directory', manifest: () => podOf('workingDir: /www/index.html'),
  },
  {
    id: 'CRE-01', what: 'a user that the image does not know', on: both, sentence: 'sentence-user', fix: 'F20.run-as-user',
    prepare: noUser, manifest: ({ given }) => podOf('', { image: given }),
  },
  {
    id: 'RUN-01', what: 'a program that is not there', on: both, inCi: 'all', params: { program: 'nope' }, fix: 'F20.remove-command',
    manifest: () => podOf('command: [nope]'),
  },
  {
    id: 'RUN-01', what: 'a line in one word', params: { program: '/bin/busybox sleep 3600' }, fix: 'F20.split-command',
    manifest: () => podOf('command: [/bin/busybox sleep 3600]'),
  },
  {
    id: 'RUN-01', what: 'arguments without a program', on: both, params: { program: '--port' }, fix: 'F20.remove-command',
    manifest: () => podOf('args: [--port, "8080"]'),
  },
  {
    id: 'RUN-01', what: 'an interpreter that is not there', on: both, sentence: 'sentence-interpreter', params: { program: '/app/bash.sh' }, fix: 'F20.run-with-sh',
    prepare: programs, manifest: ({ given }) => podOf('command: [/app/bash.sh]', { image: given }),
  },
  {
    id: 'RUN-01', what: 'a script with the line ends of Windows', sentence: 'sentence-interpreter', params: { program: '/app/windows.sh' },
    prepare: programs, manifest: ({ given }) => podOf('command: [/app/windows.sh]', { image: given }),
  },
  {
    id: 'RUN-02', what: 'a script that is not executable', on: both, params: { program: '/app/locked.sh' }, fix: 'F20.run-with-sh',
    prepare: programs, manifest: ({ given }) => podOf('command: [/app/locked.sh]', { image: given }),
  },
  // The kernel has the same words for a folder.
  { id: 'RUN-02', what: 'a folder', params: { program: '/www' }, manifest: () => podOf('command: [/www]') },
  {
    id: 'RUN-02', what: 'a script of a ConfigMap', sentence: 'sentence-volume', params: { program: '/s/start.sh', volume: 'v' }, fix: 'F20.default-mode',
    manifest: () => scripts + podOf('command: [/s/start.sh], volumeMounts: [{name: v, mountPath: /s}]', { spec: ofScripts }),
  },
  {
    id: 'RUN-03', what: 'a script without its first line', on: both, sentence: 'sentence-or-script', params: { program: '/app/plain.sh' }, fix: 'F20.run-with-sh',
    prepare: programs, manifest: ({ given }) => podOf('command: [/app/plain.sh]', { image: given }),
  },
  {
    id: 'RUN-03', what: 'a program for another processor', on: both, sentence: 'sentence-or-script', params: { program: '/app/foreign' },
    prepare: programs, manifest: ({ given }) => podOf('command: [/app/foreign]', { image: given }),
  },
  {
    id: 'RUN-04', what: 'a ConfigMap over a file', on: both, params: { path: '/www/index.html', volume: 'v', what: 'folder' }, fix: 'F20.sub-path',
    manifest: () => scripts + podOf('volumeMounts: [{name: v, mountPath: /www/index.html}]', { spec: ofScripts }),
  },
  {
    id: 'RUN-04', what: 'a file over a folder', on: both, params: { path: '/www', volume: 'v', what: 'file' },
    manifest: () => scripts + podOf('volumeMounts: [{name: v, mountPath: /www, subPath: start.sh}]', { spec: ofScripts }),
  },
  {
    id: 'RUN-04', what: 'a folder below a file', on: both, sentence: 'sentence-under', params: { path: '/www/index.html/x' },
    manifest: () => podOf('volumeMounts: [{name: v, mountPath: /www/index.html/x}]', { spec: volume }),
  },
  {
    id: 'RUN-05', what: 'a hook that ends with an error', on: both, params: { hook: '/bin/busybox false', what: 'command' }, fix: 'F20.remove-hook',
    manifest: () => podOf('lifecycle: {postStart: {exec: {command: [/bin/busybox, "false"]}}}'),
  },
  {
    id: 'RUN-05', what: 'a hook that asks where nobody answers', params: { what: 'request' }, fix: 'F20.remove-hook',
    manifest: () => podOf('lifecycle: {postStart: {httpGet: {port: 9999, path: /}}}'),
  },
];
