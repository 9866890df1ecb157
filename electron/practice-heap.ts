// First of what the practice cluster's process loads: V8's young generation keeps the size that it begins with (1 MB). It would grow to 48 MB
// under the first hundred writes, and stay so: more than all pods need together. Here, since Electron's utilityProcess takes no flags of V8;
// the flag is read whenever it would grow.
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
