import type { Socket } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import { TandemError } from "tandem-seq2seq";
import { ApiError, type ErrorCode } from "./api-error.js";

/** What Fastify refuses, in this server's words. */
const OF_FASTIFY: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["too_large", "body: expected fewer bytes. Send less at a time."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "unsupported_media_type",
    "content-type: expected application/json, got another. Send JSON and say so.",
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["invalid_json", "body: expected a JSON object, got nothing."],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    "invalid_json",
    "body: expected JSON, without the keys __proto__ and constructor, got something else.",
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["invalid_request", "content-length: expected that of the body, got another."],
  FST_ERR_BAD_URL: ["invalid_request", "address: expected a well-formed one, got one that cannot be decoded."],
};

/** What an error means to a caller. The log has those that are faults of the server, however they are answered. */
export function apiErrorOf(error: unknown, log: FastifyBaseLogger): ApiError {
  const said = meaningOf(error);
  if (said.code === "internal") log.error({ err: said.cause }, "unexpected");
  return said;
}

function meaningOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TandemError) return new ApiError("invalid_request", error.message);
  const { code = "", statusCode } = error as { code?: string; statusCode?: number };
  const [known, sentence] = OF_FASTIFY[code] ?? [];
  if (known !== undefined && sentence !== undefined) return new ApiError(known, sentence, { cause: error });
  if (statusCode === 404) return new ApiError("not_found", "address: expected a file that is there, got none.");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ApiError("invalid_request", "request: expected one that can be read, got another.", { cause: error });
  return new ApiError("internal", "The server met what it did not expect; its log says more.", { cause: error });
}

/** The answer to what is not even HTTP, or came too slowly. */
export function writeClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const said =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? new ApiError("request_timeout", "request: expected it to arrive in time, got it too slowly. Send it faster.")
      : error.code === "HPE_HEADER_OVERFLOW"
        ? new ApiError("headers_too_large", "headers: expected fewer bytes, got too many. Send fewer.")
        : new ApiError("invalid_request", "request: expected HTTP/1.1, got something else.");
  const body = JSON.stringify(said.toBody());
  const head = [
    `HTTP/1.1 ${said.statusCode} ${said.code}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroySoon());
}
