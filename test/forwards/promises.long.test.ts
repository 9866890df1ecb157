// What research measured others by.
import { testPromises } from './promises.ts';

testPromises({ cancelled: 100, requests: 10_000, abused: 1_000, slowBytes: 2 ** 30 });
