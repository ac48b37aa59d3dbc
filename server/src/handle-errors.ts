import { ApiError } from "./api-error.js";
import type { App } from "./app.js";
import { apiErrorOf } from "./errors.js";

/** Every answer that is no result has the same form. */
export function handleErrors(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const said = apiErrorOf(error, request.log);
    if (said.retryAfter !== undefined) reply.header("retry-after", said.retryAfter);
    // What is left of a body that was not read would be taken for the next request.
    if (said.code === "too_large") reply.header("connection", "close");
    return reply.code(said.statusCode).type("application/json; charset=utf-8").send(said.toBody());
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?")[0]!;
    const allowed = ["GET", "HEAD", "POST"].filter((method) => {
      const route = app.findRoute({ method, url: path });
      // Whatever is no other address may be a file of the page.
      return route !== null && !("*" in route.params);
    });
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      reply.header("allow", allowed.join(", "));
      throw new ApiError(
        "method_not_allowed",
        `method: expected ${allowed.join(" or ")} here, got ${request.method.slice(0, 20)}.`,
      );
    }
    throw new ApiError("not_found", "address: expected one of this server's, got another. See GET /docs/.");
  });
}
