//! wasm shell.
