import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const page = (name: string) => fileURLToPath(new URL(`./${name}.html`, import.meta.url));

/** The pages carry their own policy, so they are as strict behind any host. Mails in the outbox bring styles of their own. */
function contentSecurityPolicy(): Plugin {
  const policy = (styles: string) =>
    [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      `style-src 'self'${styles}`,
      "img-src 'self' data:",
      "worker-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ].join("; ");
  // The one rule that react-aria's usePress adds to the page in a <style> of its own; a new version of it may need
  // a new hash, which the browser's console names.
  const reactAria = " 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='";
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: (_html, context) => [
      {
        tag: "meta",
        attrs: {
          "http-equiv": "Content-Security-Policy",
          content: policy(context.filename.endsWith("outbox.html") ? " 'unsafe-inline'" : reactAria),
        },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** What a mailed link leads to; the dev server has the same list. */
const LINKS = ["/invitations/", "/password-resets/", "/email-changes/"];

/** In development, the same paths as behind the dev server: mailed links and /outbox have pages of their own. */
function pages(): Plugin {
  return {
    name: "pages",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? "").split("?")[0] ?? "";
        if (LINKS.some((link) => path.startsWith(link))) request.url = "/accept.html";
        else if (path === "/outbox") request.url = "/outbox.html";
        next();
      });
    },
  };
}

const backend = process.env.ROLLCALL_URL ?? "http://127.0.0.1:8080";
const proxied = { target: backend, changeOrigin: true, headers: { origin: backend } };

export default defineConfig({
  plugins: [contentSecurityPolicy(), pages()],
  server: { host: "127.0.0.1", port: 5173, fs: { allow: [".."] }, proxy: { "/v1": proxied, "/dev": proxied } },
  worker: { format: "es" },
  build: {
    // light-dark() and nesting as written: every browser of the last two years has them.
    target: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: page("index"), accept: page("accept"), outbox: page("outbox") } },
  },
});
