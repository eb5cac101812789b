import { join } from 'node:path';
import { defineConfig } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';
import { STATION_WORKER, stationFiles } from './station-files.ts';

/** `npm run build:web` writes what the service serves; `npm run dev:web` serves the sources against a service on port 3000. */
export default defineConfig({
  root: import.meta.dirname,
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // What a reader without the sources needs to find a fault; browsers load it only with their tools open.
    sourcemap: true,
    // Fonts and icons inside a style would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    // The drawing of barcodes and the charts; each is loaded only where it is used.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { index: join(import.meta.dirname, 'index.html'), worker: join(import.meta.dirname, 'src/warehouse/worker/sw.ts') },
      output: { entryFileNames: ({ name }) => (name === 'worker' ? STATION_WORKER : 'assets/[name]-[hash].js') },
      // Components say "use client" for frameworks that render on a server; here everything is the client.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  plugins: [
    stationFiles(),
    compression({ include: /\.(js|css|svg|wasm)$/, algorithms: [defineAlgorithm('brotliCompress'), defineAlgorithm('gzip')] }),
  ],
  server: { port: 5173, proxy: { '^/(v1|docs|openapi.json|health|dev)': 'http://localhost:3000' } },
});
