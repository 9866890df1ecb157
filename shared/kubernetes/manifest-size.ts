// How large a manifest may be that Podlab reads. Apart from the contract, so that the screen need not carry what checks that.

/** The most that a manifest may have: what the API server takes in one request (k8s.io/apiserver/pkg/server/config.go, MaxRequestBodyBytes). */
export const MOST_MANIFEST_BYTES = 3 * 1024 * 1024;
