// A page that leaves the work to its Worker, in the notation that Vite and webpack look for.
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
worker.addEventListener("message", ({ data }) => globalThis.answer(data));
worker.addEventListener("error", ({ message }) => globalThis.answer({ error: message }));
