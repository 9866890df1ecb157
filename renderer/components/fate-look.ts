// How a fate is drawn: its colour class and its shape.
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import type { VerdictFate } from '../../shared/kubernetes/verdict.ts';

export const fateLook: Record<VerdictFate, { readonly tone: string; readonly Icon: typeof CircleCheck }> = {
  starts: { tone: 'ok', Icon: CircleCheck },
  downloads: { tone: 'busy', Icon: ArrowDownToLine },
  stuck: { tone: 'bad', Icon: TriangleAlert },
  unknown: { tone: 'unknown', Icon: CircleQuestionMark },
};
