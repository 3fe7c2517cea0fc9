//! The only crate that names lambda_http and lambda_runtime.
