//! HTTP request to use case to HTTP response; the error map and the route table.
