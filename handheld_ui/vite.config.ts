import { fileURLToPath } from "node:url";

import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev` finds the server; the built pages are served by it. */
const server = process.env.WAVEPICK_DEV_SERVER ?? "http://127.0.0.1:8000";

/**
 * Writes the names of the picker's files into the service worker, so that it can
 * keep the shell for a reload without network. Names carry a content hash: a
 * changed file is a new name, and a changed list is a new worker.
 */
function shellOfPicker(): Plugin {
  return {
    name: "wavepick-shell",
    generateBundle(_options, bundle) {
      const seen = new Set<string>();
      const walk = (file: string): void => {
        const part = bundle[file];
        if (part === undefined || seen.has(file)) return;
        seen.add(file);
        if (part.type !== "chunk") return;
        part.imports.forEach(walk);
        part.viteMetadata?.importedCss.forEach((css) => seen.add(css));
        part.viteMetadata?.importedAssets.forEach((asset) => seen.add(asset));
      };
      for (const part of Object.values(bundle)) {
        if (part.type === "chunk" && part.isEntry && part.name === "pick") walk(part.fileName);
      }
      const worker = bundle["sw.js"];
      if (worker?.type === "chunk") {
        const files = JSON.stringify([...seen].sort().map((file) => `/${file}`));
        worker.code = worker.code.replaceAll("__SHELL_FILES__", files);
      }
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [shellOfPicker()],
  build: {
    target: "es2022",
    // The content security policy admits no inline script, style or data URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    rolldownOptions: {
      input: {
        pick: here("pick.html"),
        lead: here("lead.html"),
        sw: here("src/picker/sw.ts"),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
});
