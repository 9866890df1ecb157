import { testPromises } from './promises.ts';

testPromises({ cancelled: 20, requests: 2_000, abused: 200, slowBytes: 128 * 2 ** 20 });
