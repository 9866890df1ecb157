// The conformance suite on the practice cluster whose node shares Docker's images: as the real test clusters' Kubernetes, and as the newest
// that it knows.
import { conformance } from './conformance.ts';
import { openPracticeTarget } from './practice-target.ts';

conformance('practice as 1.20', () => openPracticeTarget('practice', 20));
conformance('practice as the newest', () => openPracticeTarget('practice'));
