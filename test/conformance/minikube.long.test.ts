// The conformance suite on minikube, which says what is right.
import { conformance } from './conformance.ts';
import { openRealTarget } from './real-target.ts';

conformance('minikube', () => openRealTarget('minikube'));
