// How a fate is drawn: its colour class and its shape.
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';

export const fateLook = {
  starts: { tone: 'ok', Icon: CircleCheck },
  downloads: { tone: 'busy', Icon: ArrowDownToLine },
  stuck: { tone: 'bad', Icon: TriangleAlert },
  unknown: { tone: 'unknown', Icon: CircleQuestionMark },
} as const;
