// What the Engine API answers when it does not do what was asked: `{"message": ...}` (api/swagger.yaml, ErrorResponse).

export class DockerError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'DockerError';
    this.status = status;
  }
}

export const notBuilt = (what: string) => new DockerError(501, `the practice Docker ${what}`);
