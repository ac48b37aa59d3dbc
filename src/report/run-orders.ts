/** By what runs are ordered. */
export const RUN_ORDERS = ["run", "steps", "dev", "metric", "test", "parameters", "time", "speed"] as const;
export type RunOrder = (typeof RUN_ORDERS)[number];
