/** What an answer says when something went wrong, by its `code`, with the HTTP status of each. */
export const ERROR_STATUS = {
  invalid_request: 400,
  invalid_json: 400,
  request_timeout: 408,
  unknown_model: 404,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  unsupported_media_type: 415,
  misdirected_request: 421,
  headers_too_large: 431,
  queue_full: 429,
  client_gone: 499,
  internal: 500,
  stopping: 503,
  time_limit: 503,
  worker_died: 503,
} as const;

/** A name of `ERROR_STATUS`. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** What went wrong, as one sentence for the caller. */
export interface ErrorBody {
  error: {
    code: ErrorCode;
    message: string;
    /** The part of the request that it is about, such as `options.beamSize` or `text[3]`. */
    where?: string;
  };
}

/** An answer that is no result. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly statusCode: number;
  readonly where: string | undefined;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { where, retryAfter, cause }: { where?: string | undefined; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.statusCode = ERROR_STATUS[code];
    this.where = where;
    this.retryAfter = retryAfter;
  }

  toBody(): ErrorBody {
    const { code, message, where } = this;
    return { error: { code, message, ...(where !== undefined && { where }) } };
  }
}
