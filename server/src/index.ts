export { ApiError, ERROR_STATUS, type ErrorBody, type ErrorCode } from "./api-error.js";
export { createServer, type TandemServer } from "./create-server.js";
export type { ModelFacts, ModelFile } from "./protocol.js";
export { serve } from "./serve.js";
export type { ServedModel } from "./served-models.js";
export { LOG_LEVELS, type LogLevel, type ServerOptions } from "./settings.js";
