import { expect, test } from 'vitest';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import { foldDetail } from './fold-detail.ts';
import type { DetailEvent, KnownDetail } from './fold-detail.ts';

const detail = (uid: string): PodDetail => ({
  row: { uid, name: 'web', namespace: 'default', status: 'Running', ready: '1/1', restarts: 0, health: 'ok', containers: [] },
  findings: [], timeline: { from: '', rows: [] }, offers: [], alike: [],
});
const pod = (uid: string): DetailEvent<PodDetail> => ({ type: 'pod', detail: detail(uid) });
const gone: DetailEvent<PodDetail> = { type: 'gone' };

test.each<[string, DetailEvent<PodDetail>[], KnownDetail<PodDetail>]>([
  ['a pod that was never there', [gone], { detail: undefined, gone: true }],
  ['a deleted pod keeps what was last seen', [pod('1'), gone], { detail: detail('1'), gone: true }],
  ['one that returns under its name is shown', [pod('1'), gone, pod('2')], { detail: detail('2'), gone: false }],
])('%s', (_, events, expected) => expect(events.reduce<KnownDetail<PodDetail> | undefined>(foldDetail, undefined)).toEqual(expected));
