// The conformance suite on the real test cluster docker-desktop, which says what is right. A file for each cluster, so that the three run at once.
import { conformance } from './conformance.ts';
import { openRealTarget } from './real-target.ts';

conformance('docker-desktop', () => openRealTarget('docker-desktop'));
